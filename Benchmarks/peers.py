#!/usr/bin/env python3
"""Time gpt2-viz beside its peers: one machine, one run, taken in turns, medians, ratios.

Usage: peers.py MODEL_DIR [--binary FILE] [--llama-bench FILE --gguf DIR] [--threads N] [--rounds N]

MODEL_DIR holds a GPT-2 checkpoint as Hugging Face writes it; the values of its weights do not matter. Peers that are not there are
left out: PyTorch with `transformers` and CTranslate2 where Python finds them, llama.cpp where --llama-bench names its benchmark and
--gguf a folder with gpt2-f32.gguf, gpt2-f16.gguf and gpt2-q8_0.gguf, made by its convert_hf_to_gguf.py and llama-quantize.
Every figure is tokens a second: decode of one text with a short past, and a prompt of 512 tokens read at once.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

PROMPT_TOKENS = 512
DECODE_TOKENS = 64


def per_second(count, body):
    start = time.perf_counter()
    body()
    return count / (time.perf_counter() - start)


def output(command):
    """What a benchmark prints, as JSON; it says itself what is wrong."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE)
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}")
    return json.loads(done.stdout)


class Viz:
    """gpt2-viz's own `bench`, which also reads the memory's bandwidth between its steps."""

    def __init__(self, arguments, precision):
        self.name = f"gpt2-viz {precision}"
        self.command = [arguments.binary, "bench", "-m", arguments.model, "--precision", precision,
                        "--threads", str(arguments.threads), "--format", "json"]
        if precision == "int8":
            self.command += ["--ids", "0"]

    def measure(self):
        answer = output(self.command)
        return {"decode": answer["decode_tokens_per_second"], "prefill": answer["prefill_tokens_per_second"],
                "limit": answer["fraction_of_limit"], "lanes": answer["two_lane_cost"],
                "first": answer["first_distribution_seconds"], "processor": answer["kernels"],
                "read": answer["decode_tokens_per_second"] * answer["bytes_per_token"]}


class LlamaCpp:
    def __init__(self, arguments, kind):
        self.name = f"llama.cpp {kind.upper()}"
        model = os.path.join(arguments.gguf, f"gpt2-{kind}.gguf")
        self.command = [arguments.llama_bench, "-m", model, "-t", str(arguments.threads), "-p", str(PROMPT_TOKENS),
                        "-n", str(DECODE_TOKENS), "-r", "2", "-o", "json"]

    def measure(self):
        rows = output(self.command)
        return {"decode" if row["n_gen"] else "prefill": row["avg_ts"] for row in rows}


class PyTorch:
    name = "PyTorch f32"

    def __init__(self, arguments):
        import torch
        from transformers import GPT2LMHeadModel
        torch.set_num_threads(arguments.threads)
        self.torch = torch
        self.model = GPT2LMHeadModel.from_pretrained(arguments.model, dtype=torch.float32).eval()
        self.prompt = torch.arange(PROMPT_TOKENS).view(1, -1)
        self.numbers = torch.ones(1 << 27)
        with torch.inference_mode():
            self.model(self.prompt)

    def measure(self):
        torch, model = self.torch, self.model
        with torch.inference_mode():
            prefill = statistics.median(
                per_second(PROMPT_TOKENS, lambda: model(self.prompt, use_cache=True, logits_to_keep=1))
                for _ in range(3))
            past = model(torch.tensor([[1, 2, 3, 4]]), use_cache=True).past_key_values
            token = torch.tensor([[8]])

            def decode():
                for _ in range(DECODE_TOKENS):
                    model(token, past_key_values=past, use_cache=True)

            # What a plain pass over memory reads, in bytes a second: nothing of a model.
            read = statistics.median(per_second(4 * len(self.numbers), self.numbers.sum) for _ in range(5))
            return {"decode": per_second(DECODE_TOKENS, decode), "prefill": prefill, "read": read}


class CTranslate2:
    def __init__(self, arguments, folder, kind):
        import ctranslate2
        self.name = f"CTranslate2 {kind}"
        self.generator = ctranslate2.Generator(
            folder, compute_type=kind, intra_threads=arguments.threads, inter_threads=1)
        with open(os.path.join(arguments.model, "vocab.json"), encoding="utf-8") as file:
            self.tokens = sorted(json.load(file))[:PROMPT_TOKENS]

    def measure(self):
        def generate(count):
            self.generator.generate_batch(
                [self.tokens[:4]], max_length=count, min_length=count, sampling_topk=1, include_prompt_in_result=False)

        # What is not a step is the same for both lengths.
        short = 1 / per_second(1, lambda: generate(1))
        long = 1 / per_second(1, lambda: generate(1 + DECODE_TOKENS))
        # One token behind the prompt: forward_batch would compute the logits of every position.
        prefill = per_second(PROMPT_TOKENS, lambda: self.generator.generate_batch(
            [self.tokens], max_length=1, min_length=1, sampling_topk=1, include_prompt_in_result=False))
        return {"decode": DECODE_TOKENS / (long - short), "prefill": prefill}


def peers(arguments, folder):
    yield Viz(arguments, "f32")
    if arguments.llama_bench:
        yield LlamaCpp(arguments, "f32")
    try:
        yield PyTorch(arguments)
    except ImportError as error:
        print(f"left out: PyTorch ({error})", file=sys.stderr)
    try:
        import ctranslate2.converters
        path = os.path.join(folder, "ct2")
        ctranslate2.converters.TransformersConverter(arguments.model).convert(path)
        yield CTranslate2(arguments, path, "float32")
        yield CTranslate2(arguments, path, "int8")
    except ImportError as error:
        print(f"left out: CTranslate2 ({error})", file=sys.stderr)
    if arguments.llama_bench:
        yield LlamaCpp(arguments, "f16")
        yield LlamaCpp(arguments, "q8_0")
    yield Viz(arguments, "int8")


def positive(text):
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"a whole number above 0, not '{text}'")
    return int(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", metavar="MODEL_DIR")
    parser.add_argument("--binary", default=".build/release/gpt2-viz")
    parser.add_argument("--llama-bench")
    parser.add_argument("--gguf", default=".")
    parser.add_argument("--threads", type=positive, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=positive, default=5)
    arguments = parser.parse_args()
    if not os.path.isfile(os.path.join(arguments.model, "config.json")):
        sys.exit(f"{arguments.model} holds no config.json: name the folder of a GPT-2 checkpoint.")
    with tempfile.TemporaryDirectory() as folder:
        all_peers = list(peers(arguments, folder))
        rounds = []
        for number in range(arguments.rounds):
            print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
            rounds.append([peer.measure() for peer in all_peers])
    report(arguments, [peer.name for peer in all_peers], rounds)


def report(arguments, names, rounds):
    def median(index, key):
        values = [measured[index][key] for measured in rounds if key in measured[index]]
        return statistics.median(values) if values else None

    def ratio(index, other, key):
        """The median of the rounds' ratios: a machine's speed changes from round to round."""
        return statistics.median(measured[index][key] / measured[other][key] for measured in rounds)

    with open("/proc/cpuinfo", encoding="utf-8") as file:
        processor = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "unknown")
    print(f"{processor}, {arguments.threads} threads, {arguments.rounds} rounds, medians\n")
    print("| system | decode, tokens/s | prompt of 512, tokens/s | gpt2-viz f32 is | gpt2-viz int8 is |")
    print("|---|---|---|---|---|")
    last = len(names) - 1
    for index, name in enumerate(names):
        cells = [f"{median(index, key):,.0f}" for key in ("decode", "prefill")]
        for own in (0, last):
            cells.append("" if own == index else " / ".join(
                f"{ratio(own, index, key):.2f} x" for key in ("decode", "prefill")))
        print(f"| {name} | " + " | ".join(cells) + " |")
    for own in (0, last):
        print(f"\n{names[own]}: {100 * median(own, 'limit'):.0f} % of the memory's read bandwidth in the same seconds, two lanes "
              f"cost {median(own, 'lanes'):.2f} steps, first distribution after {median(own, 'first'):.2f} s, "
              f"kernels {rounds[0][own]['processor']}")
    if PyTorch.name in names:
        torch = names.index(PyTorch.name)
        print(f"\nPyTorch sums 512 MiB at {median(torch, 'read') / 1e9:.1f} GB/s; the steps of gpt2-viz read their weights at "
              f"{ratio(0, torch, 'read'):.2f} x that in f32, {ratio(last, torch, 'read'):.2f} x in int8")


if __name__ == "__main__":
    main()
