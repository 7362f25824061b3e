#!/usr/bin/env python3
"""Writes Tests/LMCoreTests/Fixtures/stages.json: what llama.cpp's own samplers do with made-up logits.

    python3 Scripts/make_stage_fixtures.py LIBRARY

LIBRARY is a shared library with llama.cpp's src/llama-sampler.cpp (checked with 0c1e57098 of October 2026) and this
function, which needs no vocabulary for DRY:

    extern "C" llama_sampler * shim_dry(float multiplier, float base, int32_t allowed, int32_t last_n, const int32_t * ids,
                                        const int32_t * lengths, int32_t count);   // llama_sampler_init_dry_testing

Every row holds settings as the Float32 that llama.cpp computes with, the candidates that are left (ids, and probabilities
as the Float64 softmax of its Float32 logits), and what chance it used; those with a draw the seeds of llama.cpp's generator and the tokens. A row is left out where a parameter
moved by 1e-5 gives other candidates: there the noise of Float32 decides. Rows that cut through a tie, which llama.cpp
leaves to its sort, carry "counts_only". Logits: null is minus infinity.
"""

import ctypes as C
import json
import math
import os
import pathlib
import random
import struct
import sys

OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "Tests/LMCoreTests/Fixtures/stages.json"
INF = math.inf
source = random.Random(16)
pick = source.choice


def f32(x):
    return struct.unpack("f", struct.pack("f", x))[0]


# ------------------------------------------------------------------------------------------------ llama.cpp
class TokenData(C.Structure):
    _fields_ = [("id", C.c_int32), ("logit", C.c_float), ("p", C.c_float)]


class TokenDataArray(C.Structure):
    _fields_ = [("data", C.POINTER(TokenData)), ("size", C.c_size_t), ("selected", C.c_int64), ("sorted", C.c_bool)]


INT, FLOAT, SIZE, SEED = C.c_int32, C.c_float, C.c_size_t, C.c_uint32
MAKERS = {
    "dist": [SEED], "top_k": [INT], "top_p": [FLOAT, SIZE], "min_p": [FLOAT, SIZE], "typical": [FLOAT, SIZE],
    "temp": [FLOAT], "temp_ext": [FLOAT, FLOAT, FLOAT], "xtc": [FLOAT, FLOAT, SIZE, SEED], "top_n_sigma": [FLOAT],
    "mirostat": [INT, SEED, FLOAT, FLOAT, INT], "mirostat_v2": [SEED, FLOAT, FLOAT],
    "penalties": [INT, INT, FLOAT, FLOAT, FLOAT], "adaptive_p": [FLOAT, FLOAT, SEED],
}
lib = C.CDLL(sys.argv[1], mode=os.RTLD_LAZY)
for name, types in MAKERS.items():
    maker = getattr(lib, "llama_sampler_init_" + name)
    maker.argtypes, maker.restype = types, C.c_void_p
lib.shim_dry.argtypes = [FLOAT, FLOAT, INT, INT, C.POINTER(INT), C.POINTER(INT), INT]
lib.shim_dry.restype = C.c_void_p
for name, types in {"apply": [C.c_void_p, C.POINTER(TokenDataArray)], "accept": [C.c_void_p, INT], "free": [C.c_void_p]}.items():
    getattr(lib, "llama_sampler_" + name).argtypes = types


def make(name, *arguments):
    return getattr(lib, "llama_sampler_init_" + name)(*arguments)


def make_dry(multiplier, base, allowed, last_n, breakers):
    if multiplier == 0 or last_n == 0:
        return make("top_k", 0)  # DRY is off, and its test function cannot make such a sampler
    ids = [i for b in breakers for i in b]
    lengths = [len(b) for b in breakers]
    return lib.shim_dry(
        multiplier, base, allowed, last_n, (INT * max(1, len(ids)))(*ids), (INT * max(1, len(lengths)))(*lengths), len(breakers))


def apply(samplers, logits):
    """The candidates [(id, logit)] afterwards, in their order, and the chosen id (None where no sampler draws)."""
    memory = (TokenData * len(logits))(*[TokenData(i, l, 0.0) for i, l in enumerate(logits)])
    array = TokenDataArray(C.cast(memory, C.POINTER(TokenData)), len(logits), -1, False)
    for sampler in samplers:
        lib.llama_sampler_apply(sampler, C.byref(array))
    rows = [(array.data[i].id, array.data[i].logit) for i in range(array.size)]
    return rows, array.data[array.selected].id if array.selected >= 0 else None


def run(samplers, logits, accept=()):
    for sampler in samplers:
        for token in accept:
            lib.llama_sampler_accept(sampler, token)
    rows, chosen = apply(samplers, logits)
    for sampler in samplers:
        lib.llama_sampler_free(sampler)
    return rows, chosen


def mu_of(sampler, offset):
    """A Float32 of a sampler's own state, at its place in the structs of 0c1e57098."""
    context = C.cast(sampler + C.sizeof(C.c_void_p), C.POINTER(C.c_void_p))[0]
    return float(C.cast(context + offset, C.POINTER(C.c_float))[0])


class MT19937:
    """std::mt19937."""

    def __init__(self, seed):
        self.s, self.i = [seed], 624
        for i in range(1, 624):
            self.s.append((1812433253 * (self.s[-1] ^ (self.s[-1] >> 30)) + i) & 0xFFFFFFFF)

    def word(self):
        if self.i == 624:
            for k in range(624):
                y = (self.s[k] & 0x80000000) | (self.s[(k + 1) % 624] & 0x7FFFFFFF)
                self.s[k] = self.s[(k + 397) % 624] ^ (y >> 1) ^ (0x9908B0DF if y & 1 else 0)
            self.i = 0
        y = self.s[self.i]
        self.i += 1
        y ^= y >> 11
        y ^= (y << 7) & 0x9D2C5680
        y ^= (y << 15) & 0xEFC60000
        return y ^ (y >> 18)


def xtc_chance(seed):
    return min(f32(f32(MT19937(seed).word()) / 4294967296.0), 1 - 2.0 ** -24)


# ------------------------------------------------------------------------------------------------ made-up input
def made_logits(low=2, high=40, masks=True, ties=True):
    v, kind = source.randint(low, high), pick(["normal", "normal", "steep", "flat"])
    scale = {"normal": 1.5, "steep": 3, "flat": 0.15}[kind]
    x = [round(max(min(source.gauss(0.5, scale), 8), -8), 3) for _ in range(v)]
    if ties and source.random() < 0.2:
        x = [round(l * 2) / 2 for l in x]
    if masks and source.random() < 0.25:
        x = [l if source.random() > 0.3 else -INF for l in x]
        x[source.randrange(v)] = 1.25
    return x


SPECIAL = [[0.5], [1.0, 1.0], [2.0, 1.0], [1.0] * 8, [-INF, 3.0, -INF], [0.0, -0.0, 0.0, -1.0], [4.0, 2.9, 2.5, 1.0], [7.5] + [0.0] * 20]


def inputs(count, **options):
    masks = options.get("masks", True)
    yield from (list(x) for x in SPECIAL if masks or -INF not in x)
    while True:
        yield made_logits(**options)


def history(v, most=24):
    few = [source.randrange(v) for _ in range(4)]
    return [pick(few) if source.random() < 0.5 else source.randrange(v) for _ in range(source.randint(0, most))]


def looping(v):
    t = lambda n: [source.randrange(v) for _ in range(n)]
    loop = t(source.randint(1, 6))
    text = t(source.randint(0, 6)) + loop + t(source.randint(0, 4))
    for _ in range(source.randint(1, 3)):
        text += loop + t(source.randint(0, 1))
    return text + loop[: source.randint(1, len(loop))]


# ------------------------------------------------------------------------------------------------ rows
def number(x):
    return None if x == -INF else x


def outcome(rows):
    left = [(i, l) for i, l in rows if l > -INF]
    top = max(l for _, l in left)
    weights = [math.exp(l - top) for _, l in left]
    p = {i: w / sum(weights) for (i, _), w in zip(left, weights)}
    return sorted(p), [float(f"{p[i]:.9g}") for i in sorted(p)]


def cuts_a_tie(logits, kept):
    return bool({logits[i] for i in kept} & {l for i, l in enumerate(logits) if i not in set(kept)} - {-INF})


def table(count, settings_of, samplers_of, moved=(), accept=lambda row: (), chance=None, **options):
    """`count` rows. samplers_of(settings, row) makes the samplers; the settings named in `moved` decide about candidates."""
    made = []
    for logits in inputs(count, **options):
        row = dict(logits=[number(l) for l in logits])
        settings = {k: f32(v) if isinstance(v, float) else v for k, v in settings_of(row, logits).items()}
        ids = accept(row)
        kept, p = outcome(run(samplers_of(settings, row), logits, ids)[0])
        stable = all(
            outcome(run(samplers_of({**settings, name: settings[name] + d * max(1, abs(settings[name]))}, row), logits, ids)[0])[0] == kept
            for name in moved for d in (1e-5, -1e-5))
        tied = cuts_a_tie(logits, kept)
        if not stable and len(made) >= len(SPECIAL):
            continue
        row.update(settings=settings, kept=kept, after=p)
        if not stable:
            continue
        if tied:
            row["counts_only"] = True
        made.append(row)
        if len(made) == count:
            return made


def top_n_sigma():
    return table(
        48, lambda row, l: dict(top_n_sigma=pick([0.3, 0.5, 1.0, 1.5, 2.0, 3.0])), lambda s, row: [make("top_n_sigma", s["top_n_sigma"])],
        moved=["top_n_sigma"])


def xtc():
    def settings(row, logits):
        row["seed"] = source.randrange(2 ** 31)
        row["chance"] = xtc_chance(row["seed"])
        return dict(xtc_probability=pick([0.3, 0.5, 0.8, 1.0, 1.0]), xtc_threshold=pick([0.02, 0.05, 0.1, 0.1, 0.2, 0.3, 0.45]))

    return table(60, settings, lambda s, row: [make("xtc", s["xtc_probability"], s["xtc_threshold"], 0, row["seed"])],
                 moved=["xtc_threshold"])


def penalties():
    def settings(row, logits):
        row["ids"] = history(len(logits))
        return dict(
            repeat_penalty=pick([1.0, 1.1, 1.3, 2.0, 0.8]), repeat_last_n=pick([0, 1, 3, 8, 64, 64]),
            frequency_penalty=pick([0.0, 0.5, 0.1, -0.3]), presence_penalty=pick([0.0, 0.4, 1.5, -0.2]))

    def samplers(s, row):
        return [make("penalties", len(row["logits"]), s["repeat_last_n"], s["repeat_penalty"], s["frequency_penalty"], s["presence_penalty"])]

    return table(60, settings, samplers, accept=lambda row: row["ids"])


def dynatemp():
    return table(
        48, lambda row, l: dict(temperature=pick([0.5, 0.8, 1.0, 1.5]), dynatemp_range=pick([0.2, 0.5, 0.8, 2.0]),
                                dynatemp_exp=pick([0.0, 0.5, 1.0, 1.0, 2.0])),
        lambda s, row: [make("temp_ext", s["temperature"], s["dynatemp_range"], s["dynatemp_exp"])])


def typical():
    return table(
        48, lambda row, l: dict(typical_p=pick([0.05, 0.2, 0.4, 0.5, 0.7, 0.9, 0.95]), typical_rule="llama.cpp"),
        lambda s, row: [make("typical", s["typical_p"], 0)], moved=["typical_p"], masks=False)


def dry():
    def settings(row, logits):
        v = len(logits)
        row["ids"] = looping(v) if source.random() < 0.85 else history(v)
        t = lambda: source.randrange(v)
        row["breakers"] = pick([[], [], [[t()]], [[t()], [t(), t()]], [[t(), t()]], [[row["ids"][-1] if row["ids"] else 0]]])
        return dict(dry_multiplier=pick([0.5, 0.8, 1.0, 2.5]), dry_base=pick([1.0, 1.2, 1.75, 1.75, 2.0]),
                    dry_allowed_length=pick([0, 1, 2, 2, 3]), dry_penalty_last_n=pick([0, 5, 12, 64, 64]))

    def samplers(s, row):
        return [make_dry(s["dry_multiplier"], s["dry_base"], s["dry_allowed_length"], s["dry_penalty_last_n"], row["breakers"])]

    return table(80, settings, samplers, accept=lambda row: row["ids"], masks=False)


def sequences(count, steps, settings_of, sampler_of, offset, vocabulary):
    """Samplers with a memory. Each step has its own logits; its token is llama.cpp's."""
    made = []
    for _ in range(count):
        settings = {k: f32(v) if isinstance(v, float) else v for k, v in settings_of().items()}
        sampler, rows = sampler_of(settings), []
        for _ in range(steps):
            while True:
                logits = [round(-pick([0.8, 1.0, 1.3]) * math.log(1 + r) + source.gauss(0, 0.15), 3) for r in range(vocabulary)]
                source.shuffle(logits)
                if len(set(logits)) == vocabulary:
                    break
            left, token = apply([sampler], logits)
            lib.llama_sampler_accept(sampler, token)
            kept, p = outcome(left)
            row = dict(logits=logits, kept=kept if offset is not None else None, after=p, token=token)
            if offset is not None:
                del row["after"]
                row["mu"] = mu_of(sampler, offset)
            else:
                del row["kept"]
            rows.append(row)
        lib.llama_sampler_free(sampler)
        made.append(dict(settings=settings, steps=rows))
    return made


def mirostat(version):
    V = 40
    settings = lambda: dict(mirostat=version, mirostat_ent=pick([1.0, 2.0, 3.0, 4.0]), mirostat_lr=pick([0.1, 0.3, 0.5]), seed=source.randrange(2 ** 31))
    if version == 1:
        return sequences(3, 30, settings, lambda s: make("mirostat", V, s["seed"], s["mirostat_ent"], s["mirostat_lr"], 100), 24, V)
    return sequences(3, 30, settings, lambda s: make("mirostat_v2", s["seed"], s["mirostat_ent"], s["mirostat_lr"]), 16, V)


def adaptive_p():
    settings = lambda: dict(adaptive_target=pick([0.05, 0.2, 0.5, 0.8]), adaptive_decay=pick([0.0, 0.5, 0.9, 0.99]), seed=source.randrange(2 ** 31))
    return sequences(5, 10, settings, lambda s: make("adaptive_p", s["adaptive_target"], s["adaptive_decay"], s["seed"]), None, 20)


DEFAULTS = dict(repeat_last_n=64, repeat_penalty=1.0, frequency_penalty=0.0, presence_penalty=0.0, dry_multiplier=0.0, dry_base=1.75,
                dry_allowed_length=2, dry_penalty_last_n=64, top_n_sigma=0.0, top_k=40, typical_p=1.0, top_p=0.95, min_p=0.05,
                xtc_probability=0.0, xtc_threshold=0.1, temperature=0.8, dynatemp_range=0.0, dynatemp_exp=1.0)


def chain_of(s, v, breakers, seed):
    """llama.cpp's default chain, as common/sampling.cpp makes it."""
    return [
        make("penalties", v, s["repeat_last_n"], s["repeat_penalty"], s["frequency_penalty"], s["presence_penalty"]),
        make_dry(s["dry_multiplier"], s["dry_base"], s["dry_allowed_length"], s["dry_penalty_last_n"], breakers),
        make("top_n_sigma", s["top_n_sigma"]), make("top_k", s["top_k"]), make("typical", s["typical_p"], 0), make("top_p", s["top_p"], 0),
        make("min_p", s["min_p"], 0), make("xtc", s["xtc_probability"], s["xtc_threshold"], 0, seed),
        make("temp_ext", s["temperature"], s["dynatemp_range"], s["dynatemp_exp"]), make("dist", seed)]


def chains(count, changed, seeds):
    made = []
    while len(made) < count:
        logits = made_logits(45, 70, masks=False, ties=False)
        if len(set(logits)) != len(logits):
            continue
        s = {k: f32(v) if isinstance(v, float) else v for k, v in {**DEFAULTS, **changed()}.items()}
        ids = looping(len(logits))
        breakers = [[source.randrange(len(logits))]]
        runs = {}
        for seed in seeds:
            rows, token = run(chain_of(s, len(logits), breakers, seed), logits, ids)
            runs[seed] = (outcome(rows), token)
        near = [
            outcome(run(chain_of({**s, k: s[k] + d * max(1, abs(s[k]))}, len(logits), breakers, seed), logits, ids)[0])[0]
            for k in ("top_n_sigma", "typical_p", "top_p", "min_p", "xtc_threshold") for d in (1e-5, -1e-5) for seed in seeds[:1]
            if s[k] != DEFAULTS[k] or k in ("top_p", "min_p")]
        (kept, p), _ = runs[seeds[0]]
        if any(k != kept for k in near):
            continue
        row = dict(logits=logits, ids=ids, breakers=breakers, settings={k: v for k, v in s.items() if v != f32(DEFAULTS[k])},
                   kept=kept, after=p)
        if s["xtc_probability"] > 0:
            row["chance"] = xtc_chance(seeds[0])
        row["seeds"], row["tokens"] = seeds, [runs[seed][1] for seed in seeds]
        made.append(row)
    return made


def changed():
    s = {}
    often = lambda **options: s.update({k: pick(v) for k, v in options.items() if source.random() < 0.4})
    often(repeat_penalty=[1.1, 1.3], frequency_penalty=[0.2, 0.5], presence_penalty=[0.3, 1.0], repeat_last_n=[4, 16],
          dry_multiplier=[0.8, 1.5], dry_allowed_length=[1, 2], top_k=[0, 3, 8, 20], top_p=[1.0, 0.5, 0.8], min_p=[0.0, 0.02, 0.2],
          temperature=[0.5, 1.0, 1.5], xtc_probability=[0.5, 1.0], xtc_threshold=[0.05, 0.2], dynatemp_range=[0.3, 0.45])
    # Not together: a masked token makes llama.cpp's typical sampling compute with NaN.
    if source.random() < 0.3:
        s["typical_p"] = pick([0.5, 0.8])
    elif source.random() < 0.4:
        s["top_n_sigma"] = pick([0.5, 1.0, 2.0])
    return s


def main():
    document = dict(
        top_n_sigma=top_n_sigma(), xtc=xtc(), penalties=penalties(), dynatemp=dynatemp(), typical=typical(), dry=dry(),
        mirostat_1=mirostat(1), mirostat_2=mirostat(2), adaptive_p=adaptive_p(), default_chain=chains(200, dict, list(range(10))),
        chain=chains(100, changed, [7]))
    OUTPUT.write_text(json.dumps(document, separators=(",", ":"), allow_nan=False) + "\n")
    print({k: len(v) for k, v in document.items()}, OUTPUT.stat().st_size)


main()
