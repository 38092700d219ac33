"""Float64 forms of the parts of models that transformers computes in float32 whatever the model's type."""
import contextlib
from unittest.mock import patch

import torch
from transformers.models.gemma3 import modeling_gemma3
from transformers.models.llama import modeling_llama
from transformers.models.qwen2 import modeling_qwen2
from transformers.models.qwen3 import modeling_qwen3


def rms_norm(self, x):
    return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.variance_epsilon))


def gemma_norm(self, x):
    return (1 + self.weight) * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps))


def turned(position_ids, frequency, scaling=1.0):
    angle = (position_ids[..., None] * frequency).repeat(1, 1, 2)
    return angle.cos() * scaling, angle.sin() * scaling


def plain(theta, width, dtype):
    return theta ** -(torch.arange(width, dtype=dtype) / width)


def rotary(self, x, position_ids):
    parameters = self.config.rope_parameters
    if parameters["rope_type"] == "default":
        return turned(position_ids, plain(parameters["rope_theta"], self.inv_freq.shape[-1], x.dtype))
    # The scaled frequencies are those of transformers, rounded to float32.
    return turned(position_ids, self.inv_freq.to(x.dtype), self.attention_scaling)


def gemma_rotary(self, x, position_ids, layer_type):
    width = getattr(self, f"{layer_type}_inv_freq").shape[-1]
    return turned(position_ids, plain(self.config.rope_parameters[layer_type]["rope_theta"], width, x.dtype))


def attention(module, query, key, value, attention_mask, scaling, **_):
    key, value = (x.repeat_interleave(module.num_key_value_groups, 1) for x in (key, value))
    weights = (query @ key.transpose(2, 3) * scaling + attention_mask).softmax(-1)
    return (weights @ value).transpose(1, 2).contiguous(), weights


@contextlib.contextmanager
def full_precision():
    """Replaces them. GPT-2 needs nothing of the kind: transformers computes it in the model's own type."""
    with contextlib.ExitStack() as stack:
        def replace(module, family, norm, rotation):
            stack.enter_context(patch.object(getattr(module, f"{family}RMSNorm"), "forward", norm))
            stack.enter_context(patch.object(getattr(module, f"{family}RotaryEmbedding"), "forward", rotation))
            stack.enter_context(patch.object(module, "eager_attention_forward", attention))
        for module, family in [(modeling_llama, "Llama"), (modeling_qwen2, "Qwen2"), (modeling_qwen3, "Qwen3")]:
            replace(module, family, rms_norm, rotary)
        replace(modeling_gemma3, "Gemma3", gemma_norm, gemma_rotary)
        yield
