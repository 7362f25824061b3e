#!/usr/bin/env python3
"""Compare gpt2-viz on a GGUF file with transformers in float32 on the same weights, dequantized by gguf-py.

Usage: check_gguf.py FILE.gguf PROGRAM [TEXT...]
Prints the largest difference of the last token's logits and of all logits, and whether 60 greedily chosen ids are equal, for each text.
Texts are turned into ids by the program; without one they are ids made up here, up to 600 of them. Ends with 1 where a
logit differs by more than 2e-3 or an id at all. Needs torch, transformers 5 and gguf 0.19.0, and memory for the weights in float32.
"""
import csv
import json
import subprocess
import sys

import numpy as np
import torch
from gguf_reference import load

TOLERANCE, GREEDY = 2e-3, 60


def run(program, *words):
    return subprocess.run([program, *words], capture_output=True, text=True, check=True).stdout


@torch.no_grad()
def check(model, program, path, ids):
    text = " ".join(map(str, ids))
    ours = np.array(json.loads(run(program, "logits", "-m", path, "--ids", text, "--all"))["logits"], np.float32)
    theirs = model(torch.tensor([ids])).logits[0].numpy()
    difference = np.abs(ours - theirs)
    last = difference[-1].max()
    rows = csv.DictReader(run(program, "generate", "-m", path, "--ids", text, "-n", str(GREEDY), "--greedy", "--no-stop-at-eos",
                              "--format", "csv").splitlines(keepends=True))
    chosen = [int(row["id"]) for row in rows]
    wanted = list(ids)
    cache = None
    step = torch.tensor([ids])
    for _ in range(GREEDY):
        answer = model(step, past_key_values=cache, use_cache=True)
        cache = answer.past_key_values
        wanted.append(int(answer.logits[0, -1].argmax()))
        step = torch.tensor([wanted[-1:]])
    same = chosen == wanted[len(ids):]
    print(f"{len(ids)} ids: last logits {last:.2g}, all {difference.max():.2g}, at |logit| up to {np.abs(theirs).max():.0f}; "
          f"argmax differs at {(ours.argmax(1) != theirs.argmax(1)).sum()}; {GREEDY} greedy ids {'equal' if same else 'DIFFER'}", flush=True)
    return last <= TOLERANCE and same


def main():
    path, program, texts = sys.argv[1], sys.argv[2], sys.argv[3:]
    model = load(path)
    random = np.random.default_rng(1)
    vocabulary = model.config.vocab_size
    prompts = [json.loads(run(program, "tokenize", "-m", path, text, "--format", "json"))["ids"] for text in texts]
    if not prompts:
        prompts = [random.integers(0, vocabulary, n).tolist() for n in (1, 12, 600)]
    results = [check(model, program, path, ids) for ids in prompts]
    sys.exit(0 if all(results) else 1)


main()
