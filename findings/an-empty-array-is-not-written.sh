#!/usr/bin/env bash
# gguf: a key whose value is an empty array is left out of the file, without an error.
#
# GGUF has arrays of no elements, and a reader may tell "no merges" from "merges not told". GGUFWriter.add_array returns without a word
# where the list is empty, so the key is missing.
#
# Seen with gguf 0.19.0 from PyPI, Python 3.11. Exits with 1 where the behaviour is another.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check gguf==0.19.0 numpy==2.3.5
cd "$folder"
"$folder/venv/bin/python" - 2>/dev/null >output <<'PYTHON'
from importlib.metadata import version

from gguf import GGUFReader, GGUFWriter

print("gguf", version("gguf"))
writer = GGUFWriter("model.gguf", "llama")
writer.add_array("tokenizer.ggml.tokens", ["a", "b"])
writer.add_array("tokenizer.ggml.merges", [])
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.close()
print([name for name in GGUFReader("model.gguf").fields if "." in name and not name.startswith("GGUF")])
PYTHON
cat output
diff output - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
gguf 0.19.0
['general.architecture', 'tokenizer.ggml.tokens']
EXPECTED
