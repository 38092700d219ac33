#!/usr/bin/env python3
"""Makes rows of FairytaleQA: fairytaleqa.py FOLDER OUTPUT [STORIES].

FOLDER is a copy of https://github.com/uci-soe/FairytaleQAData (Xu et al. 2022, arXiv 2203.13947; Apache-2.0): children's
stories from Project Gutenberg with questions that teachers wrote. OUTPUT gets files of rows in SQuAD's form:

  train.jsonl, development.jsonl, validation.jsonl                a section of a story with the questions about it alone
  train_stories.jsonl, development_…, validation_stories.jsonl    a whole story with all its questions

The development files are of STORIES training stories (25 unless given), spread evenly, to measure and choose on; the
training files have the others. Sections without a question of their own are left out. A training section of fewer
than 100 words stands in one row with the next, and with as many more as it takes.
"""
import csv
import json
import pathlib
import sys

SHORTEST = 100
SPLITS = {"train": "train", "val": "validation"}


def table(path):
    """The lines of a CSV file, each by its columns' names."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def question(story, line):
    """A question in SQuAD's form; its answers are those of the first annotator, then of the second."""
    answers = [(line.get(f"answer{number}") or "").strip() for number in range(1, 7)]
    texts = list(dict.fromkeys(answer for answer in answers if answer))
    if not texts:
        raise ValueError(f"question {line['question_id']} has no answer")
    return {"id": f"{story}-{line['question_id']}", "question": line["question"].strip(),
            "answers": [{"text": text} for text in texts], "kind": line["ex-or-im1"].strip()}


def story_rows(story, sections, questions):
    """The rows of a story's sections, and that of the whole story."""
    texts = {line["section"].strip(): " ".join(line["text"].split()) for line in sections}
    by_section = {section: [] for section in texts}
    everything = []
    for line in questions:
        row, scope = question(story, line), line["local-or-sum"].strip()
        everything.append({**row, "scope": scope})
        if scope == "local" and line["cor_section"].strip() in by_section:
            by_section[line["cor_section"].strip()].append(row)
    rows = [{"context": text, "qas": by_section[section], "story": story, "section": section}
            for section, text in texts.items() if by_section[section]]
    return rows, {"context": "\n".join(texts.values()), "qas": everything, "story": story}


def joined(rows):
    """A story's rows, the short ones together with the next, where one section follows the other."""
    result, last = [], None
    for row in rows:
        short = result and len(result[-1]["context"].split()) < SHORTEST
        if short and int(row["section"]) == last + 1:
            first = result[-1]
            result[-1] = {**first, "context": f"{first['context']}\n{row['context']}", "qas": first["qas"] + row["qas"],
                          "section": f"{first['section'].split('-')[0]}-{row['section']}"}
        else:
            result.append(row)
        last = int(row["section"])
    return result


def write(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    print(f"{path}: {len(rows)} rows, {sum(len(row['qas']) for row in rows)} questions")


def set_aside(stories, count):
    """The names of `count` stories, spread evenly; one at least stays."""
    count = min(count, len(stories) - 1)
    return {stories[place * len(stories) // count] for place in range(count)}


def main():
    if len(sys.argv) not in (3, 4) or not (sys.argv + ["25"])[3].isdigit():
        sys.exit(__doc__)
    source, output = pathlib.Path(sys.argv[1]) / "data-by-train-split", pathlib.Path(sys.argv[2])
    development = int((sys.argv + ["25"])[3])
    if not source.is_dir():
        sys.exit(f"error: there is no folder {source}: give a copy of the repository FairytaleQAData")
    output.mkdir(parents=True, exist_ok=True)
    for split, name in SPLITS.items():
        sections, stories = {}, {}
        for path in sorted((source / "questions" / split).glob("*-questions.csv")):
            story = path.name.removesuffix("-questions.csv")
            try:
                rows, whole = story_rows(
                    story, table(source / "section-stories" / split / f"{story}-story.csv"), table(path))
            except (OSError, KeyError, ValueError) as problem:
                sys.exit(f"error: {path}: {problem!r}: the folder is no copy of FairytaleQAData, or an incomplete one")
            sections[story], stories[story] = rows, whole
        if not stories:
            sys.exit(f"error: {source}/questions/{split} has no questions: the copy is incomplete")
        aside = set_aside(list(stories), development) if split == "train" else set()
        for part, names in ((name, stories.keys() - aside), ("development", aside)):
            names = sorted(names)
            if names:
                join = joined if part == "train" else list
                write(output / f"{part}.jsonl", [row for story in names for row in join(sections[story])])
                write(output / f"{part}_stories.jsonl", [stories[story] for story in names])


if __name__ == "__main__":
    main()
