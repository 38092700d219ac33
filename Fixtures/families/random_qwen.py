"""Writes a random model with the shape and the files of Qwen2.5-0.5B (no tokenizer): 1 GB, to measure with.

Usage: python random_qwen.py FOLDER
"""
import json
import pathlib
import sys

import torch
import transformers

SEED = 0
CONFIGURATION = {
    "architectures": ["Qwen2ForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 151643, "eos_token_id": 151643,
    "hidden_act": "silu", "hidden_size": 896, "initializer_range": 0.02, "intermediate_size": 4864,
    "max_position_embeddings": 32768, "max_window_layers": 24, "model_type": "qwen2", "num_attention_heads": 14,
    "num_hidden_layers": 24, "num_key_value_heads": 2, "rms_norm_eps": 1e-06, "rope_theta": 1000000.0,
    "sliding_window": 32768, "tie_word_embeddings": True, "torch_dtype": "bfloat16", "transformers_version": "4.40.1",
    "use_cache": True, "use_mrope": False, "use_sliding_window": False, "vocab_size": 151936}


def main(folder):
    torch.manual_seed(SEED)
    config = transformers.Qwen2Config.from_dict(CONFIGURATION)
    model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    with torch.no_grad():
        for key, weight in model.named_parameters():
            if key.endswith("bias"):
                weight.normal_(0.0, config.initializer_range)
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink()
    (folder / "config.json").write_text(json.dumps(CONFIGURATION, indent=2) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
