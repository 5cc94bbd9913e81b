#!/usr/bin/env python3
"""The manual pages as readers get them, in every language: manual.py ROOT ENGLISH JAPANESE (the made pages)."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
root, english, japanese = sys.argv[1:]
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(root, "tools")]
from cases import case, done, skip  # noqa: E402
from option_pages import SHOWN, load  # noqa: E402

ENV = {**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "80", "MAN_KEEP_FORMATTING": "", "PAGER": "cat", "MANPAGER": "cat"}
SECTIONS = {"": ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS SUMMARY", "OPTIONS", "EXAMPLES", "PRIVILEGES", "EXIT STATUS",
                 "ENVIRONMENT", "FILES", "ETHICS", "SEE ALSO"],
            "ja": ["名前", "書式", "説明", "オプションの一覧", "オプション", "使用例", "権限", "終了ステータス", "環境変数",
                   "ファイル", "倫理", "関連項目"]}
STATES = ["open", "closed", "filtered", "unfiltered", "open|filtered", "closed|filtered"]


def run(command, **more):
    return subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=60, env={**ENV, **more})


def warnings(path):
    return run(["groff", "-Kutf8", "-man", "-Tutf8", "-ww", path]).stderr.strip()


def missing_options(text):
    """Every option of the manual begins an entry of its own."""
    flat = re.sub(r"[\u2010\u2212]", "-", text)
    lost = [n for o in load() if o.standing in SHOWN for n in o.names
            if not re.search(rf"(?m)^ {{7}}(?:\S+, )*{re.escape(n)}(?![\w-])", flat)]
    return f"no entry for {lost}" if lost else ""


def missing_sections(text, code):
    headings = [line for line in text.split("\n") if line and not line.startswith(" ")]
    lost = [s for s in SECTIONS[code] if s not in headings]
    lost += [s for s in STATES if not re.search(rf"(?m)^ {{7}}{re.escape(s)}(\s|$)", text)]
    return f"missing: {lost}" if lost else ""


def narrow(text):
    wide = [line for line in text.split("\n") if len(line) + sum(ord(c) > 0x2E80 for c in line) > 80]
    return f"wider than the terminal: {wide[:3]}" if wide else ""


def check(name, path, code):
    case(f"{name}_without_warnings", warnings(path))
    text = run(["man", "-l", path]).stdout
    case(f"{name}_has_every_section_and_state", missing_sections(text, code))
    case(f"{name}_has_every_option", missing_options(text))
    case(f"{name}_fits_the_terminal", narrow(text))
    case(f"{name}_breaks_no_word", "\n".join(line for line in text.split("\n") if line.endswith("\u2010")))


def found_by_man():
    """man -L ja leadline, with the pages where they are installed."""
    with tempfile.TemporaryDirectory() as place:
        for path, folder in ((english, "man1"), (japanese, "ja/man1")):
            os.makedirs(os.path.join(place, folder))
            shutil.copy(path, os.path.join(place, folder, "leadline.1"))
        other = run(["man", "-L", "ja", "leadline"], MANPATH=place).stdout
        plain = run(["man", "leadline"], MANPATH=place, LANGUAGE="").stdout
    if "ネットワークを管理する人" not in other:
        return f"man -L ja shows: {other[:200]}"
    return "" if "DESCRIPTION" in plain else f"man shows: {plain[:200]}"


for tool in ("groff", "man"):
    if not shutil.which(tool):
        skip("manual", f"{tool} is not installed")
check("english", english, "")
check("japanese", japanese, "ja")
case("man_finds_both_languages", found_by_man())
done()
