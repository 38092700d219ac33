"""Float64 forms of the parts of Llama and Qwen2 that transformers computes in float32 whatever the model's type."""
import contextlib
from unittest.mock import patch

import torch
from transformers.models.llama import modeling_llama
from transformers.models.qwen2 import modeling_qwen2


def rms_norm(self, x):
    return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.variance_epsilon))


def rotary(self, x, position_ids):
    width = self.inv_freq.shape[-1]
    frequency = self.config.rope_parameters["rope_theta"] ** -(torch.arange(width, dtype=x.dtype) / width)
    angle = (position_ids[..., None] * frequency).repeat(1, 1, 2)
    return angle.cos(), angle.sin()


def attention(module, query, key, value, attention_mask, scaling, **_):
    key, value = (x.repeat_interleave(module.num_key_value_groups, 1) for x in (key, value))
    weights = (query @ key.transpose(2, 3) * scaling + attention_mask).softmax(-1)
    return (weights @ value).transpose(1, 2).contiguous(), weights


@contextlib.contextmanager
def full_precision():
    """Replaces them. GPT-2 needs nothing of the kind: transformers computes it in the model's own type."""
    with contextlib.ExitStack() as stack:
        for module, family in [(modeling_llama, "Llama"), (modeling_qwen2, "Qwen2")]:
            stack.enter_context(patch.object(getattr(module, f"{family}RMSNorm"), "forward", rms_norm))
            stack.enter_context(patch.object(getattr(module, f"{family}RotaryEmbedding"), "forward", rotary))
            stack.enter_context(patch.object(module, "eager_attention_forward", attention))
        yield
