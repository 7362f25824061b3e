#!/usr/bin/env bash
# tokenizers: a token added to a vocabulary with a gap in its ids gets the id of another token.
#
# New ids count up from the number of tokens, not from the largest id. In a vocabulary of four tokens with the ids 0, 1, 3
# and 4 an added token becomes 4, which another token has already. Nothing is refused; both encode to 4, and 4 decodes as the
# new one. Vocabularies from which tokens were removed are such.
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
from tokenizers import Tokenizer, models

print("tokenizers", tokenizers.__version__)
tokenizer = Tokenizer(models.WordLevel({"a": 0, "u": 1, "c": 3, "d": 4}, unk_token="u"))
tokenizer.add_tokens(["n"])
print("n:", tokenizer.encode("n").ids, "d:", tokenizer.encode("d").ids, "4:", tokenizer.decode([4]))
PYTHON
cat output
diff output - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
tokenizers 0.23.3
n: [4] d: [4] 4: n
EXPECTED
