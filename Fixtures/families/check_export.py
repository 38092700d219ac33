"""Prints what transformers + PEFT compute with an adapter, to compare with the program that exported it.

The logits of the last position, in float32, as JSON: {"logits": […]}. The adapter must hold exactly the tensors that
PEFT expects of its adapter_config.json. IDS is a JSON file with a list of token ids, read from the start of a text.

Usage: HF_HUB_OFFLINE=1 python check_export.py MODEL_FOLDER ADAPTER_FOLDER IDS [--gguf-file NAME] > logits.json
"""
import argparse
import json
import pathlib
import sys

import torch

import loading


def main():
    parser = argparse.ArgumentParser(description="The last position's logits under an adapter.")
    parser.add_argument("model", type=pathlib.Path, help="folder of the base model")
    parser.add_argument("adapter", type=pathlib.Path, help="folder of the adapter, PEFT layout")
    parser.add_argument("ids", type=pathlib.Path, help="JSON list of token ids")
    parser.add_argument("--gguf-file", help="name of the GGUF file in the model's folder")
    options = parser.parse_args()
    ids = torch.tensor([json.loads(options.ids.read_text())])
    model = loading.load_adapted(loading.load_base(options.model, options.gguf_file), options.adapter)
    with torch.no_grad():
        logits = model(input_ids=ids, use_cache=False, logits_to_keep=1).logits
    json.dump({"logits": logits[0, -1].tolist()}, sys.stdout)
    print()


if __name__ == "__main__":
    main()
