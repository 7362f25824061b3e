#!/usr/bin/env python3
"""Time gpt2-viz beside llama.cpp on the same GGUF files: one machine, one run, taken in turns, medians, ratios.

Usage: gguf.py FILE.gguf ... --llama-bench FILE [--binary FILE] [--threads N] [--rounds N]

gpt2-viz computes with float32 activations; llama.cpp rounds them to 8 bits where weights are quantized. Figures: decode of one text with a
short past, a prompt of 512 tokens read at once (tokens a second); from the start of the program to the first distribution (seconds: a whole
run of `next`, and of llama-bench with a prompt of four tokens and no warm-up); memory above the file with 2,048 positions in use.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time


def run(command):
    """The output, the seconds, and the peak memory in bytes of a program."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        text = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)}: exit code {process.returncode}")
    return text, time.perf_counter() - start, usage.ru_maxrss * 1024


def viz(arguments, file):
    own = [arguments.binary]
    model = ["-m", file, "--threads", str(arguments.threads)]
    answer = json.loads(run(own + ["bench", "--format", "json"] + model)[0])
    ids = " ".join(str(1 + index % 1000) for index in range(2047))
    return {
        "decode": answer["decode_tokens_per_second"], "prompt": answer["prefill_tokens_per_second"],
        "limit": answer["fraction_of_limit"],
        "first": run(own + ["next", "--ids", "1 2 3 4", "--top", "1"] + model)[1],
        "memory": run(own + ["next", "--ids", ids, "--top", "1"] + model)[2] - os.path.getsize(file),
    }


def llama(arguments, file):
    own = [arguments.llama_bench, "-m", file, "-t", str(arguments.threads), "-o", "json"]
    rows = json.loads(run(own + ["-p", "512", "-n", "64", "-r", "2"])[0])
    speeds = {"decode" if row["n_gen"] else "prompt": row["avg_ts"] for row in rows}
    return speeds | {
        "first": run(own + ["-p", "4", "-n", "0", "-r", "1", "--no-warmup"])[1],
        "memory": run(own + ["-p", "2048", "-n", "0", "-r", "1", "--no-warmup"])[2] - os.path.getsize(file),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE.gguf")
    parser.add_argument("--llama-bench", required=True)
    parser.add_argument("--binary", default=".build/release/gpt2-viz")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    print("| file | decode | prompt of 512 | of the bandwidth | first distribution, s | MB above the file at 2,048 |")
    print("|---|---|---|---|---|---|")
    for file in arguments.files:
        ours, theirs = [], []
        for number in range(arguments.rounds):
            print(f"{os.path.basename(file)}: round {number + 1} of {arguments.rounds}", file=sys.stderr)
            ours.append(viz(arguments, file))
            theirs.append(llama(arguments, file))

        def median(rows, key):
            return statistics.median(row[key] for row in rows)

        def cell(key, digits, unit=1):
            ratio = statistics.median(own[key] / other[key] for own, other in zip(ours, theirs))
            return f"{median(ours, key) / unit:.{digits}f} / {median(theirs, key) / unit:.{digits}f} = {ratio:.2f} x"

        print(f"| {os.path.basename(file)} | {cell('decode', 0)} | {cell('prompt', 0)} | {100 * median(ours, 'limit'):.0f} % "
              f"| {cell('first', 2)} | {cell('memory', 0, 1e6)} |", flush=True)


if __name__ == "__main__":
    main()
