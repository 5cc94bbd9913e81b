#!/usr/bin/env python3
"""Reports that are full of strangers' bytes (200 strings, src/report/writer_hostile_test.c), read by real parsers and a real terminal.

usage: hostile.py PATH-OF-WRITER-HOSTILE-TEST
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
import xml.etree.ElementTree

LEAST = 200
DTD = pathlib.Path("/usr/share/nmap/nmap.dtd")
WORDS = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": os.environ["PATH"]}


def xmllint(files):
    rule = ["--dtdvalid", str(DTD)] if DTD.exists() else []
    ran = subprocess.run(["xmllint", "--noout", "--nonet", *rule, *map(str, files)], capture_output=True, text=True, check=False)
    return ran.returncode == 0, ran.stderr[-500:]


def expat(files):
    for file in files:
        xml.etree.ElementTree.parse(file)
    return True, ""


def json_lines(files):
    for file in files:
        for line in file.read_text(encoding="utf-8").split("\n"):
            if line and "event" not in json.loads(line):
                return False, f"{file.name}: {line}"
    return True, ""


def visible(line):
    """What every terminal shows alike: tabs become blanks, and code points that Unicode has not assigned have no width."""
    return " ".join("".join(c for c in line if unicodedata.category(c) != "Cn").split())


def terminal(files):
    """Shown by tmux, each report is what was written: nothing moved, cleared, coloured, rang or renamed the window."""
    with tempfile.TemporaryDirectory(prefix="t") as place:
        whole = pathlib.Path(place) / "all"
        whole.write_bytes(b"".join(f.read_bytes() for f in files))

        def tmux(*words):
            return subprocess.run(["tmux", "-u", "-S", f"{place}/s", *words], env=WORDS, capture_output=True, text=True, check=True,
                                  timeout=30).stdout
        (pathlib.Path(place) / "conf").write_text("set -g history-limit 100000\n")
        try:
            tmux("-f", f"{place}/conf", "new-session", "-d", "-x", "1000", "-y", "50", "sh", "-c",
                 "printf '\\033]2;untouched\\007'; cat \"$0\"; printf the-end; sleep 60", str(whole))
            end = time.monotonic() + 20
            shown = ""
            while time.monotonic() < end and not shown.endswith("the-end"):
                time.sleep(0.1)
                shown = tmux("capture-pane", "-p", "-J", "-S", "-").rstrip("\n ")
            state = tmux("display-message", "-p", "#{pane_title} #{alternate_on} #{cursor_x} #{mouse_any_flag}").strip()
        finally:
            subprocess.run(["tmux", "-S", f"{place}/s", "kill-server"], env=WORDS, capture_output=True, check=False)
        want = [visible(line) for line in (whole.read_text(encoding="utf-8") + "the-end").split("\n")]
        got = [visible(line) for line in shown.split("\n")]
        differ = [(a, b) for a, b in zip(want, got) if a != b]
        return want == got and state == "untouched 0 7 0", f"{state}; {len(want)} lines, {len(got)} shown; {differ[:2]}"


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1]], env={**os.environ, "LL_HOSTILE_DIR": folder}, capture_output=True, check=True)
        for name, kind, program in ((xmllint, "xml", "xmllint"), (expat, "xml", "sh"), (json_lines, "jsonl", "sh"),
                                    (terminal, "screen", "tmux"), (terminal, "gnmap", "tmux"), (terminal, "jsonl", "tmux")):
            title = f"hostile {kind} {name.__name__}"
            if not shutil.which(program):
                print(f"SKIP {title}: {program} is not installed: tools/setup check")
                continue
            files = sorted(pathlib.Path(folder).glob(f"*.{kind}"))
            try:
                well, why = name(files)
            except (ValueError, xml.etree.ElementTree.ParseError) as e:
                well, why = False, str(e)
            well = well and len(files) >= LEAST
            failed += not well
            print(f"PASS {title}: {len(files)} reports" if well else f"FAIL {title}: {len(files)} reports: {why}", flush=True)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
