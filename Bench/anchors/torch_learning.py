#!/usr/bin/env python3
"""Times PyTorch at the work of `perk-meta-train bench`: a meta-step, or learning one document.

A LLaMA of transformers with random weights, adapted by PEFT's LoRA on all maps. The inner loop takes AdamW steps on
the adapter with learned rates and a token weighter; a meta-step keeps their graph and goes back through them from the
loss of one question. With --dtype bf16 all of this runs under autocast, forward and both ways back. Prints a line of
JSON.
"""
import argparse
import contextlib
import json
import resource
import statistics
import time

import torch
import torch.nn.functional as F
from peft import LoraConfig, TaskType, get_peft_model
from torch.func import functional_call
from transformers import AutoModelForCausalLM, LlamaConfig

MAPS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
SHAPES = {
    "tiny": dict(vocab_size=1024, hidden_size=128, intermediate_size=352, num_hidden_layers=4, num_attention_heads=4,
                 num_key_value_heads=4),
    "small": dict(vocab_size=4096, hidden_size=320, intermediate_size=896, num_hidden_layers=8, num_attention_heads=5,
                  num_key_value_heads=5),
    "smollm2-135m": dict(vocab_size=49152, hidden_size=576, intermediate_size=1536, num_hidden_layers=30,
                         num_attention_heads=9, num_key_value_heads=3),
}
BETA1, BETA2, EPSILON, DECAY = 0.9, 0.95, 1e-6, 0.01


def adapted_model(arch, rank):
    """The base model with an adapter whose B is not zero, where AdamW's slope would be infinite."""
    config = LlamaConfig(tie_word_embeddings=True, **SHAPES[arch])
    # Attention in plain operations: the fused one has no second derivative.
    base = AutoModelForCausalLM.from_config(config, attn_implementation="eager", dtype=torch.float32).eval()
    model = get_peft_model(base, LoraConfig(task_type=TaskType.CAUSAL_LM, r=rank, lora_alpha=16, use_rslora=True,
                                            lora_dropout=0.0, target_modules=MAPS))
    adapter = {name: value for name, value in model.named_parameters() if value.requires_grad}
    for name, value in adapter.items():
        if "lora_B" in name:
            torch.nn.init.normal_(value, std=1e-3)
    return model, adapter


class Learner:
    def __init__(self, options):
        torch.manual_seed(0)
        self.steps = options.steps
        self.model, self.adapter = adapted_model(options.arch, options.rank)
        config = self.model.config
        self.weighter = torch.nn.Sequential(
            torch.nn.Linear(config.hidden_size, 128), torch.nn.GELU(), torch.nn.Linear(128, 1))
        self.rates = {name: torch.full((options.steps,), 5e-5, requires_grad=True) for name in self.adapter}
        self.document = torch.randint(config.vocab_size, (options.segments, options.tokens))
        self.question = torch.randint(config.vocab_size, (1, options.question_tokens))

    def loss(self, adapter, ids, weighted):
        out = functional_call(self.model, adapter, (), dict(input_ids=ids, output_hidden_states=weighted))
        logits = out.logits[:, :-1].flatten(0, 1).float()
        losses = F.cross_entropy(logits, ids[:, 1:].flatten(), reduction="none")
        if weighted:
            losses = losses * F.softplus(self.weighter(out.hidden_states[-1]).float(), beta=3)[:, 1:].flatten()
        return losses.mean()

    def learn(self, keeps_graph):
        """The adapter after the inner steps; with a graph back to where they began, or without."""
        def leaf(value):
            return value if keeps_graph else value.detach().requires_grad_()

        fast = {name: leaf(value) for name, value in self.adapter.items()}
        first = {name: torch.zeros_like(value) for name, value in fast.items()}
        second = {name: torch.zeros_like(value) for name, value in fast.items()}
        for step in range(self.steps):
            gradients = torch.autograd.grad(
                self.loss(fast, self.document, True), list(fast.values()), create_graph=keeps_graph)
            with contextlib.nullcontext() if keeps_graph else torch.no_grad():
                moved = {}
                for (name, value), gradient in zip(fast.items(), gradients):
                    first[name] = BETA1 * first[name] + (1 - BETA1) * gradient
                    second[name] = BETA2 * second[name] + (1 - BETA2) * gradient * gradient
                    mean = first[name] / (1 - BETA1 ** (step + 1))
                    root = (second[name] / (1 - BETA2 ** (step + 1)) + EPSILON**2).sqrt()
                    rate = self.rates[name][step]
                    moved[name] = value * (1 - rate * DECAY) - rate * mean / (root + EPSILON)
            fast = {name: leaf(value) for name, value in moved.items()}
        return fast

    def meta_step(self):
        self.loss(self.learn(True), self.question, False).backward()
        trained = [*self.adapter.values(), *self.rates.values(), *self.weighter.parameters()]
        for value in trained:
            value.grad = None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--arch", choices=SHAPES, default="smollm2-135m")
    parser.add_argument("--mode", choices=["meta", "encode"], default="meta")
    parser.add_argument("--dtype", choices=["float32", "bf16"], default="float32")
    for name, value in dict(segments=4, tokens=128, question_tokens=48, steps=4, rank=16, repeat=1, threads=2).items():
        parser.add_argument("--" + name.replace("_", "-"), type=int, default=value)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    learner = Learner(options)
    work = learner.meta_step if options.mode == "meta" else lambda: learner.learn(False)

    def timed():
        start = time.perf_counter()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.dtype == "bf16"):
            work()
        return time.perf_counter() - start

    timed()
    seconds = statistics.median(timed() for _ in range(options.repeat))
    print(json.dumps({
        "seconds": round(seconds, 4), "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "threads": torch.get_num_threads(), "version": "PyTorch " + torch.__version__,
    }))


if __name__ == "__main__":
    main()
