#!/usr/bin/env python3
"""Records what the reference implementation of GGUF's quantization makes of weights, and of bytes.

Needs gguf 0.19.0 and numpy 2.4.6:  python3 record_blocks.py

blocks.json  "weights": floats; by format, "packed": their bytes, where the package quantizes to the format, and else
             random bytes with scales that are finite; "widened": the floats that these bytes stand for. All in base64.
"""
import base64
import json
from pathlib import Path

import numpy as np
from gguf.constants import GGMLQuantizationType as Type
from gguf.quants import dequantize, quantize

SHAPE = (2, 256)
random = np.random.default_rng(7)
weights = random.normal(0, 0.05, SHAPE).astype(np.float32)
# A block of zeros, one of equal weights, one below the smallest half, one of large weights, and one of ties.
weights[0, 0:32] = 0
weights[0, 32:64] = -0.375
weights[0, 64:96] *= 1e-8
weights[0, 96:128] *= 1e5
weights[0, 128:160] = np.arange(32) - 15.5


def text(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def random_blocks(size, halves, count=1):
    """Two rows of `count` blocks of `size` random bytes, with random finite halves at the offsets `halves` of each."""
    blocks = random.integers(0, 256, (SHAPE[0] * count, size), dtype=np.uint8)
    for offset in halves:
        blocks[:, offset : offset + 2] = random.normal(0, 1, (len(blocks), 1)).astype(np.float16).view(np.uint8)
    return blocks.reshape(SHAPE[0], count * size)


packed = {
    "float16": quantize(weights, Type.F16),
    "bfloat16": quantize(weights, Type.BF16),
    "q4_0": quantize(weights, Type.Q4_0),
    "q4_1": quantize(weights, Type.Q4_1),
    "q8_0": quantize(weights, Type.Q8_0),
    "q4_K": random_blocks(144, [0, 2]),
    "q6_K": random_blocks(210, [208]),
    "q5_0": quantize(weights, Type.Q5_0),
    "q5_1": quantize(weights, Type.Q5_1),
    "q2_K": random_blocks(84, [80, 82]),
    "q3_K": random_blocks(110, [108]),
    "q5_K": random_blocks(176, [0, 2]),
    "iq4_NL": random_blocks(18, [0], SHAPE[1] // 32),
}
types = {
    "float16": Type.F16, "bfloat16": Type.BF16, "q4_0": Type.Q4_0, "q4_1": Type.Q4_1, "q8_0": Type.Q8_0,
    "q4_K": Type.Q4_K, "q6_K": Type.Q6_K, "q5_0": Type.Q5_0, "q5_1": Type.Q5_1, "q2_K": Type.Q2_K, "q3_K": Type.Q3_K,
    "q5_K": Type.Q5_K, "iq4_NL": Type.IQ4_NL,
}
recorded = {"rows": SHAPE[0], "columns": SHAPE[1], "weights": text(weights), "formats": {}}
for name, block in packed.items():
    widened = dequantize(block.view(np.uint8), types[name])
    assert widened.shape == SHAPE and widened.dtype == np.float32
    recorded["formats"][name] = {"packed": text(block), "widened": text(widened)}
Path(__file__).with_name("blocks.json").write_text(json.dumps(recorded, indent=1) + "\n")
