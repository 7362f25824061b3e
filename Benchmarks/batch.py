#!/usr/bin/env python3
"""Time steps of many texts beside llama.cpp and `transformers`: one machine, one run, taken in turns, medians, ratios.

Usage: batch.py MODEL_DIR --batched-bench FILE --gguf DIR [--binary FILE] [--threads N] [--rounds N] [--sizes 1,8,32]

MODEL_DIR holds a GPT-2 checkpoint as Hugging Face writes it; the values of its weights do not matter. --batched-bench names llama.cpp's
llama-batched-bench, --gguf a folder with gpt2-f32.gguf and gpt2-q8_0.gguf of the same model. `transformers` is left out where Python
does not find it. Every figure is tokens a second of all texts together, each with a short past.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time

TOKENS = 24


def output(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}")
    return done.stdout.decode()


def viz(arguments, precision, sizes):
    report = json.loads(output([
        arguments.binary, "bench", "-m", arguments.model, "--precision", precision, "--threads", str(arguments.threads),
        "--batches", ",".join(map(str, sizes)), "--format", "json"] + (["--ids", "0"] if precision == "int8" else [])))
    batches = {batch["texts"]: batch for batch in report["batches"]}
    return ({size: batches[size]["tokens_per_second"] for size in sizes},
            {size: size / batches[size]["limit_seconds"] for size in sizes})


def llama(arguments, kind, sizes):
    lines = output([
        arguments.batched_bench, "-m", os.path.join(arguments.gguf, f"gpt2-{kind}.gguf"), "-t", str(arguments.threads), "-tb",
        str(arguments.threads), "-c", str(max(sizes) * (TOKENS + 8)), "-npp", "4", "-ntg", str(TOKENS), "-npl",
        ",".join(map(str, sizes)), "--output-format", "jsonl"])
    rows = [json.loads(line) for line in lines.splitlines() if line.startswith("{")]
    return {row["pl"]: row["speed_tg"] for row in rows}


class Transformers:
    def __init__(self, arguments):
        import torch
        from transformers import GPT2LMHeadModel
        torch.set_num_threads(arguments.threads)
        self.torch = torch
        self.model = GPT2LMHeadModel.from_pretrained(arguments.model, dtype=torch.float32).eval()

    def measure(self, sizes):
        def seconds(size, count):
            ids = self.torch.arange(4 * size).view(size, 4)
            start = time.perf_counter()
            with self.torch.inference_mode():
                self.model.generate(
                    ids, attention_mask=self.torch.ones_like(ids), max_new_tokens=count, min_new_tokens=count, do_sample=False,
                    pad_token_id=0)
            return time.perf_counter() - start

        # Without what a call costs beside its steps.
        return {size: size * TOKENS / (seconds(size, TOKENS + 2) - seconds(size, 2)) for size in sizes}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", metavar="MODEL_DIR")
    parser.add_argument("--batched-bench", required=True)
    parser.add_argument("--gguf", required=True)
    parser.add_argument("--binary", default=".build/release/gpt2-viz")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", default="1,2,4,8,16,32,64")
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.sizes.split(",")]
    try:
        peer = Transformers(arguments)
    except ImportError:
        peer = None
    rounds = []
    for number in range(arguments.rounds):
        print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
        row = {}
        row["f32"], row["limit"] = viz(arguments, "f32", sizes)
        row["llama f32"] = llama(arguments, "f32", sizes)
        if peer:
            row["transformers"] = peer.measure(sizes)
        row["int8"], _ = viz(arguments, "int8", sizes)
        row["llama q8_0"] = llama(arguments, "q8_0", sizes)
        rounds.append(row)

    def median(of):
        return statistics.median(of(row) for row in rounds)

    names = ["llama f32"] + (["transformers"] if peer else [])
    print("| texts | float32, of the limit, x one text's | " + " | ".join(f"beside {name}" for name in names)
          + " | int8, x one text's | beside llama q8_0 |")
    print("|---" * (4 + len(names)) + "|")
    for size in sizes:
        def cell(own, other):
            return f"{median(lambda row: row[other][size]):.0f} = {median(lambda row: row[own][size] / row[other][size]):.2f} x"

        def share(own):
            return f"{median(lambda row: row[own][size] / row[own][sizes[0]]):.1f} x"

        print(f"| {size} | {median(lambda row: row['f32'][size]):.0f}, {100 * median(lambda row: row['f32'][size] / row['limit'][size]):.0f} %, "
              f"{share('f32')} | " + " | ".join(cell("f32", name) for name in names)
              + f" | {median(lambda row: row['int8'][size]):.0f}, {share('int8')} | {cell('int8', 'llama q8_0')} |")


if __name__ == "__main__":
    main()
