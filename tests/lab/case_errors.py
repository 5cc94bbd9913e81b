"""Wrong input: one line on stderr that names what is wrong, and the documented exit status."""
import os

from net import NOBODY
from topology import DESK, PRINTER

USAGE, FAILED, FINE = 255, 1, 0

# words, exit status, what the one line must name
WRONG = [
    (["--no-such-option", DESK], USAGE, "no-such-option"),
    (["-p", "22-", "-p", "80", DESK], FAILED, "-p"),
    (["-p", "80-70", DESK], FAILED, "80-70"),
    (["-p", "65536", DESK], FAILED, "65536"),
    (["-p", "22,x y", DESK], FAILED, "x y"),
    (["-T9", DESK], FAILED, "9"),
    (["--host-timeout", "soon", DESK], FAILED, "soon"),
    (["--max-retries", "-3", DESK], FAILED, "-3"),
    (["-iL", "/no/such/list", DESK], FAILED, "/no/such/list"),
    (["-oX", "/no/such/folder/x.xml", DESK], FAILED, "/no/such/folder/x.xml"),
    (["-e", "nosuch0", DESK], FAILED, "nosuch0"),
    (["-sS", "-sT", DESK], FAILED, "sT"),
    (["-n", "-sn", "no-such-host.example.invalid"], FINE, "no-such-host.example.invalid"),
    (["-n", "-sn", "192.168.77.999"], FINE, "192.168.77.999"),
    (["-n", "-sn", "192.168.77.0/99"], FINE, "192.168.77.0/99"),
    (["-n", "-sn", "192.168.77.7-3"], FINE, "192.168.77.7-3"),
]


def one_line(t, name, ran, status, names=""):
    lines = ran.err.splitlines()
    good = ran.status == status and len(lines) == 1 and names in lines[0]
    t.check(name, good, f"wanted status {status} and one line naming {names!r}\ngot status {ran.status}\n{ran.err}")


def case_wrong_input(t):
    """options, ports, times, files, names and interfaces that are wrong"""
    for words, status, names in WRONG:
        one_line(t, " ".join(words), t.leadline(*words, timeout=30), status, names)


def case_help(t):
    """usage without arguments, -h and -V"""
    ran = t.leadline()
    t.check("no arguments", ran.status == USAGE and ran.err == "" and ran.out != "", f"{ran.status} {ran.err}")
    for words in (["-h"], ["-V"], ["--version"]):
        ran = t.leadline(*words)
        t.check(words[0], ran.status == FINE and ran.err == "" and ran.out != "", f"{ran.status} {ran.err}")


def case_privilege(t):
    """a raw scan without the right to do it"""
    if not t.lab.real_root:
        t.skip("raw scan as an ordinary user", "needs root to become another user")
        return
    one_line(t, "-sS as an ordinary user", t.leadline("-n", "-sS", "-p", "22", DESK, user=NOBODY), FAILED)


def case_bad_among_good(t):
    """one bad target does not stop the others"""
    ran = t.leadline("-n", "-sn", PRINTER, "no-such-host.example.invalid", "192.168.77.999", DESK, timeout=30)
    both = all(f"scan report for {a}\n" in ran.out for a in (PRINTER, DESK))
    t.check("both good targets reported", ran.status == FINE and both, f"{ran.status}\n{ran.out}{ran.err}")
    t.check("a line for each bad one", len(ran.err.splitlines()) == 2, ran.err)
    names = t.lab.new_file(".list")
    with open(names, "w", encoding="utf-8") as f:
        f.write(f"{PRINTER}\n10.0.0.0/33\n{DESK}\n")
    ran = t.leadline("-n", "-sn", "-iL", names, timeout=30)
    both = all(f"scan report for {a}\n" in ran.out for a in (PRINTER, DESK))
    t.check("the same from a file", ran.status == FINE and both and len(ran.err.splitlines()) == 1, f"{ran.out}{ran.err}")


def case_full_disk(t):
    """output that cannot be written is said and changes the exit status"""
    for option in ("-oX", "-oN", "-oG", "-oJ", "-oL"):
        if not t.has_option(option, "/dev/null"):
            continue
        one_line(t, f"{option} /dev/full", t.leadline("-n", "-Pn", "-p", "22", option, "/dev/full", DESK), FAILED, "/dev/full")
    with open("/dev/full", "w", encoding="utf-8") as full:
        one_line(t, "stdout is full", t.leadline("-n", "-Pn", "-p", "22", DESK, stdout=full), FAILED)


def case_closed_pipe(t):
    """a reader that has gone away, as with | head -1"""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as gone:
        ran = t.leadline("-n", "-Pn", "-p", "22", DESK, stdout=gone, timeout=30)
    one_line(t, "stdout is closed", ran, FAILED)
