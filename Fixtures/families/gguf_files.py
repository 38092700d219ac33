"""Writes a model as a GGUF file, with the tensors and metadata that llama.cpp's converter gives each family."""
import gguf
import torch
from gguf import GGMLQuantizationType, TokenType

MERGES = ["Ġ t", "h e", "i n", "r e", "Ġt he", "o n", "Ġ a", "e r", "a t", "Ġa n", "in g", "Ġ Ġ"]
SPECIAL = {"gpt2": ["<|endoftext|>"], "llama": ["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
           "qwen2": ["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
           "qwen3": ["<|endoftext|>", "<|im_start|>", "<|im_end|>"], "gemma3": ["<|endoftext|>", "<|im_end|>"]}
# Gemma's own vocabulary is SentencePiece's; the tiny model has the bytes of the others.
PRE_TOKENIZER = {"gpt2": "gpt-2", "llama": "smollm", "qwen2": "qwen2", "qwen3": "qwen2", "gemma3": "gpt-2"}
FILE_TYPE = {"F32": gguf.LlamaFileType.ALL_F32, "F16": gguf.LlamaFileType.MOSTLY_F16,
             "Q8_0": gguf.LlamaFileType.MOSTLY_Q8_0}
ARCHITECTURE = {"gpt2": gguf.MODEL_ARCH.GPT2, "llama": gguf.MODEL_ARCH.LLAMA, "qwen2": gguf.MODEL_ARCH.QWEN2,
                "qwen3": gguf.MODEL_ARCH.QWEN3, "gemma3": gguf.MODEL_ARCH.GEMMA3}


def byte_tokens():
    """The 256 characters that stand for bytes in byte-level BPE, in GPT-2's order: printable ones first."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    return [chr(b) for b in printable] + [chr(256 + n) for n in range(256 - len(printable))]


def tokens(family):
    """Tokens and their types. SmolLM2 has its special tokens first, the others last; Qwen2 is filled up."""
    text = [(x, TokenType.NORMAL) for x in byte_tokens() + [m.replace(" ", "") for m in MERGES]]
    special = [(x, TokenType.CONTROL) for x in SPECIAL[family]]
    if family == "llama":
        return special + text
    padding = [(f"[PAD{len(text) + len(special)}]", TokenType.UNUSED)] if family == "qwen2" else []
    return text + special + padding


def vocabulary_size(family):
    return len(tokens(family))


def special_ids(family):
    """SmolLM2 opens with <|im_start|>, the others with <|endoftext|>; the last special token ends a text."""
    ids = {x: n for n, (x, _) in enumerate(tokens(family))}
    first = "<|im_start|>" if family == "llama" else "<|endoftext|>"
    return {"bos_token_id": ids[first], "eos_token_id": ids[SPECIAL[family][-1]]}


def write(model, path, matrices):
    """Writes `model` with its matrices in the type `matrices`, and rounds them in `model` to what was written."""
    config, family = model.config, model.config.model_type.removesuffix("_text")
    writer = gguf.GGUFWriter(path, family)
    add_metadata(writer, config, family)
    writer.add_file_type(FILE_TYPE[matrices])
    add_tokenizer(writer, family)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    names = gguf.get_tensor_name_map(ARCHITECTURE[family], config.num_hidden_layers)
    for key, weight in model.named_parameters():  # tied weights occur once
        name = names.get_name(key, try_suffixes=(".weight", ".bias"))
        one_type = weight.dim() == 1 or name.startswith("position_embd")
        kind = GGMLQuantizationType["F32" if one_type else matrices]
        matrix = transposed(key, weight.detach())
        if family == "gemma3" and "norm" in key:  # the file has what the computation multiplies with
            writer.add_tensor(name, (matrix + 1).numpy())
            continue
        data = gguf.quants.quantize(matrix.numpy(), kind)
        with torch.no_grad():
            weight.copy_(transposed(key, torch.from_numpy(gguf.quants.dequantize(data, kind))))
        if family == "llama" and ("q_proj" in key or "k_proj" in key):
            heads = config.num_attention_heads if "q_proj" in key else config.num_key_value_heads
            data = permuted(data, heads)
        writer.add_tensor(name, data, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def transposed(key, weight):
    """GPT-2's maps between [in, out] and [out, in]; every other weight as it is."""
    return weight.T.contiguous() if ".c_" in key and key.endswith("weight") else weight


def permuted(rows, heads):
    """A head's rows, whose halves turn together, with the two of each pair side by side."""
    return rows.reshape(heads, 2, len(rows) // heads // 2, -1).swapaxes(1, 2).reshape(rows.shape)


def add_metadata(writer, config, family):
    """The sizes. As the converter does, only Llama's state the vocabulary and the rotary width."""
    writer.add_type("model")
    writer.add_name(f"Tiny {family}")
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_head_count(config.num_attention_heads)
    if family == "gpt2":
        writer.add_feed_forward_length(config.n_inner or 4 * config.n_embd)
        writer.add_layer_norm_eps(config.layer_norm_epsilon)
        return
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count_kv(config.num_key_value_heads)
    parameters = config.rope_parameters
    writer.add_rope_freq_base(parameters.get("full_attention", parameters)["rope_theta"])
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    if family == "llama":
        writer.add_vocab_size(config.vocab_size)
        writer.add_rope_dimension_count(config.hidden_size // config.num_attention_heads)
    if family in ("qwen3", "gemma3"):
        writer.add_key_length(config.head_dim)
        writer.add_value_length(config.head_dim)
    if family == "gemma3":
        writer.add_sliding_window(config.sliding_window)


def add_tokenizer(writer, family):
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(PRE_TOKENIZER[family])
    writer.add_token_list([x for x, _ in tokens(family)])
    writer.add_token_types([kind for _, kind in tokens(family)])
    writer.add_token_merges(MERGES)
    ids = special_ids(family)
    writer.add_bos_token_id(ids["bos_token_id"])
    writer.add_eos_token_id(ids["eos_token_id"])
    if family == "llama":
        writer.add_add_space_prefix(False)
    if family != "gpt2":
        writer.add_pad_token_id(ids["eos_token_id"] if family == "llama" else ids["bos_token_id"])
        writer.add_add_bos_token(False)
