#!/usr/bin/env python3
"""Writes the GGUF fixtures with the format's reference implementation.

Needs gguf 0.19.0 and numpy 2.4.6:  python3 generate.py

readable.gguf  every type of metadata value, and a tensor of every format that the Swift reader widens
writable.gguf  what the Swift writer writes; it has to produce the same bytes, which this script also reads again
"""
from pathlib import Path

import numpy as np
from gguf import GGUFReader, GGUFWriter
from gguf.constants import GGMLQuantizationType as Type
from gguf.constants import GGUFValueType as Value
from gguf.quants import quantize

FOLDER = Path(__file__).parent


def write(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def add_packed(writer, name, values, type):
    """The package takes the weights of BF16 and of blocks as bytes."""
    writer.add_tensor(name, quantize(np.asarray(values, dtype=np.float32), type), raw_dtype=type)


NUMBERS = {
    Value.UINT8: [0, 200], Value.INT8: [-128, 5], Value.UINT16: [60000, 1], Value.INT16: [-30000, 2],
    Value.UINT32: [4000000000, 3], Value.INT32: [-2000000000, 4], Value.UINT64: [2**64 - 1, 5],
    Value.INT64: [-(2**63), 6], Value.FLOAT32: [0.1, -1e30], Value.FLOAT64: [0.1, -1e300], Value.BOOL: [True, False],
    Value.STRING: ["Ünlaut \"\\\n", ""],
}
writer = GGUFWriter(FOLDER / "readable.gguf", "test")
for type, values in NUMBERS.items():
    name = type.name.lower()
    writer.add_key_value(f"one.{name}", values[0], type)
    writer.add_key_value(f"many.{name}", values, Value.ARRAY, sub_type=type)
writer.add_key_value("many.nested", [[1, 2], [3]], Value.ARRAY)
writer.add_tensor("vector", np.array([0.1, -1e30, 1e-45], dtype=np.float32))
writer.add_tensor("f32", np.arange(6, dtype=np.float32).reshape(2, 3))
writer.add_tensor("f16", np.arange(6, dtype=np.float16).reshape(3, 2))
add_packed(writer, "bf16", np.arange(6).reshape(1, 6), Type.BF16)
# In steps of one, so that the blocks hold them exactly.
add_packed(writer, "q4_0", np.arange(64).reshape(2, 32) % 16 - 8, Type.Q4_0)
add_packed(writer, "q4_1", np.arange(64).reshape(2, 32) % 16, Type.Q4_1)
signed = np.arange(128).reshape(2, 2, 32) - 64
signed[:, :, 0] = 127
add_packed(writer, "q8_0", signed, Type.Q8_0)
ONE = np.array([1], dtype=np.float16).view(np.uint8)
# Scales of 1, minima of 0; the groups of 32 weights hold 1 and 2 in turn.
q4_K = np.concatenate([ONE, ONE, [1] * 4, [0] * 4, [1] * 4, [0x21] * 128]).astype(np.uint8)
writer.add_tensor("q4_K", q4_K.reshape(1, 144), raw_dtype=Type.Q4_K)
# Every weight is -32 times its scale; the groups of 16 have the scales 0, -1, ... -15.
q6_K = np.concatenate([[0] * 192, -np.arange(16), ONE]).astype(np.int16).astype(np.uint8)
writer.add_tensor("q6_K", q6_K.reshape(1, 210), raw_dtype=Type.Q6_K)
write(writer)

writer = GGUFWriter(FOLDER / "writable.gguf", "llama")
writer.add_type("adapter")
writer.add_string("adapter.type", "lora")
writer.add_float32("adapter.lora.alpha", 16)
writer.add_key_value("test.texts", ["é", ""], Value.ARRAY, sub_type=Value.STRING)
writer.add_key_value("test.numbers", [1, -2], Value.ARRAY, sub_type=Value.INT32)
writer.add_key_value("test.scores", [0.5], Value.ARRAY, sub_type=Value.FLOAT32)
writer.add_key_value("test.large", 2**63, Value.UINT64)
writer.add_bool("test.yes", True)
writer.add_uint32("test.count", 7)
writer.kv_data[0] = dict(sorted(writer.kv_data[0].items()))
writer.add_tensor("blk.0.attn_q.weight.lora_a", np.arange(6, dtype=np.float32).reshape(2, 3) / 7)
writer.add_tensor("blk.0.attn_q.weight.lora_b", np.arange(4, dtype=np.float16).reshape(2, 2))
add_packed(writer, "packed", np.arange(64).reshape(2, 32) - 30, Type.Q8_0)
write(writer)

reader = GGUFReader(FOLDER / "writable.gguf")
assert reader.get_field("adapter.lora.alpha").contents() == 16
assert reader.get_field("test.texts").contents() == ["é", ""]
assert [tensor.name for tensor in reader.tensors][1] == "blk.0.attn_q.weight.lora_b"
assert list(reader.tensors[0].shape) == [3, 2]
