"""Records how the GGUF models of record.py go on with a text: NAME/text.json.

  prompt, ids          a text and its ids
  base, adapter        {"ids", "text"}: what greedy search adds, without and with NAME/adapter; no token ends it

The ids come from the tokenizers library with the vocabulary in the file. The prompts are words and spaces alone, for
which all three pre-tokenizers do the same. A model of random weights writes bytes that are no text; they are U+FFFD.

Needs the versions of requirements.txt and tokenizers 0.23.3, Python 3.11.
Usage: HF_HUB_OFFLINE=1 OMP_NUM_THREADS=1 python record_text.py
"""
import gguf
import torch
from tokenizers import Tokenizer, models as tokenizer_models, pre_tokenizers

import loading
import models
from gguf_files import byte_tokens

PROMPTS = {"gguf-gpt2-f16": "here and there", "gguf-llama-q8_0": "here and there", "gguf-qwen2-f32": "an inner ring"}
NEW_TOKENS, SMALLEST_MARGIN = 10, 0.01


def byte_of():
    """The byte of each character of the byte-level alphabet."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [b for b in range(256) if b not in printable]
    return dict(zip(byte_tokens(), printable + others))


def read_vocabulary(path):
    fields = gguf.GGUFReader(path).fields
    return [fields[f"tokenizer.ggml.{key}"].contents() for key in ("tokens", "merges", "eos_token_id")]


def encode(text, tokens, merges):
    vocabulary = {token: number for number, token in enumerate(tokens)}
    tokenizer = Tokenizer(tokenizer_models.BPE(vocabulary, [tuple(m.split(" ")) for m in merges]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return tokenizer.encode(text).ids


def decode(ids, tokens):
    table = byte_of()
    return bytes(table[character] for i in ids for character in tokens[i]).decode("utf-8", "replace")


def greedy(model, ids, end, tokens):
    prompt = torch.tensor([ids])
    out = model.generate(
        input_ids=prompt, attention_mask=torch.ones_like(prompt), do_sample=False, eos_token_id=end, pad_token_id=end,
        max_new_tokens=NEW_TOKENS, return_dict_in_generate=True, output_logits=True)
    best = torch.cat(out.logits).topk(2).values
    assert (best[:, 0] - best[:, 1]).min() > SMALLEST_MARGIN, "two tokens are nearly as good; take another prompt"
    found = out.sequences[0, len(ids):].tolist()
    assert len(found) == NEW_TOKENS and end not in found, "the text ends; take another prompt"
    return {"ids": found, "text": decode(found, tokens)}


def record(name, prompt):
    folder = models.HERE / name
    tokens, merges, end = read_vocabulary(folder / models.gguf_name(name))
    ids = encode(prompt, tokens, merges)
    adapted = loading.load_adapted(models.load(name), folder / "adapter")
    with adapted.disable_adapter():
        base = greedy(adapted, ids, end, tokens)
    values = {"prompt": prompt, "ids": ids, "base": base, "adapter": greedy(adapted, ids, end, tokens)}
    assert values["base"] != values["adapter"]
    print(values)
    models.write_json(folder / "text.json", values)


if __name__ == "__main__":
    for model_name, text in PROMPTS.items():
        record(model_name, text)
