#!/usr/bin/env bash
# tokenizers: an added token with normalized=True decodes as its normalized form, not as it was added.
#
# With a normalizer that makes letters small, "UN" is found in a text as one token, and its id is named and decoded as "un".
# normalized=True is the default for tokens that are not special.
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
from tokenizers import AddedToken, Tokenizer, models, normalizers

print("tokenizers", tokenizers.__version__)
tokenizer = Tokenizer(models.WordLevel({"x": 0}, unk_token="x"))
tokenizer.normalizer = normalizers.Lowercase()
tokenizer.add_tokens([AddedToken("UN", normalized=True), AddedToken("EU", normalized=False)])
for text in ["UN", "EU"]:
    ids = tokenizer.encode(text).ids
    print(text, ids, tokenizer.id_to_token(ids[0]), tokenizer.decode(ids))
PYTHON
cat output
diff output - <<'EXPECTED' || { echo "the behaviour has changed" >&2; exit 1; }
tokenizers 0.23.3
UN [1] un un
EU [2] EU EU
EXPECTED
