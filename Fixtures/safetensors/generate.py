#!/usr/bin/env python3
"""Writes the safetensors fixtures with the format's reference implementation.

Needs torch and safetensors:  python3 generate.py

readable.safetensors  every type that the Swift reader converts, and one (BOOL) that it only lists
writable.safetensors  the types that the Swift writer writes; it has to produce the same bytes
"""
from pathlib import Path

import torch
from safetensors.torch import save_file

FOLDER = Path(__file__).parent

# Zero, both signs, halves, the largest and the smallest normal and subnormal numbers, infinity, rounding.
HALVES = [0.0, -0.0, 1.0, -2.5, 65504.0, 6.103515625e-05, 5.960464477539063e-08, float("inf"), 0.1]
BRAINS = [0.0, -0.0, 1.0, -2.5, 3.3895313892515355e38, 1.1754943508222875e-38, float("-inf"), 0.1]

save_file(
    {
        "half": torch.tensor(HALVES, dtype=torch.float16).reshape(3, 3),
        "brain": torch.tensor(BRAINS, dtype=torch.bfloat16).reshape(2, 2, 2),
        "single": torch.tensor([0.1, -1e30, 1e-45], dtype=torch.float32),
        "double": torch.tensor([0.1, -1e300], dtype=torch.float64),
        "int32": torch.tensor([2**31 - 1, -(2**31)], dtype=torch.int32),
        "int64": torch.tensor([2**63 - 1, -(2**63)], dtype=torch.int64),
        "mask": torch.tensor([True, False, True]),
        "scalar": torch.tensor(42.0, dtype=torch.float32),
        "empty": torch.zeros(0, 4, dtype=torch.float32),
    },
    FOLDER / "readable.safetensors",
    metadata={"format": "pt"},
)

save_file(
    {
        "model.layers.1.weight": torch.arange(6, dtype=torch.float32).reshape(2, 3) / 7,
        "model.layers.10.weight": -torch.arange(4, dtype=torch.float32),
        "model.layers.0.weight": torch.tensor([1.5], dtype=torch.float32),
        'Ünlaut "\\/\n\x01': torch.tensor([0.25], dtype=torch.float32),
        "counts": torch.tensor([[1, -2, 3]], dtype=torch.int32),
        "step": torch.tensor(12345678901, dtype=torch.int64),
        "second moments": torch.tensor([1e-300, 2.0], dtype=torch.float64),
    },
    FOLDER / "writable.safetensors",
    metadata={"recipe": 'line one\nline "two"\té\x7f'},
)
