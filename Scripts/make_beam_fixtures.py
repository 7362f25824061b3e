#!/usr/bin/env python3
"""Write Tests/LMCoreTests/Fixtures/beams.json: beam search of transformers on the reference models, step by step.

Usage: make_beam_fixtures.py
Needs torch and transformers 5 (checked with 5.24.0). The models are those of Tests/LMCoreTests/Fixtures and the built-in one.
Survivors are read where generate chooses them. Cases in which a decision hangs on less than 3e-4 are left out: there the
rounding of float32 decides. In sampled cases torch.multinomial is replaced by the largest of ln p + Gumbel noise, which draws from the
same distribution, with the noise of the program: SplitMix64 by seed, step, beam and token.
"""
import itertools, json, math, os, random
import torch, transformers
from transformers.generation import utils as generation

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FIXTURES = os.path.join(ROOT, "Tests", "LMCoreTests", "Fixtures")
OUT = os.path.join(FIXTURES, "beams.json")
MODELS = {"storyteller": os.path.join(ROOT, "Sources", "CStoryteller", "Model")} | {
    name: os.path.join(FIXTURES, folder, name) for folder, name in (("Models", "plain"), ("Families", "qwen3"), ("Families", "gpt-neox"))}
NARROW = 3e-4
source = random.Random(19)


class Recorder:
    """What generate decides at each step, and by how much."""

    def __init__(self, beams, ends, prompt):
        self.beams, self.ends, self.prompt = beams, ends, prompt
        self.steps, self.margin, self.depth, self.seed, self.vocabulary = [], math.inf, 0, None, 0

    def running(self, original):
        def call(model, **given):
            sums, hits = given["topk_log_probs"][0], given["next_token_hits_stopping_criteria"][0]
            going, ended = sums[~hits].tolist(), sums[hits].tolist()
            for row in (going, sums.tolist()):
                if len(row) > self.beams and (row is going or ended): self.note(row[self.beams - 1] - row[self.beams])
            if self.seed is not None and (sums < -1e8).any(): self.margin = 0          # fewer tokens than candidates
            result = original(model, **given)
            texts, scores = result[0][0][:, self.prompt:self.prompt + self.depth + 1], result[1][0]
            if not hits.all(): self.steps.append([[[int(i) for i in t], round(float(s), 6)] for t, s in zip(texts, scores)])
            self.depth += 1
            return result
        return call

    def finished(self, original):
        def call(model, **given):
            result = original(model, **given)
            before = torch.cat((given["beam_scores"][0], given["topk_log_probs"][0][given["next_token_hits_stopping_criteria"][0]]
                                / ((given["cur_len"] + 1 - self.prompt) ** given["length_penalty"]))).sort(descending=True).values
            before = before[before > -1e8].tolist()
            if len(before) > self.beams: self.note(before[self.beams - 1] - before[self.beams])
            return result
        return call

    def heuristic(self, original):
        def call(*_, **given):
            if given["is_sent_finished"].all():
                length = given["max_length"] if given["early_stopping"] == "never" and given["length_penalty"] > 0 else given["cur_len"]
                best = given["running_beam_scores"][0, 0] / (length - self.prompt) ** given["length_penalty"]
                self.note(abs(float(best - given["beam_scores"][0].min())))
            return original(**given)
        return call

    def draw(self, p, num_samples):
        scores = p.double().log()[0]
        for place in torch.nonzero(scores > -math.inf).flatten().tolist(): scores[place] += gumbel(self.seed, self.depth, place)
        top = scores.topk(min(num_samples + 1, len(scores)))
        self.note(float(top.values[-2] - top.values[-1]))
        if top.values[num_samples - 1] == -math.inf: self.margin = 0
        return top.indices[:num_samples].unsqueeze(0)

    def note(self, margin): self.margin = min(self.margin, margin)


MASK = (1 << 64) - 1


def splitmix(seed, place):
    z = (seed + (place + 1) * 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def gumbel(seed, depth, place):
    return -math.log(-math.log(((splitmix(splitmix(seed, depth), place) >> 12) + 0.5) / 2 ** 52))


@torch.no_grad()
def search(model, prompt, beams, length, penalty, early, ends, seed=None, settings=None):
    recorder = Recorder(beams, ends, len(prompt))
    recorder.seed = seed
    cls, real = type(model), torch.multinomial
    names = {"_get_running_beams_for_next_iteration": recorder.running, "_update_finished_beams": recorder.finished,
             "_check_early_stop_heuristic": recorder.heuristic}
    originals = {name: getattr(generation.GenerationMixin, name) for name in names}
    try:
        for name, wrap in names.items():
            # The stopping rule is a static method.
            made = wrap(originals[name])
            setattr(cls, name, staticmethod(made) if name == "_check_early_stop_heuristic" else made)
        if seed is not None: torch.multinomial = lambda p, num_samples, **_: recorder.draw(p, num_samples)
        out = model.generate(
            torch.tensor([prompt]), num_beams=beams, max_new_tokens=length, length_penalty=penalty, early_stopping=early,
            do_sample=seed is not None, eos_token_id=ends or None, pad_token_id=-1, num_return_sequences=beams,
            return_dict_in_generate=True, output_scores=True, **(({"top_k": 0} if seed is not None else {}) | (settings or {})))
    finally:
        torch.multinomial = real
        for name in names: delattr(cls, name)
    scores = out.sequences_scores.tolist()
    for a, b in itertools.pairwise(scores): recorder.note(a - b)
    sequences = []
    for row, indices, score in zip(out.sequences[:, len(prompt):].tolist(), out.beam_indices.tolist(), scores):
        sequences.append([row[:sum(i >= 0 for i in indices)], round(score, 6)])
    return recorder, sequences


def packed(steps):
    """Each survivor as its parent's place in the row before, its token and its sum."""
    rows, before = [], [[]]
    for step in steps:
        rows.append([[before.index(ids[:-1]), ids[-1], total] for ids, total in step])
        before = [ids for ids, _ in step]
    return rows


def main():
    transformers.logging.set_verbosity_error()
    cases, left_out, stops = [], 0, 0
    for name, folder in MODELS.items():
        model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
        model.generation_config = transformers.GenerationConfig()
        V = model.config.vocab_size
        grid = list(itertools.product((2, 3, 5, 8), (-1.0, 0.0, 1.0, 2.0), (False, True, "never")))
        for number in range(44):
            beams, penalty, early = source.choice(grid)
            prompt = [source.randrange(3, V) for _ in range(source.randrange(1, 6))]
            if name == "storyteller": prompt = source.choice([[442, 326, 257, 640], [464], [1544, 373], [41, 300, 12, 700]])
            length = source.randrange(3, 14)
            seed, settings, ends = None, {}, []
            kind = number % 4
            if kind == 1: settings = source.choice([{"repetition_penalty": 1.3}, {"no_repeat_ngram_size": 2}, {"repetition_penalty": 0.8}])
            if kind == 3:
                seed = source.randrange(1000)
                settings = source.choice([{}, {"temperature": 0.7}, {"temperature": 1.6, "top_k": 30}, {"top_p": 0.9}, {"min_p": 0.02},
                                          {"typical_p": 0.6}, {"repetition_penalty": 1.2, "temperature": 0.9}, {"epsilon_cutoff": 0.004},
                                          {"eta_cutoff": 0.01}])
            # Ends that do occur: tokens of what is found without them.
            if number % 3:
                _, found = search(model, prompt, beams, length, penalty, early, [], seed, settings)
                ends = sorted(set(source.sample([i for ids, _ in found for i in ids], source.choice([1, 1, 2, 3]))))
            recorder, sequences = search(model, prompt, beams, length, penalty, early, ends, seed, settings)
            if recorder.margin < NARROW:
                left_out += 1
                continue
            stops += recorder.depth < length
            cases.append({"model": name, "prompt": prompt, "beams": beams, "length": length, "penalty": penalty,
                          "early": {False: "false", True: "true"}.get(early, early), "ends": ends, "seed": seed, "settings": settings,
                          "steps": packed(recorder.steps), "count": recorder.depth, "sequences": sequences})
    with open(OUT, "w") as file: file.write("[" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "]\n")
    print(f"{len(cases)} cases, {left_out} left out, {stops} ended early, {os.path.getsize(OUT)} bytes, transformers {transformers.__version__}")


main()
