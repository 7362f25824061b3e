#!/usr/bin/env python3
"""Make the reference models of the families: tiny random Llamas, Mistrals, Qwens, Gemmas and GPT-NeoXs in every variant, with
transformers' answers.

Usage: make_family_fixtures.py      (rewrites Tests/LMCoreTests/Fixtures/Families)
Needs torch and transformers 5. Weights are random and fixed by a seed; none is left at its start value, so that each changes
the logits. Expected logits are computed in float64 from the weights as stored, with the angles of rotary positions in float32 as
transformers has them. Every folder is loaded anew with from_pretrained, so that transformers reads the file as the
same model. `wrong` are settings that an engine may take by mistake: the script demands that each of them moves a logit by ten times
the tolerance of the tests. Documentation/Fixtures.md describes the files.
"""
import copy, json, math, os, shutil
import numpy as np, torch, transformers
from transformers.utils import logging
from safetensors.torch import load_file, save_file
from transformers import DynamicCache

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = os.path.join(ROOT, "Tests", "LMCoreTests", "Fixtures", "Families")
WRONG = 2e-3
CLASSES = {"llama": "Llama", "mistral": "Mistral", "qwen2": "Qwen2", "qwen3": "Qwen3", "gemma3": "Gemma3Text", "gpt-neox": "GPTNeoX"}
SIZES = dict(vocab_size=101, hidden_size=32, intermediate_size=44, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
             max_position_embeddings=64, bos_token_id=1, eos_token_id=2, pad_token_id=0)
BASE = {"llama": dict(rms_norm_eps=1e-5), "mistral": dict(rms_norm_eps=1e-5, sliding_window=None), "qwen2": {}, "qwen3": dict(head_dim=16),
        "gemma3": dict(hidden_size=48, head_dim=16, query_pre_attn_scalar=20, sliding_window=6, num_hidden_layers=4,
                       layer_types=["sliding_attention", "sliding_attention", "full_attention", "sliding_attention"]),
        "gpt-neox": dict(num_key_value_heads=None)}
SPREAD = {"embed": 0.2, "wte": 0.2, "wpe": 0.2, "lm_head": 2.5, "q_proj": 1.5, "k_proj": 1.5, "query_key_value": 1.5, "": 1.2}   # times sqrt(inputs)
LLAMA3 = dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=40)
LINEAR = dict(rope_type="linear", factor=4.0)
THETA = 5000.0


def rope(family, scaling=None, theta=THETA, **more):
    table = (scaling or dict(rope_type="default")) | dict(rope_theta=theta) | more
    if family != "gemma3": return table
    return {"full_attention": table, "sliding_attention": dict(rope_type="default", rope_theta=700.0)}


def build(family, settings):
    config = getattr(transformers, CLASSES[family] + "Config")(**copy.deepcopy(settings))
    config._attn_implementation = "eager"
    return transformers.AutoModelForCausalLM.from_config(config, attn_implementation="eager").eval()


def fill(model, family, seed, sharpness):
    rng = np.random.default_rng(seed)
    centre = 0.0 if family == "gemma3" else 1.0                  # Gemma's norms multiply by 1 + weight
    tied, done = model.config.tie_word_embeddings, set()
    for name, p in sorted(model.named_parameters()):
        if p.data_ptr() in done: continue
        done.add(p.data_ptr())
        shape = tuple(p.shape)
        if name.endswith(("model.norm.weight", "final_layer_norm.weight", "ln_f.weight")):
            a = centre + (5.0 if tied else 0.5) + rng.uniform(-0.5, 0.5, shape)
        elif name.endswith(("norm.weight", "layernorm.weight", "ln_1.weight", "ln_2.weight")): a = centre + rng.uniform(-0.5, 0.5, shape)
        elif name.endswith("bias"): a = 0.3 * rng.standard_normal(shape)
        else: a = next(v for k, v in SPREAD.items() if k in name) / math.sqrt(shape[1]) * rng.standard_normal(shape)
        if any(part in name for part in ("q_proj.weight", "c_attn.weight", "wpe.weight")): a = a * sharpness
        p.data = torch.from_numpy(np.asarray(a, np.float32))
    model.tie_weights()
    return rng


@torch.no_grad()
def logits_of(model, ids, positions):
    """In pieces: attention over thousands of positions at once takes gigabytes."""
    cache, rows = DynamicCache(), []
    for start in range(0, len(ids), 512):
        part = ids[start:start + 512]
        answer = model(torch.tensor([part]), past_key_values=cache, use_cache=True).logits[0]
        rows += [answer[p - start] for p in positions if start <= p < start + len(part)]
    return torch.stack(rows).to(torch.float64)


def answer(model, rng, folder, length, new, positions):
    """The expectations, and the ids that were fed."""
    model = model.double()
    vocabulary = model.config.vocab_size
    ids = rng.integers(3, vocabulary, length).tolist()
    positions = sorted({p for p in positions if p < length} | {length - 1}) if positions else list(range(length))
    logits = logits_of(model, ids, positions)
    for prompt in (rng.integers(3, vocabulary, 5).tolist() for _ in range(60)):
        greedy, margin = list(prompt), math.inf
        with torch.no_grad():
            for _ in range(new):
                best = torch.topk(model(torch.tensor([greedy])).logits[0, -1], 2)
                margin = min(margin, (best.values[0] - best.values[1]).item())
                greedy.append(int(best.indices[0]))
        if margin > 1e-2 and len(set(greedy[5:])) >= new // 2: break
    else: raise SystemExit(f"{folder}: no prompt far from ties")
    logits.to(torch.float32).numpy().astype("<f4").tofile(os.path.join(folder, "logits.f32"))
    with open(os.path.join(folder, "expected.json"), "w") as f:
        json.dump({"ids": ids, "positions": positions, "greedy_prompt": prompt, "greedy": greedy[5:]}, f)
    return ids, positions, logits


def old_style(config):
    """What transformers 4 wrote for the same model."""
    parameters = config.pop("rope_parameters")
    config["torch_dtype"] = config.pop("dtype")
    config["transformers_version"] = "4.51.3"
    full = parameters.get("full_attention", parameters)
    theta, share = full.pop("rope_theta"), full.pop("partial_rotary_factor", None)
    if config["model_type"] == "gpt_neox": config |= dict(rotary_emb_base=theta, rotary_pct=share)
    else: config["rope_theta"] = theta
    config["rope_scaling"] = None if full["rope_type"] == "default" else full
    if "sliding_attention" in parameters: config["rope_local_base_freq"] = parameters["sliding_attention"]["rope_theta"]
    if config["model_type"] == "gemma3_text": config["sliding_window_pattern"] = config["layer_types"].index("full_attention") + 1
    config.pop("layer_types", None)
    config.pop("_sliding_window_pattern", None)
    return config


def case(name, seed, settings={}, style=5, silent=(), file={}, dtype=torch.float32, tensors=None, wrong=(), length=44, new=16, positions=None,
         sharpness=1):
    """Writes one variant.

    settings: of the configuration's class; style: of which transformers config.json is; silent: keys that are taken out of it;
    file: changes to it; tensors: changes to the stored tensors; wrong: settings each of which must change the logits; sharpness: of attention.
    """
    family = next(f for f in CLASSES if name.startswith(f))
    settings = SIZES | BASE[family] | dict(rope_parameters=rope(family)) | settings
    if settings["num_key_value_heads"] is None: del settings["num_key_value_heads"]
    folder = os.path.join(OUT, name)
    model = build(family, settings)
    rng = fill(model, family, seed, sharpness)
    model.to(dtype).save_pretrained(folder)
    for extra in set(os.listdir(folder)) - {"config.json", "model.safetensors"}: os.remove(os.path.join(folder, extra))
    path = os.path.join(folder, "config.json")
    config = json.load(open(path))
    config = (old_style(config) if style == 4 else config) | file
    for key in silent: config.pop(key, None)
    json.dump(config, open(path, "w"), indent=1, sort_keys=True)
    weights = os.path.join(folder, "model.safetensors")
    if tensors: save_file(tensors(load_file(weights)), weights, metadata={"format": "pt"})
    os.chmod(weights, 0o644)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    state = model.state_dict()
    ids, positions, expected = answer(model, rng, folder, length, new, positions)
    for change in wrong:
        other = build(family, settings | change)
        other.load_state_dict(state, strict=False)
        difference = (logits_of(other.double(), ids, positions) - expected).abs().max().item()
        assert difference > WRONG, f"{name} with {change}: only {difference}"
        print(f"  {name} with {change}: {difference:.2g}")
    assert expected.abs().max() < 60, f"{name}: {expected.abs().max()}"
    size = sum(os.path.getsize(os.path.join(folder, f)) for f in os.listdir(folder))
    assert size < 600_000, f"{name}: {size}"
    return model, ids, positions, expected


def angles_in_double_differ(model, ids, positions, expected):
    """The trap of long positions: position times frequency is a float32 number."""
    rotary = model.model.rotary_emb
    def forward(x, position_ids):
        angle = position_ids[..., None].double() * rotary.inv_freq.double()
        both = torch.cat((angle, angle), -1)
        return both.cos().to(x.dtype), both.sin().to(x.dtype)
    rotary.forward = forward
    difference = (logits_of(model, ids, positions) - expected).abs().max().item()
    print(f"  llama-long with angles in double: {difference:.2g}")
    assert difference > WRONG / 4, difference


def bare(tensors):
    """Names without the prefix, and the frequencies that old files hold."""
    out = {k.removeprefix("model."): v for k, v in tensors.items()}
    return out | {f"layers.{i}.self_attn.rotary_emb.inv_freq": torch.full((4,), 7.0) for i in range(2)}


def masked(tensors):
    out = {k.replace("lm_head.", "embed_out."): v for k, v in tensors.items()}
    for i in range(2):
        out[f"gpt_neox.layers.{i}.attention.bias"] = torch.tril(torch.ones(64, 64)).view(1, 1, 64, 64).to(torch.bool)
        out[f"gpt_neox.layers.{i}.attention.masked_bias"] = torch.tensor(-1e9)
        out[f"gpt_neox.layers.{i}.attention.rotary_emb.inv_freq"] = torch.full((1,), 7.0)
    return out


def llamas():
    epsilon, base = dict(rms_norm_eps=1e-6), dict(rope_parameters=rope("llama", theta=10000.0))
    case("llama", 1, wrong=[epsilon, base, dict(hidden_act="gelu")])
    case("llama-old", 2, style=4, wrong=[base])
    case("llama-defaults", 3, dict(rms_norm_eps=1e-6, num_key_value_heads=4, rope_parameters=rope("llama", theta=10000.0)), style=4,
         silent=["rms_norm_eps", "num_key_value_heads", "rope_theta", "rope_scaling", "head_dim", "hidden_act", "tie_word_embeddings",
                 "attention_bias", "mlp_bias", "pretraining_tp"])
    case("llama-tied", 4, dict(tie_word_embeddings=True))
    case("llama-one-shared-head", 5, dict(num_key_value_heads=1))
    case("llama-heads-of-6", 6, dict(head_dim=6, num_attention_heads=4, attention_bias=True, mlp_bias=True), wrong=[])
    case("llama-heads-of-12", 7, dict(head_dim=12, num_attention_heads=8), style=4)
    case("llama-llama3", 8, dict(rope_parameters=rope("llama", LLAMA3)), length=60,
         wrong=[dict(rope_parameters=rope("llama")), dict(rope_parameters=rope("llama", dict(rope_type="linear", factor=8.0))),
                dict(rope_parameters=rope("llama", LLAMA3 | dict(original_max_position_embeddings=64)))])
    case("llama-llama3-old", 9, dict(rope_parameters=rope("llama", LLAMA3)), style=4, length=60)
    case("llama-linear-old", 10, dict(rope_parameters=rope("llama", LINEAR)), style=4, wrong=[dict(rope_parameters=rope("llama"))],
         file=dict(rope_scaling=dict(type="linear", factor=4.0)))
    case("llama-bf16", 11, dtype=torch.bfloat16)
    case("llama-f16", 12, dtype=torch.float16)
    case("llama-bare", 13, tensors=bare)
    far = [0, 1, 63, 64, 511, 2047, 4095, 8000, 8098]
    long = case("llama-long", 14, dict(max_position_embeddings=8192, hidden_size=24, num_attention_heads=2, num_key_value_heads=1, num_hidden_layers=1,
                                       rope_parameters=rope("llama", theta=100.0)), length=8100, positions=far, sharpness=4)
    angles_in_double_differ(*long)


def others():
    windows = [dict(sliding_window=w) for w in (5, 7, None)]
    case("mistral", 20, style=4)
    case("mistral-window", 21, dict(sliding_window=6), wrong=windows)
    case("mistral-window-old", 22, dict(sliding_window=1), style=4, wrong=[dict(sliding_window=2)])
    wide = dict(sliding_window=70, max_position_embeddings=640, num_key_value_heads=1)
    case("mistral-window-of-70", 23, wide, length=600, wrong=[dict(sliding_window=69), dict(sliding_window=71)],
         positions=[0, 5, 63, 64, 69, 70, 71, 72, 127, 128, 133, 134, 199, 515, 516, 517, 599])
    sliding = dict(use_sliding_window=True, sliding_window=6, max_window_layers=1)
    both = dict(layer_types=["sliding_attention"] * 2)
    case("qwen2", 30)
    case("qwen2-old", 31, sliding, style=4, wrong=[dict(max_window_layers=2), dict(max_window_layers=0), dict(sliding_window=7)])
    case("qwen2-window", 32, sliding | dict(tie_word_embeddings=True), wrong=[both])
    case("qwen2-no-window", 33, dict(sliding_window=6, max_window_layers=0), style=4, file=dict(sliding_window=6, use_sliding_window=False))
    case("qwen3", 40, wrong=[dict(rms_norm_eps=1e-5)])
    case("qwen3-old", 41, sliding | dict(attention_bias=True), style=4)
    case("qwen3-defaults", 42, dict(head_dim=128, num_attention_heads=2, num_key_value_heads=1, hidden_size=16, tie_word_embeddings=True),
         silent=["head_dim", "rms_norm_eps", "attention_bias"])
    case("qwen3-bf16", 43, dict(tie_word_embeddings=True), dtype=torch.bfloat16)
    def bases(full, local):
        return dict(rope_parameters={"full_attention": dict(rope_type="default", rope_theta=full),
                                     "sliding_attention": dict(rope_type="default", rope_theta=local)})
    shifted = dict(layer_types=["sliding_attention", "full_attention", "sliding_attention", "sliding_attention"])
    case("gemma3", 50, wrong=[bases(THETA, THETA), bases(700.0, 700.0), bases(700.0, THETA), shifted, dict(query_pre_attn_scalar=16),
                              dict(sliding_window=5), dict(sliding_window=7), dict(sliding_window=64), dict(hidden_activation="gelu")])
    case("gemma3-old", 51, dict(rope_parameters=rope("gemma3", LINEAR)), style=4,
         wrong=[dict(rope_parameters=rope("gemma3"))])
    case("gemma3-capped", 52, dict(final_logit_softcapping=5.0, attention_bias=True, attn_logit_softcapping=0.5, num_key_value_heads=1),
         wrong=[dict(final_logit_softcapping=None)])
    case("gemma3-defaults", 53, dict(query_pre_attn_scalar=256, rms_norm_eps=1e-6, num_hidden_layers=6, intermediate_size=20,
                                     layer_types=["sliding_attention"] * 5 + ["full_attention"], num_key_value_heads=4, hidden_size=24,
                                     rope_parameters={"full_attention": dict(rope_type="default", rope_theta=1e6),
                                                      "sliding_attention": dict(rope_type="default", rope_theta=1e4)}),
         silent=["query_pre_attn_scalar", "rms_norm_eps", "layer_types", "rope_parameters", "num_key_value_heads", "hidden_activation",
                 "tie_word_embeddings", "_sliding_window_pattern", "final_logit_softcapping", "attn_logit_softcapping"])
    case("gemma3-bf16", 54, dict(tie_word_embeddings=False), dtype=torch.bfloat16)
    def part(share, theta=10000.0): return dict(rope_parameters=rope("gpt-neox", theta=theta, partial_rotary_factor=share))
    case("gpt-neox", 60, part(0.5), wrong=[part(0.25), part(1.0), part(0.5, THETA), dict(use_parallel_residual=False),
                                           dict(hidden_act="gelu_new"), dict(layer_norm_eps=1e-3)])
    case("gpt-neox-old", 61, part(0.25, THETA), style=4, tensors=masked)
    case("gpt-neox-sequential", 62, part(0.25) | dict(use_parallel_residual=False, tie_word_embeddings=True))
    case("gpt-neox-defaults", 63, part(0.25), silent=["rope_parameters", "use_parallel_residual", "hidden_act", "layer_norm_eps",
                                                       "attention_bias", "tie_word_embeddings"])
    case("gpt-neox-heads-of-15", 64, part(0.2) | dict(hidden_size=45, num_attention_heads=3, attention_bias=False))


def main():
    torch.manual_seed(0)
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    shutil.rmtree(OUT, ignore_errors=True)
    llamas()
    others()
    size = sum(os.path.getsize(os.path.join(d, f)) for d, _, fs in os.walk(OUT) for f in fs)
    print(f"{len(os.listdir(OUT))} models, {size / 1e6:.2f} MB")


if __name__ == "__main__": main()
