#!/usr/bin/env python3
"""The command inside a real tmux: progress line, keys, signals and names in wide letters, in English and under a Japanese locale.

usage: tmux_test.py PATH-OF-LEADLINE FOLDER-FOR-LOCALES

Scans loopback addresses of a network namespace of its own. Exit status 77 where tmux, unshare or a namespace is missing.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

from screen import Bad, need

SKIPPED = 77
HERE = pathlib.Path(__file__).resolve().parent
PROGRESS = re.compile(r"^SYN Stealth Scan (\d+\.\d)%.*$", re.M)
HOST = "127.0.0.9"
WIDE = "日本語の名前ホスト.試験.example"


class Pane:
    """A shell in a window of a tmux server of its own."""

    def __init__(self, place, env, columns, rows=40):
        self.socket = f"{place}/tmux"
        self.columns = columns
        self.env = {**{k: v for k, v in os.environ.items() if not k.startswith(("TMUX", "LC_", "LANG", "NO_COLOR"))}, **env}
        self.env.update(PS1="prompt> ", HISTFILE="", TERM="xterm-256color")
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows), "bash", "--norc",
                  "--noprofile")
        self.tmux("set-option", "-g", "history-limit", "5000")
        if not self.wait_text("prompt>"):
            shown = self.text()
            self.close()
            raise Bad(f"no shell in tmux; the screen was:\n{shown}")

    def tmux(self, *words):
        return subprocess.run(["tmux", "-u", "-S", self.socket, *words], env=self.env, capture_output=True, text=True, check=True,
                              timeout=20).stdout

    def text(self, *more):
        """The window and what scrolled out of it, as tmux holds it."""
        return "\n".join(row.rstrip() for row in self.tmux("capture-pane", "-p", "-S", "-", *more).rstrip("\n").split("\n"))

    def joined(self):
        """The same with folded lines made one again."""
        return self.text("-J")

    @property
    def screen(self):
        return self

    def keys(self, *names):
        self.tmux("send-keys", *names)

    def command(self, line):
        self.tmux("send-keys", "-l", line)
        self.keys("Enter")

    def wait_for(self, what, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if what():
                return True
            time.sleep(0.05)
        return bool(what())

    def wait_text(self, pattern, seconds=20):
        return self.wait_for(lambda: re.search(pattern, self.joined(), re.M), seconds)

    def close(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], env=self.env, capture_output=True, check=False)


class Test:
    def __init__(self, leadline, place, env, columns):
        self.leadline, self.place, self.columns = leadline, place, columns
        self.pane = Pane(place, env, columns)
        link = pathlib.Path(place) / "ll"  # a short word: the command's echo is not what is looked at
        link.unlink(missing_ok=True)
        link.symlink_to(leadline)
        self.pane.command(f"cd {place}; PATH=.:$PATH")

    def scan(self, *options, ports=3000, rate=250):
        self.pane.command("clear")
        words = ["ll", "-sS", "-Pn", "--max-rate", str(rate), "-p", f"1-{ports}", *options, HOST]
        self.pane.command(" ".join(words) + "; echo status-$?")
        need(self.pane.wait_text(PROGRESS.pattern), "no progress line", self.pane)

    def ends(self, status):
        need(self.pane.wait_text(r"^status-\d+"), "no end", self.pane)
        need(re.search(rf"^status-{status}$", self.pane.joined(), re.M), f"the exit status is not {status}", self.pane)
        need(not PROGRESS.search(self.pane.text()), "the progress line stayed", self.pane)

    def redrawn_in_place(self):
        self.scan("-n", ports=900)
        seen, rows = set(), set()
        for _ in range(10):
            lines = self.pane.text().split("\n")
            at = [i for i, row in enumerate(lines) if PROGRESS.search(row)]
            need(len(at) <= 1, "two progress lines", self.pane)
            for i in at:
                rows.add(i)
                seen.add(PROGRESS.search(lines[i])[1])
                need(len(lines[i]) < self.columns, "as wide as the window", self.pane)
                need(not any(lines[i + 1:]), "something stands behind the progress line", self.pane)
            time.sleep(0.2)
        need(len(seen) >= 4, f"redrawn {len(seen)} times only", self.pane)
        need(len(rows) == 1, f"the line wandered: rows {rows}", self.pane)
        if self.columns >= 80:
            need(self.pane.wait_text(r"packets/s +0/1 hosts done, 0 up, \d open|0/1 hosts done"), "parts are missing", self.pane)
        self.ends(0)
        need(re.search(r"^Leadline done: 1 IP address", self.pane.joined(), re.M), "no last line", self.pane)

    def every_key(self):
        self.scan("-n", "--max-retries", "1", rate=150)
        for key, answer in [("v", "verbosity is 1 now"), ("v", "verbosity is 2 now"), ("V", "verbosity is 1 now"),
                            ("d", "debug level is 1 now"), ("D", "debug level is 0 now"), ("?", r"keys: v/V"),
                            ("p", "packet trace is on now"), (None, r"^SENT \(\d+\.\d{4}s\) TCP "), (None, r"^RCVD \(\d+\.\d{4}s\) TCP "),
                            ("P", "packet trace is off now"), ("x", r"^Stats: 0:00:\d\d elapsed; 0 hosts completed"),
                            (None, r"^SYN Stealth Scan Timing: About \d+\.\d\d% done")]:
            if key:
                self.pane.keys(key)
            need(self.pane.wait_text(answer, 5), f"key {key}: no {answer}", self.pane)
        for key in ("Up", "Space", "Enter"):
            before = self.pane.joined().count("Stats: ")
            self.pane.keys(key)
            need(self.pane.wait_for(lambda: self.pane.joined().count("Stats: ") == before + 1, 5), f"key {key} is not one key", self.pane)
        need(not re.search(r"^[vVdDpP?x]+$", self.pane.text(), re.M), "keys were echoed", self.pane)
        self.pane.keys("C-c")
        self.ends(130)

    def interrupted(self):
        self.scan("-n", "-v", "-oA", "cut", "-oJ", "cut.json", "-oL", "cut.list")
        self.pane.keys("C-c")
        self.ends(130)
        need("Interrupted: results are partial" in self.pane.joined(), "not said", self.pane)
        place = pathlib.Path(self.place)
        root = xml.etree.ElementTree.parse(place / "cut.xml").getroot()
        need(root.find("runstats/finished").get("exit") == "error" and root.find("host") is not None, "the XML does not say that it is partial")
        events = [json.loads(line) for line in (place / "cut.json").read_text().splitlines()]
        need(events and events[-1]["event"] == "end", f"the JSON ends with {events[-1:]}")
        need((place / "cut.nmap").read_text().rstrip().split("\n")[-1].startswith("# "), "no last line of the text")
        need((place / "cut.gnmap").read_text().rstrip().split("\n")[-1].startswith("# "), "no last line of the grepable report")
        need(re.fullmatch(r"(\S+:\d+\n)*", (place / "cut.list").read_text()), "a broken line in the list")
        self.pane.command("stty -a | tr ' ' '\\n' | grep -x -e icanon -e echo | tr '\\n' '+'")
        need(self.pane.wait_text(r"icanon\+echo\+"), "the terminal is not as it was", self.pane)

    def stopped_and_continued(self):
        self.scan("-n", ports=1500)
        self.pane.keys("C-z")
        need(self.pane.wait_text(r"^\[1\]\+ +(Stopped|停止)"), "Ctrl-Z did not stop it", self.pane)
        need(not PROGRESS.search(self.pane.text()), "the progress line stayed beside the prompt", self.pane)
        self.pane.command("echo there-$((40+2))")
        need(self.pane.wait_text("^there-42"), "the shell has no echo", self.pane)
        self.pane.command("fg; echo again-$?")
        need(self.pane.wait_text(PROGRESS.pattern), "the line did not come back", self.pane)
        self.pane.keys("v")
        need(self.pane.wait_text("verbosity is 1 now", 5), "no keys after fg", self.pane)
        need(self.pane.wait_text("^again-0", 40), "no good end after fg", self.pane)
        need(not PROGRESS.search(self.pane.text()), "the progress line stayed", self.pane)

    def names_of_strangers(self):
        """Reverse names in wide letters, and one full of control bytes, bidirectional marks and broken UTF-8."""
        self.scan("-v", "--dns-servers", "127.0.0.1", "-oN", "names.txt", "127.0.0.10", ports=700, rate=500)
        for _ in range(8):
            need(len(PROGRESS.findall(self.pane.text())) <= 1, "two progress lines", self.pane)
            time.sleep(0.2)
        self.ends(0)
        shown, file = self.pane.joined(), (pathlib.Path(self.place) / "names.txt").read_bytes()
        titles = [line for line in file.decode("utf-8").split("\n") if "scan report for" in line]
        need(len(titles) == 2, f"titles: {titles}")
        for title in titles:
            need(title in shown.split("\n"), f"not whole on the screen: {title!r}", self.pane)
        need(any(f"{WIDE} ({HOST})" in t for t in titles), f"the wide name: {titles}")
        need(not any(c in file for c in (b"\x1b", b"\x07", b"\x00", "\u202e".encode())), "strangers' bytes in the file")
        need("PWNED" not in self.pane.tmux("display-message", "-p", "#{pane_title}"), "a name changed the title of the window")


CASES = ["redrawn_in_place", "every_key", "interrupted", "stopped_and_continued", "names_of_strangers"]


def locales(folder):
    yield "C.UTF-8", {"LANG": "C.UTF-8"}
    made = pathlib.Path(folder) / "ja_JP.UTF-8"
    if not made.exists():
        made.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["localedef", "-i", "ja_JP", "-f", "UTF-8", made], capture_output=True, check=False)
    if made.exists():
        yield "ja_JP.UTF-8", {"LANG": "ja_JP.UTF-8", "LOCPATH": str(folder)}
    else:
        print("SKIP ja_JP.UTF-8: no Japanese locale can be made here (Debian: package locales)")


def inside(leadline, folder):
    """Runs in the namespace."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    names = subprocess.Popen([sys.executable, HERE / "strange_names.py", WIDE], stdout=subprocess.PIPE)
    names.stdout.readline()
    failed = 0
    try:
        for locale, env in locales(folder):
            for columns in (80, 40):
                failed += run_cases(leadline, locale, env, columns)
    finally:
        names.kill()
    return failed > 0


def run_cases(leadline, locale, env, columns):
    failed = 0
    for name in CASES:
        with tempfile.TemporaryDirectory(prefix="t") as place:
            test = None
            try:
                test = Test(leadline, place, env, columns)
                getattr(test, name)()
                print(f"PASS tmux {locale} {columns} columns: {name}", flush=True)
            except Bad as e:
                failed += 1
                print(f"FAIL tmux {locale} {columns} columns: {name}: {e}", flush=True)
            finally:
                if test:
                    test.pane.close()
    return failed


def main():
    leadline, folder = map(os.path.abspath, sys.argv[1:3])
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    if sys.argv[3:] == ["inside"]:
        return inside(leadline, folder)
    for tool in ("tmux", "unshare", "ip", "bash"):
        if not shutil.which(tool):
            print(f"SKIP tmux: {tool} is not installed: tools/setup check")
            return SKIPPED
    unshare = ["unshare", "--net"] + ([] if os.geteuid() == 0 else ["--user", "--map-root-user"])
    if subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode != 0:
        print("SKIP tmux: no network namespace can be made here")
        return SKIPPED
    return subprocess.call([*unshare, sys.executable, __file__, leadline, folder, "inside"])


if __name__ == "__main__":
    sys.exit(main())
