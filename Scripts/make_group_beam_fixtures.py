#!/usr/bin/env python3
"""Write Tests/LMCoreTests/Fixtures/group-beams.json: group beam search of transformers on the reference models, step by step.

Usage: make_group_beam_fixtures.py
Needs torch and transformers 4 (checked with 4.55.4); version 5 has no groups. The models are those of Tests/LMCoreTests/Fixtures
whose config.json version 4 reads, and the built-in one.
Survivors are read behind each group's choice, and finished texts where they are added, since generate itself returns the first end of
several. A group that has ended is padded, and later groups pay for the padding: the id that pads is the last one, and searches in which that
could matter are left out. So are those in which a decision hangs on less than 3e-4: there the rounding of float32 decides.
"""
import itertools, json, math, os, random
import torch, transformers
from transformers.generation import beam_search, logits_process

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FIXTURES = os.path.join(ROOT, "Tests", "LMCoreTests", "Fixtures")
OUT = os.path.join(FIXTURES, "group-beams.json")
MODELS = {"storyteller": os.path.join(ROOT, "Sources", "CStoryteller", "Model")} | {
    name: os.path.join(FIXTURES, folder, name) for folder, name in (("Models", "plain"), ("Families", "qwen3-old"), ("Families", "gpt-neox-old"))}
NARROW = 3e-4
source = random.Random(23)


class Recorder:
    """What the groups decide, and by how much."""

    def __init__(self, beams, groups, prompt, ends, pad):
        self.width, self.prompt, self.pad = beams // groups, prompt, pad
        self.looked, self.padded = max(2, 1 + len(ends)) * self.width, False
        self.steps, self.margin, self.finished, self.token = [], math.inf, [], None

    def process(self, original):
        def call(scorer, ids, scores, tokens, indices, **given):
            group, ends = given["group_index"], set((given["eos_token_id"] if given["eos_token_id"] is not None else torch.tensor([])).tolist())
            was_done = bool(scorer._done[group])
            if group == 0:
                self.steps.append([])
                self.padded = bool(scorer._done.any())
            row = list(zip(scores[0].tolist(), tokens[0].tolist()))
            self.ending = [t for _, t in row if t in ends]
            if not was_done:
                for part in (row, [r for r in row if r[1] not in ends]):
                    if len(part) > self.width and (part is not row or self.ending): self.note(part[self.width - 1][0] - part[self.width][0])
            self.group = group
            result = original(scorer, ids, scores, tokens, indices, **given)
            if not was_done and not scorer._done[group]:
                for s, t, i in zip(*(result[n].tolist() for n in ("next_beam_scores", "next_beam_tokens", "next_beam_indices"))):
                    if s < -1e8: self.margin = 0
                    self.steps[-1].append([group, ids[i, self.prompt:].tolist() + [t], round(s, 6)])
            return result
        return call

    def add(self, original):
        def call(texts, hypothesis, total, beam_indices=None, generated_len=None):
            score = total / generated_len ** texts.length_penalty
            if len(texts) == texts.num_beams: self.note(abs(score - texts.worst_score))
            # A text that ends comes without its end; the ends of a group's step come in the order of their ranks.
            ids = hypothesis[self.prompt:].tolist()
            if len(ids) < generated_len: ids.append(self.ending.pop(0))
            self.finished.append((ids, score))
            return original(texts, hypothesis, total, beam_indices=beam_indices, generated_len=generated_len)
        return call

    def penalize(self, original):
        def call(processor, ids, scores, current_tokens, beam_group_idx):
            if beam_group_idx > 0 and self.padded and (scores.topk(self.looked).indices == self.pad).any(): self.margin = 0
            return original(processor, ids, scores, current_tokens, beam_group_idx)
        return call

    def is_done(self, original):
        def call(texts, best, cur_len, prompt):
            if len(texts) >= texts.num_beams and texts.early_stopping is not True:
                length = texts.max_length if texts.early_stopping == "never" and texts.length_penalty > 0 else cur_len
                bound = best / (length - prompt) ** texts.length_penalty
                # The best continuation may be the worst finished text itself.
                if bound != texts.worst_score: self.note(abs(bound - texts.worst_score))
            return original(texts, best, cur_len, prompt)
        return call

    def note(self, margin): self.margin = min(self.margin, margin)


@torch.no_grad()
def search(model, prompt, beams, groups, diversity, length, penalty, early, ends, settings):
    recorder = Recorder(beams, groups, len(prompt), ends, model.config.vocab_size - 1)
    places = [(beam_search.BeamSearchScorer, "process", recorder.process), (beam_search.BeamHypotheses, "add", recorder.add),
              (beam_search.BeamHypotheses, "is_done", recorder.is_done),
              (logits_process.HammingDiversityLogitsProcessor, "__call__", recorder.penalize)]
    originals = [getattr(cls, name) for cls, name, _ in places]
    try:
        for (cls, name, wrap), original in zip(places, originals): setattr(cls, name, wrap(original))
        out = model.generate(
            torch.tensor([prompt]), num_beams=beams, num_beam_groups=groups, diversity_penalty=diversity, max_new_tokens=length,
            length_penalty=penalty, early_stopping=early, do_sample=False, eos_token_id=ends or None, pad_token_id=recorder.pad,
            num_return_sequences=beams, return_dict_in_generate=True, output_scores=True, trust_remote_code=True, **settings)
    finally:
        for (cls, name, _), original in zip(places, originals): setattr(cls, name, original)
    # At the length nothing lives on.
    if len(recorder.steps) == length: recorder.steps[-1] = []
    scores = out.sequences_scores.tolist()
    for a, b in itertools.pairwise(scores): recorder.note(a - b)
    sequences = []
    for row, score in zip(out.sequences[:, len(prompt):].tolist(), scores):
        found = {tuple(ids) for ids, s in recorder.finished if abs(s - score) < 1e-5 * max(1, abs(s)) and ids[:-1] == row[:len(ids) - 1]}
        if len(found) != 1: recorder.margin = 0
        sequences.append([list(found.pop()) if found else [], round(score, 6)])
    return recorder, sequences


def packed(steps):
    """Each survivor as its group, its parent's place in the row before, its token and its sum."""
    rows, before = [], None
    for step in steps:
        rows.append([[group, 0 if before is None else before.index((group, ids[:-1])), ids[-1], total] for group, ids, total in step])
        before = [(group, ids) for group, ids, _ in step]
    return rows


def main():
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    cases, left_out, stops = [], 0, 0
    for name, folder in MODELS.items():
        model = transformers.AutoModelForCausalLM.from_pretrained(folder, torch_dtype=torch.float32, attn_implementation="eager").eval()
        model.generation_config = transformers.GenerationConfig()
        V = model.config.vocab_size
        shapes = [(b, g) for b in range(2, 9) for g in (2, 3, 4) if b % g == 0]
        for number in range(48):
            beams, groups = source.choice(shapes)
            diversity, penalty, early = source.choice((0.1, 0.5, 1.0, 3.0)), source.choice((-1.0, 0.0, 1.0, 2.0)), source.choice((False, True, "never"))
            prompt = [source.randrange(3, V - 1) for _ in range(source.randrange(1, 6))]
            if name == "storyteller": prompt = source.choice([[442, 326, 257, 640], [464], [1544, 373], [41, 300, 12, 700]])
            length = source.randrange(3, 14)
            settings, ends = {}, []
            if number % 4 == 1: settings = source.choice([{"repetition_penalty": 1.3}, {"no_repeat_ngram_size": 2}, {"repetition_penalty": 0.8}])
            # Ends that do occur: tokens of what is found without them.
            if number % 3:
                _, found = search(model, prompt, beams, groups, diversity, length, penalty, early, [], settings)
                ends = sorted({source.choice([i for ids, _ in found for i in ids]) for _ in range(source.choice([1, 1, 2, 3]))})
            recorder, sequences = search(model, prompt, beams, groups, diversity, length, penalty, early, ends, settings)
            if recorder.margin < NARROW:
                left_out += 1
                continue
            stops += len(recorder.steps) < length
            cases.append({"model": name, "prompt": prompt, "beams": beams, "groups": groups, "diversity": diversity, "length": length,
                          "penalty": penalty, "early": {False: "false", True: "true"}.get(early, early), "ends": ends, "settings": settings,
                          "steps": packed(recorder.steps), "count": len(recorder.steps), "sequences": sequences})
    with open(OUT, "w") as file: file.write("[" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "]\n")
    print(f"{len(cases)} cases, {left_out} left out, {stops} ended early, {os.path.getsize(OUT)} bytes, transformers {transformers.__version__}")


main()
