#!/usr/bin/env python3
"""Make the reference models of the engine's tests: tiny random GPT-2s in every variant, with transformers' answers.

Usage: make_fixtures.py            (rewrites Tests/LMCoreTests/Fixtures/Models)
Needs torch, transformers, safetensors and tokenizers. Weights are random and fixed by a seed, with biases and
layer norms far from 0 and 1, so that no term can be left out unseen. Expected logits are computed in
float64 from the weights as stored (rounded first, for 16-bit files), so that what the tests measure is our
error alone. Documentation/Fixtures.md describes the files.
"""
import json, os, shutil, struct
import numpy as np, torch
from safetensors.torch import save_file, load_file
from transformers import GPT2Config, GPT2LMHeadModel

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = os.path.join(ROOT, "Tests", "LMCoreTests", "Fixtures", "Models")
BASE = dict(vocab_size=101, n_positions=32, n_embd=24, n_layer=2, n_head=4, activation_function="gelu_new")


def build(seed, **changes):
    """A model with random weights, and the tensors by their bare names."""
    torch.manual_seed(seed)
    model = GPT2LMHeadModel(GPT2Config(**(BASE | changes), bos_token_id=0, eos_token_id=0)).eval()
    with torch.no_grad():
        for name, p in model.named_parameters():
            if name.endswith(("ln_1.weight", "ln_2.weight", "ln_f.weight")):
                p.copy_(1 + 0.3 * torch.randn_like(p))
            elif name.endswith("bias"):
                p.copy_(0.2 * torch.randn_like(p))
            else:
                p.copy_(0.25 * torch.randn_like(p))
    return model


def tensors_of(model):
    return {n.removeprefix("transformer."): p.detach().clone().contiguous()
            for n, p in model.named_parameters(remove_duplicate=False)
            if not (n == "lm_head.weight" and model.config.tie_word_embeddings)}


def write_safetensors(path, tensors, pad=True, offset_names=()):
    """By hand where the layout matters: pad=False leaves the data unaligned."""
    names = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.uint8: "U8", torch.bool: "BOOL"}
    header, blobs, at = {}, [], 0
    for name, t in tensors.items():
        blob = t.contiguous().view(torch.uint8).numpy().tobytes() if t.dim() else t.reshape(1).view(torch.uint8).numpy().tobytes()
        header[name] = {"dtype": names[t.dtype], "shape": list(t.shape), "data_offsets": [at, at + len(blob)]}
        at += len(blob)
        blobs.append(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    if not pad:
        text += b" " * ((1 - len(text)) % 4)     # data begins one byte behind a multiple of four
    else:
        text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def config_of(model, **changes):
    c = model.config
    d = {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "vocab_size": c.vocab_size, "n_positions": c.n_positions,
         "n_embd": c.n_embd, "n_layer": c.n_layer, "n_head": c.n_head, "n_inner": c.n_inner,
         "activation_function": c.activation_function, "layer_norm_epsilon": c.layer_norm_epsilon,
         "scale_attn_weights": c.scale_attn_weights,
         "scale_attn_by_inverse_layer_idx": c.scale_attn_by_inverse_layer_idx,
         "tie_word_embeddings": c.tie_word_embeddings, "bos_token_id": 0, "eos_token_id": 0} | changes
    return {k: v for k, v in d.items() if v != "absent"}


def expectations(model, folder, length=14, prompt=4, new=16):
    model = model.double()
    rng = np.random.default_rng(len(folder))
    ids = rng.integers(0, model.config.vocab_size, length).tolist()
    answer(model, folder, ids, ids[:prompt], new)


def answer(model, folder, ids, prompt, new):
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0].to(torch.float32).numpy()
        greedy = list(prompt)
        margin = float("inf")
        for _ in range(new):
            row = model(torch.tensor([greedy])).logits[0, -1]
            best = torch.topk(row, 2)
            margin = min(margin, (best.values[0] - best.values[1]).item())
            greedy.append(int(best.indices[0]))
    assert margin > 1e-3, f"{folder}: a greedy choice hangs on {margin}"
    logits.astype("<f4").tofile(os.path.join(folder, "logits.f32"))
    with open(os.path.join(folder, "expected.json"), "w") as f:
        json.dump({"ids": ids, "prompt": len(prompt), "greedy": greedy[len(prompt):]}, f)


def case(name, seed, config={}, file={}, store=None, **expect):
    """Writes one variant. `config`: GPT2Config; `file`: changes to config.json; `store(folder, tensors)`."""
    folder = os.path.join(OUT, name)
    os.makedirs(folder)
    model = build(seed, **config)
    tensors = tensors_of(model)
    if store:
        kept = store(folder, tensors)
        if kept:                                  # what the file holds is what must be computed
            missing = model.load_state_dict({k if k.startswith("lm_head") else "transformer." + k: v.float()
                                             for k, v in kept.items()}, strict=False)
            assert not missing.unexpected_keys, missing
    else:
        save_file(tensors, os.path.join(folder, "model.safetensors"))
    with open(os.path.join(folder, "config.json"), "w") as f:
        json.dump(config_of(model, **file), f)
    expectations(model, folder, **expect)


def rounded(dtype):
    def store(folder, tensors):
        tensors = {k: v.to(dtype) for k, v in tensors.items()}
        save_file(tensors, os.path.join(folder, "model.safetensors"))
        return tensors
    return store


def mixed(folder, tensors):
    kinds = [torch.float32, torch.float16, torch.bfloat16]
    tensors = {k: v.to(kinds[i % 3]) for i, (k, v) in enumerate(tensors.items())}
    save_file(tensors, os.path.join(folder, "model.safetensors"))
    return tensors


def sharded(folder, tensors):
    names = sorted(tensors)
    shards = {f"model-0000{i + 1}-of-00003.safetensors": names[i::3] for i in range(3)}
    for shard, keys in shards.items():
        save_file({k: tensors[k] for k in keys}, os.path.join(folder, shard))
    with open(os.path.join(folder, "model.safetensors.index.json"), "w") as f:
        json.dump({"metadata": {"total_size": sum(t.numel() * 4 for t in tensors.values())},
                   "weight_map": {k: shard for shard, keys in shards.items() for k in keys}}, f)


def prefixed(folder, tensors):
    save_file({k if k.startswith("lm_head") else "transformer." + k: v for k, v in tensors.items()},
              os.path.join(folder, "model.safetensors"))


def masks(kind, prefix=""):
    def store(folder, tensors):
        out = {prefix + k: v for k, v in tensors.items()}
        for i in range(2):
            out[f"{prefix}h.{i}.attn.bias"] = torch.tril(torch.ones(32, 32)).view(1, 1, 32, 32).to(kind)
            out[f"{prefix}h.{i}.attn.masked_bias"] = torch.tensor(-1e4)
            out[f"{prefix}h.{i}.crossattention.q_attn.weight"] = torch.full((2, 3), 7.0)
        write_safetensors(os.path.join(folder, "model.safetensors"), out)
    return store


def unaligned(folder, tensors):
    write_safetensors(os.path.join(folder, "model.safetensors"), tensors, pad=False)


def unaligned_half(folder, tensors):
    tensors = {k: v.half() for k, v in tensors.items()}
    write_safetensors(os.path.join(folder, "model.safetensors"), tensors, pad=False)
    return tensors


def head_only(folder, tensors):
    out = dict(tensors)
    out["lm_head.weight"] = out.pop("wte.weight")
    save_file(out, os.path.join(folder, "model.safetensors"))


def other_head(folder, tensors):
    torch.manual_seed(99)
    out = dict(tensors) | {"lm_head.weight": 0.25 * torch.randn_like(tensors["wte.weight"])}
    save_file(out, os.path.join(folder, "model.safetensors"))


def tied_with_other_head():
    """tie_word_embeddings is true, but the file has another lm_head: transformers keeps the file's."""
    folder = os.path.join(OUT, "tied-with-other-head")
    os.makedirs(folder)
    model = build(50)
    other_head(folder, tensors_of(model))
    with open(os.path.join(folder, "config.json"), "w") as f:
        json.dump(config_of(model), f)
    loaded = GPT2LMHeadModel.from_pretrained(folder).eval()
    head = load_file(os.path.join(folder, "model.safetensors"))["lm_head.weight"]
    assert torch.equal(loaded.lm_head.weight, head) and not torch.equal(loaded.transformer.wte.weight, head)
    expectations(loaded, folder)


def loads_alike(name):
    """What transformers itself makes of a folder must give the expected logits, so that the files are valid ones."""
    folder = os.path.join(OUT, name)
    model = GPT2LMHeadModel.from_pretrained(folder, dtype=torch.float32).eval().double()
    ids = json.load(open(os.path.join(folder, "expected.json")))["ids"]
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0].numpy()
    expected = np.fromfile(os.path.join(folder, "logits.f32"), "<f4").reshape(logits.shape)
    assert np.abs(logits - expected).max() < 1e-5, (name, np.abs(logits - expected).max())


def storyteller():
    from tokenizers import ByteLevelBPETokenizer
    source = os.path.join(ROOT, "Sources", "CStoryteller", "Model")
    folder = os.path.join(OUT, "..", "Storyteller")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    model = GPT2LMHeadModel.from_pretrained(source, dtype=torch.float32).eval().double()
    tokenizer = ByteLevelBPETokenizer(os.path.join(source, "vocab.json"), os.path.join(source, "merges.txt"))
    ids = tokenizer.encode("Once upon a time there was a").ids
    answer(model, folder, ids, ids[:4], 40)


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    case("plain", 1)
    for i, f in enumerate(["gelu", "gelu_pytorch_tanh", "gelu_fast", "quick_gelu", "relu", "silu", "tanh"]):
        case("activation-" + f.replace("_", "-"), 10 + i, dict(activation_function=f, n_layer=1))
    case("inner-odd", 20, dict(n_inner=37))
    case("inverse-layer", 21, dict(scale_attn_by_inverse_layer_idx=True))
    case("unscaled", 22, dict(scale_attn_weights=False))
    case("inverse-layer-unscaled", 23, dict(scale_attn_by_inverse_layer_idx=True, scale_attn_weights=False, n_layer=3))
    case("untied", 24, dict(tie_word_embeddings=False))
    case("epsilon", 25, dict(layer_norm_epsilon=0.03))
    case("defaults", 26, file=dict(n_inner="absent", activation_function="absent", layer_norm_epsilon="absent",
                                   scale_attn_weights="absent", scale_attn_by_inverse_layer_idx="absent",
                                   tie_word_embeddings="absent", n_ctx=7))
    case("aliases", 27, file=dict(n_embd="absent", n_layer="absent", n_head="absent", n_positions="absent",
                                  hidden_size=24, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=32))
    case("heads-of-5", 28, dict(n_embd=20))
    case("heads-of-16", 29, dict(n_embd=48, n_head=3, n_inner=70, n_layer=1))
    case("one-head", 30, dict(n_embd=17, n_head=1))
    case("wide", 31, dict(n_embd=64, n_head=2, n_inner=131, n_layer=1, vocab_size=150))
    case("long", 45, dict(n_embd=16, n_head=2, n_positions=540), length=530, prompt=120, new=10)
    case("f16", 33, store=rounded(torch.float16))
    case("bf16", 34, store=rounded(torch.bfloat16))
    case("mixed-types", 35, store=mixed)
    case("sharded", 36, store=sharded)
    case("prefix", 37, store=prefixed)
    case("prefix-untied", 38, dict(tie_word_embeddings=False), store=prefixed)
    case("masks-f32", 39, store=masks(torch.float32))
    case("masks-u8", 40, store=masks(torch.uint8))
    case("masks-bool-prefix", 41, store=masks(torch.bool, "transformer."))
    case("unaligned", 42, store=unaligned)
    case("unaligned-f16", 43, store=unaligned_half)
    case("only-lm-head", 44, store=head_only)
    tied_with_other_head()
    for name in sorted(os.listdir(OUT)):
        loads_alike(name)
    storyteller()
    size = sum(os.path.getsize(os.path.join(d, f)) for d, _, fs in os.walk(OUT) for f in fs)
    print(f"{len(os.listdir(OUT))} models, {size / 1e6:.2f} MB")


main()
