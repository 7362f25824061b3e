#!/usr/bin/env python3
"""Time a key press of gpt2-viz over a server beside the server's own time for a token: one run, taken in turns, medians, ratios.

Usage: served.py URL [--binary FILE] [--ranks N] [--steps N] [--rounds N]

URL is a llama-server on this machine. A round takes some steps with the key → in a window of 110 x 34, without look-ahead, each
timed from the key to the last byte of its frame; and then as many requests for one token with the same ranks on one open connection, as
curl would send them. serve-check tells how long an answer takes to be read.
"""
import argparse
import fcntl
import http.client
import json
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import termios
import time
import urllib.parse

PROMPT = "Once upon a time"
QUIET = 0.15


class Screen:
    """gpt2-viz in a window of 110 x 34."""

    def __init__(self, arguments):
        command = [arguments.binary, "-m", arguments.url, "--no-look-ahead", "--no-save", "--seed", "1", "-k", "40", PROMPT]
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execvp(command[0], command)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 34, 110, 0, 0))
        os.kill(self.process, signal.SIGWINCH)
        shown, end = b"", time.perf_counter() + 120
        while b"entropy" not in shown:
            if time.perf_counter() > end:
                sys.exit("gpt2-viz shows no decision")
            shown += self.read(0.2)[0]
        self.read(1)

    def read(self, quiet=QUIET):
        """What is written until nothing comes for a while, and when its last byte came."""
        data, last = b"", None
        while select.select([self.terminal], [], [], quiet if last or quiet > QUIET else 60)[0]:
            try:
                part = os.read(self.terminal, 1 << 16)
            except OSError:
                sys.exit("gpt2-viz has ended")
            data, last = data + part, time.perf_counter()
        return data, last

    def press(self, key):
        start = time.perf_counter()
        os.write(self.terminal, key)
        return self.read()[1] - start

    def end(self):
        os.write(self.terminal, b"q")
        os.waitpid(self.process, 0)


class Server:
    """Requests for one token each, on one connection that stays open."""

    def __init__(self, arguments):
        self.ranks = arguments.ranks
        self.host = urllib.parse.urlsplit(arguments.url).netloc
        self.connect()
        self.ids = self.ask("/tokenize", {"content": PROMPT})["tokens"]

    def connect(self):
        self.connection = http.client.HTTPConnection(self.host, timeout=60)

    def ask(self, path, body):
        self.connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        return json.loads(self.connection.getresponse().read())

    def step(self):
        body = json.dumps({"prompt": self.ids, "n_predict": 1, "n_probs": self.ranks, "samplers": [],
                           "post_sampling_probs": True, "response_fields": ["completion_probabilities"]})
        start = time.perf_counter()
        self.connection.request("POST", "/completion", body, {"Content-Type": "application/json"})
        answer = self.connection.getresponse().read()
        seconds = time.perf_counter() - start
        places = json.loads(answer).get("completion_probabilities")
        self.ids.append(places[0]["top_probs"][0]["id"] if places else self.ids[-1])
        return seconds


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("a number from 1 on")
    return number


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--binary", default="gpt2-viz")
    parser.add_argument("--ranks", type=positive, default=1000)
    parser.add_argument("--steps", type=positive, default=12)
    parser.add_argument("--rounds", type=positive, default=5)
    arguments = parser.parse_args()
    check = json.loads(subprocess.run([arguments.binary, "serve-check", arguments.url, "--format", "json"],
                                      stdout=subprocess.PIPE, check=True).stdout)
    keys, requests, back, ratios = [], [], [], []
    screen = Screen(arguments)
    for _ in range(arguments.rounds):
        taken = [screen.press(b"l") for _ in range(arguments.steps)]
        server = Server(arguments)
        server.step()
        asked = [server.step() for _ in range(arguments.steps)]
        keys += taken
        requests += asked
        ratios.append(statistics.median(taken) / statistics.median(asked))
        back += [screen.press(b"h") for _ in range(4)] + [screen.press(b"l") for _ in range(4)]
    screen.end()

    def milliseconds(values):
        return f"{statistics.median(values) * 1000:.1f} ms"

    print(f"{check['model']}, {check['vocab_size']} tokens, {check['kind']} {check['version']}; {arguments.ranks} ranks")
    print("| | median |\n| --- | ---: |")
    print(f"| key → to frame | {milliseconds(keys)} |")
    print(f"| one token of /completion | {milliseconds(requests)} |")
    print(f"| ratio, median of {arguments.rounds} rounds | {statistics.median(ratios):.2f} |")
    print(f"| back and forward, to frame | {milliseconds(back)} |")
    for step in check["steps"]:
        print(f"| an answer with {step['ranks']:,} ranks ({step['bytes'] / 1000:,.0f} kB), read | {step['reading_seconds'] * 1000:.2f} ms |")


main()
