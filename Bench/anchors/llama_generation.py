#!/usr/bin/env python3
"""Times llama.cpp at the work of `perk-meta-train bench --mode answer` and `decode`: a prompt, and tokens after it.

Greedy, with a LoRA adapter, through llama.cpp's own functions, so that nothing of Python's is timed but the choice of
the greatest logit. Prints a line of JSON: seconds are those of the whole, or with --decode those from the first new
token to the last.
"""
import argparse
import ctypes
import importlib.metadata
import json
import resource
import statistics
import sys
import time

import llama_cpp as llama
import numpy


class Generator:
    def __init__(self, options):
        silent = llama.llama_log_callback(lambda level, text, data: None)
        self.kept = [silent]
        llama.llama_log_set(silent, None)
        llama.llama_backend_init()
        self.model = llama.llama_model_load_from_file(options.model.encode(), llama.llama_model_default_params())
        if not self.model:
            sys.exit(f"{options.model} cannot be loaded")
        settings = llama.llama_context_default_params()
        settings.n_ctx = options.prompt + options.new_tokens
        settings.n_batch = max(options.prompt, 1)
        settings.n_threads = settings.n_threads_batch = options.threads
        self.context = llama.llama_init_from_model(self.model, settings)
        if options.lora:
            self.load_adapter(options.lora)
        self.vocabulary = llama.llama_vocab_n_tokens(llama.llama_model_get_vocab(self.model))
        # The rule of perk-meta-train bench.
        self.prompt = [i * 7919 % self.vocabulary for i in range(options.prompt)]
        self.new_tokens = options.new_tokens

    def load_adapter(self, path):
        adapter = llama.llama_adapter_lora_init(self.model, path.encode())
        if not adapter:
            sys.exit(f"{path} cannot be loaded")
        adapters, scales = (llama.llama_adapter_lora_p_ctypes * 1)(adapter), (ctypes.c_float * 1)(1.0)
        if llama.llama_set_adapters_lora(self.context, adapters, 1, scales):
            sys.exit(f"{path} does not fit the model")

    def next_token(self, tokens):
        array = (llama.llama_token * len(tokens))(*tokens)
        if llama.llama_decode(self.context, llama.llama_batch_get_one(array, len(tokens))):
            sys.exit("llama_decode failed")
        logits = llama.llama_get_logits_ith(self.context, -1)
        return int(numpy.ctypeslib.as_array(logits, (self.vocabulary,)).argmax())

    def generate(self):
        """The times at which the work began, the first new token came and the last."""
        llama.llama_memory_clear(llama.llama_get_memory(self.context), True)
        times = [time.perf_counter()]
        token = self.next_token(self.prompt)
        times.append(time.perf_counter())
        for _ in range(self.new_tokens - 1):
            token = self.next_token([token])
        return times + [time.perf_counter()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--lora")
    parser.add_argument("--decode", action="store_true")
    for name, value in dict(prompt=64, new_tokens=256, repeat=1, threads=2).items():
        parser.add_argument("--" + name.replace("_", "-"), type=int, default=value)
    options = parser.parse_args()
    generator = Generator(options)
    generator.generate()
    times = [generator.generate() for _ in range(options.repeat)]
    seconds = statistics.median(last - (first if options.decode else start) for start, first, last in times)
    print(json.dumps({
        "seconds": round(seconds, 4), "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "threads": options.threads, "version": "llama-cpp-python " + importlib.metadata.version("llama-cpp-python"),
    }))


if __name__ == "__main__":
    main()
