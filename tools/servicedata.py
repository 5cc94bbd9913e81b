"""Signatures (data/signatures) and samples (tests/golden/services) as tools need them; docs/formats/signatures.md."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
SIGNATURES = ROOT / "data" / "signatures"
SAMPLES = ROOT / "tests" / "golden" / "services"
NAME = re.compile(r"[a-z0-9.-]{1,80}")
FIELDS = ["service", "product", "version", "extra", "hostname", "os", "device", "cpe"]
STRING = re.compile(r'"((?:[ !#-\[\]-~]|\\[rnt\\"]|\\x[0-9a-f]{2})*)"\s*')
ESCAPE = re.compile(r"\\(x[0-9a-f]{2}|.)")
LETTERS = {"r": "\r", "n": "\n", "t": "\t", "\\": "\\", '"': '"'}


class Bad(Exception):
    """What is wrong with a file, with its place."""


def unescape(text):
    """The bytes of what stands between two quotation marks."""
    return ESCAPE.sub(lambda m: LETTERS.get(m[1]) or chr(int(m[1][1:], 16)), text).encode("latin-1")


def escape(content):
    shown = {13: "\\r", 10: "\\n", 9: "\\t", 92: "\\\\", 34: '\\"'}
    return "".join(shown.get(c) or (chr(c) if 32 <= c < 127 else f"\\x{c:02x}") for c in content)


def strings(text):
    """The bytes of one or more strings that fill a line; None when it is something else."""
    out, at = b"", 0
    while at < len(text):
        m = STRING.match(text, at)
        if not m:
            return None
        out += unescape(m[1])
        at = m.end()
    return out


def lines(path):
    """(number, first word, rest) of the lines that say something."""
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        line = line.strip()
        if line and not line.startswith("#"):
            word, _, rest = line.partition(" ")
            yield number, word, rest.strip()


class Sample:
    """messages: (">" or "<", bytes or None for `> *`)."""

    def __init__(self, name):
        self.name, self.values, self.expect, self.messages = name, {}, [], []

    @property
    def documented(self):
        return self.values.get("origin", "").startswith("documented ")


def add_message(sample, where, word, rest):
    content = None if word == ">" and rest == "*" else strings(rest)
    if content is None and rest != "*":
        raise Bad(f"{where}: expected strings with the escapes \\r \\n \\t \\\\ \\\" \\xHH")
    if sample.messages and sample.messages[-1][0] == word:
        if content is None or sample.messages[-1][1] is None:
            raise Bad(f"{where}: \"> *\" is the whole message")
        content = sample.messages.pop()[1] + content
    sample.messages.append((word, content))


def read_sample(path):
    sample = Sample(path.stem)
    for number, word, rest in lines(path):
        where = f"{path.name}:{number}"
        if word in ("<", ">"):
            add_message(sample, where, word, rest)
        elif word == "expect":
            field = rest.split(" ")[0]
            if field not in FIELDS:
                raise Bad(f"{where}: {field!r} is no field")
            sample.expect.append((field, rest[len(field):].strip()))
        elif word in ("origin", "parser", "transport", "peer", "asked"):
            if word in sample.values:
                raise Bad(f"{where}: {word} is there twice")
            sample.values[word] = rest
        else:
            raise Bad(f"{where}: {word!r} is no line of a sample")
    return sample


class Signature:
    def __init__(self, name, where):
        self.name, self.where, self.samples, self.words = name, where, [], {}


def read_signatures(path):
    found = []
    for number, word, rest in lines(path):
        where = f"{path.name}:{number}"
        if word == "signature":
            found.append(Signature(rest, where))
        elif not found:
            raise Bad(f"{where}: the first word must be \"signature\"")
        elif word in ("captured", "documented"):
            names = rest.split(" : ")[0].split()
            found[-1].samples.extend((name, word == "documented") for name in names)
        found[-1].words.setdefault(word, []).append(rest)
    return found
