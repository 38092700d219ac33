"""Writes tiny models of each family with an adapter, and reference values of both, computed by PyTorch.

For every entry of `MODELS` (models.py) this writes, beside this file:

  NAME/config.json, *.safetensors       the base model in Hugging Face's layout, or
  NAME/model.gguf                       the base model as llama.cpp's converter lays it out
  NAME/adapter/                         a LoRA adapter in PEFT's layout, A and B both non-zero
  NAME/reference.safetensors            inputs (I32) and expected values (F32)
  NAME/reference.json                   names, options, and how far the values can be trusted

  ids [2, longest], lengths [2]         two sequences, filled up with id 0 on the right
  logits.base, logits.adapter           [sum of lengths, vocabulary]: the rows of the first sequence, then the second
  loss.base, loss.adapter [1]           mean cross-entropy of all next tokens of both sequences, in nats
  gradient.KEY                          of loss.adapter with respect to the adapter's tensor KEY
  greedy.prompt, greedy.tokens          a prompt and its greedy continuation under the adapter; no token ends it

All values are computed in float64 from the stored weights (half types and quantized blocks are read exactly) and
rounded once, when stored; and compared with the same computation in float32 by transformers as it comes.

Recorded with Python 3.11 and the versions of requirements.txt.
Usage: HF_HUB_OFFLINE=1 OMP_NUM_THREADS=1 python record.py [NAME…]
"""
import importlib.metadata
import json
import platform
import sys

import safetensors.torch
import torch
import torch.nn.functional as F

import loading
import models
from full_precision import full_precision

LENGTHS, GGUF_LENGTHS, PROMPT_TOKENS, GREEDY_TOKENS = [6, 4], [4, 2], 5, 12
SMALLEST_MARGIN, GREATEST_DEVIATION = 0.01, 1e-4
PACKAGES = ["torch", "transformers", "peft", "safetensors", "gguf", "numpy"]


def create_inputs(seed, vocabulary, lengths):
    draw = torch.Generator().manual_seed(seed)
    ids = torch.randint(1, vocabulary, (len(lengths), max(lengths)), generator=draw)
    lengths = torch.tensor(lengths)
    return {"ids": ids * (torch.arange(ids.shape[1]) < lengths[:, None]), "lengths": lengths,
            "greedy.prompt": torch.randint(1, vocabulary, (PROMPT_TOKENS,), generator=draw)}


def stored_name(parameter):
    return parameter.replace(".default", "")


def load_adapted(name):
    return loading.load_adapted(models.load(name), models.HERE / name / "adapter")


def evaluate(model, inputs):
    """Logits of every token of both sequences, and the mean loss of those that have a predecessor."""
    logits = model(input_ids=inputs["ids"], use_cache=False).logits
    rows = [x[:n] for x, n in zip(logits, inputs["lengths"])]
    targets = torch.cat([x[1:n] for x, n in zip(inputs["ids"], inputs["lengths"])])
    return torch.cat(rows), F.cross_entropy(torch.cat([x[:-1] for x in rows]), targets).reshape(1)


def values(model, inputs):
    """Everything recorded of the two sequences, by its name in reference.safetensors."""
    out = {}
    with model.disable_adapter():
        out["logits.base"], out["loss.base"] = evaluate(model, inputs)
    out["logits.adapter"], out["loss.adapter"] = evaluate(model, inputs)
    adapter = {stored_name(k): p for k, p in model.named_parameters() if ".lora_" in k}
    gradients = torch.autograd.grad(out["loss.adapter"], list(adapter.values()))
    out |= {f"gradient.{k}": g for k, g in zip(adapter, gradients)}
    return {k: x.detach() for k, x in out.items()}


def greedy(model, prompt):
    """transformers' own greedy tokens, and the smallest gap between the two best logits."""
    model.generation_config.eos_token_id = None
    out = model.generate(
        input_ids=prompt[None], attention_mask=torch.ones_like(prompt[None]), do_sample=False, pad_token_id=0,
        max_new_tokens=GREEDY_TOKENS, return_dict_in_generate=True, output_logits=True)
    best = torch.cat(out.logits).topk(2).values
    return out.sequences[0, len(prompt):], (best[:, 0] - best[:, 1]).min().item()


def float32_deviation(exact, single):
    """For each kind of value, the largest error of the float32 run, relative to its tensor's largest element."""
    worst = {}
    for key, x in exact.items():
        kind = key.split(".base_model.")[0]
        worst[kind] = max(worst.get(kind, 0.0), ((single[key].double() - x).abs().max() / x.abs().max()).item())
    return worst


def record(name):
    models.create(name)
    spec, model = models.MODELS[name], load_adapted(name)
    lengths = GGUF_LENGTHS if models.gguf_name(name) else LENGTHS
    inputs = create_inputs(spec["seed"] + 100, spec["shape"]["vocab_size"], lengths)
    tokens, margin = greedy(model, inputs["greedy.prompt"])
    single = values(model, inputs)
    with full_precision():
        model = load_adapted(name).double()
        exact = values(model, inputs)
        text = torch.cat([inputs["greedy.prompt"], tokens])[None, :-1]
        best = model(input_ids=text, use_cache=False).logits[0, PROMPT_TOKENS - 1:].argmax(-1)
    assert torch.equal(best, tokens), f"{name}: float64 disagrees with generate"
    deviation = float32_deviation(exact, single)
    print(f"{name:18} margin {margin:.3f}, deviation {max(deviation.values()):.1e}, tokens {tokens.tolist()}")
    assert margin > SMALLEST_MARGIN, f"{name}: two tokens are nearly as good as each other; take another seed"
    assert max(deviation.values()) < GREATEST_DEVIATION, f"{name}: float32 and float64 disagree"
    stored = {k: x.to(torch.int32) for k, x in {**inputs, "greedy.tokens": tokens}.items()}
    stored |= {k: x.float().contiguous() for k, x in exact.items()}
    safetensors.torch.save_file(stored, models.HERE / name / "reference.safetensors")
    models.write_json(models.HERE / name / "reference.json", {
        "model": name, "seed": spec["seed"], "family": spec["family"], "gguf_file": models.gguf_name(name),
        "gguf_matrices": spec.get("matrices"), "lengths": lengths, "pad_id": 0, "greedy_smallest_margin": margin,
        "adapter_keys": [k.removeprefix("gradient.") for k in exact if k.startswith("gradient.")],
        "float32_relative_deviation": deviation,
        "versions": {"python": platform.python_version(), **{p: importlib.metadata.version(p) for p in PACKAGES}}})


if __name__ == "__main__":
    for model_name in sys.argv[1:] or models.MODELS:
        record(model_name)
