#!/usr/bin/env python3
"""Writes a model of Fixtures/families once more, in three files, with the format's reference implementation.

Needs gguf 0.19.0 and numpy 2.4.6:  python3 split.py

split/  the model of families/gguf-llama-q8_0: model-00001-of-00003.gguf with the metadata, and two more
"""
from pathlib import Path

from gguf import GGUFReader, GGUFWriter
from gguf.constants import GGUFValueType as Value

FOLDER = Path(__file__).parent
reader = GGUFReader(FOLDER.parent / "families/gguf-llama-q8_0/model.gguf")
(FOLDER / "split").mkdir(exist_ok=True)
architecture = reader.get_field("general.architecture").contents()
tensors = -(-len(reader.tensors) // 3)
writer = GGUFWriter(FOLDER / "split/model.gguf", architecture, split_max_tensors=tensors)
for field in reader.fields.values():
    if field.name.startswith("GGUF.") or field.name == "general.architecture":
        continue
    types = {"sub_type": field.types[-1]} if field.types[0] == Value.ARRAY else {}
    writer.add_key_value(field.name, field.contents(), field.types[0], **types)
for tensor in reader.tensors:
    writer.add_tensor(tensor.name, tensor.data, raw_shape=tensor.data.shape, raw_dtype=tensor.tensor_type)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()

parts = sorted((FOLDER / "split").glob("*.gguf"))
assert [part.name for part in parts] == [f"model-{n:05}-of-00003.gguf" for n in (1, 2, 3)]
assert sum(len(GGUFReader(part).tensors) for part in parts) == len(reader.tensors)
