"""A GGUF file as a model of transformers in float32, its weights dequantized by gguf-py: what our own reader is checked against.

transformers' own `gguf_file=` is no reference: it drops rope_freqs.weight, biases of Llama, and Gemma's query scale where the head's width is not 256.
Used by make_gguf_model_fixtures.py and check_gguf.py. Needs torch, transformers 5 and gguf 0.19.0.
"""
import copy

import numpy as np
import torch
import transformers
from gguf import GGUFReader
from gguf.quants import dequantize

CLASSES = {"llama": "Llama", "qwen2": "Qwen2", "qwen3": "Qwen3", "gemma3": "Gemma3Text", "gpt2": "GPT2", "gptneox": "GPTNeoX"}
# GGUF part, transformers' part; of GPT-2 and GPT-NeoX their own.
LLAMA = {"attn_norm": "input_layernorm", "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
         "attn_output": "self_attn.o_proj", "attn_q_norm": "self_attn.q_norm", "attn_k_norm": "self_attn.k_norm",
         "ffn_norm": "post_attention_layernorm", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj"}
PARTS = {"llama": LLAMA, "qwen2": LLAMA, "qwen3": LLAMA,
         "gemma3": LLAMA | {"ffn_norm": "pre_feedforward_layernorm", "post_attention_norm": "post_attention_layernorm",
                            "post_ffw_norm": "post_feedforward_layernorm"},
         "gpt2": {"attn_norm": "ln_1", "attn_qkv": "attn.c_attn", "attn_output": "attn.c_proj", "ffn_norm": "ln_2", "ffn_up": "mlp.c_fc",
                  "ffn_down": "mlp.c_proj"},
         "gptneox": {"attn_norm": "input_layernorm", "attn_qkv": "attention.query_key_value", "attn_output": "attention.dense",
                     "ffn_norm": "post_attention_layernorm", "ffn_up": "mlp.dense_h_to_4h", "ffn_down": "mlp.dense_4h_to_h"}}
LLAMA_ENDS = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
ENDS = {"gpt2": {"token_embd": "transformer.wte", "position_embd": "transformer.wpe", "output_norm": "transformer.ln_f", "output": "lm_head"},
        "gptneox": {"token_embd": "gpt_neox.embed_in", "output_norm": "gpt_neox.final_layer_norm", "output": "lm_head"}}
PREFIX = {"gpt2": "transformer.h", "gptneox": "gpt_neox.layers"}


def name_of(architecture, name):
    """transformers' name of a tensor, without what follows the last dot."""
    if not name.startswith("blk."): return ENDS.get(architecture, LLAMA_ENDS)[name]
    _, layer, part = name.split(".")
    return f"{PREFIX.get(architecture, 'model.layers')}.{layer}.{PARTS[architecture][part]}"


def paired(rows, heads):
    """Rows of each head as the converter stores them for Llama: i and i + D/2 become neighbours."""
    return rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)


def unpaired(rows, heads):
    return rows.reshape(heads, rows.shape[0] // heads // 2, 2, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)


def by_head(rows, heads):
    """GPT-NeoX's [H, 3, D] of all queries, all keys, all values."""
    return rows.reshape(3, heads, rows.shape[0] // heads // 3, *rows.shape[1:]).swapaxes(0, 1).reshape(rows.shape)


def together(rows, heads):
    return rows.reshape(heads, 3, rows.shape[0] // heads // 3, *rows.shape[1:]).swapaxes(0, 1).reshape(rows.shape)


class Keys:
    def __init__(self, reader):
        self.all = {k: v.contents() for k, v in reader.fields.items() if not k.startswith("tokenizer.ggml.tokens")}
        self.architecture = self.all["general.architecture"]

    def __call__(self, key, default=None):
        value = self.all.get(f"{self.architecture}.{key}", default)
        return value[0] if isinstance(value, list) and not isinstance(value[0], bool) else value


def settings(keys, tensors):
    """The arguments of the configuration's class."""
    family = keys.architecture
    heads, width, layers = keys("attention.head_count"), keys("embedding_length"), keys("block_count")
    head = keys("attention.key_length", width // heads)
    vocabulary = tensors["token_embd.weight"].shape[0]
    if family == "gpt2":
        return dict(vocab_size=vocabulary, n_positions=keys("context_length"), n_embd=width, n_layer=layers, n_head=heads,
                    n_inner=keys("feed_forward_length"), layer_norm_epsilon=keys("attention.layer_norm_epsilon"),
                    tie_word_embeddings="output.weight" not in tensors)
    rope = dict(rope_type="default", rope_theta=keys("rope.freq_base", 10000.0))
    factor = keys("rope.scaling.factor", keys("rope.scale_linear", 0))
    if keys("rope.scaling.type", "linear") == "linear" and factor: rope |= dict(rope_type="linear", factor=factor)
    common = dict(vocab_size=vocabulary, hidden_size=width, intermediate_size=keys("feed_forward_length"), num_hidden_layers=layers,
                  num_attention_heads=heads, max_position_embeddings=keys("context_length"), rope_parameters=rope,
                  tie_word_embeddings="output.weight" not in tensors)
    if family == "gptneox":
        rope["partial_rotary_factor"] = keys("rope.dimension_count", head) / head
        return common | dict(layer_norm_eps=keys("attention.layer_norm_epsilon"), use_parallel_residual=keys("use_parallel_residual"))
    common |= dict(num_key_value_heads=keys("attention.head_count_kv", heads), head_dim=head,
                   rms_norm_eps=keys("attention.layer_norm_rms_epsilon"))
    if family != "qwen2": common["attention_bias"] = "blk.0.attn_output.bias" in tensors
    if family == "llama": common["mlp_bias"] = "blk.0.ffn_up.bias" in tensors
    if family == "gemma3":
        window, pattern = keys("attention.sliding_window", 0), keys("attention.sliding_window_pattern", 6)
        if not isinstance(pattern, list): pattern = [not pattern or (i + 1) % pattern != 0 for i in range(layers)]
        local = dict(rope_type="default", rope_theta=keys("rope.freq_base_swa", 10000.0))
        common |= dict(layer_types=["sliding_attention" if p and window else "full_attention" for p in pattern],
                       sliding_window=window or 1, final_logit_softcapping=keys("final_logit_softcapping"),
                       query_pre_attn_scalar=width // heads if layers == 62 else head,
                       rope_parameters={"full_attention": rope, "sliding_attention": local})
    return common


def load(path, change=None, invert=None):
    """The model, in evaluation mode.

    change: settings taken otherwise; invert: what is done to a tensor by its name in the file, both to see what a wrong reading gives.
    """
    reader = GGUFReader(path)
    keys = Keys(reader)
    family = keys.architecture
    tensors = {t.name: dequantize(t.data, t.tensor_type).astype(np.float32) for t in reader.tensors}
    config = getattr(transformers, CLASSES[family] + "Config")(**copy.deepcopy(settings(keys, tensors) | (change or {})))
    with torch.device("meta"):
        model = transformers.AutoModelForCausalLM.from_config(config, attn_implementation="eager")
    model = model.to_empty(device="cpu").float().eval()
    heads, shared = keys("attention.head_count"), keys("attention.head_count_kv", keys("attention.head_count"))
    state = {}
    for name, value in tensors.items():
        if name == "rope_freqs.weight": continue
        stem, kind = name.rsplit(".", 1)
        if stem.endswith("attn_qkv") and family not in ("gpt2", "gptneox"):
            head = keys("attention.key_length", keys("embedding_length") // heads)
            cuts = np.split(value, [heads * head, (heads + shared) * head])
            parts = {stem.replace("attn_qkv", "attn_" + p): v for p, v in zip("qkv", cuts)}
        else: parts = {stem: value}
        for stem, value in parts.items():
            if family == "llama" and stem.endswith((".attn_q", ".attn_k")): value = unpaired(value, heads if stem.endswith("q") else shared)
            if family == "gptneox" and stem.endswith("attn_qkv"): value = by_head(value, heads)
            if family == "gpt2" and stem.startswith("blk.") and value.ndim == 2: value = value.T
            if family == "gemma3" and stem.endswith("norm"): value = value - np.float32(1)
            if invert: value = invert(stem, value)
            state[name_of(family, stem) + "." + kind] = torch.from_numpy(np.ascontiguousarray(value))
    missing, unexpected = model.load_state_dict(state, strict=False)
    model.tie_weights()
    tied = "lm_head.weight"
    assert not unexpected and all(m == tied for m in missing), (missing, unexpected)
    restore_buffers(model, config)
    if "rope_freqs.weight" in tensors:
        model.model.rotary_emb.inv_freq /= torch.from_numpy(tensors["rope_freqs.weight"])
    return model


def restore_buffers(model, config):
    """What is computed and not stored, which `to_empty` has left undefined."""
    fresh = copy.deepcopy(config)
    for key in ("num_hidden_layers", "n_layer"):
        if hasattr(fresh, key): setattr(fresh, key, 1)
    if hasattr(fresh, "layer_types"): fresh.layer_types = list(dict.fromkeys(config.layer_types)); fresh.num_hidden_layers = len(fresh.layer_types)
    sizes = dict(vocab_size=8, intermediate_size=8)
    for key, value in sizes.items():
        if hasattr(fresh, key): setattr(fresh, key, value)
    small = transformers.AutoModelForCausalLM.from_config(fresh, attn_implementation="eager")
    buffers = dict(small.named_buffers())
    for name, buffer in model.named_buffers():
        source = buffers.get(name)
        if source is None: source = next(v for k, v in buffers.items() if k.rsplit(".", 1)[1] == name.rsplit(".", 1)[1])
        buffer.data.copy_(source)
