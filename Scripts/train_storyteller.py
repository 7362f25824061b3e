#!/usr/bin/env python3
"""Train the built-in storyteller: a small GPT-2 from scratch on a text corpus, on CPU.

Usage: train_storyteller.py CORPUS OUT [--minutes M] [--layers L] [--embd D] [--heads H] [--vocab V] [--ctx C]
Documents are separated by lines holding only <|endoftext|>. Writes config.json, vocab.json,
merges.txt, model.safetensors (float16) and training.json to OUT.
"""
import argparse, json, math, os, time, numpy as np, torch
from tokenizers import ByteLevelBPETokenizer
from transformers import GPT2Config, GPT2LMHeadModel
from safetensors.torch import save_file

p = argparse.ArgumentParser()
p.add_argument('corpus'); p.add_argument('out')
p.add_argument('--minutes', type=float, default=100); p.add_argument('--layers', type=int, default=8)
p.add_argument('--embd', type=int, default=256); p.add_argument('--heads', type=int, default=8)
p.add_argument('--vocab', type=int, default=4096); p.add_argument('--ctx', type=int, default=512)
p.add_argument('--batch', type=int, default=8); p.add_argument('--lr', type=float, default=2e-3)
p.add_argument('--muon', type=float, default=0.02); p.add_argument('--bench', type=int, default=0)
p.add_argument('--drop', type=float, default=0.0); p.add_argument('--amp', type=int, default=1)
p.add_argument('--compile', type=int, default=0)
a = p.parse_args()
torch.manual_seed(1234); torch.set_num_threads(2); os.makedirs(a.out, exist_ok=True)
EOT = '<|endoftext|>'
text = open(a.corpus, encoding='utf-8').read()
docs = [d.strip() for d in text.split('\n' + EOT + '\n') if d.strip()]
rng = np.random.default_rng(7); order = rng.permutation(len(docs)); docs = [docs[i] for i in order]
if not os.path.exists(a.out + '/vocab.json'):
    tk = ByteLevelBPETokenizer()
    tk.train_from_iterator(docs, vocab_size=a.vocab - 1, min_frequency=2, show_progress=False)
    tk.save_model(a.out)
    v = json.load(open(a.out + '/vocab.json'))
    v[EOT] = len(v); json.dump(v, open(a.out + '/vocab.json', 'w'), ensure_ascii=False)
v = json.load(open(a.out + '/vocab.json')); eot = v[EOT]
tk = ByteLevelBPETokenizer(a.out + '/vocab.json', a.out + '/merges.txt')
cache = a.out + '/tokens.npy'
if os.path.exists(cache): toks = np.load(cache)
else:
    out = []
    for i in range(0, len(docs), 64):
        for e in tk.encode_batch(docs[i:i + 64]): out.append(np.array([eot] + e.ids, dtype=np.int32))
    toks = np.concatenate(out + [np.array([eot], dtype=np.int32)]); np.save(cache, toks)
n_val = min(100_000, len(toks) // 20); val = torch.from_numpy(toks[-n_val:].astype(np.int64)); tr = torch.from_numpy(toks[:-n_val].astype(np.int64))
print('docs', len(docs), 'tokens', len(toks), 'chars/token', len(text) / len(toks), 'vocab', len(v), flush=True)
cfg = GPT2Config(vocab_size=len(v), n_positions=a.ctx, n_embd=a.embd, n_layer=a.layers, n_head=a.heads,
                 resid_pdrop=a.drop, embd_pdrop=a.drop, attn_pdrop=0.0, bos_token_id=eot, eos_token_id=eot)
m = GPT2LMHeadModel(cfg)
print('parameters', sum(x.numel() for x in m.parameters()), flush=True)
blocks = [x for n, x in m.named_parameters() if x.ndim == 2 and '.h.' in n]
others = [x for n, x in m.named_parameters() if not (x.ndim == 2 and '.h.' in n)]
if a.compile: fwd = torch.compile(m)
else: fwd = m
opts = [torch.optim.Muon(blocks, lr=a.muon, momentum=0.95, weight_decay=0.01), torch.optim.AdamW(others, lr=a.lr, betas=(0.9, 0.95), weight_decay=0.0)]
base = [[g['lr'] for g in o.param_groups] for o in opts]
def batch(data, g, n, b):
    i = torch.randint(0, len(data) - n - 1, (b,), generator=g)
    return torch.stack([data[k:k + n + 1] for k in i.tolist()])
def loss_of(x, offset=0):
    n = x.shape[1] - 1
    pos = torch.arange(offset, offset + n).unsqueeze(0)
    with torch.autocast('cpu', dtype=torch.bfloat16, enabled=bool(a.amp)):
        lg = fwd(x[:, :-1], position_ids=pos, use_cache=False).logits
    return torch.nn.functional.cross_entropy(lg.float().reshape(-1, lg.shape[-1]), x[:, 1:].reshape(-1))
def evaluate():
    m.eval(); g = torch.Generator().manual_seed(1); s = 0
    with torch.no_grad():
        for _ in range(12): s += loss_of(batch(val, g, a.ctx, 8)).item()
    m.train(); return s / 12
def save(step, vl):
    sd = {k: t.detach().to(torch.float16).contiguous() for k, t in m.state_dict().items() if k != 'lm_head.weight' and not k.endswith('.attn.bias') and not k.endswith('.masked_bias')}
    save_file(sd, a.out + '/model.safetensors.tmp', metadata={'format': 'pt'}); os.replace(a.out + '/model.safetensors.tmp', a.out + '/model.safetensors')
    c = {k: getattr(cfg, k) for k in ('activation_function', 'bos_token_id', 'eos_token_id', 'layer_norm_epsilon', 'model_type', 'n_embd', 'n_head', 'n_layer', 'n_positions', 'vocab_size', 'tie_word_embeddings')}
    c['architectures'] = ['GPT2LMHeadModel']; c['n_ctx'] = a.ctx; c['torch_dtype'] = 'float16'
    json.dump(c, open(a.out + '/config.json', 'w'), indent=2)
    json.dump({'steps': step, 'minutes': (time.time() - t0) / 60, 'tokens_seen': step * a.batch * a.ctx, 'validation_loss': vl, 'validation_perplexity': math.exp(vl), 'args': vars(a)}, open(a.out + '/training.json', 'w'), indent=2)
t0 = time.time(); g = torch.Generator().manual_seed(0); step = 0; last = t0; budget = a.minutes * 60
m.train()
while True:
    el = time.time() - t0; f = el / budget
    if f >= 1: break
    warm = min(1.0, (step + 1) / 100); sched = warm * (1.0 if f < 0.5 else max(0.02, (1 - f) / 0.5))
    for o, bl in zip(opts, base):
        for gr, l in zip(o.param_groups, bl): gr['lr'] = l * sched
    # Most of the budget goes to half-length windows at random offsets; the last fifth sees full windows.
    half = f < 0.8
    n, b = (a.ctx // 2, a.batch * 2) if half else (a.ctx, a.batch)
    off = int(torch.randint(0, a.ctx - n + 1, (1,), generator=g)) if half and torch.rand(1, generator=g).item() < 0.5 else 0
    L = loss_of(batch(tr, g, n, b), off); L.backward()
    torch.nn.utils.clip_grad_norm_(m.parameters(), 1.0)
    for o in opts: o.step(); o.zero_grad(set_to_none=True)
    step += 1
    if a.bench and step == a.bench:
        print('bench: %.0f tok/s' % ((step - 5) * a.batch * a.ctx / (time.time() - tb))); break
    if step == 5: tb = time.time()
    if step % 50 == 0: print('step %d %.1f min loss %.3f lr %.4f tok/s %.0f' % (step, el / 60, L.item(), sched, step * a.batch * a.ctx / max(el, 1)), flush=True)
    if time.time() - last > 600: last = time.time(); vl = evaluate(); print('VAL %.4f' % vl, flush=True); save(step, vl)
if not a.bench: vl = evaluate(); print('FINAL VAL %.4f' % vl, flush=True); save(step, vl)
