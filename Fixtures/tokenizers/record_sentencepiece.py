#!/usr/bin/env python3
"""Trains a small SentencePiece vocabulary of Llama's kind and records it as a GGUF file would carry it.

Needs sentencepiece 0.2.3:  python3 record_sentencepiece.py
Run again with the same version, it writes the same bytes.

  llama.json           byte-pair pieces with byte fallback and without a padding token: {"tokens", "scores", "types"}
  llama.recorded.json  {"texts": [text...], "ids": [[id...]...], "parsed": {}}: the ids by the vocabulary as trained
"""
import io
import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True

from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

from texts import EDGES, SENTENCES, corpus

HERE = Path(__file__).parent

model = io.BytesIO()
SentencePieceTrainer.train(
    sentence_iterator=(line for text in corpus() for line in text.splitlines()), model_writer=model, model_type="bpe",
    vocab_size=800, byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False, pad_id=-1,
    character_coverage=0.999, num_threads=1, user_defined_symbols=["<tool>"], minloglevel=2)
processor = SentencePieceProcessor(model_proto=model.getvalue())


def kind(token: int) -> int:
    """The number of a piece's type in sentencepiece_model.proto, which GGUF shares."""
    if processor.is_unknown(token):
        return 2
    if processor.is_control(token):
        return 3
    if processor.is_byte(token):
        return 6
    return 4 if processor.id_to_piece(token) == "<tool>" else 1


def write(name: str, value: dict) -> None:
    (HERE / name).write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


tokens = range(processor.get_piece_size())
write("llama.json", {
    "tokens": [processor.id_to_piece(token) for token in tokens],
    "scores": [processor.get_score(token) for token in tokens],
    "types": [kind(token) for token in tokens],
})
texts = EDGES + SENTENCES + ["a <tool> b", "<s></s>"]
write("llama.recorded.json", {"texts": texts, "ids": [processor.encode(text) for text in texts], "parsed": {}})
