#!/usr/bin/env python3
"""Write Tests/LMCoreTests/Fixtures/tokenizer/folders.json: the files of small tokenizer folders, and what transformers reads in them.

Usage: make_folder_fixtures.py [RANDOM_CASES [SEED [OUTPUT]]]

Needs `transformers` 5 (no torch). Beside the cases below, files and settings are combined at random: which of them count
where several lie together is what the fixtures are about.
"""
import json
import logging
import os
import random
import sys
import tempfile

import transformers
from transformers import AutoTokenizer

REPOSITORY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUTPUT = os.path.join(REPOSITORY, "Tests/LMCoreTests/Fixtures/tokenizer/folders.json")
logging.disable(logging.WARNING)
transformers.utils.logging.set_verbosity(60)

LETTERS = "<|>/_?abcdehnostxyu[]PADSKMUN"
BASE = [*dict.fromkeys(LETTERS), "\u0120", "\u010a", "th", "the", "\u0120c", "\u0120ca", "\u0120cat", "an"]
MERGES = ["t h", "th e", "\u0120 c", "\u0120c a", "\u0120ca t", "a n"]
END = "<|endoftext|>"
TEXTS = ["the cat", "", " ", "the<|user|> cat <pad>x", f"a{END} the</s> cat", "<u>the </u>  an <x>\nb", "the\u00e9\u00e9cat q", "[PAD]xx <U>abc"]
BERT = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "##s", "un", "##want", "##ed", "caf\u00e9", "cafe", "\u4f60", "\u597d", ",", ".", "!", "'",
        "n", "t", "do", "not", "it", "s", "The", "##\u00e9", "a", "##a", "<u>", "x", "\u1112", "##\u1161", "##\u11ab"]
WORDS = ["the cats, unwanted Caf\u00e9!", "\u4f60\u597dthe\u4f60 x", "", "THE\u00c9 \u0130 \u03a3", "[CLS]the[MASK] cat<u> the<|user|>x", "it's do not don't .",
         "a\u0301 \u0000a\u200ba\ufffd\u3000x\u00a0x", "a" * 100 + " " + "a" * 101, "\ud55c\uae00 \ud55c q"]


def added(content, **settings):
    flags = dict(single_word=False, lstrip=False, rstrip=False, normalized=False, special=True)
    return {"content": content, **flags, **settings}


def vocabulary(end=True, gap=False, lacks=""):
    tokens = [token for token in BASE if token not in lacks]
    ids = {token: index + (7 if gap and index > 20 else 0) for index, token in enumerate(tokens)}
    if end:
        ids[END] = max(ids.values()) + 1
    return ids


def merges(ids):
    return [merge for merge in MERGES if all(part in ids for part in [*merge.split(), merge.replace(" ", "")])]


def document(ids, tokens=(), unknown=None, fuse=False, prefix=False, post=None):
    step = {"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": True, "use_regex": True}
    model = {"type": "BPE", "dropout": None, "unk_token": unknown, "continuing_subword_prefix": "", "end_of_word_suffix": "",
             "fuse_unk": fuse, "byte_fallback": False, "ignore_merges": False, "vocab": ids, "merges": merges(ids)}
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": list(tokens), "normalizer": None, "pre_tokenizer": step,
            "post_processor": post, "decoder": dict(step), "model": model}


def word_document(tokens=(), post=None, lower=True, normalizer=True, cleanup=True):
    steps = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": lower}
    model = {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
             "vocab": {token: index for index, token in enumerate(BERT)}}
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": list(tokens),
            "normalizer": steps if normalizer else None, "pre_tokenizer": {"type": "BertPreTokenizer"}, "post_processor": post,
            "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": cleanup}, "model": model}


def template(before=(), behind=()):
    piece = lambda name: {"SpecialToken": {"id": name, "type_id": 0}}
    single = [*map(piece, [name for name, _ in before]), {"Sequence": {"id": "A", "type_id": 0}}, *map(piece, [name for name, _ in behind])]
    return {"type": "TemplateProcessing", "single": single, "pair": single + [{"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {name: {"id": name, "ids": [number], "tokens": [name]} for name, number in [*before, *behind]}}


def lines(tokens):
    return "".join(token + "\n" for token in tokens)


def named_cases():
    ids = vocabulary()
    count = len(ids)
    two = {"vocab.json": ids, "merges.txt": "#version: 0.2\n" + lines(merges(ids))}
    end = {"id": count - 1, **added(END)}
    gpt2 = lambda **settings: {"tokenizer_config.json": {"tokenizer_class": "GPT2Tokenizer", **settings}}
    fast = lambda **settings: {"tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast", **settings}}
    bert = lambda **settings: {"tokenizer_config.json": {"tokenizer_class": "BertTokenizer", **settings}}
    one = lambda **settings: {"tokenizer.json": document(ids, **settings)}
    yield "two files", two
    yield "prefix space", {**two, **gpt2(add_prefix_space=True)}
    yield "begin and end", {**two, **gpt2(add_bos_token=True, add_eos_token=True, eos_token="</s>")}
    yield "a begin that is none", {**two, **gpt2(add_bos_token=True, bos_token=None)}
    yield "a document does not know add_bos_token", {**one(tokens=[end]), **gpt2(add_bos_token=True)}
    yield "a document's prefix space is not read by GPT-2's class", one(tokens=[end], prefix=True)
    yield "nor does the setting count for the document's", {**one(tokens=[end], prefix=True), **fast(add_prefix_space=False)}
    yield "a template", {**one(tokens=[end], post=template([(END, count - 1)], [(END, count - 1)])), **two}
    yield "Roberta's template", one(tokens=[end], post={"type": "RobertaProcessing", "sep": [END, count - 1], "cls": ["t", ids["t"]], "trim_offsets": True,
                                                       "add_prefix_space": False})
    yield "ids with a gap", one(tokens=[end, {"id": count + 9, **added("<|user|>")}, {"id": count + 5, **added("<x>")}])
    yield "ids that are taken", {**two, **gpt2(added_tokens_decoder={"3": added("<|user|>"), "2": added("<x>"), "1": added(END)})}
    yield "a vocabulary with a gap", {"vocab.json": vocabulary(gap=True), "merges.txt": lines(MERGES), "added_tokens.json": {"<pad>": 99, "<u>": 98}}
    yield "listed tokens hide the other files", {
        **one(tokens=[end, {"id": count, **added("<u>")}]), "added_tokens.json": {"<x>": count + 1}, "special_tokens_map.json": {"pad_token": "<pad>"},
        **gpt2(added_tokens_decoder={str(count): added("<|user|>", lstrip=True, rstrip=True)})}
    yield "the map of special tokens", {
        **two, "special_tokens_map.json": {"eos_token": {"content": "</s>", "lstrip": True, "rstrip": False, "single_word": False, "normalized": False},
                                           "pad_token": "<pad>", "additional_special_tokens": ["<u>", "</u>"]}, **gpt2(eos_token="<x>", add_eos_token=True)}
    yield "extra tokens by name", {**two, **gpt2(extra_special_tokens={"user_token": "<|user|>"}, image_token="<x>")}
    yield "extra tokens in a list", {**two, **gpt2(additional_special_tokens=["<|user|>", "<x>"], extra_special_tokens=["<u>"])}
    yield "special tokens are split", {**one(tokens=[end, {"id": count, **added("<u>", special=False, normalized=True)}]), **gpt2(split_special_tokens=True)}
    yield "no end of text", {"vocab.json": vocabulary(end=False), "merges.txt": lines(MERGES)}
    yield "bytes without a token", {"vocab.json": vocabulary(lacks="eq"), "merges.txt": lines(merges(vocabulary(lacks="eq")))}
    for fuse in (False, True):
        yield f"unknown bytes, fused: {fuse}", {"tokenizer.json": document(ids, [end], unknown=END, fuse=fuse), **fast(eos_token=END, pad_token="<pad>")}
    yield "white space around tokens", {**one(tokens=[end, {"id": count, **added("<u>", rstrip=True)}, {"id": count + 1, **added(" ")},
                                                      {"id": count + 2, **added("an", single_word=True)}]), **fast()}
    yield "words", {"vocab.txt": lines(BERT), **bert()}
    yield "words as they are", {"vocab.txt": lines(BERT), **bert(do_lower_case=False)}
    yield "accents stay", {"vocab.txt": lines(BERT), **bert(strip_accents=False, tokenize_chinese_chars=False)}
    yield "accents go", {"vocab.txt": lines(BERT), **bert(do_lower_case=False, strip_accents=True, cls_token="[PAD]")}
    yield "lines that are no tokens", {"vocab.txt": "[PAD]\n[UNK]\nthe  \n\n\u3000\ncat\r\nthe\n[CLS]\n[SEP]", **bert()}
    yield "more words", {"vocab.txt": lines(BERT), "added_tokens.json": {"<|user|>": 40, "UN": 41}, **bert(additional_special_tokens=["<u>"])}
    yield "BERT's steps count, not the document's", {"tokenizer.json": word_document(lower=False), **bert()}
    yield "the document's steps count", {"tokenizer.json": word_document(lower=False, cleanup=False), **fast()}
    yield "no steps", {"tokenizer.json": word_document(normalizer=False, tokens=[{"id": 5, **added("the", special=False, normalized=True)}]), **fast()}
    yield "a document's template of words", {
        "tokenizer.json": word_document(post={"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
                                        tokens=[{"id": 9, **added("UN", special=False, normalized=True)}]), **fast(mask_token="[MASK]")}
    yield "a class that config.json names", {"vocab.txt": lines(BERT), "config.json": {"model_type": "gpt2", "tokenizer_class": "BertTokenizer"}}


def random_case(pick):
    some = lambda *values: pick.choice(values)
    contents = ["<|user|>", "<x>", "<u>", "</u>", "</s>", "<pad>", END, "[PAD]", "th", "the", "<", " ", "xx"]
    token = lambda: added(pick.choice(contents), lstrip=some(False, False, True), rstrip=some(False, False, True), single_word=some(False, False, False, True),
                          normalized=some(False, True), special=some(True, True, False))
    kind = some("gpt2", "gpt2", "fast", "bert", "words")
    files, settings = {}, {}
    ids = vocabulary(end=some(True, True, False), gap=some(False, False, True), lacks=some("", "", "eq"))
    if kind in ("bert", "words"):
        if kind == "words" or some(True, False):
            files["tokenizer.json"] = word_document(
                [{"id": pick.randrange(60), **token()} for _ in range(pick.randrange(4))], lower=some(True, False), normalizer=some(True, False),
                post=some(None, template([("[CLS]", 2)], [("[SEP]", 3)])))
        else:
            files["vocab.txt"] = lines(BERT)
        for name in ("do_lower_case", "strip_accents", "tokenize_chinese_chars"):
            if some(True, False):
                settings[name] = some(True, False)
    elif kind == "fast" or some(True, False):
        files["tokenizer.json"] = document(
            ids, [{"id": pick.randrange(60), **token()} for _ in range(pick.randrange(5))], unknown=END if END in ids else None, fuse=some(True, False),
            prefix=some(True, False), post=some(None, None, template([("t", ids["t"])], [])))
    if kind in ("gpt2", "fast") and (not files or some(True, False)):
        files.update({"vocab.json": ids, "merges.txt": lines(merges(ids))})
    for name in ("bos_token", "eos_token", "unk_token", "pad_token", "user_token"):
        value = some("absent", "absent", "absent", None, pick.choice(contents), {"__type": "AddedToken", **token()})
        if value != "absent" and not (kind == "bert" and name == "unk_token"):
            settings[name] = value
    for name in ("add_prefix_space", "add_bos_token", "add_eos_token", "split_special_tokens"):
        if some(True, False, False):
            settings[name] = some(True, False)
    if some(True, False, False):
        settings[some("extra_special_tokens", "additional_special_tokens")] = [pick.choice(contents) for _ in range(2)]
    if some(True, False, False):
        settings["added_tokens_decoder"] = {str(number): token() for number in sorted(pick.sample(range(70), 3))}
    if some(True, False):
        files["special_tokens_map.json"] = {
            "eos_token": some("</s>", {key: value for key, value in token().items() if key != "special"}), **some({}, {"pad_token": "<pad>"}),
            **some({}, {"additional_special_tokens": ["<u>"]})}
    if some(True, False, False):
        files["added_tokens.json"] = {pick.choice(contents): number for number in pick.sample(range(70), 3)}
    names = {"gpt2": some("GPT2Tokenizer", "GPT2TokenizerFast", None), "fast": "PreTrainedTokenizerFast", "bert": "BertTokenizer",
             "words": some("PreTrainedTokenizerFast", "TokenizersBackend")}
    if names[kind]:
        settings["tokenizer_class"] = names[kind]
    if settings:
        files["tokenizer_config.json"] = settings
    return files


def read(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, content in {"config.json": {"model_type": "gpt2"}, **files}.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8", newline="") as file:
                file.write(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False))
        tokenizer = AutoTokenizer.from_pretrained(folder)
    texts = WORDS if "[UNK]" in tokenizer.get_vocab() and "un" in tokenizer.get_vocab() or "vocab.txt" in files else TEXTS
    rows = []
    for text in texts:
        ids = tokenizer(text)["input_ids"]
        rows.append({"text": text, "ids": ids, "decoded": tokenizer.decode(ids, clean_up_tokenization_spaces=False)})
    return {"texts": rows, "size": max(tokenizer.get_vocab().values()) + 1, "bos": tokenizer.bos_token_id, "eos": tokenizer.eos_token_id}


def main():
    count, seed = (int(word) for word in (sys.argv[1:] + ["60", "1"][len(sys.argv) - 1:])[:2])
    output = sys.argv[3] if len(sys.argv) > 3 else OUTPUT
    cases = [{"name": name, "files": files, **read(files)} for name, files in named_cases()]
    pick, failed = random.Random(seed), 0
    while count > 0:
        files = random_case(pick)
        try:
            cases.append({"name": f"random {len(cases)}", "files": files, **read(files)})
            count -= 1
        except Exception as error:  # What transformers refuses is no reference.
            failed += 1
            print("no reference:", type(error).__name__, str(error)[:100], file=sys.stderr)
    with open(output, "w", encoding="utf-8") as file:
        rows = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
        file.write(f'{{"transformers": "{transformers.__version__}", "cases": [\n{rows}\n]}}\n')
    print(f"{len(cases)} cases, {failed} that transformers refuses")


main()
