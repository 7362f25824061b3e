#!/usr/bin/env python3
"""Write Tests/LMCoreTests/Fixtures/tokenizer/kinds: small tokenizers of every kind that is read, and their ids for odd texts.

Usage: make_tokenizer_fixtures_2.py                   the tokenizer.json files, and their ids by the library `tokenizers`
       make_tokenizer_fixtures_2.py LLAMA_TOKENIZE    GGUF files of the same vocabularies, and their ids by llama.cpp's program

The first needs `tokenizers`, the second also `gguf`. The vocabularies are trained on the texts themselves and on this
repository's documents, so that a changed document changes them.
"""
import json
import os
import random
import subprocess
import sys
import tempfile

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from make_tokenizer_fixtures import REPOSITORY, TEXTS, WHITESPACE, byte_alphabet

OUTPUT = os.path.join(REPOSITORY, "Tests/LMCoreTests/Fixtures/tokenizer/kinds")
MARK = "\u2581"
A = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
B = A.replace(r"\p{N}{1,3}", r"\p{N}")
QWEN35 = B.replace(r"]?\p{L}+", r"]?[\p{L}\p{M}]+").replace(r"[^\s\p{L}\p{N}]", r"[^\s\p{L}\p{M}\p{N}]")

MORE = [
    # Spaces at the begin, runs of them, and what looks like a space.
    " a", "  a", "   a", "a ", "a  b", "a   b", "\ta", " \ta", "\t\ta b", "a\u00a0b", "\u3000a", MARK, MARK + "a", "a" + MARK + "b", " " + MARK + " a",
    MARK * 5, " " * 16, " " * 33, "\n", "\n\n", "\n" * 33, "\r\n", "a\n", "a\n\n b", "a \n \n b", "  \n  x", "x\n\n\n  y", "!\n\n", "!\r\n\r\nx", "?! \n",
    "\t" * 20, "\t\n\t", " \r", "a\r\rb",
    # Numbers.
    "1", "12", "123", "1234", "12345", "123456789", "a  2024", "2024-11-29", "3.14159", "1 2 3", "x1y22z333", "\u0663\u0664\u0665\u0666", "\u00bd\u00bc", "\u2163\u2164", "\u00b2\u00b3\u00b9",
    "\u0967\u0968\u0969\u096a", "\U0001d7d8\U0001d7d9\U0001d7da\U0001d7db", "1,000,000", "0x7F", "9" * 50,
    # Contractions in every case.
    "I'm", "I'M", "it's", "IT'S", "they'Re", "we'vE", "can'T", "you'LL", "he'D", "'\u017f", "a'\u017fb", "''s", "'s's", "'re've", "'sx", "'1", "' s", "x'", "d'accord",
    # A character before letters.
    "(hello)", "\"hello\"", "_hello_", "#hello", "\u2014hello", "\x01hello", "$hello", "\u00abbonjour\u00bb", ".hello.world", "-a-b", "\u00a1hola!",
    # Composed and decomposed.
    "e\u0301", "\u00e9", "o\u0302\u0323", "\u1ed9", "\u212b", "\u2126", "\uac00", "\u1100\u1161", "\u1100\u1161\u11a8", "a\u0323\u0302", "a\u0302\u0323", "\u0344", "\u0958", "q\u0307\u0323",
    "\u00e9\u0323", "\ufb01", "\uf900", "\U0002f800", "\u0cca\u0cd5", "ne\u0301e Zu\u0308rich", "\u0301", " \u0301a",
    # Scripts, emoji, controls.
    "\u65e5\u672c\u8a9e", "\u4f60\u597d\uff0c\u4e16\u754c\u3002", "\u041f\u0440\u0438\u0432\u0435\u0442", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35", "\u0928\u092e\u0938\u094d\u0924\u0947", "\u0645\u0631\u062d\u0628\u0627",
    "\U0001f600", "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\u2764\ufe0f", "\U0001f1e9\U0001f1ea", "a\x00b", "a\x04b", "\x1b[0m", "\x7f", "\ufeffa", "a\u200bb", "\ufffd", "\U0010ffff",
    # Special tokens, and what is nearly one.
    "<s>", "</s>", "<s>a", "a</s>b", " <s> ", "<s><s>", "<unk>", "a<unk>b", "<|im_start|>user\nhi<|im_end|>\n", "<|im_start|>", "< |im_start|>", "<|im_start", "a <think> b </think> c",
    "<bos>", "<bos>hello", "<start_of_turn>user\nhi<end_of_turn>\n", "<|begin_of_text|>hello", "<|eot_id|>", "<h1>title</h1>", "<H1>", "<0x41>", "<0x0A>", "<pad>", " <pad> x", "a<pad>b",
    "the end", "the ending", "The end.", "bathe end",
    # Words and sentences.
    "Hello", "Hello world", " Hello world", "hello hello hello", "HELLO", "The quick brown fox jumps over the lazy dog.", "def f(x):\n\treturn x + 1\n", "{\"a\": [1, 2.5, null]}", "https://example.org/?q=a&b=c",
    "a" * 70, "the " * 40, "\u65e5" * 40, "ab\u00e9" * 30, "= " * 30, "supercalifragilistic", "x_y_z", "CamelCaseWord", "don\u2019t",
]


def texts():
    chosen = random.Random(20261129)
    parts = [t for t in TEXTS + MORE if t] + list(WHITESPACE) + list("abcdefgh ETAOIN\n'") + ["the ", " a", "ing"]
    mixed = ["".join(chosen.choice(parts)[: chosen.randrange(1, 9)] for _ in range(chosen.randrange(2, 7))) for _ in range(60)]
    return TEXTS + MORE + mixed


def corpus():
    names = ["README.md", "Documentation/Decisions.md", "Documentation/Architecture.md", "LICENSE"]
    # Without NUL: llama.cpp reads the tokens of a GGUF file as C strings.
    texts = [open(os.path.join(REPOSITORY, name), encoding="utf-8").read() for name in names] + TEXTS + MORE
    return [text.replace("\0", "") for text in texts]


# Vocabularies


def train_bytes(split, size=700):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = split
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(corpus(), trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False))
    return parts(tokenizer)


def train_characters(size=900, alphabet=320):
    """Words behind marks, as sentencepiece trains them; then <unk>, <s>, </s> and 256 bytes in front."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement=MARK, prepend_scheme="always", split=True)
    trainer = trainers.BpeTrainer(vocab_size=size, limit_alphabet=alphabet, initial_alphabet=[MARK], show_progress=False)
    tokenizer.train_from_iterator(corpus(), trainer)
    vocabulary, merges = parts(tokenizer)
    runs = [(MARK * n, MARK * n) for n in (1, 2, 4, 8)]
    front = ["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)]
    ordered = front + sorted(vocabulary, key=vocabulary.get)
    for left, right in runs:
        if left + right not in vocabulary:
            ordered.append(left + right)
    return {t: i for i, t in enumerate(ordered)}, runs + [m for m in merges if set("".join(m)) != {MARK}]


def parts(tokenizer):
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], [tuple(m) if isinstance(m, list) else tuple(m.split(" ")) for m in model["merges"]]


def template(tokenizer, bos):
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A", pair=f"{bos} $A {bos} $B", special_tokens=[(bos, tokenizer.token_to_id(bos))])


# Kinds


def over_bytes(pre, vocabulary, merges, special, ordinary=(), bos=None, normalizer=None, **model):
    tokenizer = Tokenizer(models.BPE(vocabulary, merges, **model))
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(t, normalized=False) for t in special])
    tokenizer.add_tokens([AddedToken(t, normalized=False) if isinstance(t, str) else t for t in ordinary])
    if bos:
        template(tokenizer, bos)
    return tokenizer


def split(pattern):
    return pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def digits(individual=True):
    return pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=individual), pre_tokenizers.ByteLevel(add_prefix_space=False)])


def over_characters(vocabulary, merges, normalizer=None, pre=None, decoder=None, special=("<unk>", "<s>", "</s>"), ordinary=(), bos="<s>", **model):
    tokenizer = Tokenizer(models.BPE(vocabulary, merges, **{**dict(byte_fallback=True, fuse_unk=True, unk_token="<unk>"), **model}))
    if normalizer:
        tokenizer.normalizer = normalizer
    if pre:
        tokenizer.pre_tokenizer = pre
    tokenizer.decoder = decoder
    tokenizer.add_special_tokens([AddedToken(t, normalized=False) for t in special])
    tokenizer.add_tokens([AddedToken(t, normalized=False) if isinstance(t, str) else t for t in ordinary])
    if bos:
        template(tokenizer, bos)
    return tokenizer


def kinds():
    chat = ["<|im_start|>", "<|im_end|>"]
    ordinary = ["<think>", AddedToken("the end", single_word=True, normalized=True), AddedToken("<pad>", lstrip=True, rstrip=True, normalized=False)]
    v, m = train_bytes(split(A))
    # Words that no merge makes.
    unreachable = {t: len(v) + n for n, t in enumerate(["\u0120quixotic", "Hello", "\u0120Vi\u00c3\u00aat"]) if t not in v}
    yield "llama3", over_bytes(split(A), {**v, **unreachable}, m, ["<|begin_of_text|>", "<|eot_id|>"], bos="<|begin_of_text|>", ignore_merges=True)
    v, m = train_bytes(split(B))
    yield "qwen2", over_bytes(split(B), v, m, ["<|endoftext|>", *chat], ordinary, normalizer=normalizers.NFC())
    v, m = train_bytes(split(QWEN35))
    yield "qwen35", over_bytes(split(QWEN35), v, m, ["<|endoftext|>", *chat], normalizer=normalizers.NFC())
    v, m = train_bytes(digits())
    alphabet = byte_alphabet()
    missing = {alphabet[b] for b in [0x04, 0x06, 0x13, 0x14, 0x16, 0x1D, 0xC0, 0xC1, 0xF1, 0xF2, *range(0xF5, 0x100)]}
    kept = {t: i for i, t in enumerate(t for t in sorted(v, key=v.get) if t not in missing)}
    yield "smollm", over_bytes(digits(), kept, [p for p in m if not missing & set("".join(p))], ["<|endoftext|>", *chat])
    yield "digits-together", over_bytes(digits(False), v, m, ["<|endoftext|>"])

    v, m = train_characters()
    legacy = normalizers.Sequence([normalizers.Prepend(MARK), normalizers.Replace(" ", MARK)])
    stripping = decoders.Sequence([decoders.Replace(MARK, " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    joining = decoders.Sequence([decoders.Replace(MARK, " "), decoders.ByteFallback(), decoders.Fuse()])
    yield "llama2", over_characters(v, m, legacy, None, stripping)
    metaspace = lambda scheme, split: pre_tokenizers.Metaspace(replacement=MARK, prepend_scheme=scheme, split=split)
    yield "llama2-first", over_characters(v, m, None, metaspace("first", False), stripping, ordinary=ordinary)
    yield "always", over_characters(v, m, None, metaspace("always", True), decoders.Metaspace(MARK, "always"))
    yield "never", over_characters(v, m, None, metaspace("never", False), decoders.Metaspace(MARK, "never"), bos=None)
    gemma = {**{t: i for i, t in enumerate(["<pad>", "<eos>", "<bos>", "<unk>"])}}
    for t in sorted(v, key=v.get):
        if t not in ("<unk>", "<s>", "</s>"):
            gemma[t] = len(gemma)
    for t in ["\n\n", "\n\n\n", "\t\t", MARK * 16, "<h1>", "</h1>", "<start_of_turn>", "<end_of_turn>"]:
        gemma.setdefault(t, len(gemma))
    yield "gemma", over_characters(
        gemma, m, normalizers.Replace(" ", MARK), pre_tokenizers.Split(" ", "merged_with_previous"), joining,
        special=("<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>"), bos="<bos>",
        ordinary=["\n\n", "\n\n\n", "\t\t", MARK * 16, "<h1>", "</h1>"])
    without = {t: i for i, t in enumerate(t for t in sorted(v, key=v.get) if not t.startswith("<0x"))}
    yield "unknown-fused", over_characters(without, m, legacy, None, stripping, byte_fallback=False, bos=None)
    yield "unknown", over_characters(without, m, legacy, None, stripping, byte_fallback=False, fuse_unk=False, bos=None)
    few = {t: i for i, t in enumerate(t for t in sorted(v, key=v.get) if not t.startswith("<0xE"))}
    yield "some-bytes", over_characters(few, m, legacy, None, stripping, bos=None)


def rows(items):
    return "[\n" + ",\n".join(json.dumps(item, separators=(",", ":")) for item in items) + "\n]"


def write_documents():
    for name, tokenizer in kinds():
        tokenizer.save(os.path.join(OUTPUT, name + ".json"), pretty=False)
        # As a user reads it.
        tokenizer = Tokenizer.from_file(os.path.join(OUTPUT, name + ".json"))
        lines = []
        for text in texts():
            whole, part = tokenizer.encode(text).ids, tokenizer.encode(text, add_special_tokens=False).ids
            lines.append([whole, part if part != whole else 0, tokenizer.decode(part, skip_special_tokens=False)])
        chosen = random.Random(7)
        size = tokenizer.get_vocab_size()
        loose = [[chosen.randrange(size) for _ in range(chosen.randrange(1, 9))] for _ in range(60)]
        loose = [[ids, tokenizer.decode(ids, skip_special_tokens=False)] for ids in loose]
        with open(os.path.join(OUTPUT, name + ".ids.json"), "w", encoding="utf-8") as file:
            file.write('{"texts":' + rows(lines) + ',\n"loose":' + rows(loose) + "}\n")
        print(name, size)
    with open(os.path.join(OUTPUT, "texts.json"), "w", encoding="utf-8") as file:
        file.write(rows(texts()) + "\n")


# GGUF


def write_gguf(name, document, path):
    import gguf
    model = document["model"]
    added = {t["content"]: t for t in document["added_tokens"]}
    tokens = dict(model["vocab"]) | {t["content"]: t["id"] for t in document["added_tokens"]}
    ordered = sorted(tokens, key=tokens.get)
    assert [tokens[t] for t in ordered] == list(range(len(ordered)))
    is_bytes = name in ("llama3", "qwen2", "qwen35", "smollm")
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_tokenizer_model("gpt2" if is_bytes else "llama")
    if is_bytes:
        writer.add_tokenizer_pre({"llama3": "llama-bpe"}.get(name, name))
    types, scores = [], []
    merged = {"".join(m): rank for rank, m in enumerate(map(tuple, model["merges"]))}
    for token in ordered:
        if token == "<unk>":
            types.append(gguf.TokenType.UNKNOWN)
        elif token in added:
            types.append(gguf.TokenType.CONTROL if added[token]["special"] else gguf.TokenType.USER_DEFINED)
        elif not is_bytes and len(token) == 6 and token.startswith("<0x"):
            types.append(gguf.TokenType.BYTE)
        else:
            types.append(gguf.TokenType.NORMAL)
        scores.append(-float(merged.get(token, len(merged))))
    writer.add_token_list([t.replace(MARK, " ") if types[i] == gguf.TokenType.USER_DEFINED else t for i, t in enumerate(ordered)])
    writer.add_token_types(types)
    if is_bytes:
        writer.add_token_merges([" ".join(m) for m in model["merges"]])
    else:
        writer.add_token_scores(scores)
        writer.add_add_space_prefix(name != "gemma")
    for key, names in (("bos", ("<s>", "<bos>", "<|begin_of_text|>", "<|endoftext|>")), ("eos", ("</s>", "<eos>", "<|eot_id|>", "<|im_end|>"))):
        for token in names:
            if token in tokens:
                getattr(writer, f"add_{key}_token_id")(tokens[token])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


def llama_tokenize(program, path, text, parses):
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        file.write(text.encode())
        file.flush()
        command = [program, "-m", path, "--ids", "--log-disable", "--no-escape", "-bf", file.name] + ([] if parses else ["--no-parse-special"])
        output = subprocess.run(command, capture_output=True, check=True).stdout
    return json.loads(output)


def write_gguf_files(program):
    for name in ("llama3", "qwen2", "qwen35", "smollm", "llama2", "gemma"):
        document = json.load(open(os.path.join(OUTPUT, name + ".json"), encoding="utf-8"))
        path = os.path.join(OUTPUT, name + ".gguf")
        write_gguf(name, document, path)
        lines = []
        for text in texts():
            # The program takes no text as an error.
            parsed = llama_tokenize(program, path, text, True) if text else None
            plain = llama_tokenize(program, path, text, False) if text else None
            lines.append([plain, 0 if parsed == plain else parsed])
        with open(path + ".ids.json", "w", encoding="utf-8") as file:
            file.write(rows(lines) + "\n")
        print(path)


def main():
    os.makedirs(OUTPUT, exist_ok=True)
    if len(sys.argv) == 1:
        write_documents()
    else:
        write_gguf_files(sys.argv[1])


if __name__ == "__main__":
    sys.path.insert(0, os.path.join(REPOSITORY, "Scripts"))
    main()
