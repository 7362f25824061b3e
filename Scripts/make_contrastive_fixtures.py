#!/usr/bin/env python3
"""Write Tests/LMCoreTests/Fixtures/contrastive.json: contrastive search of transformers on the reference models, step by step.

Usage: make_contrastive_fixtures.py
Needs torch and transformers 4 (checked with 4.55.4); version 5 has no contrastive search. The models are those of Tests/LMCoreTests/Fixtures
whose config.json version 4 reads, and the built-in one. Each step has the candidates' probabilities and similarities, and which one is
chosen. Texts in which a decision hangs on less than 1e-4 are left out: there the rounding of float32 decides.
"""
import json, math, os, random
import torch, transformers
from transformers.generation import utils as generation

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FIXTURES = os.path.join(ROOT, "Tests", "LMCoreTests", "Fixtures")
OUT = os.path.join(FIXTURES, "contrastive.json")
MODELS = {"storyteller": os.path.join(ROOT, "Sources", "CStoryteller", "Model")} | {
    name: os.path.join(FIXTURES, folder, name) for folder, name in (("Models", "plain"), ("Families", "qwen3-old"), ("Families", "gpt-neox-old"))}
NARROW = 1e-4
source = random.Random(29)


@torch.no_grad()
def search(model, prompt, k, alpha, length, ends, settings):
    steps, margin, original = [], math.inf, generation._ranking_fast

    def ranking(context, after, p, mask, alpha, width):
        nonlocal margin
        unit = lambda x: x / x.norm(dim=2, keepdim=True)
        like = torch.matmul(unit(context), unit(after).transpose(1, 2)).squeeze(-1).max(dim=-1).values
        scores = sorted(((1 - alpha) * p.view(-1) - alpha * like).tolist(), reverse=True)
        margin = min(margin, scores[0] - scores[1])
        chosen = original(context, after, p, mask, alpha, width)
        steps.append([[round(x, 7) for x in p.view(-1).tolist()], [round(x, 7) for x in like.tolist()], int(chosen[0])])
        return chosen

    generation._ranking_fast = ranking
    try:
        out = model.generate(
            torch.tensor([prompt]), penalty_alpha=alpha, top_k=k, max_new_tokens=length, do_sample=False, eos_token_id=ends or None,
            pad_token_id=model.config.vocab_size - 1, return_dict_in_generate=True, output_scores=True, trust_remote_code=True, **settings)
    finally:
        generation._ranking_fast = original
    for row in out.scores:
        # Ties by the least difference between two of the first k + 1.
        best = row[0].softmax(-1).sort(descending=True).values[:k + 1].tolist()
        margin = min([margin] + [a - b for a, b in zip(best, best[1:])])
    return margin, steps, out.sequences[0, len(prompt):].tolist()


def main():
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    cases, left_out, turned = [], 0, 0
    for name, folder in MODELS.items():
        model = transformers.AutoModelForCausalLM.from_pretrained(folder, torch_dtype=torch.float32, attn_implementation="eager").eval()
        model.generation_config = transformers.GenerationConfig()
        V = model.config.vocab_size
        for number in range(24):
            k, alpha = source.choice((2, 3, 4, 8)), source.choice((0.2, 0.4, 0.6, 0.9, 1.0))
            prompt = [source.randrange(3, V - 1) for _ in range(source.randrange(1, 6))]
            if name == "storyteller": prompt = source.choice([[442, 326, 257, 640], [464], [1544, 373], [41, 300, 12, 700]])
            length = source.randrange(4, 20)
            settings, ends = {}, []
            if number % 4 == 1: settings = source.choice([{"repetition_penalty": 1.3}, {"no_repeat_ngram_size": 2}, {"repetition_penalty": 0.8}])
            if number % 3 == 2: ends = [source.choice(search(model, prompt, k, alpha, length, [], settings)[2])]
            margin, steps, ids = search(model, prompt, k, alpha, length, ends, settings)
            if margin < NARROW:
                left_out += 1
                continue
            turned += sum(chosen > 0 for _, _, chosen in steps)
            cases.append({"model": name, "prompt": prompt, "k": k, "alpha": alpha, "length": length, "ends": ends, "settings": settings,
                          "ids": ids, "steps": steps})
    with open(OUT, "w") as file: file.write("[" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "]\n")
    print(f"{len(cases)} cases, {left_out} left out, {turned} times not the likeliest, {os.path.getsize(OUT)} bytes, transformers {transformers.__version__}")


main()
