"""Checks that llama.cpp gives an exported adapter's greedy tokens.

Usage: python check_gguf_export.py MODEL.gguf ADAPTER.gguf GENERATED.json
  ADAPTER.gguf    written by perk-serve export --format gguf
  GENERATED.json  printed by perk-serve generate --model MODEL.gguf --adapter PEFT --json, PEFT being the same document's
                  adapter from perk-serve export --format peft
Exits with 1 where a token differs. Run with llama-cpp-python 0.3.36.
"""
import json
import sys

import llama_cpp


def greedy(model, adapter, prompt, count):
    llama = llama_cpp.Llama(model, lora_path=adapter, verbose=False, n_ctx=256)
    tokens = []
    for token in llama.generate(prompt, temp=0.0, top_k=1):
        if token == llama.token_eos() or len(tokens) == count:
            return tokens
        tokens.append(token)


if __name__ == "__main__":
    model, adapter, generated = sys.argv[1:]
    with open(generated) as file:
        expected = json.load(file)
    found = greedy(model, adapter, expected["prompt_tokens"], max(len(expected["tokens"]), 1))
    print(json.dumps({"found": found, "expected": expected["tokens"]}))
    sys.exit(found != expected["tokens"])
