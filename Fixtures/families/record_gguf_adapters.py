"""Writes the PEFT adapter of each GGUF model once more, as llama.cpp's converter of adapters does: adapter/adapter.gguf.

Needs requirements.txt; the models and adapters are those that record.py wrote.  python record_gguf_adapters.py
"""
import json
from pathlib import Path

import gguf
from gguf import GGMLQuantizationType, GGUFReader
from safetensors.numpy import load_file

from gguf_files import ARCHITECTURE, permuted

FOLDER = Path(__file__).parent
# One of them in 16 bits, as the converter's --outtype f16 has it.
HALVES = {"gguf-qwen2-f32"}

for folder in sorted(FOLDER.glob("gguf-*")):
    base = GGUFReader(folder / "model.gguf")
    family = base.get_field("general.architecture").contents()
    settings = json.loads((folder / "adapter/adapter_config.json").read_text())
    layers = base.get_field(f"{family}.block_count").contents()
    names = gguf.get_tensor_name_map(ARCHITECTURE[family], layers)
    writer = gguf.GGUFWriter(folder / "adapter/adapter.gguf", family)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    scale = settings["lora_alpha"] / settings["r"] ** (0.5 if settings["use_rslora"] else 1)
    writer.add_float32("adapter.lora.alpha", scale * settings["r"])
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    for key, tensor in sorted(load_file(folder / "adapter/adapter_model.safetensors").items()):
        module, _, part = key.removeprefix("base_model.model.").rpartition(".lora_")
        name = names.get_name(f"{module}.weight", try_suffixes=(".weight",))
        if part == "B.weight" and family == "llama" and ("q_proj" in module or "k_proj" in module):
            heads = base.get_field(f"{family}.attention.head_count{'_kv' if 'k_proj' in module else ''}").contents()
            tensor = permuted(tensor, heads)
        kind = GGMLQuantizationType.F16 if folder.name in HALVES else GGMLQuantizationType.F32
        writer.add_tensor(f"{name}.lora_{part[0].lower()}", gguf.quants.quantize(tensor, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
