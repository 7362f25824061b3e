#!/usr/bin/env python3
"""Writes Tests/LMCoreTests/Fixtures/measures.json: the measures of small made-up collections of texts.

    python3 Scripts/make_measure_fixtures.py [--time]

Needs nltk and numpy (checked with nltk 3.10.4). Self-BLEU is nltk's sentence_bleu with SmoothingFunction().method1, the
Zipf coefficient numpy's least squares over the 5,000 most frequent tokens, both as in the programs of the authors of
arXiv 1904.09751 (metrics/self_bleu.py and metrics/zipf.py of ari-holtzman/degen). The others are counted as slowly as they
are defined. --time measures nltk on 1,000 texts of 200 tokens, of which 20 are scored.
"""

import json
import math
import pathlib
import random
import sys
import time
from collections import Counter

import numpy as np
from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "Tests/LMCoreTests/Fixtures/measures.json"
source = random.Random(4)


def runs(ids, n):
    return [tuple(ids[i:i + n]) for i in range(len(ids) - n + 1)]


def bleu(texts, i):
    return float(sentence_bleu(texts[:i] + texts[i + 1:], texts[i], weights=(0.25,) * 4, smoothing_function=SmoothingFunction().method1))


def zipf(texts):
    counts = sorted(Counter(t for ids in texts for t in ids).values(), reverse=True)[:5000]
    if len(counts) < 2:
        return None
    slope, _ = np.polyfit(np.log(np.arange(1, len(counts) + 1)), np.log(counts), 1)
    return float(-slope)


def loops(ids):
    return any(ids[len(ids) - 3 * n:len(ids) - 2 * n] == ids[len(ids) - 2 * n:len(ids) - n] == ids[len(ids) - n:]
               for n in range(2, len(ids) // 3 + 1))


def distinct(texts, n):
    every = [r for ids in texts for r in runs(ids, n)]
    return len(set(every)) / len(every) if every else None


def repeated(ids):
    every = runs(ids, 4)
    return 1 - len(set(every)) / len(every) if every else 0.0


def mean(values):
    return sum(values) / len(values) if values else None


def measures(texts, logs, ended):
    every = [x for row in logs for x in row]
    return {
        "perplexity": math.exp(-sum(every) / len(every)) if every else None,
        "self_bleu4": mean([bleu(texts, i) for i in range(len(texts))]) if len(texts) > 1 else None,
        "scores": [bleu(texts, i) for i in range(len(texts))] if len(texts) > 1 else [],
        "zipf": zipf(texts), "repetition": mean([float(loops(t)) for t in texts]),
        "distinct": [distinct(texts, n) for n in (1, 2, 4)], "repeated_4grams": mean([repeated(t) for t in texts]),
        "mean_length": mean([float(len(t)) for t in texts]), "ended_share": mean([float(e) for e in ended]),
    }


def text(vocabulary, longest):
    """Words by Zipf's law; now and then a text that ends in a loop, some of them one copy or one token too short."""
    length = source.randrange(longest + 1)
    ids = [min(int(source.paretovariate(0.8)) - 1, vocabulary - 1) for _ in range(length)]
    if source.random() < 0.3:
        phrase = [source.randrange(vocabulary) for _ in range(source.randrange(1, 6))]
        ids += (phrase * source.randrange(2, 5))[source.randrange(2):]
    return ids


def make():
    shapes = [(0, 5, 5), (1, 20, 20), (2, 3, 0), (2, 50, 12), (6, 4, 8), (12, 40, 30), (20, 200, 40), (20, 12, 60), (9, 7000, 900)]
    rows = []
    for count, vocabulary, longest in shapes:
        texts = [text(vocabulary, longest) for _ in range(count)]
        if vocabulary == 7000:      # more different tokens than the line is fitted to
            texts = [[source.randrange(vocabulary) for _ in range(longest)] for _ in texts]
            texts += [list(range(0, 7000, 1 + i)) for i in range(2)]
        ended = [source.random() < 0.4 for _ in texts]
        logs = [[round(-source.expovariate(0.5), 4) for _ in range(len(t) + e)] for t, e in zip(texts, ended)]
        if vocabulary == 7000:
            logs = [[] for _ in texts]
        rows.append({"texts": texts, "logs": logs, "ended": ended, **measures(texts, logs, ended)})
    OUTPUT.write_text(json.dumps(rows, separators=(",", ":")) + "\n")


def measure_time():
    texts = [[min(int(source.paretovariate(0.8)), 50000) for _ in range(200)] for _ in range(1000)]
    start = time.time()
    for i in range(20):
        bleu(texts, i)
    print(f"nltk: {(time.time() - start) * 50:.0f} s for 1,000 texts of 200 tokens")


if "--time" in sys.argv:
    measure_time()
else:
    make()
