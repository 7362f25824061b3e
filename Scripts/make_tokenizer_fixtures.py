#!/usr/bin/env python3
"""Write the expected token ids of Tests/LMCoreTests/Fixtures/tokenizer.

Usage: make_tokenizer_fixtures.py [GPT2_VOCABULARY_DIR]

Needs `tokenizers`, `tiktoken` and `regex`. The storyteller fixture is made from the built-in model's vocabulary; the
one of GPT-2 needs a folder with its vocab.json and merges.txt. Every text goes through three implementations
(tokenizers, tiktoken, and the naive one below), and the script fails where they differ. Bytes that are not UTF-8 only
have the naive one: each maximal invalid part counts as a character that is no letter, number or space, and keeps its
bytes.
"""
import json
import os
import sys

import regex
try:
    import tiktoken
except ImportError:  # Another script needs the texts alone.
    tiktoken = None
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

REPOSITORY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUTPUT = os.path.join(REPOSITORY, "Tests/LMCoreTests/Fixtures/tokenizer")
PATTERN = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
SPECIAL = "<|endoftext|>"

WHITESPACE = "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u180e\u2000\u2003\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"

TEXTS = [
    "",
    " ",
    "  ",
    "a",
    "My favourite movie is",
    "Once upon a time there was a little girl who lived in a great forest.",
    "Hello, world! It's a test.",
    # Contractions: lower case only, ASCII apostrophe only, first match wins.
    "I'll you've we're he's can't I'm they'd",
    "I'LL YOU'VE WE'RE HE'S CAN'T I'M THEY'D THEY'LL",
    "don\u2019t 'llama ''s '' 's !'s 'v 'r 'l '",
    "rock'n'roll o'clock 'tis 'Twas x'se x'ta",
    # Runs of spaces, tabs and line ends.
    "foo   bar", "foo    ", "    foo", "foo \n", "foo\n bar", "a\n\nb", "  x", "a\tb\t\tc", "\t x", " \t x", "x \t ",
    "line one\r\nline two\r\n\r\nline three\r", "a\r\n b", "a \r\n\r\n  b", " " * 37 + "x", " " * 100, "\n" * 70, "\t" * 33,
    "def f(x):\n    if x:\n        return 1\n\n\n\nclass A: pass",
    "NBSP\u00a0between \u00a0 two\u00a0\u00a0x", "ideographic\u3000space \u3000 x", "thin\u2009space\u200bzero\ufeffbom",
    "a\x1cb a\x1fb a\x85b a\u180eb a\u2028b a\u2029b", "".join(f"a{c}b {c} c{c}{c}d" for c in WHITESPACE),
    # Numbers of every kind.
    "1234567890 12,345.67 3rd 0x1F 1e-5", "½ ² Ⅳ ① ٣٤ ४२ １２ x²y 1½", "一二三 2024年12月",
    # Letters and marks.
    "café cafe\u0301 naïve Zürich Ångström ǅungla ŉ ﬁ", "मनीष नमस्ते दुनिया", "ภาษาไทย ไม่มีช่องว่าง", "한국어 조선말", "العربية مُشَكَّل",
    "עברית עִם נִקּוּד", "日本語のテキスト、カタカナ。ｶﾅ", "中文字符测试，没有空格。", "Ελληνικά Кириллица Հայերեն", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝟙𝟚𝟛 𐍈 𒀀",
    "e\u0301\u0302\u0303 \u0301 x\u20dd",
    # Emoji, flags, joined sequences, variation selectors.
    "😀 😃😄 👍🏽 ❤️ ☺", "👨‍👩‍👧‍👦 👩🏿‍💻 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇩🇪🇫🇷", "🤷‍♂️text🤷‍♂️ text", "1️⃣ #️⃣",
    # Punctuation and symbols.
    "--- ... !!! ?!?! ***bold*** __init__ a_b $100 €50 50% #tag @user C++ <html>&nbsp;</html>",
    "“quoted” ‘single’ —dash– …ellipsis «guillemets»", "\\ / | ~ ` ^ { } [ ] ( )", "a.b.c a . b . c", "\x00\x01\x7f\x80\x9f\xad",
    "\ufffd\ufffe\U0010ffff \ue000 private",
    # The special token, and what only looks like it.
    SPECIAL, f"a{SPECIAL}b", f"a {SPECIAL} b", f"{SPECIAL}{SPECIAL}", f" {SPECIAL}\n{SPECIAL} ", f"é{SPECIAL}日",
    "<|endoftext|", "<|endoftext|>".upper(), "< |endoftext|>", "<<|endoftext|>>", "<|<|endoftext|>endoftext|>", "<|end<|endoftext|>",
    # Long pieces.
    "a" * 300, "ab" * 200, "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" * 3, "=" * 200, "-=" * 90, "1" * 150, "é" * 120,
    "日" * 120, "ha" * 24 + "x", "a" * 48, "a" * 49, "https://example.org/a/very/long/path?with=query&and=more#fragment",
]

INVALID = [
    "80", "ff", "c0 80", "c3", "c3 28", "e2 82", "e2 82 e2 82 ac", "ed a0 80", "ed a0 80 ed b0 80", "f0 9f", "f0 9f 98", "f4 90 80 80", "f8 88 80 80 80",
    "41 80 42", "20 80 20", "61 20 e2 82 20 62", "31 ff 32", "27 ff 73", "ff 27 73", "e4 b8 e4 b8 ad", "20 20 c3 20 20", "0d 0a fe 0d 0a",
    "3c 7c 65 6e 64 6f 66 74 65 78 74 7c 3e f0 9f", "ff fe 48 00 65 00", "c3 a9 c3", "e1 a0 c0", "f1 80 80 41",
]


def byte_alphabet():
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [b for b in range(256) if b not in printable]
    return {**{b: chr(b) for b in printable}, **{b: chr(256 + n) for n, b in enumerate(others)}}


class Reference:
    def __init__(self, folder):
        self.vocabulary = json.load(open(os.path.join(folder, "vocab.json"), encoding="utf-8"))
        lines = open(os.path.join(folder, "merges.txt"), encoding="utf-8").read().split("\n")[1:]
        self.ranks = {tuple(line.split(" ")): rank for rank, line in enumerate(lines) if line}
        self.alphabet = byte_alphabet()
        self.tokenizer = Tokenizer(models.BPE.from_file(*(os.path.join(folder, n) for n in ("vocab.json", "merges.txt"))))
        self.tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        self.tokenizer.decoder = decoders.ByteLevel()
        self.tokenizer.add_special_tokens([AddedToken(SPECIAL)])
        to_byte = {c: b for b, c in self.alphabet.items()}
        ranks = {bytes(to_byte[c] for c in t): i for t, i in self.vocabulary.items() if t != SPECIAL}
        self.tiktoken = tiktoken.Encoding("reference", pat_str=PATTERN, mergeable_ranks=ranks,
                                          special_tokens={SPECIAL: self.vocabulary[SPECIAL]})

    def merge(self, piece):
        symbols = [self.alphabet[b] for b in piece]
        while len(symbols) > 1:
            rank, place = min((self.ranks.get(pair, 1 << 60), i) for i, pair in enumerate(zip(symbols, symbols[1:])))
            if rank == 1 << 60:
                break
            symbols[place:place + 2] = ["".join(symbols[place:place + 2])]
        return [self.vocabulary[s] for s in symbols]

    def naive(self, data):
        # surrogateescape turns each invalid byte into a lone surrogate, which is no letter, number or space.
        ids = []
        for number, part in enumerate(data.decode("utf-8", "surrogateescape").split(SPECIAL)):
            if number:
                ids.append(self.vocabulary[SPECIAL])
            for piece in regex.findall(PATTERN, part):
                ids += self.merge(piece.encode("utf-8", "surrogateescape"))
        return ids

    def encode(self, text):
        ids = self.tokenizer.encode(text).ids
        for name, other in (("tiktoken", self.tiktoken.encode(text, allowed_special="all")), ("naive", self.naive(text.encode()))):
            if ids != other:
                sys.exit(f"tokenizers and {name} differ on {text!r}:\n{ids}\n{other}")
        assert self.tokenizer.decode(ids, skip_special_tokens=False) == text
        return ids


def write(name, folder):
    reference = Reference(folder)
    texts = [{"text": text, "ids": reference.encode(text)} for text in TEXTS]
    texts.append({"text": "\n".join(TEXTS), "ids": reference.encode("\n".join(TEXTS))})
    invalid = [{"bytes": data, "ids": reference.naive(bytes.fromhex(data)),
                "decoded": bytes.fromhex(data).decode("utf-8", "replace")} for data in INVALID]
    path = os.path.join(OUTPUT, name)
    with open(path, "w", encoding="utf-8") as file:
        rows = lambda items: "[\n" + ",\n".join(json.dumps(item, separators=(",", ":")) for item in items) + "\n]"
        file.write('{"texts":' + rows(texts) + ',\n"invalid":' + rows(invalid) + "}\n")
    print(f"{path}: {len(texts)} texts, {len(invalid)} invalid byte strings")


def write_tokenizer_json(folder):
    """The two forms that tokenizer.json gives to merges; small, so that the repository can keep them."""
    alphabet = byte_alphabet()
    tokens = [alphabet[b] for b in range(256)]
    merges = [("Ġ", "t"), ("h", "e"), ("Ġt", "he"), ("l", "l"), ("o", "n"), ("Ġ", "a")]
    vocabulary = {t: i for i, t in enumerate(tokens + [a + b for a, b in merges])}
    tokenizer = Tokenizer(models.BPE(vocabulary, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(SPECIAL), AddedToken("<|pad|>"), AddedToken("<mask>", lstrip=True, rstrip=True)])
    tokenizer.add_tokens([AddedToken("the end", single_word=True), AddedToken("<|pad|>x")])
    tokenizer.save(os.path.join(folder, "tokenizer-pairs.json"), pretty=False)
    document = json.load(open(os.path.join(folder, "tokenizer-pairs.json"), encoding="utf-8"))
    document["model"]["merges"] = [" ".join(pair) for pair in document["model"]["merges"]]
    with open(os.path.join(folder, "tokenizer-strings.json"), "w", encoding="utf-8") as file:
        json.dump(document, file, indent=1)
    texts = ["the then all on a", f"the {SPECIAL} all", "x <mask> y", "x<mask>\n\ty", "<mask><mask>", " <mask>  <mask> ", "the end the ending bathe end",
             "the end.", "<|pad|>x<|pad|>", "é<|pad|>é", "the end<|pad|>the end", ""]
    rows = [{"text": t, "ids": tokenizer.encode(t).ids} for t in texts]
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    prefixed = [{"text": t, "ids": tokenizer.encode(t).ids} for t in texts]
    with open(os.path.join(folder, "tokenizer-expected.json"), "w", encoding="utf-8") as file:
        json.dump({"texts": rows, "prefixed": prefixed}, file, separators=(",", ":"))


def main():
    os.makedirs(OUTPUT, exist_ok=True)
    write("storyteller.json", os.path.join(REPOSITORY, "Sources/CStoryteller/Model"))
    write_tokenizer_json(OUTPUT)
    if len(sys.argv) > 1:
        write("gpt2.json", sys.argv[1])


if __name__ == "__main__":
    main()
