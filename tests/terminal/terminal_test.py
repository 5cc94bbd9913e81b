#!/usr/bin/env python3
"""The command on a terminal: progress line, colour, keys, signals. Scans 127.0.0.1 by connections, slowly.

usage: terminal_test.py PATH-OF-LEADLINE
"""
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile

from screen import Bad, Session, need

LEADLINE = sys.argv[1]
PROGRESS = r"Connect Scan \d+\.\d%"


def listener():
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    s.listen(64)
    return s


def command(port, *options, ports=200, rate=100):
    return [LEADLINE, "-sT", "-Pn", "-n", "--max-rate", str(rate), "-p", f"1-{ports},{port}", *options, "127.0.0.1"]


def lines_of_report(session):
    return [row.rstrip() for row in session.screen.rows if row.strip()]


def test_progress_line_is_redrawn_and_leaves_nothing(port, env):
    s = Session(command(port, "-v"), env)
    need(s.wait_text(PROGRESS + r".*packets/s  0/1 hosts done, 0 up, 1 open  ETA \d:\d\d:\d\d"), "no progress line", s)
    need(s.end() == 0, "exit status", s)
    text = s.screen.text()
    need(len(re.findall(PROGRESS.encode(), s.raw)) >= 4, "the line was drawn less than four times", s)
    need(not re.search(PROGRESS, text), "the progress line stayed on the screen", s)
    need("ETA" not in text and "hosts done" not in text, "parts of it stayed", s)
    need(f"Discovered open port {port}/tcp on 127.0.0.1" in text, "a report line is garbled", s)
    need(re.search(rf"^{port}/tcp +open +", text, re.M), "the table is garbled", s)
    need(not s.screen.strange, f"strange bytes {s.screen.strange}", s)
    need(s.is_cooked(), "the terminal is not as it was")


def test_narrow_window(port, env):
    s = Session(command(port), env, columns=24)
    need(s.wait_text(PROGRESS), "no progress line", s)
    s.read(0.6)
    need(max(len(row) for row in s.screen.rows if "Connect Scan" in row) <= 23, "wider than the window", s)
    s.resize(60)
    need(s.wait_text(PROGRESS + r".*hosts done"), "SIGWINCH had no effect", s)
    s.resize(5)
    need(s.wait_for(lambda x: x.screen.rows[-1] == "Conn"), "not cut", s)
    need(s.end() == 0, "exit status", s)


def test_colour_only_paints(port, env):
    plain = subprocess.run(command(port, rate=5000), stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=True).stdout
    need(b"\x1b" not in plain, "escape sequences in a pipe")
    s = Session(command(port, rate=5000), env)
    need(s.end() == 0, "exit status", s)
    need([c[0] for c in s.screen.colors] == ["32", "0"], f"colours {s.screen.colors}", s)
    start, end = s.screen.colors
    need(start[1][start[2]:] == "" and end[1][start[2]:end[2]] == "open", "not the state is painted", s)
    need(re.findall(rb"(?m)^\d+/tcp.*", plain) == re.findall(rb"(?m)^\d+/tcp.*", s.screen.text().encode()),
         "columns differ from those without colour", s)


def test_colour_when(port, env):
    for options, more, painted in [([], {"NO_COLOR": "1"}, False), ([], {"TERM": "dumb"}, False), ([], {"NO_COLOR": ""}, True),
                                   (["--color=never"], {}, False), (["--color=always"], {"NO_COLOR": "1"}, True)]:
        s = Session(command(port, *options, rate=5000), {**env, **more})
        need(s.end() == 0, "exit status", s)
        need(bool(s.screen.colors) == painted, f"{options} {more}: colours {s.screen.colors}", s)
        s.close()
    with tempfile.TemporaryDirectory() as place:
        file = os.path.join(place, "report")
        s = Session(command(port, "--color=always", "-oN", file, rate=5000), env)
        need(s.end() == 0, "exit status", s)
        need(b"\x1b" not in open(file, "rb").read(), "colour in a file")


def test_quiet_without_a_person(port, env):
    for options, more in [(["-v0"], {}), (["--noninteractive"], {}), ([], {"TERM": "dumb"})]:
        s = Session(command(port, *options), {**env, **more})
        need(s.end() == 0, "exit status", s)
        need(b"ETA" not in s.raw and b"\x1b[J" not in s.raw, f"{options} {more}: a progress line", s)
        s.close()
    s = Session(command(port), env, stdout=subprocess.PIPE)
    need(s.end() == 0, "exit status", s)
    need(s.raw == b"", "something on the terminal although standard output is a pipe", s)


def test_progress_line_beside_a_report_in_a_file(port, env):
    with tempfile.TemporaryFile() as file:
        s = Session(command(port), env, stdout=file)
        need(s.wait_text(PROGRESS), "no progress line", s)
        need(s.end() == 0, "exit status", s)
        need(s.screen.text().strip() == "", "the line stayed", s)
        file.seek(0)
        need(b"\x1b" not in file.read(), "escape sequences in the file")


def test_keys(port, env):
    s = Session(command(port, "--max-retries", "1", ports=400), env)
    need(s.wait_text(PROGRESS), "no progress line", s)
    need(not s.is_cooked(), "the terminal is not in the mode for single keys", s)
    for key, answer in [("v", "verbosity is 1 now"), ("v", "verbosity is 2 now"), ("V", "verbosity is 1 now"),
                        ("d", "debug level is 1 now"), ("D", "debug level is 0 now"), ("?", r"keys: v/V"), ("p", "packet trace is on now"),
                        ("", r"CONN \(\d+\.\d{4}s\) TCP localhost > 127.0.0.1:\d+ => Operation now in progress"),
                        ("", r"CONN \(\d+\.\d{4}s\) TCP localhost > 127.0.0.1:\d+ => Connection refused"),
                        ("P", "packet trace is off now"),
                        ("x", r"Stats: 0:00:0\d elapsed; 0 hosts completed \(0 up\), 1 undergoing Connect Scan\n"
                              r"Connect Scan Timing: About \d+\.\d\d% done")]:
        s.keys(key)
        need(s.wait_text(answer, 2), f"key {key} had no effect", s)
    count = s.raw.count(b"Stats: ")
    s.keys("\x1b[A")
    need(s.wait_for(lambda x: x.raw.count(b"Stats: ") == count + 1, 2), "an arrow key is one key", s)
    s.keys("vx")
    need(s.wait_text("verbosity is 2 now", 2), "two keys at once", s)
    need(s.end() == 0, "exit status", s)
    text = s.screen.text()
    need(text.count("Stats: ") == text.count(" Timing: About "), "a progress line too many", s)
    need("REASON" in text, "verbosity 2 shows no reasons", s)
    need("Scanned at" in text, "verbosity 2 shows no times", s)
    need(not re.search(r"^[vVdD?x]+(leadline|Stats|$)", text, re.M), "keys were echoed", s)
    need(s.is_cooked(), "the terminal is not as it was", s)


def test_keys_leave_files_alone(port, env):
    with tempfile.TemporaryDirectory() as place:
        files = [os.path.join(place, n) for n in ("with", "without")]
        for file, keys in zip(files, ("vvv", "")):
            s = Session(command(port, "-oN", file), env)
            need(s.wait_text(PROGRESS), "no progress line", s)
            s.keys(keys)
            need(s.end() == 0, "exit status", s)
            s.close()
        bodies = ["".join(line for line in open(file) if not line.startswith(("#", "Host is up"))) for file in files]
        need(bodies[0] == bodies[1] and "REASON" not in bodies[0], f"a file changed its kind: {bodies}")


def test_noninteractive_reads_no_keys(port, env):
    s = Session(command(port, "--noninteractive"), env)
    s.read(0.7)
    need(s.is_cooked(), "the mode of the terminal was changed", s)
    s.keys("v")
    need(s.end() == 0, "exit status", s)
    need("verbosity" not in s.screen.text(), "a key had effect", s)


def test_ends_by_signal(port, env):
    for how, status, words in [("\x03", 130, "Interrupted: results are partial"), (signal.SIGTERM, 143, "partial"),
                               (signal.SIGHUP, 129, "partial"), ("\x1c", 131, "")]:
        s = Session(command(port, ports=3000), env)
        need(s.wait_text(PROGRESS), "no progress line", s)
        s.keys(how) if isinstance(how, str) else s.process.send_signal(how)
        got = s.end()
        need(got == status, f"{how!r}: exit status {got}, not {status}", s)
        need(words in s.screen.text(), f"{how!r}: not said", s)
        need(not re.search(PROGRESS, s.screen.text()), f"{how!r}: the progress line stayed", s)
        need(s.is_cooked(), f"{how!r}: the terminal is not as it was", s)
        s.close()


def test_stop_and_continue(port, env):
    """Under a shell with job control, as a person has it."""
    s = Session(["bash", "--norc", "--noprofile", "-i"], {**env, "PS1": "prompt> ", "HISTFILE": "", "LANGUAGE": "en"})
    need(s.wait_text("prompt>"), "no shell", s)
    s.keys("bind 'set enable-bracketed-paste off'; clear() { :; }\n")
    s.keys(" ".join(command(port, ports=900)) + "\n")
    need(s.wait_text(PROGRESS), "no progress line", s)
    s.keys("\x1a")
    need(s.wait_text("Stopped"), "Ctrl-Z did not stop it", s)
    s.keys("echo echo-$((40+2))\n")
    need(s.wait_text(r"\$ ?|echo echo-") and s.wait_text(r"^echo-42$|\necho-42"), "the shell has no echo", s)
    s.keys("fg\n")
    need(s.wait_for(lambda x: re.search(PROGRESS, x.screen.rows[-1])), "the line did not come back", s)
    s.keys("v")
    need(s.wait_text("verbosity is 1 now", 3), "no keys after fg", s)
    s.keys("\x1a")
    need(s.wait_for(lambda x: x.screen.text().count("Stopped") == 2), "Ctrl-Z did not stop it again", s)
    s.keys("bg\n")
    s.read(0.8)
    s.keys("echo there-$((40+2))\n")
    need(s.wait_text("there-42"), "the shell does not get its keys", s)
    mark = len(s.raw)
    s.read(0.8)
    need(not re.search(PROGRESS.encode(), s.raw[mark:]), "a progress line from the background", s)
    s.keys("jobs\n")
    need(s.wait_text(r"Running"), "the job does not run in the background", s)
    need(s.wait_text("Leadline done: ", 20), "the job did not end", s)
    s.keys("exit\n")
    need(s.end() is not None, "the shell did not end", s)


def make_japanese(place):
    """Compiles the Japanese locale into a folder; false when its source (Debian: package locales) is not there."""
    try:
        done = subprocess.run(["localedef", "-i", "ja_JP", "-f", "UTF-8", os.path.join(place, "ja_JP.UTF-8")],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    except OSError:
        return False
    return done.returncode == 0


def locales(place):
    yield "C.UTF-8", {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    if make_japanese(place):
        yield "ja_JP.UTF-8", {"LOCPATH": place, "LANG": "ja_JP.UTF-8", "LC_ALL": "ja_JP.UTF-8"}
    else:
        print("SKIP ja_JP.UTF-8: no Japanese locale can be made here (Debian: package locales)")


def main():
    failed = 0
    with listener() as s, tempfile.TemporaryDirectory() as made:
        port = s.getsockname()[1]
        for place, env in locales(made):
            for name, test in [(n, t) for n, t in globals().items() if n.startswith("test_")]:
                try:
                    test(port, env)
                    print(f"PASS {place}: {name[5:]}", flush=True)
                except Bad as e:
                    failed += 1
                    print(f"FAIL {place}: {name[5:]}: {e}", flush=True)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
