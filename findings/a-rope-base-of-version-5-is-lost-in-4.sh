#!/usr/bin/env bash
# transformers: a Llama configuration that version 5 writes is read by 4.57 with another base of the rotary positions, without a warning.
#
# Version 5 writes rope_theta inside rope_parameters. 4.57 looks for it at the top level, finds nothing there and takes 10000; the table
# stays beside it as a value that nothing reads. Both versions read files of the older form.
#
# Seen with transformers 4.57.6 from PyPI, Python 3.11. Exits with 1 where the behaviour is another.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check transformers==4.57.6
cd "$folder"
"$folder/venv/bin/python" - 2>/dev/null >output <<'PYTHON'
import json
import os

import transformers
from transformers import AutoConfig

print("transformers", transformers.__version__)
sizes = {"model_type": "llama", "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1,
         "num_attention_heads": 2, "vocab_size": 32}
for name, rope in [("new", {"rope_parameters": {"rope_theta": 500000.0, "rope_type": "default"}}),
                   ("old", {"rope_theta": 500000.0})]:
    os.makedirs(name)
    with open(name + "/config.json", "w") as file:
        json.dump(sizes | rope, file)
    print(name, AutoConfig.from_pretrained(name).rope_theta)
PYTHON
cat output
diff output - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
transformers 4.57.6
new 10000.0
old 500000.0
EXPECTED
