#!/usr/bin/env python3
"""Time gpt2-viz's tokenizer against Hugging Face `tokenizers`, one thread, the same text, in one run.

Usage: tokenizer.py VOCAB_DIR TEXT_FILE [BENCH_BINARY]

VOCAB_DIR has tokenizer.json, or vocab.json and merges.txt; BENCH_BINARY is .build/release/gpt2-viz-bench unless given
(`swift build -c release --product gpt2-viz-bench`). `tokenizers` is timed in the two ways it is used: the whole text
in one call, and a list of its lines (encode_batch_fast, its fastest); the ratio is to the faster. The ids must agree.
"""
import json
import os
import subprocess
import sys
import time

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

from tokenizers import AddedToken, Tokenizer, __version__, models, pre_tokenizers  # noqa: E402

RUNS = 3


def checksum(ids):
    """FNV-1a over the ids, as the Swift benchmark computes it."""
    value = 0xCBF29CE484222325
    for token in ids:
        value = ((value ^ token) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{value:x}"


def timed(body):
    start = time.perf_counter()
    result = body()
    return time.perf_counter() - start, result


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    folder, path = sys.argv[1:3]
    binary = sys.argv[3] if len(sys.argv) == 4 else ".build/release/gpt2-viz-bench"
    with open(path, encoding="utf-8", newline="") as file:
        text = file.read()
    lines = text.splitlines(keepends=True)

    def load():
        if os.path.exists(f"{folder}/tokenizer.json"):
            return Tokenizer.from_file(f"{folder}/tokenizer.json")
        tokenizer = Tokenizer(models.BPE.from_file(f"{folder}/vocab.json", f"{folder}/merges.txt"))
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.add_special_tokens([AddedToken("<|endoftext|>")])
        return tokenizer

    theirs = {"load": [], "whole": [], "lines": []}
    ours = {"load": [], "encode": []}
    for _ in range(RUNS):
        # Alternating, so that a busy moment of the machine hits both.
        report = json.loads(subprocess.run([binary, "tokenizer", folder, path, "3"], check=True, capture_output=True).stdout)
        ours["load"] += report["load_seconds"]
        ours["encode"] += report["encode_seconds"]
        seconds, tokenizer = timed(load)
        theirs["load"].append(seconds)
        seconds, encoding = timed(lambda: tokenizer.encode(text, add_special_tokens=False))
        theirs["whole"].append(seconds)
        # A fresh one, as its cache of pieces would be warm otherwise.
        tokenizer = load()
        seconds, _ = timed(lambda: tokenizer.encode_batch_fast(lines, add_special_tokens=False))
        theirs["lines"].append(seconds)

    ids = encoding.ids
    if len(ids) != report["tokens"] or checksum(ids) != report["checksum"]:
        sys.exit("the ids differ")
    if not report["restored"]:
        sys.exit("decoding did not give the text back")
    best = {f"tokenizers_{k}_seconds": min(v) for k, v in theirs.items()}
    best |= {f"gpt2_viz_{k}_seconds": min(v) for k, v in ours.items()}
    best["tokenizers_version"] = __version__
    best["bytes"] = report["bytes"]
    best["tokens"] = len(ids)
    best["ratio_load"] = best["tokenizers_load_seconds"] / best["gpt2_viz_load_seconds"]
    best["ratio_whole"] = min(theirs["whole"]) / min(ours["encode"])
    best["ratio_lines"] = min(theirs["lines"]) / min(ours["encode"])
    print(json.dumps(best, indent=2))
    print(f"encoding is {min(best['ratio_whole'], best['ratio_lines']):.1f} times as fast as tokenizers {__version__}")


if __name__ == "__main__":
    main()
