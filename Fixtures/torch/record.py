"""Records reference values of the inner loop, the outer loop and the meta-gradient, computed by PyTorch.

For two tiny Llama models (see tiny_models.py) this writes, beside this file:

  NAME/config.json, model.safetensors   the base model, Hugging Face layout, F32
  NAME/adapter/                         the initial LoRA adapter, PEFT layout, A and B both non-zero
  NAME/reference.safetensors            inputs and expected values (I32 and F32)
  NAME/reference.json                   hyper-parameters, names, and how far the values can be trusted

The models are transformers' LlamaForCausalLM with eager attention under PEFT; every derivative is torch
autograd's, through an inner loop unrolled with create_graph=True. All values are computed in float64 from
the float32 weights and rounded once, when stored. The meta-gradients are checked against central differences,
and everything against the same computation in float32 with transformers as it comes.

Recorded with Python 3.11, torch 2.13.0 (CPU), transformers 5.23.0, peft 0.21.2, safetensors 0.8.0 (requirements.txt).
Usage: OMP_NUM_THREADS=1 python record.py
"""
import json
import platform
import re

import peft
import safetensors
import safetensors.torch
import torch
import torch.nn.functional as F
import transformers
from torch.func import functional_call

import tiny_models as tiny

ADAMW = dict(beta1=0.9, beta2=0.95, epsilon=1e-6, root_epsilon=1e-12, weight_decay=0.01)
VARIANTS = {  # name: optimizer, first steps whose gradient is a constant
    "": ("adamw", 0), "truncated2.": ("adamw", 2), "first_order.": ("adamw", tiny.STEPS), "sgd.": ("sgd", 0)}
GROUPS = ["adapter", "weighter", "lograte", "base"]


class Learner:
    """The inner and outer loops on one model, in one floating-point type."""

    def __init__(self, name, dtype):
        self.model = tiny.load_model(name).to(dtype)
        self.inputs, weighter, rates = tiny.create_inputs(self.model, tiny.MODELS[name]["seed"])
        self.parameter = {tiny.stored_name(n): n for n, _ in self.model.named_parameters()}
        stored = {tiny.stored_name(n): p.detach() for n, p in self.model.named_parameters()}
        self.leaves = {"adapter": {k: p for k, p in stored.items() if ".lora_" in k}, "weighter": weighter,
                       "lograte": rates["adamw"], "sgd.lograte": rates["sgd"],
                       "base": {k: p for k, p in stored.items() if ".lora_" not in k}}
        self.leaves = {g: {k: p.to(dtype).requires_grad_() for k, p in x.items()} for g, x in self.leaves.items()}

    def forward(self, leaves, adapter, ids):
        """Logits, and the hidden states after the final norm."""
        weights = {self.parameter[k]: p for k, p in {**leaves["base"], **adapter}.items()}
        out = functional_call(self.model, weights, (), dict(input_ids=ids, output_hidden_states=True, use_cache=False))
        return out.logits, out.hidden_states[-1]

    def token_losses(self, leaves, adapter, ids, mask):
        """Cross-entropy of each target token (0 elsewhere), and the weighter's value at every token."""
        logits, hidden = self.forward(leaves, adapter, ids)
        ce = F.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten(), reduction="none").view(len(ids), -1)
        w = leaves["weighter"]
        x = F.linear(F.gelu(F.linear(hidden, w["fc1.weight"], w["fc1.bias"])), w["fc2.weight"], w["fc2.bias"])
        return F.pad(ce, (1, 0)) * mask, F.softplus(x.squeeze(-1), beta=tiny.SOFTPLUS_BETA)

    def inner_loss(self, leaves, adapter):
        ce, weight = self.token_losses(leaves, adapter, self.inputs["ids"], self.inputs["mask"])
        return (ce * weight).sum() / self.inputs["mask"].sum()

    def outer_loss(self, leaves, adapter):
        ce, _ = self.token_losses(leaves, adapter, self.inputs["outer.ids"], self.inputs["outer.mask"])
        return ce.sum() / self.inputs["outer.mask"].sum()

    def unroll(self, leaves, optimizer, constant_gradients=()):
        """Adapters φ₀ … φ_T, their inner losses and gradients. The first steps may take constant gradients."""
        adapters, losses, gradients, o = [leaves["adapter"]], [], [], ADAMW
        m, v = ({k: torch.zeros_like(p) for k, p in adapters[0].items()} for _ in range(2))
        for t in range(tiny.STEPS):
            phi = adapters[-1]
            losses.append(self.inner_loss(leaves, phi))
            if t < len(constant_gradients):
                g = constant_gradients[t]
            else:
                g = dict(zip(phi, torch.autograd.grad(losses[-1], list(phi.values()), create_graph=True)))
            gradients.append(g)
            if optimizer == "sgd":
                adapters.append({k: p - leaves["sgd.lograte"][k][t].exp() * g[k] for k, p in phi.items()})
                continue
            m = {k: o["beta1"] * m[k] + (1 - o["beta1"]) * g[k] for k in g}
            v = {k: o["beta2"] * v[k] + (1 - o["beta2"]) * g[k] ** 2 for k in g}
            root = {k: (v[k] / (1 - o["beta2"] ** (t + 1)) + o["root_epsilon"]).sqrt() + o["epsilon"] for k in g}
            step = {k: m[k] / (1 - o["beta1"] ** (t + 1)) / root[k] + o["weight_decay"] * p for k, p in phi.items()}
            adapters.append({k: p - leaves["lograte"][k][t].exp() * step[k] for k, p in phi.items()})
        return adapters, losses + [self.inner_loss(leaves, adapters[-1])], gradients

    def variant(self, optimizer, truncated):
        """The unrolled loop of one variant, and the gradients that its truncated steps take as constants."""
        constants = []
        if truncated:
            _, _, gradients = self.unroll(self.leaves, optimizer)
            constants = [{k: x.detach() for k, x in g.items()} for g in gradients[:truncated]]
        return self.unroll(self.leaves, optimizer, constants), constants

    def values(self):
        """Everything recorded, by its name in reference.safetensors."""
        leaves, inputs, phi0 = self.leaves, self.inputs, self.leaves["adapter"]
        with self.model.disable_adapter():
            out = {"logits.base": self.forward(leaves, phi0, inputs["ids"])[0]}
        out["logits.adapter"], out["hidden.adapter"] = self.forward(leaves, phi0, inputs["ids"])
        out["inner.ce"], out["inner.weight"] = self.token_losses(leaves, phi0, inputs["ids"], inputs["mask"])
        out["inner.loss"] = self.inner_loss(leaves, phi0)
        for group, prefix in {"adapter": "", "weighter": "weighter.", "base": "base."}.items():
            found = torch.autograd.grad(out["inner.loss"], list(leaves[group].values()), retain_graph=True)
            out |= {f"inner.grad.{prefix}{k}": g for k, g in zip(leaves[group], found)}
        for name, (optimizer, truncated) in VARIANTS.items():
            (adapters, losses, _), _ = self.variant(optimizer, truncated)
            outer = self.outer_loss(leaves, adapters[-1])
            if not truncated:
                out |= {f"{name}step{t}.{k}": p for t in (1, tiny.STEPS) for k, p in adapters[t].items()}
                out |= {f"{name}inner.losses": torch.stack(losses), f"{name}outer.loss": outer}
            for group in GROUPS:
                rows = leaves[f"sgd.{group}" if (optimizer, group) == ("sgd", "lograte") else group]
                found = torch.autograd.grad(outer, list(rows.values()), retain_graph=True, materialize_grads=True)
                out |= {f"meta.{name}{group}.{k}": g for k, g in zip(rows, found)}
        return {k: x.detach().reshape(x.shape or (1,)) for k, x in out.items()}

    def central_differences(self, values, step=1e-7):
        """Relative error of each variant's meta-gradient along one random direction in each group of leaves."""
        errors, draw = {}, torch.Generator().manual_seed(5)
        for name, (optimizer, truncated) in VARIANTS.items():
            _, constants = self.variant(optimizer, truncated)
            for group in GROUPS:
                key = f"sgd.{group}" if (optimizer, group) == ("sgd", "lograte") else group
                rows = self.leaves[key]
                direction = {k: torch.randn(p.shape, generator=draw, dtype=p.dtype) for k, p in rows.items()}

                def loss(distance):
                    moved = {k: (p + distance * direction[k]).detach().requires_grad_() for k, p in rows.items()}
                    leaves = {**self.leaves, key: moved}
                    return self.outer_loss(leaves, self.unroll(leaves, optimizer, constants)[0][-1]).item()

                measured = (loss(step) - loss(-step)) / (2 * step)
                expected = sum((values[f"meta.{name}{group}.{k}"] * d).sum().item() for k, d in direction.items())
                errors[name + group] = abs(measured - expected) / max(abs(expected), 1e-12)
                print(f"  {name + group:22} autograd {expected:+.6e}, relative error {errors[name + group]:.0e}")
        return errors


def float32_deviation(values, single):
    """For each kind of value, the largest error of the float32 run, relative to the largest element of its tensor."""
    worst = {}
    for key, exact in values.items():
        kind = re.split(r"\.(?:base_model|model|lm_head|fc[12])\.", key)[0]
        error = (single[key].double() - exact).abs().max() / exact.abs().max().clamp_min(1e-12)
        worst[kind] = max(worst.get(kind, 0.0), error.item())
    return worst


def record(name):
    settings = tiny.MODELS[name]
    tiny.create_model(name, **settings)
    prompt = tiny.create_inputs(tiny.load_model(name), settings["seed"])[0]["greedy.prompt"]
    tokens, margin = tiny.greedy_continuation(name, prompt)
    single = Learner(name, torch.float32).values()
    with tiny.full_precision():
        learner = Learner(name, torch.float64)
        values = learner.values()
        text = torch.cat([prompt, tokens])
        logits, _ = learner.forward(learner.leaves, learner.leaves["adapter"], text[None, :-1])
        assert torch.equal(logits[0, len(prompt) - 1:].argmax(-1), tokens), "float64 disagrees with generate"
        print(name, "tokens", tokens.tolist(), "margin", round(margin, 4))
        differences = learner.central_differences(values)
        assert max(differences.values()) < 1e-5, "central differences disagree with autograd"
    deviation = float32_deviation(values, single)
    stored = {k: x.to(torch.int32) for k, x in {**learner.inputs, "greedy.tokens": tokens}.items()}
    stored |= {k: x.float().contiguous() for k, x in values.items()}
    for group in ["weighter", "lograte", "sgd.lograte"]:
        stored |= {f"{group}.{k}": p.detach().float() for k, p in learner.leaves[group].items()}
    safetensors.torch.save_file(stored, tiny.HERE / name / "reference.safetensors")
    first_gradient = torch.cat([values[f"inner.grad.{k}"].flatten().abs() for k in learner.leaves["adapter"]])
    metadata = {
        "model": name, "seed": settings["seed"], "initializer_range": tiny.INITIALIZER_RANGE,
        "rank": tiny.RANK, "alpha": tiny.ALPHA, "use_rslora": settings["use_rslora"],
        "steps": tiny.STEPS, "adamw": ADAMW, "mean_rate": tiny.MEAN_RATE,
        "weighter": {"hidden_width": tiny.WEIGHTER_WIDTH, "softplus_beta": tiny.SOFTPLUS_BETA, "activation": "gelu"},
        "lengths": tiny.LENGTHS, "prefixes": tiny.PREFIXES, "pad_id": 0,
        "outer_lengths": tiny.OUTER_LENGTHS, "outer_prompts": tiny.OUTER_PROMPTS,
        "variants": {k: {"optimizer": o, "truncated_steps": n} for k, (o, n) in VARIANTS.items()},
        **{f"{group}_keys": list(learner.leaves[group]) for group in ["adapter", "base", "weighter"]},
        "greedy_smallest_margin": margin, "smallest_first_gradient": first_gradient.min().item(),
        "central_difference_relative_error": differences, "float32_relative_deviation": deviation,
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "peft": peft.__version__,
                     "transformers": transformers.__version__, "safetensors": safetensors.__version__},
    }
    (tiny.HERE / name / "reference.json").write_text(json.dumps(metadata, indent=2) + "\n")


if __name__ == "__main__":
    for model in tiny.MODELS:
        record(model)
