#!/usr/bin/env bash
# tokenizers: the decoder ByteFallback turns a whole run of byte tokens into U+FFFD where one byte of it is wrong, also the letters.
#
# A decoder of UTF-8 replaces the wrong byte alone. Here 41 FF E3 81 82 ("A", a byte that no text has, "あ") becomes five replacement
# characters; the same bytes between ordinary tokens keep their neighbours.
#
# Seen with tokenizers 0.23.3 from PyPI, Python 3.11. Exits with 1 where the behaviour is another.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check tokenizers==0.23.3
cd "$folder"
"$folder/venv/bin/python" - 2>/dev/null >output <<'PYTHON'
import tokenizers
from tokenizers import decoders

print("tokenizers", tokenizers.__version__)
decoder = decoders.ByteFallback()
for tokens in [["<0x41>"], ["<0xE3>", "<0x81>", "<0x82>"], ["<0x41>", "<0xFF>", "<0xE3>", "<0x81>", "<0x82>"],
               ["A", "<0xFF>", "B"]]:
    print(" ".join(tokens), ascii(decoder.decode(tokens)))
PYTHON
cat output
diff output - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
tokenizers 0.23.3
<0x41> 'A'
<0xE3> <0x81> <0x82> '\u3042'
<0x41> <0xFF> <0xE3> <0x81> <0x82> '\ufffd\ufffd\ufffd\ufffd\ufffd'
A <0xFF> B 'A\ufffdB'
EXPECTED
