"""Records what independent implementations make of made-up outputs and segments: scores.json and bm25.json, beside this
file.

SQuAD's scores are those of transformers, ROUGE-L that of rouge, the similarity of code that of fuzzywuzzy with
python-Levenshtein, BM25 that of rank_bm25 with another idf: ln(1 + (N - n + 1/2) / (n + 1/2)), which is never negative.
The other rules are written down here as their benchmarks state them.

Recorded with Python 3.11 and requirements.txt; run again with the same, it writes the same bytes.
Usage: python record.py
"""
import json
import math
import random
import re
import unicodedata
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

from fuzzywuzzy import fuzz
from fuzzywuzzy.StringMatcher import StringMatcher  # fails where python-Levenshtein is missing
from rank_bm25 import BM25Okapi
from rouge import Rouge
from transformers.data.metrics.squad_metrics import get_raw_scores, normalize_answer

assert fuzz.SequenceMatcher is StringMatcher

HERE = Path(__file__).parent
WORDS = "the a an red Red box boxes dog Oslo zoë ÉCOLE café Straße 東京 大阪 7 42 1,000 x-ray it's don’t yes no".split()
MARKS = ["", "", "", "", ".", ",", "!", " –", "?", "\n", "  "]


def text(rng, least, most, words=WORDS):
    return " ".join(rng.choice(words) + rng.choice(MARKS) for _ in range(rng.randint(least, most)))


def near(rng, answer, words=WORDS):
    """The answer as others may write it, or with some words lost, doubled or put in."""
    if rng.random() < 0.3:
        return rng.choice(["The ", "", "\n"]) + answer.upper() + rng.choice(["", ".", " !"])
    kept = []
    for word in answer.split(" "):
        kept += {0: [], 1: [word, word], 2: [rng.choice(words), word]}.get(rng.randint(0, 7), [word])
    return " ".join(kept)


def squad(output, answers):
    example = SimpleNamespace(qas_id=0, answers=[{"text": answer} for answer in answers])
    exact, f1 = get_raw_scores([example], {0: output})
    return exact[0], f1[0]


def overlap_f1(output, answer):
    predicted, expected = (Counter(normalize_answer(one).split()) for one in (output, answer))
    same = (predicted & expected).total()
    if same == 0:
        return 0
    precision, recall = same / predicted.total(), same / expected.total()
    return 2 * precision * recall / (precision + recall)


def hotpotqa_f1(output, answer):
    output, answer = normalize_answer(output), normalize_answer(answer)
    if output != answer and {output, answer} & {"yes", "no", "noanswer"}:
        return 0
    return overlap_f1(output, answer)


BABILONG_LABELS = {
    **{f"qa{n}": "bathroom bedroom garden hallway kitchen office".split() for n in (1, 2, 3, 4)},
    "qa5": "Bill Fred Jeff Mary apple football milk".split(), "qa6": ["no", "yes"], "qa7": ["two", "one", "none"],
    "qa9": ["no", "yes"], "qa10": ["maybe", "no", "yes"],
}


def babilong(output, question, target, task):
    sentence = re.split(r"\.|<context>|<example>", output.lower(), maxsplit=1)[0]
    found = [label.lower() for label in BABILONG_LABELS[task] if label.lower() in sentence]
    found = [label for label in found if label not in question.lower()]
    return float(found == [target.lower()])


def contained(output, answers):
    return [float(answer.lower() in output.lower()) for answer in answers]


def first_line(output):
    return output.lstrip("\n").split("\n")[0]


def classification(output, answer, classes):
    found = [name for name in classes if name in first_line(output)]
    for name in found:  # on purpose over a list that shrinks: so are the published scores
        if name in answer and name != answer:
            found.remove(name)
    return 1 / len(found) if answer in found else 0


def share_of_numbers(output, number):
    numbers = re.findall(r"\d+", output)
    return numbers.count(number) / len(numbers) if numbers else 0


def code_similarity(output, answer):
    lines = [line for line in output.lstrip("\n").split("\n") if not re.search("`|#|//", line)]
    return fuzz.ratio(lines[0] if lines else "", answer) / 100


def rouge_l(output, answer):
    try:
        return Rouge().get_scores([output], [answer], avg=True)["rouge-l"]["f"]
    except ValueError:  # a text without sentences
        return 0


def stated_choice(output, answer):
    output = output.replace("*", "")
    found = re.search(r"The correct answer is \(([A-D])\)", output) or re.search(
        r"The correct answer is ([A-D])", output)
    return float(found is not None and found.group(1) == answer)


def cases():
    rng = random.Random(7)

    def case(metric, output, answers, score, **more):
        return {"metric": metric, "output": output, "answers": answers, **more, "score": score}

    for _ in range(100):
        answers = [rng.choice(["", "the", text(rng, 1, 4)]) if rng.random() < 0.3 else text(rng, 1, 5)
                   for _ in range(rng.randint(1, 3))]
        output = rng.choice([near(rng, rng.choice(answers)), text(rng, 0, 5), ""])
        exact, f1 = squad(output, answers)
        yield case("exact-match", output, answers, exact)
        yield case("f1", output, answers, f1)
        yield case("longbench-f1", output, answers, max(overlap_f1(output, answer) for answer in answers))
        parts = contained(output, answers)
        if all(answers):
            yield case("string-match-all", output, answers, sum(parts) / len(parts))
            yield case("string-match-part", output, answers, max(parts))
    for _ in range(60):
        answer = rng.choice(["yes", "No.", "a red box", "noanswer", "the"])
        output = rng.choice([answer, "Yes!", "no", "yes, a box", "red box", "no answer", "noanswer", "a"])
        yield case("hotpotqa-f1", output, [answer], hotpotqa_f1(output, answer))
    for _ in range(120):
        task = rng.choice(list(BABILONG_LABELS))
        labels = BABILONG_LABELS[task]
        target = rng.choice(labels)
        question = "Where was " + rng.choice(["Mary", "he before the " + rng.choice(labels), "he"]) + "?"
        pool = [rng.choice(labels)] + [target] * 3 + ["the", "a.", "<context>", "<example>", target + "r", "He went to"]
        output = " ".join(rng.choice(pool) for _ in range(rng.randint(0, 5)))
        yield case("babilong", output, [target], babilong(output, question, target, task), question=question, task=task)
    classes = ["Food", "Date", "Other", "Other entity", "Other entity of note", "entity", "of", "Manner"]
    for _ in range(80):
        answer = rng.choice(classes)
        output = rng.choice(["", "\n"]) + " ".join(
            rng.choice(classes + [answer] * 3 + ["\nQuestion:"]) for _ in range(rng.randint(1, 4)))
        yield case("classification", output, [answer], classification(output, answer, classes), labels=classes,
                   task="trec")
    for _ in range(60):
        number = str(rng.randint(1, 12))
        output = rng.choice(["", "Paragraph ", "段落"]) + rng.choice([", ", " x", "-"]).join(
            rng.choice([number, number, str(rng.randint(1, 12)), "no"]) for _ in range(rng.randint(0, 4)))
        yield case("count", output, [number], share_of_numbers(output, number))
        answer = rng.choice(["Paragraph ", "段落"]) + number
        yield case("retrieval", output, [answer], share_of_numbers(output, number))
    lines = ["x = f(y)", "return x + 1", "# so it is", "// no", "```python", "", "    y = x", "größe = 7"]
    for _ in range(80):
        answer = rng.choice([lines[0], lines[1], lines[6], "größen = 77", ""])
        output = "\n".join(rng.choice(lines) for _ in range(rng.randint(1, 4)))
        yield case("code-similarity", output, [answer], code_similarity(output, answer))
    for _ in range(80):
        answer = text(rng, 1, 24, "the The cat cats sat on a mat . . 3.5 zoë".split())
        output = near(rng, answer) if rng.random() < 0.7 else text(rng, 0, 20)
        score = rouge_l(output, answer)
        yield case("rouge-l", output, [answer], score)
        yield case("rouge-l", output, [answer], rouge_l(first_line(output), answer), task="samsum")
    for _ in range(60):
        answer = rng.choice("ABCD")
        output = " ".join(
            rng.choice(["The correct answer is", "the correct answer is", "**The correct answer is**"])
            + rng.choice([" (", " (", " ", " **(", "  ("]) + rng.choice("ABE" + answer * 4)
            + rng.choice([")", "", "**)."])
            for _ in range(rng.randint(1, 3)))
        yield case("stated-choice", output, [answer], stated_choice(output, answer), labels=list("ABCD"))


class NonNegativeBM25(BM25Okapi):
    def _calc_idf(self, nd):
        self.idf = {word: math.log1p((self.corpus_size - n + 0.5) / (n + 0.5)) for word, n in nd.items()}


def words(line):
    line = unicodedata.normalize("NFC", line.lower())
    return re.findall(r"[\u4e00-\u9fff]|[^\W_\u4e00-\u9fff]+", line)


def bm25():
    rng = random.Random(8)
    segments = [text(rng, 0, 25) for _ in range(60)]
    segments[5] = segments[4]  # two that score the same
    queries = [text(rng, 1, 5) for _ in range(20)] + ["nothing else", "cafe\u0301 CAFÉ"]
    index = NonNegativeBM25([words(segment) for segment in segments], k1=1.2, b=0.75)
    return {
        "segments": segments,
        "queries": [{"query": query, "scores": [float(score) for score in index.get_scores(words(query))]}
                    for query in queries],
    }


def write(name, value):
    (HERE / name).write_text(value, encoding="utf-8")


rows = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases())
write("scores.json", f"[\n{rows}\n]\n")
recorded = bm25()
segments = ",\n".join(json.dumps(segment, ensure_ascii=False) for segment in recorded["segments"])
queries = ",\n".join(json.dumps(query, ensure_ascii=False) for query in recorded["queries"])
write("bm25.json", f'{{"segments": [\n{segments}\n],\n"queries": [\n{queries}\n]}}\n')
