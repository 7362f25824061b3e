#!/usr/bin/env python3
"""Writes Sources/Presentation/CellWidthTable.swift from this machine's glibc.

curses places cells by glibc's wcwidth; a table of our own must agree with it to the last scalar, or a row shifts.
Run on the glibc named in the table's head; PresentationTests/CellWidthTests compares the two.
"""

import ctypes
import locale
import os
import platform
import unicodedata

UNPRINTABLE = 3


def main():
    libc = ctypes.CDLL("libc.so.6")
    locale.setlocale(locale.LC_CTYPE, "C.UTF-8")

    def width_class(scalar):
        width = libc.wcwidth(ctypes.c_wchar(chr(scalar)))
        # Format characters (directions, joiners, soft hyphen) are never drawn: they are written out as <U+200B>.
        if width < 0 or unicodedata.category(chr(scalar)) in ("Cc", "Cf", "Zl", "Zp"):
            return UNPRINTABLE
        return width

    entries = []
    last = None
    for scalar in [*range(0xD800), *range(0xE000, 0x110000)]:
        current = width_class(scalar)
        if current != last:
            entries.append(scalar << 2 | current)
            last = current

    here = os.path.dirname(os.path.abspath(__file__))
    path = os.path.join(here, "..", "Sources", "Presentation", "CellWidthTable.swift")
    version = platform.libc_ver()[1]
    with open(path, "w") as out:
        out.write(f"// Made by Scripts/make_cell_width.py from glibc {version}; do not edit.\n\n")
        out.write("extension CellWidth {\n")
        out.write("  /// The version of glibc with this wcwidth.\n")
        out.write(f'  static let sourceVersion = "{version}"\n\n')
        out.write("  /// The boundaries between widths, ascending: first scalar << 2 | width (3: not printable).\n")
        out.write("  static let boundaries: [UInt32] = [\n")
        line = "   "
        for entry in entries:
            item = f" 0x{entry:X},"
            if len(line) + len(item) > 110:
                out.write(line + "\n")
                line = "   "
            line += item
        out.write(line + "\n  ]\n}\n")


main()
