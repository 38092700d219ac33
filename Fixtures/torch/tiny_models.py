"""The tiny Llama models, adapters and inputs of record.py, and float64 forms of three of their parts."""
import contextlib
import math
import pathlib
from unittest.mock import patch

import peft
import torch
import transformers
from transformers.models.llama import modeling_llama

# Seeds for which no element of the first inner gradient is so small that AdamW is steep there (see reference.json).
MODELS = {
    "llama-tied": dict(seed=16, use_rslora=True, shape=dict(
        vocab_size=67, hidden_size=32, intermediate_size=56, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, tie_word_embeddings=True, rms_norm_eps=1e-5, rope_theta=10000.0)),
    "llama-untied": dict(seed=25, use_rslora=False, shape=dict(
        vocab_size=61, hidden_size=24, intermediate_size=40, num_hidden_layers=3, num_attention_heads=3,
        num_key_value_heads=1, tie_word_embeddings=False, rms_norm_eps=1e-6, rope_theta=500000.0)),
}
INITIALIZER_RANGE, RANK, ALPHA, B_STD, WEIGHTER_WIDTH, SOFTPLUS_BETA, STEPS = 0.25, 4, 8, 0.05, 16, 3.0, 4
MEAN_RATE = {"adamw": 1e-2, "sgd": 0.05}
LENGTHS, PREFIXES, SEGMENT_TOKENS = [9, 7, 5], [1, 3, 1], 9
OUTER_LENGTHS, OUTER_PROMPTS, OUTER_TOKENS = [10, 7], [6, 4], 10
PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
HERE = pathlib.Path(__file__).resolve().parent


def create_model(name, seed, use_rslora, shape):
    """Writes the base model and its initial adapter."""
    torch.manual_seed(seed)
    config = transformers.LlamaConfig(**shape, initializer_range=INITIALIZER_RANGE, max_position_embeddings=64)
    model = transformers.LlamaForCausalLM(config)
    with torch.no_grad():
        for key, weight in model.named_parameters():
            if "norm" in key:
                weight.normal_(1.0, 0.2)
    model.save_pretrained(HERE / name)
    model = peft.get_peft_model(model, peft.LoraConfig(
        task_type="CAUSAL_LM", r=RANK, lora_alpha=ALPHA, use_rslora=use_rslora, lora_dropout=0.0,
        target_modules=PROJECTIONS))
    with torch.no_grad():
        for key, weight in model.named_parameters():
            if "lora_B" in key:
                weight.normal_(0.0, B_STD)
    model.save_pretrained(HERE / name / "adapter")
    for extra in ["generation_config.json", "adapter/README.md"]:
        (HERE / name / extra).unlink(missing_ok=True)


def load_model(name):
    base = transformers.AutoModelForCausalLM.from_pretrained(
        HERE / name, dtype=torch.float32, attn_implementation="eager")
    return peft.PeftModel.from_pretrained(base, HERE / name / "adapter").eval()


def greedy_continuation(name, prompt, count=12):
    """transformers' own greedy tokens under the adapter, and the smallest gap between the two best logits."""
    model = load_model(name)
    model.generation_config.eos_token_id = None
    out = model.generate(
        input_ids=prompt[None], attention_mask=torch.ones_like(prompt[None]), do_sample=False, max_new_tokens=count,
        pad_token_id=0, return_dict_in_generate=True, output_logits=True)
    best = torch.cat(out.logits).topk(2).values
    return out.sequences[0, len(prompt):], (best[:, 0] - best[:, 1]).min().item()


def stored_name(parameter):
    """A parameter's name in model.safetensors or adapter_model.safetensors."""
    if ".lora_" in parameter:
        return parameter.replace(".default", "")
    return parameter.removeprefix("base_model.model.").replace(".base_layer", "")


def create_inputs(model, seed):
    """Token ids, target masks, the weighter and the logarithms of the learned rates, all drawn from `seed`."""
    draw = torch.Generator().manual_seed(seed + 1)
    vocab, width = model.config.vocab_size, model.config.hidden_size

    def tokens(lengths, count, first_targets):
        ids, position = torch.randint(1, vocab, (len(lengths), count), generator=draw), torch.arange(count)
        length, first = torch.tensor(lengths)[:, None], torch.tensor(first_targets)[:, None]
        return ids * (position < length), ((position >= first) & (position < length)).long()

    def normal(*shape, std):
        return torch.randn(shape, generator=draw) * std

    inputs = {"lengths": torch.tensor(LENGTHS), "prefixes": torch.tensor(PREFIXES),
              "outer.lengths": torch.tensor(OUTER_LENGTHS), "outer.prompts": torch.tensor(OUTER_PROMPTS),
              "greedy.prompt": torch.randint(1, vocab, (5,), generator=draw)}
    inputs["ids"], inputs["mask"] = tokens(LENGTHS, SEGMENT_TOKENS, PREFIXES)
    inputs["outer.ids"], inputs["outer.mask"] = tokens(OUTER_LENGTHS, OUTER_TOKENS, OUTER_PROMPTS)
    weighter = {"fc1.weight": normal(WEIGHTER_WIDTH, width, std=width ** -0.5),
                "fc1.bias": normal(WEIGHTER_WIDTH, std=0.2),
                "fc2.weight": normal(1, WEIGHTER_WIDTH, std=0.5), "fc2.bias": normal(1, std=0.2)}
    adapter = [stored_name(n) for n, _ in model.named_parameters() if ".lora_" in n]
    rates = {o: {k: math.log(mean) + normal(STEPS, std=0.3) for k in adapter} for o, mean in MEAN_RATE.items()}
    return inputs, weighter, rates


def rms_norm(self, x):
    return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.variance_epsilon))


def attention(module, query, key, value, attention_mask, scaling, **_):
    key, value = (modeling_llama.repeat_kv(x, module.num_key_value_groups) for x in (key, value))
    weights = (query @ key.transpose(2, 3) * scaling + attention_mask).softmax(-1)
    return (weights @ value).transpose(1, 2).contiguous(), weights


def rotary(self, x, position_ids):
    width = self.inv_freq.shape[-1]
    frequency = self.config.rope_parameters["rope_theta"] ** -(torch.arange(width, dtype=x.dtype) / width)
    angle = (position_ids[..., None] * frequency).repeat(1, 1, 2)
    return angle.cos(), angle.sin()


@contextlib.contextmanager
def full_precision():
    """transformers casts to float32 in these three places whatever the model's type: here it does not."""
    with (patch.object(modeling_llama.LlamaRMSNorm, "forward", rms_norm),
          patch.object(modeling_llama.LlamaRotaryEmbedding, "forward", rotary),
          patch.object(modeling_llama, "eager_attention_forward", attention)):
        yield
