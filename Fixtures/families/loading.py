"""Loads a base model, from Hugging Face's layout or from a GGUF file, and puts an adapter on it."""
import gguf
import peft
import safetensors
import torch
import transformers


def load_base(folder, gguf_file=None):
    """The model in float32, with eager attention, ready for evaluation."""
    source = dict(gguf_file=gguf_file) if gguf_file else {}
    config = transformers.AutoConfig.from_pretrained(folder, **source)
    if gguf_file and config.model_type == "gpt2":
        # transformers keeps these two numbers of the file under names that its GPT-2 does not read.
        config.n_positions, config.n_inner = config.n_ctx, config.feed_forward_length
    if gguf_file and config.model_type in ("qwen3", "gemma3_text"):
        # It does not read Qwen3's width of a head, and takes the scalar of the real Gemma for any; llama.cpp takes the width.
        fields = gguf.GGUFReader(f"{folder}/{gguf_file}").fields
        config.head_dim = fields[f"{config.model_type.removesuffix('_text')}.attention.key_length"].contents()
        config.query_pre_attn_scalar = config.head_dim
    model = transformers.AutoModelForCausalLM.from_pretrained(
        folder, config=config, dtype=torch.float32, attn_implementation="eager", **source)
    return model.eval()


def load_adapted(base, folder):
    """The base model under the adapter of a PEFT directory, whose tensors must be all that PEFT expects."""
    model = peft.PeftModel.from_pretrained(base, folder, is_trainable=True).eval()
    expected = set(peft.get_peft_model_state_dict(model, save_embedding_layers=False))
    with safetensors.safe_open(f"{folder}/adapter_model.safetensors", "pt") as file:
        found = set(file.keys())
    if found != expected:
        raise SystemExit(f"{folder}: missing {sorted(expected - found)}, unexpected {sorted(found - expected)}")
    return model
