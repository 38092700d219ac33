"""The tiny models of record.py: their shapes, random weights, files and adapters."""
import copy
import json
import pathlib

import peft
import safetensors.torch
import torch
import transformers

import gguf_files
import loading

HERE = pathlib.Path(__file__).resolve().parent
INITIALIZER_RANGE, NORM_STD, BIAS_STD, B_STD = 0.25, 0.2, 0.2, 0.05
CLASSES = {"gpt2": (transformers.GPT2Config, transformers.GPT2LMHeadModel),
           "llama": (transformers.LlamaConfig, transformers.LlamaForCausalLM),
           "qwen2": (transformers.Qwen2Config, transformers.Qwen2ForCausalLM)}
CONV1D_MAPS = ["c_attn", "attn.c_proj", "c_fc", "mlp.c_proj"]
LINEAR_MAPS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def gpt2(vocab=67, width=16, layers=2, heads=2, inner=None, positions=32, tied=True, **ids):
    return dict(vocab_size=vocab, n_embd=width, n_layer=layers, n_head=heads, n_inner=inner, n_positions=positions,
                tie_word_embeddings=tied, **{"bos_token_id": vocab - 1, "eos_token_id": vocab - 1, **ids})


def rotary(vocab, width, inner, layers, heads, kv_heads, tied, theta, epsilon, **extra):
    return dict(vocab_size=vocab, hidden_size=width, intermediate_size=inner, num_hidden_layers=layers,
                num_attention_heads=heads, num_key_value_heads=kv_heads, tie_word_embeddings=tied,
                rms_norm_eps=epsilon, max_position_embeddings=64,
                rope_parameters={"rope_type": "default", "rope_theta": theta},
                **{"bos_token_id": 1, "eos_token_id": 2, **extra})


def lora(rank, alpha, maps, rslora=False, **extra):
    return dict(r=rank, lora_alpha=alpha, target_modules=maps, use_rslora=rslora,
                fan_in_fan_out=maps[0].startswith("c_"), **extra)


# Seeds for which the greedy tokens vary and none is nearly tied with the next best (see reference.json).
# `form` names what differs from what transformers writes by itself: see `save`.
MODELS = {
    "gpt2-tied": dict(seed=33, family="gpt2", shape=gpt2(), adapter=lora(2, 8, CONV1D_MAPS)),
    "gpt2-untied": dict(seed=23, family="gpt2", shape=gpt2(vocab=61, heads=4, inner=40, tied=False),
                        adapter=lora(3, 6, ["c_attn", "c_fc", "c_proj"], rslora=True)),
    "gpt2-bare": dict(seed=4, family="gpt2", form="bare", shape=gpt2(vocab=61, positions=18),
                      adapter=lora(2, 5, CONV1D_MAPS)),
    "qwen2-tied": dict(seed=4, family="qwen2", shape=rotary(67, 16, 24, 2, 4, 2, True, 1e6, 1e-6),
                       adapter=lora(3, 9, LINEAR_MAPS, rslora=True)),
    "qwen2-untied": dict(seed=8, family="qwen2", form="old-sharded",
                         shape=rotary(61, 16, 24, 3, 2, 1, False, 5e5, 1e-6, eos_token_id=1),
                         adapter=lora(4, 8, ["q_proj", "v_proj"])),
    "qwen2-f16": dict(seed=2, family="qwen2", dtype=torch.float16,
                      shape=rotary(83, 24, 32, 2, 6, 2, True, 1e6, 1e-5), adapter=lora(2, 3, LINEAR_MAPS)),
    "llama-gqa-sharded": dict(seed=8, family="llama", form="old-sharded",
                              shape=rotary(61, 16, 24, 3, 4, 2, False, 1e5, 1e-5, eos_token_id=[2, 3]),
                              adapter=lora(4, 16, LINEAR_MAPS, layers_to_transform=[2])),
    "llama-mha": dict(seed=94, family="llama", shape=rotary(67, 16, 24, 2, 2, 2, True, 1e4, 1e-5, head_dim=6),
                      adapter=lora(2, 6, LINEAR_MAPS, rslora=True)),
    "llama-mha-untied": dict(seed=8, family="llama", form="old",
                             shape=rotary(61, 16, 24, 2, 2, 2, False, 1e4, 1e-6), adapter=lora(2, 4, LINEAR_MAPS)),
    "llama-gqa-tied": dict(seed=8, family="llama", shape=rotary(61, 16, 24, 2, 4, 1, True, 1e4, 1e-6),
                           adapter=lora(2, 4, LINEAR_MAPS)),
    "qwen2-mha-untied": dict(seed=5, family="qwen2", shape=rotary(61, 16, 24, 2, 2, 2, False, 1e6, 1e-6),
                             adapter=lora(2, 4, LINEAR_MAPS)),
    "qwen2-mha-tied": dict(seed=12, family="qwen2", form="old",
                           shape=rotary(61, 16, 24, 2, 2, 2, True, 1e6, 1e-6), adapter=lora(2, 4, LINEAR_MAPS)),
    "llama-bf16": dict(seed=4, family="llama", dtype=torch.bfloat16,
                       shape=rotary(97, 24, 32, 2, 3, 1, False, 1e4, 1e-6), adapter=lora(2, 4, LINEAR_MAPS)),
    "gguf-gpt2-f16": dict(seed=2, family="gpt2", form="gguf", matrices="F16",
                          shape=gpt2(gguf_files.vocabulary_size("gpt2"), 12, tied=False,
                                     **gguf_files.special_ids("gpt2")),
                          adapter=lora(2, 4, CONV1D_MAPS)),
    "gguf-llama-q8_0": dict(seed=14, family="llama", form="gguf", matrices="Q8_0",
                            shape=rotary(gguf_files.vocabulary_size("llama"), 32, 32, 2, 4, 2, True, 1e5, 1e-5,
                                         **gguf_files.special_ids("llama")),
                            adapter=lora(2, 4, ["q_proj", "k_proj", "down_proj"], rslora=True)),
    "gguf-qwen2-f32": dict(seed=112, family="qwen2", form="gguf", matrices="F32",
                           shape=rotary(gguf_files.vocabulary_size("qwen2"), 12, 20, 2, 2, 1, True, 1e6, 1e-6,
                                        **gguf_files.special_ids("qwen2")),
                           adapter=lora(2, 6, ["q_proj", "k_proj", "v_proj"])),
}


def gguf_name(name):
    """The name of a model's GGUF file, or nothing where the folder is in Hugging Face's layout."""
    return "model.gguf" if MODELS[name].get("form") == "gguf" else None


def load(name):
    return loading.load_base(HERE / name, gguf_name(name))


def create(name):
    """Writes a model and its adapter, and reads the model back: transformers must find the same weights and shape."""
    spec, folder = MODELS[name], HERE / name
    torch.manual_seed(spec["seed"])
    make_config, make_model = CLASSES[spec["family"]]
    model = make_model(make_config(**spec["shape"], initializer_range=INITIALIZER_RANGE,
                                   attn_implementation="eager"))
    with torch.no_grad():
        for key, weight in model.named_parameters():
            if key.endswith("bias"):
                weight.normal_(0.0, BIAS_STD)
            elif "norm" in key or ".ln_" in key:
                weight.normal_(1.0, NORM_STD)
            weight.copy_(weight.to(spec.get("dtype", torch.float32)))
    folder.mkdir(exist_ok=True)
    save(model.eval(), folder, spec)
    loaded, ids = load(name), torch.arange(10)[None]
    torch.testing.assert_close(loaded.state_dict(), model.state_dict(), rtol=0, atol=0)
    torch.testing.assert_close(loaded(ids).logits, model(ids).logits)
    create_adapter(name, folder / "adapter")


def save(model, folder, spec):
    """Writes the weights and the configuration; a GGUF file rounds the weights of `model`, too."""
    form = spec.get("form")
    if form == "gguf":
        gguf_files.write(model, folder / "model.gguf", spec["matrices"])
        return
    size = sum(x.nbytes for x in model.state_dict().values())
    stored = copy.deepcopy(model).to(spec.get("dtype", torch.float32))
    stored.save_pretrained(folder, max_shard_size=size * 2 // 5 if form == "old-sharded" else "1GB")
    (folder / "generation_config.json").unlink()
    if form == "old-sharded":
        assert len(list(folder.glob("model-*-of-00003.safetensors"))) == 3, "not three shards"
        write_json(folder / "config.json", old_configuration(stored.config))
    if form == "old":
        write_json(folder / "config.json", old_configuration(stored.config))
    if form == "bare":
        save_bare(stored, folder)


def save_bare(model, folder):
    """The layout of the first GPT-2 checkpoints: no prefix, and the attention's constants among the weights."""
    weights = {k.removeprefix("transformer."): x for k, x in model.state_dict().items() if k != "lm_head.weight"}
    positions = model.config.n_positions
    for layer in range(model.config.n_layer):
        weights[f"h.{layer}.attn.bias"] = torch.ones(positions, positions).tril()[None, None]
        weights[f"h.{layer}.attn.masked_bias"] = torch.tensor(-1e4)
    safetensors.torch.save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    write_json(folder / "config.json", old_configuration(model.config))


def old_configuration(config):
    """config.json with the keys that checkpoints of each family had before transformers 5."""
    c = config.to_dict()
    if c["model_type"] == "gpt2":
        kept = ["activation_function", "architectures", "attn_pdrop", "bos_token_id", "embd_pdrop", "eos_token_id",
                "initializer_range", "layer_norm_epsilon", "model_type", "n_embd", "n_head", "n_layer",
                "n_positions", "resid_pdrop", "summary_activation", "summary_first_dropout",
                "summary_proj_to_labels", "summary_type", "summary_use_proj", "vocab_size"]
        extra = {"n_ctx": c["n_positions"],
                 "task_specific_params": {"text-generation": {"do_sample": True, "max_length": 50}}}
    else:
        kept = ["architectures", "attention_dropout", "bos_token_id", "eos_token_id", "hidden_act", "hidden_size",
                "initializer_range", "intermediate_size", "max_position_embeddings", "model_type",
                "num_attention_heads", "num_hidden_layers", "num_key_value_heads", "rms_norm_eps",
                "tie_word_embeddings", "use_cache", "vocab_size"]
        extra = {"rope_theta": c["rope_parameters"]["rope_theta"], "torch_dtype": "float32",
                 "transformers_version": "4.40.1"}
        extra |= ({"attention_bias": False, "mlp_bias": False, "pretraining_tp": 1, "rope_scaling": None}
                  if c["model_type"] == "llama" else
                  {"max_window_layers": c["num_hidden_layers"], "sliding_window": c["max_position_embeddings"],
                   "use_mrope": False, "use_sliding_window": False})
    return {k: c[k] for k in kept} | extra


def create_adapter(name, folder):
    base = load(name)
    base.name_or_path = None
    model = peft.get_peft_model(base, peft.LoraConfig(
        task_type="CAUSAL_LM", lora_dropout=0.0, **MODELS[name]["adapter"]))
    with torch.no_grad():
        for key, weight in model.named_parameters():
            if "lora_B" in key:
                weight.normal_(0.0, B_STD)
    model.save_pretrained(folder, save_embedding_layers=False)
    (folder / "README.md").unlink()
    config = json.loads((folder / "adapter_config.json").read_text())
    config["target_modules"].sort()  # PEFT writes a set, in another order each time
    write_json(folder / "adapter_config.json", config)


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n")
