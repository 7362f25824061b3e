#!/usr/bin/env bash
# transformers: AutoTokenizer of version 5 builds the class GPT2Tokenizer anew and drops a step of tokenizer.json's pre_tokenizer.
#
# A file that splits digits one by one before the bytes (as SmolLM2's does), named GPT2Tokenizer in tokenizer_config.json: the file alone,
# and the class PreTrainedTokenizerFast, give two tokens for "12"; GPT2Tokenizer joins them by the merge that the split forbids.
# Version 4.57 gives two tokens for both names.
#
# Seen with transformers 5.24.0 and tokenizers 0.23.3 from PyPI, Python 3.11. Exits with 1 where the behaviour is another.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check transformers==5.24.0 tokenizers==0.23.3
cd "$folder"
"$folder/venv/bin/python" - 2>/dev/null >output <<'PYTHON'
import json

import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import AutoTokenizer

print("transformers", transformers.__version__)
vocabulary = {letter: index for index, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
vocabulary |= {"12": 256, "<|endoftext|>": 257}
tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[("1", "2")]))
tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
    [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
tokenizer.decoder = decoders.ByteLevel()
tokenizer.save("tokenizer.json")
print("tokenizer.json", tokenizer.encode("12").ids)
for name in ["PreTrainedTokenizerFast", "GPT2Tokenizer"]:
    with open("tokenizer_config.json", "w") as file:
        json.dump({"tokenizer_class": name, "eos_token": "<|endoftext|>"}, file)
    print(name, AutoTokenizer.from_pretrained(".")("12")["input_ids"])
PYTHON
cat output
diff output - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
transformers 5.24.0
tokenizer.json [16, 17]
PreTrainedTokenizerFast [16, 17]
GPT2Tokenizer [256]
EXPECTED
