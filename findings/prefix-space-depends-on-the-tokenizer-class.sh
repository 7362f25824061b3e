#!/usr/bin/env bash
# transformers: the class decides which file's add_prefix_space counts, and the other file's is dropped.
#
# A folder can ask for a space before its text twice: in tokenizer.json (the ByteLevel pre-tokenizer) and in
# tokenizer_config.json. One would expect the tokenizer.json to be run as it is, whatever the class. GPT2Tokenizer ignores the
# setting of tokenizer.json and takes that of tokenizer_config.json; PreTrainedTokenizerFast does the reverse. No warning.
# Id 1 is "a", id 3 is " a".
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

for name in ["GPT2Tokenizer", "PreTrainedTokenizerFast"]:
    print(name, "tokenizer.json asks:", folder(name + "-file", True, tokenizer_class=name))
    print(name, "tokenizer_config.json asks:", folder(name + "-config", False, tokenizer_class=name, add_prefix_space=True))
PYTHON
cat output
diff output - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
transformers 5.24.0 tokenizers 0.23.3
GPT2Tokenizer tokenizer.json asks: [1]
GPT2Tokenizer tokenizer_config.json asks: [3]
PreTrainedTokenizerFast tokenizer.json asks: [3]
PreTrainedTokenizerFast tokenizer_config.json asks: [1]
EXPECTED
