#!/usr/bin/env python3
"""Write Sources/LMCore/Tokenizer/Normalizing/BertCharacterTables.swift: how BERT's steps treat each character, as asked of `tokenizers`.

Usage: make_bert_characters.py

Needs `tokenizers`. Its tables of characters are those of an older Unicode than Swift's; so they are taken over, not computed.
"""
import os

import tokenizers
from tokenizers import normalizers, pre_tokenizers

REPOSITORY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUTPUT = os.path.join(REPOSITORY, "Sources/LMCore/Tokenizer/Normalizing/BertCharacterTables.swift")
HANGUL = range(0xAC00, 0xD7A4)


def normalizer(**chosen):
    none = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**{**none, **chosen})


def ranges(values):
    found = []
    for value in values:
        if found and found[-1][1] == value - 1:
            found[-1][1] = value
        else:
            found.append([value, value])
    return [end for pair in found for end in pair]


def table(name, comment, kind, numbers):
    lines, line = [], "   "
    for number in numbers:
        word = f" 0x{number:X},"
        if len(line) + len(word) > 108:
            lines.append(line)
            line = "   "
        line += word
    lines.append(line)
    body = "\n".join(lines)
    return f"  /// {comment}\n  static let {name}: [{kind}] = [\n{body}\n  ]\n"


def main():
    clean, strip = normalizer(clean_text=True), normalizer(strip_accents=True)
    words = pre_tokenizers.BertPreTokenizer()
    removed, punctuation, accents, single, several = [], [], [], [], []
    for value in range(0x110000):
        if 0xD800 <= value < 0xE000:
            continue
        character = chr(value)
        if clean.normalize_str(character) == "":
            removed.append(value)
        if [word for word, _ in words.pre_tokenize_str(f"a{character}b")] == ["a", character, "b"]:
            punctuation.append(value)
        bases = strip.normalize_str(character)
        if bases == "":
            accents.append(value)
        elif len(bases) > 1 and value not in HANGUL:
            several.append((value, bases))
        elif bases != character and value not in HANGUL:
            single.append(value << 24 | ord(bases))
    entries = [f"0x{value:X}: [{', '.join(f'0x{ord(base):X}' for base in bases)}]," for value, bases in several]
    listed = "\n".join("    " + " ".join(entries[start:start + 3]) for start in range(0, len(entries), 3))
    with open(OUTPUT, "w", encoding="utf-8") as file:
        file.write(
            f"// Made by Scripts/make_bert_characters.py from tokenizers {tokenizers.__version__}; do not edit.\n\n"
            "extension BertCharacters {\n"
            + table("removed", "First and last of each range.", "UInt32", ranges(removed)) + "\n"
            + table("punctuation", "First and last of each range.", "UInt32", ranges(punctuation)) + "\n"
            + table("accents", "First and last of each range.", "UInt32", ranges(accents)) + "\n"
            + table("single", "A character << 24 | the one that is left of it, in rising order; Hangul is computed.", "UInt64",
                    single)
            + "\n  /// Characters of which more than one is left.\n  static let several: [UInt32: [UInt32]] = [\n"
            + listed + "\n  ]\n}\n")


main()
