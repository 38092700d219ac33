"""Records the types of tensors that the format's reference implementation in Python knows: number, name, and the weights
and bytes of a block. Run with the package gguf 0.19.0:

    python record_types.py > types.json
"""

import json

from gguf.constants import GGML_QUANT_SIZES

types = [
    {"number": int(kind), "name": kind.name, "weights": weights, "bytes": size}
    for kind, (weights, size) in GGML_QUANT_SIZES.items()
]
print("[\n" + ",\n".join(json.dumps(kind) for kind in types) + "\n]")
