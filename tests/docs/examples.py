#!/usr/bin/env python3
"""Every command that help, manual and option pages show can be given as it stands: examples.py PARSER LEADLINE ROOT PAGE...

PARSER judges a command line without running it (parse_command.c); PAGE is a made manual page.
"""
import os
import re
import shlex
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
parser, leadline, root, *pages = sys.argv[1:]
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(root, "tools")]
from cases import case, done  # noqa: E402
from option_pages import SHOWN, examples, load  # noqa: E402

FILES = {"targets.txt": "192.168.1.10\n", "etc/services": "ssh 22/tcp\n"}
ROFF = {r"\-": "-", r"\(aq": "'", r"\(dq": '"', r"\(ti": "~", r"\(ha": "^", r"\e": "\\", r"\&": ""}


def plain(roff):
    for code, text in ROFF.items():
        roff = roff.replace(code, text)
    return roff


def man_examples(path):
    """The tagged lines of the section EXAMPLES, whatever it is called: the one whose tags are commands."""
    with open(path, encoding="utf-8") as f:
        sections = re.split(r"(?m)^\.SH .*\n", f.read())
    best = max((re.findall(r"(?m)^\.TP\n\.B (leadline .*)$", s) for s in sections), key=len)
    return [plain(line) for line in best]


def help_examples():
    text = subprocess.run([leadline, "-h"], check=True, capture_output=True, text=True).stdout
    return [line.strip() for line in text.split("\nEXAMPLES\n")[1].split("\n\n")[0].split("\n")]


def commands(line):
    """The words of each leadline in a pipe."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|")
    lexer.whitespace_split = True
    lexer.commenters = ""
    parts = [[]]
    for word in lexer:
        if word == "|":
            parts.append([])
        else:
            parts[-1].append(word)
    return [p for p in parts if p and p[0] == "leadline"]


def judge(line):
    found = commands(line)
    if not found:
        return f"no leadline in: {line}"
    for words in found:
        done_ = subprocess.run([parser, *words[1:]], capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL)
        if done_.returncode != 0:
            return f"{line}\n    {done_.stdout.strip()}"
    return ""


def all_of(lines, least):
    if len(lines) < least:
        return f"only {len(lines)} examples were found"
    return "\n".join(filter(None, map(judge, lines)))


with tempfile.TemporaryDirectory() as place:
    for name, text in FILES.items():
        os.makedirs(os.path.dirname(os.path.join(place, name)), exist_ok=True)
        with open(os.path.join(place, name), "w", encoding="ascii") as f:
            f.write(text)
    parser, leadline = os.path.abspath(parser), os.path.abspath(leadline)
    pages = [os.path.abspath(p) for p in pages]
    options = load()
    os.chdir(place)
    os.makedirs("etc/leadline", exist_ok=True)
    case("help_examples_parse", all_of(help_examples(), 3))
    for page in pages:
        case(f"man_examples_parse_{os.path.basename(os.path.dirname(page))}", all_of(man_examples(page), 10))
    mine = [e.replace("/etc/", "etc/") for o in options if o.standing in SHOWN for e in examples(o.body)]
    case("option_examples_parse", all_of(mine, 20))
    case("a_wrong_example_is_found", "" if judge("leadline --no-such-thing 192.0.2.1") else "it was not")
done()
