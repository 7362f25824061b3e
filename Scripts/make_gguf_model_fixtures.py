#!/usr/bin/env python3
"""Make the reference models in GGUF: tiny random models of every architecture that is read, in every format, with transformers' answers.

Usage: make_gguf_model_fixtures.py LLAMA_QUANTIZE      (rewrites Tests/LMCoreTests/Fixtures/GGUFModels)
LLAMA_QUANTIZE is llama.cpp's program, which alone writes the K formats. Needs torch, transformers 5 and gguf 0.19.0. Weights are those of
make_family_fixtures.py; the tensors are named and changed as llama.cpp's converters do it. Each file is read back by gguf_reference.py, so
the expected logits are those of the dequantized weights, in float64. `wrong` are readings that an engine may choose by mistake: the script
demands that each of them moves a logit by ten times the tolerance of the tests. Documentation/Fixtures.md describes the files.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import torch
from gguf import GGMLQuantizationType as Type
from gguf import GGUFReader, GGUFWriter
from gguf.quants import dequantize, quantize

import make_family_fixtures as families
from gguf_reference import CLASSES, ENDS, LLAMA_ENDS, PARTS, PREFIX, load, paired, together

OUT = os.path.join(os.path.dirname(families.OUT), "GGUFModels")
FAMILY = {"llama": "llama", "qwen2": "qwen2", "qwen3": "qwen3", "gemma3": "gemma3", "gptneox": "gpt-neox", "gpt2": "gpt2"}
families.CLASSES["gpt2"] = "GPT2"
SIZES = dict(vocab_size=101, hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
             max_position_embeddings=64, rms_norm_eps=1e-5, rope_parameters=dict(rope_type="default", rope_theta=5000.0))
GEMMA = dict(hidden_size=96, intermediate_size=64, head_dim=32, query_pre_attn_scalar=32, sliding_window=6, num_hidden_layers=4, rms_norm_eps=1e-6,
             layer_types=["sliding_attention", "sliding_attention", "full_attention", "sliding_attention"],
             rope_parameters={"full_attention": dict(rope_type="default", rope_theta=5000.0),
                              "sliding_attention": dict(rope_type="default", rope_theta=700.0)})
GPT2 = dict(vocab_size=101, n_positions=64, n_embd=64, n_layer=2, n_head=4, n_inner=96)
NEOX = dict(hidden_size=64, intermediate_size=96, num_key_value_heads=None,
            rope_parameters=dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5))
BASE = {"gemma3": GEMMA, "gptneox": NEOX, "gpt2": GPT2, "qwen3": dict(head_dim=32), "llama": {}, "qwen2": {}}
LINEAR = dict(rope_type="linear", factor=4.0, rope_theta=5000.0)
LLAMA3 = dict(rope_type="llama3", rope_theta=5000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
              original_max_position_embeddings=40)


def converted(model, architecture):
    """The tensors under GGUF's names, as llama.cpp's converter stores them."""
    ends = {v: k for k, v in ENDS.get(architecture, LLAMA_ENDS).items()}
    parts = {v: k for k, v in PARTS[architecture].items()}
    prefix = PREFIX.get(architecture, "model.layers")
    config = model.config
    heads = config.num_attention_heads
    for name, parameter in model.state_dict().items():
        stem, kind = name.rsplit(".", 1)
        if kind not in ("weight", "bias"): continue
        if stem in ends: new = ends[stem]
        else:
            layer, part = stem.removeprefix(prefix + ".").split(".", 1)
            new = f"blk.{layer}.{parts[part]}"
        if new == "output" and config.tie_word_embeddings and architecture != "gptneox": continue
        value = parameter.float().numpy()
        if architecture == "llama" and new.endswith(".attn_q"): value = paired(value, heads)
        if architecture == "llama" and new.endswith(".attn_k"): value = paired(value, config.num_key_value_heads)
        if architecture == "gptneox" and new.endswith("attn_qkv"): value = together(value, heads)
        if architecture == "gpt2" and new.startswith("blk.") and value.ndim == 2: value = value.T
        if architecture == "gemma3" and new.endswith("norm"): value = value + np.float32(1)
        yield f"{new}.{kind}", np.ascontiguousarray(value)


def fuse(tensors, kinds=("weight", "bias")):
    """One matrix for queries, keys and values, as newer converters write on request."""
    out = {}
    for name, value in tensors.items():
        if ".attn_q." in name:
            out[name.replace("attn_q", "attn_qkv")] = np.concatenate([tensors[name.replace("attn_q", "attn_" + p)] for p in "qkv"])
        elif not any(f".attn_{p}." in name for p in "kv"): out[name] = value
    return out


def write(path, model, architecture, formats, vectors, keys, change):
    config = model.config
    writer = GGUFWriter(path, architecture)
    layers, heads = config.num_hidden_layers, config.num_attention_heads
    writer.add_block_count(layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.n_inner if architecture == "gpt2" else config.intermediate_size)
    writer.add_head_count(heads)
    if architecture == "gpt2": writer.add_layer_norm_eps(config.layer_norm_epsilon)
    elif architecture == "gptneox":
        writer.add_layer_norm_eps(config.layer_norm_eps)
        writer.add_parallel_residual(config.use_parallel_residual)
        writer.add_rope_dimension_count(int(config.rope_parameters["partial_rotary_factor"] * config.hidden_size // heads))
    else:
        writer.add_head_count_kv(config.num_key_value_heads)
        writer.add_layer_norm_rms_eps(config.rms_norm_eps)
        rope = config.rope_parameters
        writer.add_rope_freq_base(rope.get("full_attention", rope)["rope_theta"])
        head = getattr(config, "head_dim", None) or config.hidden_size // heads
        if head != config.hidden_size // heads or architecture == "gemma3":
            writer.add_key_length(head)
            writer.add_value_length(head)
    if architecture == "gemma3":
        writer.add_sliding_window(config.sliding_window)
        if config.final_logit_softcapping: writer.add_final_logit_softcapping(config.final_logit_softcapping)
    writer.add_eos_token_id(2)
    keys(writer)
    tensors = dict(converted(model, architecture))
    for name, value in (change(tensors) if change else tensors).items():
        kind = formats(name) if value.ndim == 2 else vectors
        if kind == Type.F32: writer.add_tensor(name, value)
        elif kind == Type.F16: writer.add_tensor(name, value.astype(np.float16))
        else: writer.add_tensor(name, quantize(value, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def case(name, seed, formats, settings={}, keys=lambda writer: None, change=None, wrong=(), k_format=None, length=44, positions=None,
         new=16, sharpness=1, vectors=Type.F32):
    """Writes one model.

    formats: of a matrix by its name; vectors: the format of norms and biases; keys: what is written besides; change: of the tensors; wrong: for each wrong reading what it is called
    and the arguments of `load`; k_format: what llama-quantize is asked for.
    """
    architecture = max((a for a in CLASSES if name.startswith(a)), key=len)
    family = FAMILY[architecture]
    settings = (dict() if architecture == "gpt2" else SIZES) | BASE[architecture] | settings
    settings = {k: v for k, v in settings.items() if v is not None and not (family == "gpt-neox" and k == "rms_norm_eps")}
    model = families.build(family, settings)
    rng = families.fill(model, family, seed, sharpness)
    folder = os.path.join(OUT, name)
    os.makedirs(folder)
    path = os.path.join(folder, "model.gguf")
    write(path, model, architecture, formats if callable(formats) else lambda _: formats, vectors, keys, change)
    if k_format:
        with tempfile.TemporaryDirectory() as room:
            wide = os.path.join(room, "wide.gguf")
            shutil.move(path, wide)
            subprocess.run([sys.argv[1], wide, path, k_format], check=True, capture_output=True)
    ids, positions, expected = families.answer(load(path), rng, folder, length, new, positions)
    for label, arguments in dict(wrong).items():
        other = arguments(path) if callable(arguments) else load(path, **arguments)
        difference = (families.logits_of(other.double(), ids, positions) - expected).abs().max().item()
        assert difference > families.WRONG, f"{name}, {label}: only {difference}"
        print(f"  {name}, {label}: {difference:.2g}")
    kinds = sorted({t.tensor_type.name for t in GGUFReader(path).tensors})
    print(f"{name}: {os.path.getsize(path)} bytes, {' '.join(kinds)}, |logit| up to {expected.abs().max():.0f}", flush=True)
    assert expected.abs().max() < 80


def still_paired(stem, value):
    """Rows of queries and keys taken as they are stored."""
    if stem.endswith(".attn_q"): return paired(value, 4)
    if stem.endswith(".attn_k"): return paired(value, 2)
    return value


def added_twice(stem, value): return value + np.float32(1) if stem.endswith("norm") else value


def without_divisors(path):
    model = load(path)
    rotary = type(model.model.rotary_emb)(config=model.config)
    model.model.rotary_emb.inv_freq.copy_(rotary.inv_freq)
    return model


def frequencies(tensors):
    """What the converter stores for LLAMA3: the divisors of the frequencies (conversion/llama.py)."""
    base, half = LLAMA3["rope_theta"], 8
    freqs = 1.0 / (base ** (torch.arange(0, 2 * half, 2, dtype=torch.float32) / (2 * half)))
    low = LLAMA3["original_max_position_embeddings"] / LLAMA3["low_freq_factor"]
    high = LLAMA3["original_max_position_embeddings"] / LLAMA3["high_freq_factor"]
    factors = []
    for f in freqs:
        wavelength = 2 * np.pi / float(f)
        if wavelength < high: factors.append(1)
        elif wavelength > low: factors.append(LLAMA3["factor"])
        else:
            smooth = (low * LLAMA3["low_freq_factor"] / wavelength - LLAMA3["low_freq_factor"]) / (
                LLAMA3["high_freq_factor"] - LLAMA3["low_freq_factor"])
            factors.append(1 / ((1 - smooth) / LLAMA3["factor"] + smooth))
    return tensors | {"rope_freqs.weight": np.array(factors, np.float32)}


def mixed(name):
    """A format for each kind of tensor."""
    kinds = [Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1, Type.Q8_0, Type.F16, Type.BF16]
    parts = ["attn_q.", "attn_k.", "attn_v.", "attn_output.", "ffn_gate.", "ffn_up.", "ffn_down.", "token_embd", "output."]
    place = next(i for i, p in enumerate(parts) if p in name)
    return kinds[(place + (3 if "blk.1" in name else 0)) % len(kinds)]


def embedding(kind, other=Type.Q8_0): return lambda name: other if name.startswith(("token_embd", "position_embd")) else kind


def llamas():
    pairs = {"pairs of halves": dict(invert=still_paired)}
    case("llama-f32", 1, Type.F32, dict(hidden_size=32), wrong=pairs | {"epsilon": dict(change=dict(rms_norm_eps=1e-6)),
                                                  "base": dict(change=dict(rope_parameters=dict(rope_type="default", rope_theta=10000.0)))})
    case("llama-f16", 2, Type.F16)
    case("llama-bf16", 3, Type.BF16, dict(hidden_size=32))
    for seed, kind in enumerate((Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1, Type.Q8_0), 4):
        case("llama-" + kind.name.lower(), seed, embedding(kind), dict(tie_word_embeddings=seed % 2 == 0), wrong=pairs)
    case("llama-mixed", 10, mixed, dict(attention_bias=True), wrong=pairs)
    case("llama-f16-norms", 11, Type.Q8_0, dict(attention_bias=True, mlp_bias=True), vectors=Type.F16)
    case("llama-fused", 12, Type.Q5_1, dict(attention_bias=True), change=fuse)
    case("llama-heads-of-32", 13, Type.Q4_0, dict(head_dim=32))
    case("llama-frequencies", 14, Type.Q8_0, dict(rope_parameters=LLAMA3), change=frequencies, length=60, wrong={"divisors": without_divisors})
    linear = dict(rope_parameters=LINEAR)
    unscaled = {"no scaling": dict(change=dict(rope_parameters=dict(rope_type="default", rope_theta=5000.0)))}
    def scaling(kind, key):
        def add(writer):
            if kind: writer.add_string("llama.rope.scaling.type", kind)
            writer.add_float32("llama." + key, 4.0)
        return add
    case("llama-linear", 15, Type.Q8_0, linear, scaling("linear", "rope.scaling.factor"), wrong=unscaled)
    case("llama-linear-untyped", 16, Type.Q4_1, linear, scaling(None, "rope.scale_linear"), wrong=unscaled)
    case("llama-unscaled", 17, Type.Q5_0, {}, scaling("none", "rope.scaling.factor"),
         wrong={"scaling": dict(change=dict(rope_parameters=LINEAR))})
    def lists(writer):
        for key in ("attention.head_count", "attention.head_count_kv", "feed_forward_length"): del writer.kv_data[0]["llama." + key]
        writer.add_head_count([4, 4])
        writer.add_head_count_kv([2, 2])
        writer.add_feed_forward_length([96, 96])
        writer.add_file_type(7)
    case("llama-lists", 18, Type.Q8_0, keys=lists)
    far = [0, 1, 63, 64, 511, 2047, 4095, 8000, 8098]
    case("llama-long", 19, Type.Q8_0, dict(max_position_embeddings=8192, hidden_size=32, intermediate_size=64, num_attention_heads=2,
                                           num_key_value_heads=1, num_hidden_layers=1,
                                           rope_parameters=dict(rope_type="default", rope_theta=100.0)), length=8100, positions=far, sharpness=4)
    # Rows of 256 can be K blocks; those of attn_output have 32 weights, so llama-quantize falls back to other formats.
    wide = dict(hidden_size=256, intermediate_size=256, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=1, head_dim=16)
    for seed, kind in enumerate(("Q2_K", "Q3_K_M", "Q4_K_M", "Q5_K_M", "Q6_K"), 20):
        case("llama-" + kind.lower(), seed, Type.F32, wide | dict(tie_word_embeddings=seed % 2 == 0), k_format=kind)


def others():
    case("qwen2", 30, Type.Q4_0, dict(tie_word_embeddings=True))
    case("qwen2-fused", 31, Type.Q8_0, change=fuse)
    case("qwen3", 32, embedding(Type.Q5_0), wrong={"scale": scale_of_width})
    case("qwen3-q4_k_m", 33, Type.F32, dict(hidden_size=256, intermediate_size=256, num_hidden_layers=1, head_dim=64, num_attention_heads=2,
                                            num_key_value_heads=1, tie_word_embeddings=True), k_format="Q4_K_M")
    twice = {"1 + gain": dict(invert=added_twice)}
    def bases(full, local):
        return dict(change=dict(rope_parameters={"full_attention": dict(rope_type="default", rope_theta=full),
                                                 "sliding_attention": dict(rope_type="default", rope_theta=local)}))
    def pattern(value, base=700.0):
        def add(writer):
            if isinstance(value, list): writer.add_array("gemma3.attention.sliding_window_pattern", value)
            elif value is not None: writer.add_uint32("gemma3.attention.sliding_window_pattern", value)
            if base: writer.add_float32("gemma3.rope.freq_base_swa", base)
        return add
    def windows(types): return dict(change=dict(layer_types=[("full" if t == "f" else "sliding") + "_attention" for t in types]))
    case("gemma3-pattern", 40, Type.Q8_0, {}, pattern(3),
         wrong=twice | {"one base": bases(5000.0, 5000.0), "bases exchanged": bases(700.0, 5000.0), "shifted": windows("sfss"),
                        "window of 5": dict(change=dict(sliding_window=5)), "window of 7": dict(change=dict(sliding_window=7)),
                        "no window": windows("ffff"), "scale": dict(change=dict(query_pre_attn_scalar=24)),
                        "rounded scale": rounded_embedding, "erf": dict(change=dict(hidden_activation="gelu"))})
    case("gemma3-list", 41, embedding(Type.Q5_1), dict(layer_types=["full_attention", "sliding_attention"] * 2, final_logit_softcapping=5.0),
         pattern([False, True, False, True]), wrong={"every sixth": windows("ssss"), "no cap": dict(change=dict(final_logit_softcapping=None))})
    silent = {"full_attention": dict(rope_type="default", rope_theta=5000.0), "sliding_attention": dict(rope_type="default", rope_theta=10000.0)}
    seven = dict(num_hidden_layers=7, layer_types=["sliding_attention"] * 5 + ["full_attention", "sliding_attention"], num_key_value_heads=1,
                 rope_parameters=silent, intermediate_size=32)
    case("gemma3-silent", 42, Type.Q4_0, seven, wrong={"one base": bases(5000.0, 5000.0), "shifted": windows("ssssfss")})
    scaled = {"full_attention": LINEAR, "sliding_attention": dict(rope_type="default", rope_theta=10000.0)}
    def linear(writer):
        writer.add_string("gemma3.rope.scaling.type", "linear")
        writer.add_float32("gemma3.rope.scaling.factor", 4.0)
        pattern(3, None)(writer)
    everywhere = dict(change=dict(rope_parameters={"full_attention": LINEAR, "sliding_attention": LINEAR | dict(rope_theta=10000.0)}))
    case("gemma3-linear", 43, Type.Q4_1, dict(rope_parameters=scaled), linear, wrong={"everywhere": everywhere, "nowhere": bases(5000.0, 10000.0)})
    case("gemma3-all-windows", 44, Type.Q4_0, dict(num_hidden_layers=2, layer_types=["sliding_attention"] * 2), pattern(0),
         wrong={"none": windows("ff"), "one full": windows("sf")})
    deep = dict(num_hidden_layers=62, hidden_size=32, intermediate_size=32, num_attention_heads=2, num_key_value_heads=1, head_dim=32,
                layer_types=(["sliding_attention"] * 5 + ["full_attention"]) * 10 + ["sliding_attention"] * 2, query_pre_attn_scalar=16,
                rope_parameters=silent)
    case("gemma3-62-layers", 45, Type.Q4_0, deep, length=20, wrong={"scale of the head": dict(change=dict(query_pre_attn_scalar=32))})
    case("gpt2", 50, Type.Q8_0, dict(tie_word_embeddings=False), sharpness=3, wrong={"other epsilon": dict(change=dict(layer_norm_epsilon=1e-3))})
    case("gpt2-q4_1", 54, lambda name: Type.F32 if "position" in name else Type.Q4_1, sharpness=3)
    case("gptneox", 60, Type.Q5_0, wrong={"whole heads": dict(change=dict(rope_parameters=NEOX["rope_parameters"] | dict(partial_rotary_factor=1.0))),
                                          "sequential": dict(change=dict(use_parallel_residual=False)),
                                          "tanh": dict(change=dict(hidden_act="gelu_new"))})
    case("gptneox-sequential", 61, Type.F16, dict(use_parallel_residual=False))


def scale_of_width(path):
    model = load(path)
    for layer in model.model.layers: layer.self_attn.scaling = (model.config.hidden_size / model.config.num_attention_heads) ** -0.5
    return model


def rounded_embedding(path):
    model = load(path)
    model.model.embed_tokens.embed_scale = model.model.embed_tokens.embed_scale.to(torch.bfloat16).float()
    model.model.embed_tokens.scalar_embed_scale = float(torch.tensor(model.config.hidden_size ** 0.5).to(torch.bfloat16))
    return model


def main():
    torch.manual_seed(0)
    warnings.simplefilter("ignore")
    families.logging.set_verbosity_error()
    families.logging.disable_progress_bar()
    shutil.rmtree(OUT, ignore_errors=True)
    llamas()
    others()
    size = sum(os.path.getsize(os.path.join(d, f)) for d, _, fs in os.walk(OUT) for f in fs)
    print(f"{len(os.listdir(OUT))} models, {size / 1e6:.2f} MB")


if __name__ == "__main__": main()
