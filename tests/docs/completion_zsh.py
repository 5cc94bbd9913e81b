#!/usr/bin/env python3
"""What zsh completes: completion_zsh.py ROOT FILE, where FILE is the made completion.

A zsh on a terminal of its own is typed at; a function in the command's place prints the words that it was given.
"""
import os
import pty
import re
import select
import shutil
import sys
import tempfile
import time

sys.dont_write_bytecode = True
root, script = sys.argv[1], os.path.abspath(sys.argv[2])
sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(root, "tools")]
from cases import case, done, skip  # noqa: E402
from option_pages import SHOWN, load  # noqa: E402

PATIENCE = 20
SETUP = r"""
PS1=; unset zle_bracketed_paste; setopt no_beep no_list_beep no_prompt_cr
fpath=(%s $fpath); autoload -Uz compinit; compinit -D -u
zstyle ':completion:*' menu no
LISTMAX=10000
leadline() { print -rn -- "<""got:"; print -rn -- "${(j:|:)@}"; print -r -- ">" }
print -r -- "<""ready>"
"""


class Shell:
    def __init__(self, place):
        self.text = ""
        pid, self.fd = pty.fork()
        if pid == 0:
            os.chdir(place)
            env = {**os.environ, "TERM": "dumb", "LC_ALL": "C.UTF-8", "ZDOTDIR": place, "HOME": place, "COLUMNS": "200"}
            os.execvpe("zsh", ["zsh", "-f", "-i"], env)
        with open(os.path.join(place, "setup"), "w", encoding="utf-8") as f:
            f.write(SETUP % place)
        self.type("source ./setup\n", "<ready>")

    def type(self, keys, until):
        """What is printed from here until `until` is seen."""
        begin = len(self.text)
        os.write(self.fd, keys.encode())
        end = time.monotonic() + PATIENCE
        while until not in self.text[begin:] and time.monotonic() < end:
            if select.select([self.fd], [], [], 0.2)[0]:
                try:
                    self.text += os.read(self.fd, 65536).decode(errors="replace")
                except OSError:
                    break
        return self.text[begin:]

    def complete(self, line):
        """The words that leadline gets after a tab at the end of the line."""
        seen = self.type(f"leadline {line}\t\n", ">")
        got = re.search(r"<got:([^>]*)>", seen)
        return got[1].split("|") if got else [f"nothing: {seen!r}"]

    def listed(self, line):
        """What is shown after a tab that leaves several ways to go on."""
        # zsh shows no list while further keys wait: they are typed when it has fallen quiet.
        begin = len(self.text)
        os.write(self.fd, f"leadline {line}\t\t".encode())
        quiet = PATIENCE
        while select.select([self.fd], [], [], quiet)[0]:
            self.text += os.read(self.fd, 65536).decode(errors="replace")
            quiet = 1
        self.type("\x15leadline end\n", "<got:end>")
        return self.text[begin:]


def want(shell, name, line, expected):
    got = shell.complete(line)
    case(name, "" if got == expected else f"{line}: {got}, not {expected}")


if not shutil.which("zsh"):
    skip("completion_zsh", "zsh is not installed")
with tempfile.TemporaryDirectory() as place:
    shutil.copy(script, os.path.join(place, "_leadline"))
    os.mkdir(os.path.join(place, "reports"))
    with open(os.path.join(place, "targets.txt"), "w", encoding="ascii"):
        pass
    zsh = Shell(place)
    want(zsh, "one_option", "--host-t", ["--host-timeout"])
    want(zsh, "template", "-T pol", ["-T", "polite"])
    want(zsh, "template_attached", "-Tpol", ["-Tpolite"])
    want(zsh, "file_to_read", "-sS -iL targ", ["-sS", "-iL", "targets.txt"])
    want(zsh, "folder_only", "--datadir ", ["--datadir", "reports"])
    want(zsh, "value_after_equals", "--excludefile=targ", ["--excludefile=targets.txt"])
    want(zsh, "interface", "-e l", ["-e", "lo"])
    shown = zsh.listed("-")
    lost = [n for o in load() if o.standing in SHOWN for n in o.names if not re.search(rf"(?m){re.escape(n)}\s", shown)]
    case("every_option", f"not offered: {lost}" if lost else "")
    os.write(zsh.fd, b"exit\n")
done()
