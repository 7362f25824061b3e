#!/usr/bin/env python3
"""Draw a screen of gpt2-viz as an SVG: the program runs in tmux, keys are sent, and the cells that stand there become a picture.

Usage: make_screen_svg.py OUT.svg COLUMNSxROWS [--keys 'Right Right c'] -- PROGRAM ARGUMENTS...

The picture of the README: Scripts/make_screen_svg.py Documentation/screen.svg 110x34 --keys "$(printf 'Right %.0s' $(seq 12))" -- \
    .build/release/gpt2-viz --theme dark --seed 42 -k 12 'Once upon a time'
Needs tmux. Block elements become rectangles, so that bars look the same in every font.
"""
import argparse
import html
import re
import shlex
import subprocess
import time

CELL_WIDTH, CELL_HEIGHT, FONT_SIZE = 8.4, 18, 14
MARGIN = 16
BACKGROUND, FOREGROUND = "#16181d", "#d7dae0"
SIXTEEN = ["#16181d", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#abb2bf",
           "#5c6370", "#ff7a85", "#b5e08f", "#ffd68a", "#7cc4ff", "#e09bff", "#6fd6e2", "#ffffff"]
EIGHTHS = {chr(0x2590 - eighth): eighth for eighth in range(1, 9)}


def color(number):
    if number < 16:
        return SIXTEEN[number]
    if number >= 232:
        return "#" + f"{8 + 10 * (number - 232):02x}" * 3
    levels = [0, 95, 135, 175, 215, 255]
    number -= 16
    return "#" + "".join(f"{levels[number // place % 6]:02x}" for place in (36, 6, 1))


class Style:
    def __init__(self):
        self.apply([0])

    def apply(self, codes):
        codes = list(codes)
        while codes:
            code = codes.pop(0)
            if code == 0:
                self.front, self.back, self.bold, self.dim, self.underline, self.reverse = None, None, False, False, False, False
            elif code in (38, 48):
                value = color(codes[1]) if codes[0] == 5 else "#%02x%02x%02x" % tuple(codes[1:4])
                del codes[:2 if codes[0] == 5 else 4]
                setattr(self, "front" if code == 38 else "back", value)
            elif code in (1, 2, 4, 7):
                setattr(self, {1: "bold", 2: "dim", 4: "underline", 7: "reverse"}[code], True)
            elif code == 22:
                self.bold = self.dim = False
            elif code in (24, 27):
                setattr(self, {24: "underline", 27: "reverse"}[code], False)
            elif 30 <= code < 38 or 90 <= code < 98:
                self.front = SIXTEEN[code - 30 if code < 38 else code - 82]
            elif 40 <= code < 48 or 100 <= code < 108:
                self.back = SIXTEEN[code - 40 if code < 48 else code - 92]
            elif code in (39, 49):
                setattr(self, "front" if code == 39 else "back", None)

    def drawn(self):
        front, back = self.front or FOREGROUND, self.back or BACKGROUND
        if self.reverse:
            front, back = back, front
        return front, back, self.bold, self.dim, self.underline


def cells(line):
    """The line's characters with their style, one a column; tokens of double width are not in the pictures."""
    style = Style()
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        if part.startswith("\x1b"):
            style.apply([int(code or 0) for code in part[2:-1].split(";")])
        else:
            for character in re.sub(r"\x1b[()]?.|[\x0e\x0f]", "", part):
                yield character, style.drawn()


def capture(arguments):
    columns, rows = arguments.size.split("x")
    tmux = ["tmux", "-L", "gpt2-viz-screen", "-f", "/dev/null"]
    program = "env LC_ALL=C.UTF-8 TERM=tmux-256color " + shlex.join(arguments.program)
    subprocess.run(tmux + ["new-session", "-d", "-x", columns, "-y", rows, program, ";", "set", "-g", "status", "off"],
                   check=True)
    try:
        time.sleep(1.5)
        for key in arguments.keys.split():
            subprocess.run(tmux + ["send-keys", key], check=True)
            time.sleep(0.1)
        time.sleep(0.5)
        return subprocess.run(tmux + ["capture-pane", "-p", "-e", "-N"], check=True, capture_output=True, text=True).stdout
    finally:
        subprocess.run(tmux + ["kill-server"], check=False)


def draw(lines, columns):
    width, height = columns * CELL_WIDTH + 2 * MARGIN, len(lines) * CELL_HEIGHT + 2 * MARGIN
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" '
           f'font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="{FONT_SIZE}">')
    yield "<title>gpt2-viz in a terminal</title>"
    yield f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>'
    for row, line in enumerate(lines):
        top = MARGIN + row * CELL_HEIGHT
        column, runs = 0, []
        for character, style in cells(line):
            # A part of a block stands alone; other characters of one kind and style go together.
            kind = {None: "text", 8: "block"}.get(EIGHTHS.get(character), "part")
            if runs and runs[-1][1:] == (style, kind) and kind != "part":
                runs[-1][0].append(character)
            else:
                runs.append(([character], style, kind))
        for characters, (front, back, bold, dim, underline), kind in runs:
            left, span = MARGIN + column * CELL_WIDTH, len(characters) * CELL_WIDTH
            text = "".join(characters)
            if back != BACKGROUND:
                yield f'<rect x="{left:.1f}" y="{top}" width="{span:.1f}" height="{CELL_HEIGHT}" fill="{back}"/>'
            if kind != "text":
                length = span if kind == "block" else EIGHTHS[text] / 8 * CELL_WIDTH
                yield f'<rect x="{left:.1f}" y="{top + 3}" width="{length:.2f}" height="{CELL_HEIGHT - 6}" fill="{front}"/>'
            elif text.strip():
                blanks = len(text) - len(text.lstrip())
                shown = text.strip()
                extra = (' font-weight="bold"' if bold else "") + (' opacity="0.6"' if dim else "") + (
                    ' text-decoration="underline"' if underline else "")
                yield (f'<text x="{left + blanks * CELL_WIDTH:.1f}" y="{top + 13.5}" textLength="{len(shown) * CELL_WIDTH:.1f}" '
                       f'xml:space="preserve" fill="{front}"{extra}>{html.escape(shown)}</text>')
            column += len(characters)
    yield "</svg>"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("size")
    parser.add_argument("--keys", default="")
    parser.add_argument("program", nargs="+")
    arguments = parser.parse_args()
    lines = capture(arguments).rstrip("\n").split("\n")
    with open(arguments.out, "w", encoding="utf-8") as file:
        file.write("\n".join(draw(lines, int(arguments.size.split("x")[0]))) + "\n")


if __name__ == "__main__":
    main()
