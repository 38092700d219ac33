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
           "qwen2": (transformers.Qwen2Config, transformers.Qwen2ForCausalLM),
           "qwen3": (transformers.Qwen3Config, transformers.Qwen3ForCausalLM),
           "gemma3": (transformers.Gemma3TextConfig, transformers.Gemma3ForCausalLM)}
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


def scaled(shape, **scaling):
    """The same with a rotary scaling."""
    return {**shape, "rope_parameters": {**shape["rope_parameters"], **scaling}}


def gemma3(vocab, width, inner, layers, heads, kv_heads, head, window, scalar, types, **extra):
    """`types`: a letter for each layer, s for a sliding window and f for full attention."""
    shape = rotary(vocab, width, inner, layers, heads, kv_heads, True, 1e6, 1e-6, head_dim=head, **extra)
    names = {"s": "sliding_attention", "f": "full_attention"}
    parameters = {"sliding_attention": {"rope_type": "default", "rope_theta": 1e4},
                  "full_attention": shape["rope_parameters"]}
    return {**shape, "sliding_window": window, "query_pre_attn_scalar": scalar, "rope_parameters": parameters,
            "layer_types": [names[x] for x in types]}


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
    "llama-linear": dict(seed=13, family="llama", form="old",
                         shape=scaled(rotary(61, 16, 24, 2, 4, 2, True, 1e4, 1e-6), rope_type="linear", factor=4.0),
                         adapter=lora(2, 4, LINEAR_MAPS)),
    "llama-llama3": dict(seed=1, family="llama",
                         shape=scaled(rotary(61, 32, 24, 2, 2, 1, True, 1e4, 1e-6), rope_type="llama3", factor=8.0,
                                      low_freq_factor=1.0, high_freq_factor=4.0,
                                      original_max_position_embeddings=32),
                         adapter=lora(2, 4, LINEAR_MAPS)),
    "qwen2-yarn": dict(seed=4, family="qwen2",
                       shape=scaled(rotary(61, 32, 24, 2, 2, 1, True, 1e4, 1e-6), rope_type="yarn", factor=4.0,
                                    original_max_position_embeddings=16),
                       adapter=lora(2, 4, LINEAR_MAPS)),
    "qwen3-tied": dict(seed=3, family="qwen3", shape=rotary(67, 16, 24, 2, 4, 2, True, 1e6, 1e-6, head_dim=6),
                       adapter=lora(3, 9, LINEAR_MAPS, rslora=True)),
    "qwen3-untied": dict(seed=8, family="qwen3", form="old",
                         shape=rotary(61, 16, 24, 3, 2, 1, False, 5e5, 1e-6, head_dim=8),
                         adapter=lora(4, 8, ["q_proj", "k_proj", "up_proj"])),
    "gemma3": dict(seed=18, family="gemma3", shape=gemma3(67, 16, 24, 3, 4, 2, 6, 3, 10, "sfs"),
                   adapter=lora(3, 9, LINEAR_MAPS, rslora=True)),
    "gemma3-old": dict(seed=10, family="gemma3", form="old", shape=gemma3(61, 16, 24, 6, 2, 1, 8, 2, 16, "sssssf"),
                       adapter=lora(2, 4, LINEAR_MAPS)),
    "gguf-qwen3-f32": dict(seed=3, family="qwen3", form="gguf", matrices="F32",
                           shape=rotary(gguf_files.vocabulary_size("qwen3"), 12, 20, 2, 2, 1, True, 1e6, 1e-6,
                                        head_dim=8, **gguf_files.special_ids("qwen3")),
                           adapter=lora(2, 6, ["q_proj", "k_proj", "v_proj"])),
    "gguf-gemma3-f16": dict(seed=5, family="gemma3", form="gguf", matrices="F16",
                            shape=gemma3(gguf_files.vocabulary_size("gemma3"), 12, 20, 6, 2, 1, 8, 2, 8, "sssssf",
                                         **gguf_files.special_ids("gemma3")),
                            adapter=lora(2, 6, ["q_proj", "k_proj", "v_proj"])),
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
                weight.normal_(0.0 if spec["family"] == "gemma3" else 1.0, NORM_STD)
                if spec["family"] == "gemma3":  # with few enough bits that 1 + w is exact
                    weight.copy_((weight * 4096).round() / 4096)
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
        kept = ["architectures", "attention_dropout", "bos_token_id", "eos_token_id", "hidden_size",
                "initializer_range", "intermediate_size", "max_position_embeddings", "model_type",
                "num_attention_heads", "num_hidden_layers", "num_key_value_heads", "rms_norm_eps",
                "tie_word_embeddings", "use_cache", "vocab_size"] + ["hidden_act"] * ("hidden_act" in c)
        extra = {"torch_dtype": "float32", "transformers_version": "4.40.1"}
        extra |= old_family_keys(c)
    return {k: c[k] for k in kept} | extra


def old_family_keys(c):
    """The keys of a family's own, from the configuration `c` of transformers 5."""
    parameters, family = c["rope_parameters"], c["model_type"]
    if family == "gemma3_text":
        local, full = parameters["sliding_attention"], parameters["full_attention"]
        return {"rope_theta": full["rope_theta"], "rope_local_base_freq": local["rope_theta"], "rope_scaling": None,
                "attention_bias": False, "attn_logit_softcapping": None, "final_logit_softcapping": None,
                "cache_implementation": "hybrid", "head_dim": c["head_dim"],
                "hidden_activation": c["hidden_activation"], "query_pre_attn_scalar": c["query_pre_attn_scalar"],
                "sliding_window": c["sliding_window"], "sliding_window_pattern": 6}
    scaling = {("type" if k == "rope_type" else k): x for k, x in parameters.items() if k != "rope_theta"}
    extra = {"rope_theta": parameters["rope_theta"]}
    if family == "llama":
        return extra | {"attention_bias": False, "mlp_bias": False, "pretraining_tp": 1,
                        "rope_scaling": None if scaling == {"type": "default"} else scaling}
    extra |= {"max_window_layers": c["num_hidden_layers"], "sliding_window": c["max_position_embeddings"],
              "use_sliding_window": False}
    if family == "qwen3":
        return extra | {"attention_bias": False, "head_dim": c["head_dim"], "rope_scaling": None,
                        "sliding_window": None}
    return extra | {"use_mrope": False}


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
