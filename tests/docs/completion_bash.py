#!/usr/bin/env python3
"""What bash offers: completion_bash.py ROOT FILE, where FILE is the made completion. Sourced without other completion
code, and asked as readline would."""
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
root, script = sys.argv[1], os.path.abspath(sys.argv[2])
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(root, "tools")]
from cases import case, done, skip  # noqa: E402
from option_pages import SHOWN, load  # noqa: E402

ASK = r'''
set -u
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
"$(complete -p leadline | sed 's/.*-F \([^ ]*\) .*/\1/')" leadline "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\n' "${COMPREPLY[@]}"
'''


def offer(*words):
    ran = subprocess.run(["bash", "--norc", "--noprofile", "-c", ASK, "bash", script, "leadline", *words],
                         capture_output=True, text=True, timeout=30)
    return sorted(x for x in ran.stdout.split("\n") if x), ran.stderr.strip()


def want(name, words, expected):
    got, complaint = offer(*words)
    problem = complaint or ("" if got == sorted(expected) else f"{words}: {got}, not {sorted(expected)}")
    case(name, problem)


if not shutil.which("bash"):
    skip("completion_bash", "bash is not installed")
options = [o for o in load() if o.standing in SHOWN]
names = [n for o in options for n in o.names]
with tempfile.TemporaryDirectory() as place:
    os.chdir(place)
    os.mkdir("reports")
    for name in ("targets.txt", "two words.txt"):
        with open(name, "w", encoding="ascii"):
            pass
    want("every_option", ["-"], names)
    want("long_options", ["--max-r"], [n for n in names if n.startswith("--max-r")])
    want("one_option", ["-v", "--host-t"], ["--host-timeout"])
    want("scan_types", ["-sS", "-s"], [n for n in names if n.startswith("-s")])
    templates = next(o for o in options if o.stem == "timing-template").values
    want("templates", ["-T", ""], templates)
    want("template_attached", ["-T"], ["-T" + v for v in templates])
    want("template_attached_begun", ["-Ta"], ["-Taggressive"])
    want("template_begun", ["-T", "p"], ["paranoid", "polite"])
    want("files_to_read", ["-iL", "t"], ["targets.txt", "two words.txt"])
    want("files_to_write", ["-oX", "re"], ["reports"])
    want("folders_only", ["--datadir", ""], ["reports"])
    want("value_after_equals", ["--excludefile", "=", "ta"], ["targets.txt"])
    want("nothing_yet_after_equals", ["--datadir", "="], ["reports"])
    want("interfaces", ["-e", ""], os.listdir("/sys/class/net"))
    want("no_guess_for_ports", ["-p", ""], [])
    want("nothing_for_nonsense", ["--no-such"], [])
    want("no_option_after_two_dashes", ["--", "-"], [])
done()
