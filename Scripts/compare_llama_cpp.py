#!/usr/bin/env python3
"""Print the top 20 log-probabilities of the next token beside those of llama.cpp, from the same GGUF file and the same ids.

Usage: compare_llama_cpp.py FILE.gguf PROGRAM LLAMA_SERVER [TEXT]
The program computes with float32 activations. llama.cpp rounds the inputs of products with quantized weights to 8 bits, and keeps its
key-value cache in float16 (here in float32), so that the columns agree to float noise for a file in F32 and differ in the second or third
digit for a quantized one. Needs no libraries.
"""
import json
import math
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

TOP = 20


def run(program, *words):
    return json.loads(subprocess.run([program, *words, "--format", "json"], capture_output=True, text=True, check=True).stdout)


def ask(port, path, body=None):
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def served(program, path, ids):
    """Log-probabilities by id, in llama-server's order."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [program, "-m", path, "--port", str(port), "-c", "1024", "-ctk", "f32", "-ctv", "f32", "-fa", "off", "--no-warmup"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(600):
                try:
                    ask(port, "/health")
                    break
                except (urllib.error.URLError, ConnectionError):
                    time.sleep(0.1)
            answer = ask(port, "/completion", {"prompt": ids, "n_predict": 1, "n_probs": TOP, "samplers": []})
        finally:
            server.terminate()
    return {row["id"]: row["logprob"] for row in answer["completion_probabilities"][0]["top_logprobs"]}


def main():
    path, program, server = sys.argv[1:4]
    text = sys.argv[4] if len(sys.argv) > 4 else "The capital of France is"
    ids = run(program, "tokenize", "-m", path, text)["ids"]
    rows = run(program, "next", "-m", path, "--ids", " ".join(map(str, ids)), "--top", str(TOP))["top"]
    theirs = served(server, path, ids)
    ranks = list(theirs)
    print(f"{os.path.basename(path)}, {text!r}: ids {ids}\nrank     id  token             ours  llama.cpp  difference  its rank")
    differences = []
    for row in rows:
        own, other = math.log(row["before"]), theirs.get(row["id"])
        line = f"{row['rank']:4} {row['id']:6}  {row['piece']!r:14} {own:8.4f}"
        if other is not None:
            differences.append(abs(own - other))
            line += f"   {other:8.4f}    {own - other:+8.4f}  {ranks.index(row['id']) + 1:8}"
        print(line)
    print(f"largest difference {max(differences):.2g}; {TOP - len(differences)} of ours are not among llama.cpp's {TOP}")


if __name__ == "__main__":
    main()
