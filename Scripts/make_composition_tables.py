#!/usr/bin/env python3
"""Write Sources/LMCore/Tokenizer/Normalizing/CompositionTables.swift and CompatibilityIdeographs.swift.

Needs `tokenizers`, whose normal forms NFC and NFD the tables repeat: nothing but its answers is used, so that they are of
its version of Unicode. The script then computes NFC with the tables alone, for every character and for random texts, and
fails where the library says otherwise.
"""
import os
import random
import sys
import unicodedata

from tokenizers import __version__, normalizers

REPOSITORY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUTPUT = os.path.join(REPOSITORY, "Sources/LMCore/Tokenizer/Normalizing")
NFC, NFD = normalizers.NFC().normalize_str, normalizers.NFD().normalize_str
ALL = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
HANGUL = range(0xAC00, 0xD7A4)
MARK_1, MARK_220 = "\u0334", "\u0323"


def combining_classes():
    """By code point: the class, found by what a character changes places with."""
    marks = []
    for c in ALL:
        if NFD(chr(c)) == chr(c):
            first, second = chr(c) + MARK_1, MARK_220 + chr(c)
            if NFD(first) != first or NFD(second) != second:
                marks.append(chr(c))
    samples = {}
    for mark in marks:
        samples.setdefault(unicodedata.combining(mark), mark)
    samples.pop(0, None)
    classes = {}
    for mark in marks:
        # A mark moves in front of those of a greater class.
        smaller = [k for k, sample in samples.items() if NFD(mark + sample) != mark + sample]
        greater = [k for k, sample in samples.items() if NFD(sample + mark) != sample + mark]
        equal = set(samples) - set(smaller) - set(greater)
        if len(equal) != 1:
            sys.exit(f"U+{ord(mark):04X} has the classes {equal}")
        classes[ord(mark)] = equal.pop()
    return classes


def decompositions():
    """By code point: the one or two characters that it stands for, and whether they are put together again."""
    whole = {c: NFD(chr(c)) for c in ALL if c not in HANGUL and NFD(chr(c)) != chr(c)}
    by_parts = {}
    for c, parts in whole.items():
        if NFC(chr(c)) == chr(c) or parts not in by_parts:
            by_parts[parts] = c
    pairs = {}
    for c, parts in whole.items():
        composed = NFC(chr(c))
        if len(composed) == 1 and composed != chr(c):
            pairs[c] = (ord(composed), 0, False)
        else:
            first = parts[0] if len(parts) == 2 else chr(by_parts[parts[:-1]])
            pairs[c] = (ord(first), ord(parts[-1]), composed == chr(c))
    return pairs


def ranges(values):
    result = []
    for value in sorted(values):
        if result and result[-1][1] == value - 1 and result[-1][2] == values[value]:
            result[-1][1] = value
        else:
            result.append([value, value, values[value]])
    return result


class Tables:
    """NFC with the tables alone."""

    def __init__(self, pairs, classes):
        self.pairs, self.classes = pairs, classes
        self.composites = {(a, b): c for c, (a, b, joins) in pairs.items() if joins}

    def decompose(self, c, out):
        if c in HANGUL:
            i = c - 0xAC00
            out += [0x1100 + i // 588, 0x1161 + i % 588 // 28] + ([0x11A7 + i % 28] if i % 28 else [])
        elif c in self.pairs:
            first, second, _ = self.pairs[c]
            self.decompose(first, out)
            if second:
                self.decompose(second, out)
        else:
            out.append(c)

    def compose(self, a, b):
        if 0x1100 <= a < 0x1113 and 0x1161 <= b < 0x1176:
            return 0xAC00 + (a - 0x1100) * 588 + (b - 0x1161) * 28
        if a in HANGUL and (a - 0xAC00) % 28 == 0 and 0x11A7 < b < 0x11C3:
            return a + b - 0x11A7
        return self.composites.get((a, b))

    def nfc(self, text):
        scalars = []
        for c in text:
            self.decompose(ord(c), scalars)
        for i in range(1, len(scalars)):
            j = i
            while j and 0 < self.classes.get(scalars[j], 0) < self.classes.get(scalars[j - 1], 0):
                scalars[j - 1], scalars[j] = scalars[j], scalars[j - 1]
                j -= 1
        result, starter, last = [], None, 0
        for c in scalars:
            k = self.classes.get(c, 0)
            joined = None
            if starter is not None and (last < k or last == 0 and starter == len(result) - 1):
                joined = self.compose(result[starter], c)
            if joined is not None:
                result[starter] = joined
                continue
            if k == 0:
                starter = len(result)
            result.append(c)
            last = k
        return "".join(map(chr, result))


def check(tables):
    for c in ALL:
        if tables.nfc(chr(c)) != NFC(chr(c)):
            sys.exit(f"U+{c:04X}: {tables.nfc(chr(c))!r}, but {NFC(chr(c))!r}")
    generator = random.Random(1)
    odd = list(tables.pairs) + list(tables.classes) + [*range(0x1100, 0x1200), *range(0x300, 0x370)] + [*range(0x41, 0x7B)] * 8
    for _ in range(200_000):
        text = "".join(chr(generator.choice(odd)) for _ in range(generator.randrange(1, 9)))
        if tables.nfc(text) != NFC(text):
            sys.exit(f"{text!r} {[hex(ord(c)) for c in text]}: {tables.nfc(text)!r}, but {NFC(text)!r}")


def lines(values, indent="    ", width=110):
    text, line = [], indent
    for value in values:
        if len(line) + len(value) + 2 > width:
            text.append(line.rstrip())
            line = indent
        line += value + ", "
    return "\n".join(text + [line.rstrip()])


def write(name, body):
    with open(os.path.join(OUTPUT, name), "w", encoding="utf-8") as file:
        file.write(f"// Made by Scripts/make_composition_tables.py from tokenizers {__version__}; do not edit.\n\n{body}")
    print(name)


def main():
    pairs, classes = decompositions(), combining_classes()
    tables = Tables(pairs, classes)
    check(tables)
    ideographs = {c: pair for c, pair in pairs.items() if c in range(0xF900, 0xFB00) or c in range(0x2F800, 0x2FA20)}
    assert all(second == 0 for _, second, _ in ideographs.values())
    others = {c: pair for c, pair in pairs.items() if c not in ideographs}
    seconds = {b for _, b, joins in pairs.values() if joins} | set(range(0x1161, 0x1176)) | set(range(0x11A8, 0x11C3))
    doubtful = {c: 0 for c in ALL if c in classes or c in seconds or c in pairs and NFC(chr(c)) != chr(c)}
    others |= {c: pair for c, pair in ideographs.items() if not 0xF900 <= c < 0xFAFF and not 0x2F800 <= c}
    packed = [f"0x{(not joins) << 63 | c << 42 | a << 21 | b:X}" for c, (a, b, joins) in sorted(others.items())]
    write("CompositionTables.swift", f"""extension CanonicalComposition {{
  /// First and last of each range of characters that change by themselves, or together with those before them.
  static let doubtful: [UInt32] = [
{lines([f"0x{a:X}, 0x{b:X}" for a, b, _ in ranges(doubtful)])}
  ]

  /// Of each range of marks: first character (21 bits), last (21), canonical combining class (8).
  static let classes: [UInt64] = [
{lines([f"0x{a << 29 | b << 8 | k:X}" for a, b, k in ranges(classes)])}
  ]

  /// In rising order: a character (21 bits), the two that it stands for (21 each, 0 for none); the highest bit is set where
  /// they are not put together again.
  static let pairs: [UInt64] = [
{lines(packed)}
  ]
}}
""")
    rows = []
    for start, end in ((0xF900, 0xFB00), (0x2F800, 0x2FA20)):
        members = [c for c in ideographs if start <= c < end]
        first, last = min(members), max(members)
        rows.append((first, [ideographs[c][0] if c in ideographs else 0 for c in range(first, last + 1)]))
    body = "extension CanonicalComposition {\n"
    for name, (first, values) in zip(("ideographs", "laterIdeographs"), rows):
        body += f"""  /// What the compatibility ideographs from U+{first:X} on stand for; 0 for those that stand for themselves.
  static let {name}: (first: UInt32, values: [UInt32]) = (
    0x{first:X},
    [
{lines([f"0x{v:X}" for v in values], "      ")}
    ]
  )

"""
    write("CompatibilityIdeographs.swift", body.rstrip() + "\n}\n")


if __name__ == "__main__":
    main()
