#!/usr/bin/env python3
"""Writes Tests/LMCoreTests/Fixtures/sampler.json: kept sets and probabilities of `transformers`' own logits processors.

Run with torch and transformers installed:  python3 Scripts/make_sampler_fixtures.py

The scores are float32 logits widened to float64, because the package computes in Double. For the order "llama.cpp" the
same classes run in llama.cpp's sequence. Rows in which torch.sort or torch.topk may choose among ties carry
"counts_only": there only the number of kept tokens and their probabilities are comparable.
"""

import json
import math
import pathlib
import random

import torch
import transformers
from transformers.generation import logits_process as lp

OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "Tests/LMCoreTests/Fixtures/sampler.json"
INF = float("inf")

# Which value of a setting switches it off, and what makes the processor.
WARPERS = {
    "temperature": (1.0, lambda v: lp.TemperatureLogitsWarper(v)),
    "top_h": (0.0, lambda v: lp.TopHLogitsWarper(v)),
    "top_k": (0, lambda v: lp.TopKLogitsWarper(v)),
    "top_p": (1.0, lambda v: lp.TopPLogitsWarper(v)),
    "min_p": (0.0, lambda v: lp.MinPLogitsWarper(v)),
    "typical_p": (1.0, lambda v: lp.TypicalLogitsWarper(v)),
    "epsilon": (0.0, lambda v: lp.EpsilonLogitsWarper(v)),
    "eta": (0.0, lambda v: lp.EtaLogitsWarper(v)),
}
PENALTIES = {
    "repetition_penalty": (1.0, lambda v: lp.RepetitionPenaltyLogitsProcessor(v)),
    "no_repeat_ngram": (0, lambda v: lp.NoRepeatNGramLogitsProcessor(v)),
}
ORDERS = {
    "hf": ["temperature", "top_h", "top_k", "top_p", "min_p", "typical_p", "epsilon", "eta"],
    "llama.cpp": ["top_h", "top_k", "typical_p", "top_p", "min_p", "epsilon", "eta", "temperature"],
}


def float32(values):
    return torch.tensor(values, dtype=torch.float32).tolist()


def gaussian(count, scale, seed):
    source = random.Random(seed)
    return float32([source.gauss(0, scale) for _ in range(count)])


def with_holes(values, seed):
    source = random.Random(seed)
    return [-INF if source.random() < 0.3 else value for value in values]


LOGITS = {
    "three": [3.0, 2.0, 1.0],
    "one": [0.25],
    "negative": [-1.0, -2.0, -3.0, -4.0, -5.0],
    "mixed": [-1.5, 2.0, 0.0, -0.5, 3.0, 1.0, -4.0, 0.5],
    "uniform4": [1.0] * 4,
    "uniform8": [-2.5] * 8,
    "uniform16": [0.0] * 16,
    "tied_top": [5.0, 1.0, 5.0, 0.0, 5.0],
    "tied_kth": [1.0, 4.0, 2.0, 2.0, 3.0, 2.0, -1.0, 0.0],
    "signed_zeros": [0.0, -0.0, 1.0, -0.0, 0.0, -1.0],
    "holes": [1.0, -INF, 3.0, -INF, 2.0, -INF, 0.5],
    "one_left": [-INF, -INF, 7.0, -INF],
    "peaked": [20.0] + [0.1 * i for i in range(30)],
    "huge": [1e30, 9e29, -1e30, 0.0, 1e30],
    "far_apart": [0.0, -80.0, -700.0, -800.0, -3000.0],
    "broad64": gaussian(64, 2, 1),
    "flat100": gaussian(100, 0.02, 2),
    "broad300": gaussian(300, 3, 3),
    "holes300": with_holes(gaussian(300, 3, 4), 5),
    "gpt2_like": [x - 60 for x in gaussian(400, 4, 6)],
}
LOGITS = {name: float32(values) for name, values in LOGITS.items()}


def run(logits, history, settings):
    """The processed scores, in the order and with the on/off rules of generate()."""
    scores = torch.tensor([logits], dtype=torch.float32).double()
    ids = torch.tensor([history], dtype=torch.long)
    for name, (off, make) in PENALTIES.items():
        if settings.get(name, off) != off:
            scores = make(settings[name])(ids, scores)
    if settings.get("temperature") == 0:
        greedy = torch.full_like(scores, -INF)
        best = int(torch.argmax(scores))
        greedy[0, best] = scores[0, best]
        return greedy[0]
    for name in ORDERS[settings.get("order", "hf")]:
        off, make = WARPERS[name]
        if settings.get(name, off) != off:
            scores = make(settings[name])(ids, scores)
    return scores[0]


ROWS = []


def row(logits, settings, history=(), counts_only=False):
    history = list(history)
    scores = run(LOGITS[logits], history, settings)
    kept = [i for i, score in enumerate(scores.tolist()) if score > -INF]
    if not kept or not all(math.isfinite(scores[i]) for i in kept):
        raise SystemExit(f"transformers gives no distribution for {logits} {settings}")
    after = torch.softmax(scores, dim=-1).tolist()
    if any(math.isnan(p) for p in after):
        raise SystemExit(f"transformers gives NaN for {logits} {settings}")
    entropy = -sum(p * math.log2(p) for p in after if p > 0)
    # The entropy stands for the probabilities that would make the file large.
    entry = {"logits": logits, "settings": encodable(settings), "kept": ranges(kept), "entropy": rounded(abs(entropy)),
             "after": [rounded(after[i]) for i in kept[:24]]}
    if history:
        entry["history"] = history
    if counts_only:
        entry["counts_only"] = True
    ROWS.append(entry)


def ranges(ids):
    """[0, 1, 2, 7] -> [[0, 3], [7, 8]]"""
    result = []
    for i in ids:
        if result and result[-1][1] == i:
            result[-1][1] = i + 1
        else:
            result.append([i, i + 1])
    return result


def rounded(value):
    return float(f"{value:.13g}")


def encodable(settings):
    return {name: "inf" if value == INF else value for name, value in settings.items()}


def singles():
    everywhere = [name for name in LOGITS]
    for name in everywhere:
        row(name, {})
        # Where the maximum is tied, argmax over -0 and 0 is the lowest id too.
        row(name, {"temperature": 0})
        for t in (0.1, 0.5, 0.7, 1.3, 2.0, 100.0, 1e6):
            row(name, {"temperature": t})
        for k in (1, 2, 3, 4, 40, 1000):
            row(name, {"top_k": k})
        for m in (0.001, 0.05, 0.1, 0.5, 1.0):
            row(name, {"min_p": m})
        for e in (1e-9, 3e-4, 0.01, 0.2, 0.9):
            row(name, {"epsilon": e})
            row(name, {"eta": e})
        if name != "signed_zeros":
            for m in (0.001, 0.2, 0.5, 0.9, 0.95):
                row(name, {"typical_p": m})
    tied = ["uniform4", "uniform8", "uniform16", "tied_top", "tied_kth", "signed_zeros", "huge"]
    for name in everywhere:
        # Not 1 and not what equal tokens reach exactly: there rounding decides.
        for h in (0.05, 0.3, 0.45, 0.7, 0.9):
            row(name, {"top_h": h}, counts_only=name in tied)
        row(name, {"top_h": 0.6, "temperature": 1.5}, counts_only=name in tied)
    untied = ["three", "one", "negative", "mixed", "holes", "one_left", "peaked", "far_apart", "broad64", "flat100",
              "broad300", "holes300", "gpt2_like"]
    for name in untied:
        for p in (0.0, 1e-9, 0.1, 0.5, 0.8, 0.9, 0.95, 0.999):
            row(name, {"top_p": p})
    for name in ("uniform4", "uniform8", "uniform16"):
        # Powers of two: the running sum reaches p exactly, and the token that reaches it is kept.
        for p in (0.0, 0.25, 0.5, 0.75, 0.51, 0.49):
            row(name, {"top_p": p}, counts_only=True)
    for name in ("tied_top", "tied_kth", "huge"):
        for p in (0.0, 0.3, 0.5, 0.9):
            row(name, {"top_p": p}, counts_only=True)
    for name in ("three", "mixed", "uniform8", "broad64"):
        # In the order of transformers only: after a filter, its -inf / inf is NaN.
        row(name, {"temperature": INF})
        row(name, {"temperature": INF, "top_k": 2})
        row(name, {"temperature": INF, "min_p": 0.9})
        row(name, {"temperature": INF, "typical_p": 0.3})
    row("uniform8", {"temperature": INF, "top_p": 0.5}, counts_only=True)
    row("broad64", {"temperature": INF, "top_p": 0.25}, counts_only=True)
    row("tied_top", {"temperature": 1e-6})
    row("three", {"temperature": 1e-30})
    row("mixed", {"temperature": 1e-300})
    row("mixed", {"temperature": 1e30})


def with_history():
    texts = {
        "mixed": [[4], [4, 4, 4], [1, 2, 1, 2, 1], [0, 1, 2, 3, 4, 5], [3, 4, 5, 3, 4], [7, 7, 7]],
        "holes": [[1, 2, 1], [2, 4, 2, 4], [0]],
        "negative": [[0, 1, 0, 1, 0], [4, 3, 4]],
        "tied_kth": [[1, 4, 1, 4], [2, 3], [5]],
        "gpt2_like": [[random.Random(s).randrange(400) for _ in range(80)] * 2 for s in (1, 2)],
    }
    for name, histories in texts.items():
        for history in histories:
            for penalty in (0.5, 1.2, 2.0, 10.0):
                row(name, {"repetition_penalty": penalty}, history)
            row(name, {"repetition_penalty": 1.7, "temperature": 0}, history)
            for n in (1, 2, 3, 7):
                if n > 1 or len(set(history)) < len(LOGITS[name]) - 3:
                    row(name, {"no_repeat_ngram": n}, history)
            row(name, {"no_repeat_ngram": 2, "temperature": 0}, history)
            for order in ORDERS:
                row(name, {"repetition_penalty": 1.3, "no_repeat_ngram": 2, "temperature": 0.8, "top_k": 4,
                           "min_p": 0.02, "order": order}, history)


def combinations():
    row("three", {"temperature": 0.5, "top_p": 0.8})
    row("three", {"temperature": 0.5, "top_p": 0.8, "order": "llama.cpp"})
    source = random.Random(7)
    for _ in range(150):
        settings = {
            "temperature": source.choice([0.3, 0.7, 1.0, 1.5]),
            "top_k": source.choice([0, 5, 20, 60]),
            "top_p": source.choice([1.0, 0.6, 0.9, 0.98]),
            "min_p": source.choice([0.0, 0.01, 0.1]),
            "typical_p": source.choice([1.0, 0.5, 0.9]),
            "epsilon": source.choice([0.0, 0.002]),
            "eta": source.choice([0.0, 0.005]),
            "repetition_penalty": source.choice([1.0, 1.4]),
            "no_repeat_ngram": source.choice([0, 2]),
        }
        name = source.choice(["broad64", "flat100", "broad300", "holes300", "gpt2_like"])
        history = [source.randrange(12) for _ in range(source.randrange(30))]
        for order in ORDERS:
            row(name, {**settings, "order": order}, history)


def main():
    singles()
    with_history()
    combinations()
    logits = {name: [None if v == -INF else v for v in values] for name, values in LOGITS.items()}
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    with OUTPUT.open("w") as file:
        file.write('{"transformers": %s,\n"logits": {\n' % json.dumps(transformers.__version__))
        file.write(",\n".join(f"{json.dumps(n)}: {json.dumps(v)}" for n, v in logits.items()))
        file.write('\n},\n"rows": [\n')
        file.write(",\n".join(json.dumps(entry, separators=(",", ":")) for entry in ROWS))
        file.write("\n]}\n")
    print(f"{len(ROWS)} rows, {OUTPUT.stat().st_size // 1024} KB -> {OUTPUT}")


main()
