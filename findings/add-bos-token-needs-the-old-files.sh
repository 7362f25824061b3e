#!/usr/bin/env bash
# transformers: add_bos_token of a GPT-2 folder counts without a tokenizer.json, and is dropped beside one.
#
# The same vocabulary, class and tokenizer_config.json give ids with a begin-of-text token where vocab.json and merges.txt
# lie in the folder, and without it where tokenizer.json does. Saving such a tokenizer anew can so change every prompt.
#
# Seen with transformers 5.24.0 and tokenizers 0.23.3 from PyPI, Python 3.11. Exits with 1 where the behaviour is another.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check transformers==5.24.0 tokenizers==0.23.3
cd "$folder"
"$folder/venv/bin/python" - 2>/dev/null >output <<'PYTHON'
import json, os
import tokenizers, transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

VOCABULARY = {"<s>": 0, "a": 1, "Ġ": 2, "Ġa": 3}

def folder(name, tokenizer_json=None, **config):
    os.makedirs(name)
    if tokenizer_json is None:
        json.dump(VOCABULARY, open(name + "/vocab.json", "w"))
        open(name + "/merges.txt", "w").write("#version: 0.2\nĠ a\n")
    else:
        tokenizer = Tokenizer(models.BPE(vocab=VOCABULARY, merges=[("Ġ", "a")]))
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=tokenizer_json)
        tokenizer.decoder = decoders.ByteLevel()
        tokenizer.save(name + "/tokenizer.json")
    settings = {"bos_token": "<s>", "eos_token": "<s>", "unk_token": "<s>", **config}
    json.dump(settings, open(name + "/tokenizer_config.json", "w"))
    json.dump({"model_type": "gpt2"}, open(name + "/config.json", "w"))
    return transformers.AutoTokenizer.from_pretrained("./" + name)("a").input_ids

print("transformers", transformers.__version__, "tokenizers", tokenizers.__version__)

settings = dict(tokenizer_class="GPT2Tokenizer", add_bos_token=True)
print("vocab.json and merges.txt:", folder("old", None, **settings))
print("tokenizer.json:", folder("new", False, **settings))
PYTHON
cat output
diff output - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
transformers 5.24.0 tokenizers 0.23.3
vocab.json and merges.txt: [0, 1]
tokenizer.json: [1]
EXPECTED
