"""Records what transformers makes of SmolLM2-135M-Instruct in float32, read from the same GGUF file: reference.json.

  prompts      {"text", "ids", "greedy", "ended", "margin"}: a prompt, its ids, the ids that greedy search goes on with,
               whether an ending token came after them, and the smallest gap between the two best logits on the way
  paragraph    {"ids", "perplexity"}: of paragraph.txt, whose first token is given; exp of the mean cross-entropy in nats

The ids come from the tokenizers library with the vocabulary in the file. transformers would leave out SmolLM's first
step, every digit by itself, where it reads a tokenizer from a GGUF file.

Needs the versions of ../families/requirements.txt and tokenizers 0.23.3, Python 3.11.
Usage: HF_HUB_OFFLINE=1 python record.py MODEL.gguf
"""
import importlib.metadata
import json
import pathlib
import platform
import sys

import gguf
import torch
import torch.nn.functional as F
import transformers
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

HERE = pathlib.Path(__file__).resolve().parent
PACKAGES = ["torch", "transformers", "tokenizers", "gguf", "numpy"]
PROMPTS = {
    "The capital of France is": 12,
    "Once upon a time, there was a": 16,
    "1, 2, 3, 4, 5,": 16,
    "def add(a, b):\n    return": 12,
    "<|im_start|>user\nName three colors.<|im_end|>\n<|im_start|>assistant\n": 16,
}
SMALLEST_MARGIN = 0.02


def read_tokenizer(path):
    """The vocabulary of the file, and the ids that end a text."""
    fields = gguf.GGUFReader(path).fields
    value = {k.removeprefix("tokenizer.ggml."): f.contents() for k, f in fields.items() if k.startswith("tokenizer")}
    assert value["model"] == "gpt2" and value["pre"] == "smollm"
    vocabulary = {token: number for number, token in enumerate(value["tokens"])}
    tokenizer = Tokenizer(models.BPE(vocabulary, [tuple(m.split(" ")) for m in value["merges"]]))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    control = [t for t, kind in zip(value["tokens"], value["token_type"]) if kind == gguf.TokenType.CONTROL]
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in control])
    return tokenizer, value["eos_token_id"]


def record_prompt(model, tokenizer, end, text, count):
    ids = tokenizer.encode(text).ids
    prompt = torch.tensor([ids])
    out = model.generate(
        input_ids=prompt, attention_mask=torch.ones_like(prompt), do_sample=False, eos_token_id=end, pad_token_id=end,
        max_new_tokens=count, return_dict_in_generate=True, output_logits=True)
    found = out.sequences[0, len(ids):].tolist()
    greedy = [x for x in found if x != end]
    best = torch.cat(out.logits).topk(2).values
    margin = (best[:, 0] - best[:, 1]).min().item()
    print(f"{text!r}: margin {margin:.3f}, {tokenizer.decode(greedy)!r}")
    assert margin > SMALLEST_MARGIN, "two tokens are nearly as good as each other; take another prompt"
    return {"text": text, "ids": ids, "greedy": greedy, "ended": found[-1] == end, "margin": margin}


def record_paragraph(model, tokenizer):
    ids = tokenizer.encode((HERE / "paragraph.txt").read_text()).ids
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, :-1]
    loss = F.cross_entropy(logits.double(), torch.tensor(ids[1:]))
    print(f"paragraph: {len(ids)} tokens, perplexity {loss.exp().item():.6f}")
    return {"ids": ids, "perplexity": loss.exp().item()}


def main(path):
    tokenizer, end = read_tokenizer(path)
    model = transformers.AutoModelForCausalLM.from_pretrained(
        path.parent, gguf_file=path.name, dtype=torch.float32, attn_implementation="eager").eval()
    reference = {
        "prompts": [record_prompt(model, tokenizer, end, text, count) for text, count in PROMPTS.items()],
        "paragraph": record_paragraph(model, tokenizer),
        "versions": {"python": platform.python_version(), **{p: importlib.metadata.version(p) for p in PACKAGES}}}
    (HERE / "reference.json").write_text(json.dumps(reference) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
