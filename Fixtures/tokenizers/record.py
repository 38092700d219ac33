#!/usr/bin/env python3
"""Trains small byte-level BPE vocabularies and records what the tokenizers library makes of texts with them.

Needs tokenizers 0.23.3 (Python 3.10 or later):  python3 record.py
Run again with the same version, it writes the same bytes.

  gpt2.json, smollm.json, qwen2.json   tokenizer.json files of about 1000 tokens each, in the shape that GPT-2, SmolLM2
                                       and Qwen2.5 ship theirs
  flags.json                           a few tokens with every flag set: lstrip, rstrip, single_word, normalized,
                                       unk_token, fuse_unk, ignore_merges; not all bytes are in its vocabulary
  NAME.recorded.json                   {"texts": [text...], "ids": [[id...]...], "parsed": {index: [id...]}}: the ids of
                                       each text with special tokens as plain text, and where they differ, parsed

To compare a real vocabulary on 10,000 random texts:  python3 record.py FOLDER TOKENIZER_JSON
writes FOLDER/tokenizer.json and FOLDER/recorded.json; PERK_TOKENIZER_COMPARISON=FOLDER swift test compares them.
"""
import json
import os
import shutil
import sys
from pathlib import Path

os.environ["TOKENIZERS_PARALLELISM"] = "false"

sys.dont_write_bytecode = True

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from texts import EDGES, SENTENCES, corpus, strings

HERE = Path(__file__).parent
QWEN2 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|"
    r"\s*[\r\n]+|\s+(?!\S)|\s+"
)
SMOLLM_SPECIAL = [
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<repo_name>", "<reponame>", "<file_sep>", "<filename>",
    "<gh_stars>", "<issue_start>", "<issue_comment>", "<issue_closed>", "<jupyter_start>", "<jupyter_text>",
    "<jupyter_code>", "<jupyter_output>", "<jupyter_script>", "<empty_output>",
]
QWEN2_SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|vision_pad|>"]
QWEN2_PLAIN = ["<tool_call>", "</tool_call>", "<|fim_prefix|>"]
# The bytes that SmolLM2's vocabulary lacks.
SMOLLM_MISSING = {4, 6, 0x13, 0x14, 0x16, 0x1D, 0xC0, 0xC1, 0xF1, 0xF2, *range(0xF5, 0x100)}


def byte_characters() -> list[str]:
    """The character of each byte."""
    visible = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in visible]
    table = {byte: chr(byte) for byte in visible} | {byte: chr(256 + n) for n, byte in enumerate(others)}
    return [table[byte] for byte in range(256)]


def added(token: int, content: str, special: bool = True, normalized: bool = False, **flags: bool) -> dict:
    return {
        "id": token, "content": content, "single_word": flags.get("single_word", False),
        "lstrip": flags.get("lstrip", False), "rstrip": flags.get("rstrip", False), "normalized": normalized,
        "special": special,
    }


def byte_level(**settings: bool) -> dict:
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, **settings}


def train(pre_tokenizer, normalizer, size: int, special: list[str], alphabet: list[str]) -> dict:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    if normalizer:
        tokenizer.normalizer = normalizer
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=special, initial_alphabet=alphabet, limit_alphabet=256, show_progress=False)
    tokenizer.train_from_iterator(corpus(), trainer)
    return json.loads(tokenizer.to_str())


def gpt2() -> dict:
    """GPT-2's file is of an early version: no type, no use_regex, the end of text looked for normalized."""
    trained = train(pre_tokenizers.ByteLevel(add_prefix_space=False), None, 1200, [], byte_characters())
    vocab, merges = trained["model"]["vocab"], trained["model"]["merges"]
    vocab["<|endoftext|>"] = len(vocab)
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [added(vocab["<|endoftext|>"], "<|endoftext|>", normalized=True)],
        "normalizer": None, "pre_tokenizer": byte_level(),
        "post_processor": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False},
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True},
        "model": {
            "dropout": None, "unk_token": None, "continuing_subword_prefix": "", "end_of_word_suffix": "",
            "fuse_unk": False, "vocab": vocab, "merges": [" ".join(pair) for pair in merges],
        },
    }


def smollm() -> dict:
    characters = [character for byte, character in enumerate(byte_characters()) if byte not in SMOLLM_MISSING]
    pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    file = train(pre_tokenizer, None, 1200, SMOLLM_SPECIAL, characters)
    file["added_tokens"] = [added(index, content) for index, content in enumerate(SMOLLM_SPECIAL)]
    return file


def qwen2() -> dict:
    pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(QWEN2), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False)])
    file = train(pre_tokenizer, normalizers.NFC(), 1200, [], byte_characters())
    size = len(file["model"]["vocab"])
    file["added_tokens"] = [added(size + n, content) for n, content in enumerate(QWEN2_SPECIAL)] + [
        added(size + len(QWEN2_SPECIAL) + n, content, special=False) for n, content in enumerate(QWEN2_PLAIN)]
    file["post_processor"] = byte_level(trim_offsets=False, use_regex=False)
    file["model"] |= {"continuing_subword_prefix": "", "end_of_word_suffix": ""}
    file["model"]["merges"] = [" ".join(pair) for pair in file["model"]["merges"]]
    return file


def flags() -> dict:
    missing = set(b"xyz\n") | {0xC3}
    words = [character for byte, character in enumerate(byte_characters()) if byte not in missing]
    merges = [("a", "b"), ("ab", "c"), ("Ġ", "a"), ("b", "c"), ("l", "l"), ("ll", "ll"), ("<", "unk")]
    words += ["unk"] + ["".join(pair) for pair in merges] + ["bca", "Ġword"]
    vocab = {word: index for index, word in enumerate(words)}
    tokens = [
        added(vocab["unk"], "unk"), added(0, "<left>", lstrip=True), added(0, "<right>", rstrip=True),
        added(0, "<both>", special=False, lstrip=True, rstrip=True), added(0, "<both><right>"),
        added(0, "word", special=False, single_word=True), added(0, "caf\u00e9", special=False, normalized=True),
        added(0, "e\u0301t\u00e9", normalized=True, single_word=True), added(0, "na\u00efve", special=False),
        added(0, "<left", special=False), added(0, "ight>", special=False),
    ]
    for index, token in enumerate(tokens[1:]):
        token["id"] = len(vocab) + index
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": tokens,
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}]},
        "pre_tokenizer": {
            "type": "Sequence", "pretokenizers": [{
                "type": "Split", "behavior": "Isolated", "invert": False, "pattern": {
                    "Regex": r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"}},
                byte_level(use_regex=False)]},
        "post_processor": {
            "type": "TemplateProcessing", "pair": [{"Sequence": {"id": "A", "type_id": 0}}],
            "single": [{"SpecialToken": {"id": "unk", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
            "special_tokens": {"unk": {"id": "unk", "ids": [vocab["unk"]], "tokens": ["unk"]}}},
        "decoder": byte_level(use_regex=True),
        "model": {
            "type": "BPE", "dropout": None, "unk_token": "unk", "continuing_subword_prefix": None,
            "end_of_word_suffix": None, "fuse_unk": True, "byte_fallback": False, "ignore_merges": True, "vocab": vocab,
            "merges": [list(pair) for pair in merges],
        },
    }


FLAG_TEXTS = [
    "a <left> b", "a \n\u3000<left>b", "a<right>  b", "a <right>\t\nb", "a <both> b", " <both> <both> ",
    "<both>  <left>  <right> a", "<both><right> a", " <both><right>", "word", "a word b", "sword", "words",
    "word1", "_word", "word_", "word!", "\u0301word", "word\u0301", "wordword", "word word", "(word)",
    "caf\u00e9", "cafe\u0301", "xcafe\u0301x", "\u00e9t\u00e9", "e\u0301te\u0301", " e\u0301te\u0301s",
    "na\u00efve", "nai\u0308ve", "<left <left> ight>", "<right> ight>", "abc", "ab", "bca", "abca", " word",
    " words", "axb", "axyzb", "xx", "a\nb", "a\u00e9b", "\u00e9\u00e8", "xaxbx", "llll", "lllll", "unk", "x",
    "<left> <right>", " <left>  <left> ",
]


def record(path: Path, texts: list[str]) -> dict:
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.encode_special_tokens = True
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    tokenizer.encode_special_tokens = False
    parsed = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    different = {index: there for index, (here, there) in enumerate(zip(ids, parsed)) if here != there}
    return {"texts": texts, "ids": ids, "parsed": different}


def write(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


def special_texts(tokens: list[dict]) -> list[str]:
    contents = [token["content"] for token in tokens]
    texts = [f"a {content} b" for content in contents] + ["".join(contents), contents[0] * 2, contents[0][:-1]]
    return texts + [f"{contents[0]}\nUser's 12 words {contents[-1]}\r\n"]


def main() -> None:
    if len(sys.argv) == 3:
        folder = Path(sys.argv[1])
        folder.mkdir(parents=True, exist_ok=True)
        if Path(sys.argv[2]).resolve() != (folder / "tokenizer.json").resolve():
            shutil.copy(sys.argv[2], folder / "tokenizer.json")
        contents = [token["content"] for token in json.loads(Path(sys.argv[2]).read_text())["added_tokens"]]
        texts = EDGES + SENTENCES + strings(10_000 - len(EDGES) - len(SENTENCES), contents, seed=2)
        write(folder / "recorded.json", record(folder / "tokenizer.json", texts))
        return
    for name, file in [("gpt2", gpt2()), ("smollm", smollm()), ("qwen2", qwen2()), ("flags", flags())]:
        path = HERE / f"{name}.json"
        write(path, file)
        texts = FLAG_TEXTS if name == "flags" else EDGES + SENTENCES + special_texts(file["added_tokens"])
        write(HERE / f"{name}.recorded.json", record(path, texts))


main()
