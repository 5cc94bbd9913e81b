#!/usr/bin/env python3
"""Measures leadline beside nmap, masscan and zmap on the same hosts of the network lab, in turns, and writes bench/RESULTS.md.

usage: bench/run.py [--runs N] [CASE...]     LEADLINE names the scanner (default build/leadline)
       bench/run.py --list                   names the cases

A section of RESULTS.md (nmap, sweeps) is written anew when all of its cases were run: without CASE both are, `nmap` or `sweeps` as
CASE names one. A row is only written when the scanners ended well; where their results differ the row says so. `tools/bench-table`
then writes the README's table.
"""
import dataclasses
import datetime
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "RESULTS.md"
HEADINGS = {"nmap": "# Beside nmap, in the network lab", "services": "# Services and versions beside nmap, in the network lab",
            "sweeps": "# Beside masscan and zmap, in the network lab"}
TARO, WALL = "198.51.100.7", "198.51.100.20"
NOBODY = 65534
LONGEST = 150

# Addresses of a host at the other end of a cable of its own, which answers every probe: routers, or the bridge that plays the switch on
# our processors, would be measured otherwise.
CROWD = [f"192.168.78.{i}" for i in range(64, 80)]

# name, title, words, as an ordinary user; a number of runs of its own where nmap takes minutes
SCANS = [
    ("article", "six ports behind a firewall, default ports, SYN", ["-n", "-sS", TARO], False),
    ("connect", "six ports behind a firewall, default ports, connect", ["-n", "-sT", TARO], True),
    ("far", "a host behind three routers that refuses, all 65,535 ports, SYN", ["-n", "-Pn", "-sS", "-p", "1-65535", WALL], False),
    ("near", "a host on the own Ethernet that refuses, all 65,535 ports, SYN", ["-n", "-sS", "-p", "1-65535", CROWD[0]], False),
    ("article-all", "six ports behind a firewall, all 65,535 ports, SYN", ["-n", "-sS", "-p-", TARO], False, 1),
    ("sixteen", "sixteen hosts on the own Ethernet that refuse, all 65,535 ports, SYN", ["-n", "-sS", "-p", "1-65535", *CROWD], False),
    ("ping-far", "who is up in a routed /24", ["-n", "-sn", "198.51.100.0/24"], False),
    ("ping-near", "who is up on the own Ethernet, /24", ["-n", "-sn", "192.168.77.0/24"], False),
]

# The article's host has these addresses, too: one Apache answers on all of them.
MANY = "10.50.0.0/21"
SERVICES = [
    ("services-article", "versions of three servers (OpenSSH, Postfix, Apache)", ["-n", "-Pn", "-sV", "-p", "22,25,80", TARO], False),
    ("services-many", "versions of one HTTP server on 2,048 addresses", ["-n", "-Pn", "-sV", "-p", "80", MANY], False, 1),
]


@dataclasses.dataclass
class Run:
    seconds: float
    cpu: float
    memory: float  # MB, the largest resident size
    result: tuple | None  # None: stopped after LONGEST seconds


def opened(path):
    """What must be equal: hosts that are up and their open ports."""
    import compare
    hosts = compare.read_report(path)
    return tuple(sorted((address, *sorted(port for port, (state, _) in host.ports.items() if state == "open"))
                        for address, host in hosts.items() if host.state == "up"))


def watch(p, began, longest=LONGEST):
    """Waits for a program; (exit status, usage, largest memory in MB). The kernel's own ru_maxrss would count this Python too, from
    which the program was started."""
    memory = 0.0
    while True:
        pid, status, usage = os.wait4(p.pid, os.WNOHANG)
        if pid:
            p.returncode = os.waitstatus_to_exitcode(status)
            return p.returncode, usage, memory
        try:
            text = pathlib.Path(f"/proc/{p.pid}/status").read_text(encoding="ascii", errors="replace")
            memory = max([memory] + [int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("VmHWM")])
        except OSError:
            pass
        if time.monotonic() - began > longest:
            p.kill()
        time.sleep(0.01)


def measure(lab, scanner, words, ordinary, longest=LONGEST):
    """One run; None when it failed."""
    xml = lab.new_file(".xml")
    command = [*scanner, *words, "-oX", xml]
    if ordinary and lab.real_root:
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]
    began = time.monotonic()
    with open(lab.new_file(".err"), "w+", encoding="utf-8") as err:
        p = subprocess.Popen(lab.scanner.command(command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=err)
        status, usage, memory = watch(p, began, longest)
        seconds = time.monotonic() - began
        err.seek(0)
        if seconds >= longest and status < 0:
            return Run(seconds, usage.ru_utime + usage.ru_stime, memory, None)
        if status != 0:
            print(f"  {scanner[0]} {' '.join(words)}: status {status} {err.read().strip()}")
            return None
    return Run(seconds, usage.ru_utime + usage.ru_stime, memory, opened(xml))


def median(runs, field):
    return statistics.median(getattr(r, field) for r in runs)


def row(lab, title, words, ordinary, count):
    """A line of the table, or None."""
    ours, theirs = [], []
    for _ in range(count):
        for scanner, runs in ((lab.leadline, ours), (["nmap"], theirs)):
            one = measure(lab, scanner, words, ordinary)
            if one is None:
                return None
            runs.append(one)
    a, b = median(ours, "seconds"), median(theirs, "seconds")
    stopped = any(r.result is None for r in theirs)
    same = "nmap was stopped" if stopped else "equal" if len({r.result for r in ours + theirs}) == 1 else "**differ**"
    more = "> " if stopped else ""
    cells = [title, f"{a:.2f} s", f"{more}{b:.2f} s", f"{more}{b / a:.1f}", f"{median(ours, 'cpu'):.2f} s", f"{median(theirs, 'cpu'):.2f} s",
             f"{median(ours, 'memory'):.0f} MB", f"{median(theirs, 'memory'):.0f} MB", same]
    return "| " + " | ".join(cells) + " |"


def version(scanner):
    said = subprocess.run([*scanner, "-V"], capture_output=True, text=True, check=False).stdout
    return said.splitlines()[0] if said else scanner[0]


def machine():
    return f"{datetime.date.today()}, a virtual machine with {os.cpu_count()} cores, Linux {'.'.join(platform.release().split('.')[:2])}"


def rows_of(lab, chosen, count):
    rows = []
    for name, title, scan, ordinary, *own in chosen:
        line = row(lab, title, scan, ordinary, own[0] if own else count)
        print(line or f"  not measured: {name}", flush=True)
        rows += [line] if line else []
    return rows


def nmap_section(lab, chosen, count):
    crowd = lab.host("crowd")
    lab.link(lab.scanner, "eth1", crowd, "eth0")
    lab.scanner.address("eth1", "192.168.78.100/24")
    crowd.address("eth0", *[f"{address}/24" for address in CROWD])
    rows = rows_of(lab, chosen, count)
    return rows, f"""\
{machine()}; {version(lab.leadline)} beside {version(["nmap"])}.
Medians of {count} runs in turns (one run where nmap takes minutes) over virtual Ethernet, where round trips take microseconds: waiting and CPU show, distance does
not. "Times" is nmap's wall time over ours. Leadline sends on both processors, and the targets' kernels work on the same two. The hosts of
the own Ethernet that refuse are at the other end of one cable, without a bridge between. Made by `make bench`.

| scan | leadline | nmap | times | CPU leadline | CPU nmap | memory leadline | memory nmap | open ports |
|---|---|---|---|---|---|---|---|---|
"""


def services_section(lab, chosen, count):
    lab.taro.ip(f"route add local {MANY} dev lo")
    for router, way in ((lab.hosts["r3"], "198.51.100.7"), (lab.hosts["r2"], "10.0.23.2")):
        router.ip(f"route add {MANY} via {way}")
    rows = rows_of(lab, chosen, count)
    return rows, f"""\
{machine()}; {version(lab.leadline)} beside {version(["nmap"])}.
Real servers of Debian 12. What each scanner makes of 127 of them: `make lab CASES=services_nmap`. Made by `make bench`.

| scan | leadline | nmap | times | CPU leadline | CPU nmap | memory leadline | memory nmap | open ports |
|---|---|---|---|---|---|---|---|---|
"""


def sweeps_section(lab, chosen, _count):
    import sweeps
    rows = sweeps.run(lab, chosen, watch)
    return rows, f"""\
{machine()}; {"; ".join([version(lab.leadline), version(["nmap"]), *sweeps.versions()])}.
One run each over virtual Ethernet, scanners and answering kernel on the same cores. Packets are what arrived at the other end; masscan and zmap
listen {sweeps.WAIT} seconds after their last packet, which their time holds. A program is stopped after {sweeps.LONGEST} seconds. Loss and limits are firewall
rules that no scanner is told about. What masscan finds is its own count, also where nothing is lost on the way. Made by `make bench`.

| {" | ".join(sweeps.HEAD)} |
|{"---|" * len(sweeps.HEAD)}
"""


def sections():
    import sweeps
    return {"nmap": (SCANS, lambda case: case[0], nmap_section), "services": (SERVICES, lambda case: case[0], services_section),
            "sweeps": (sweeps.SWEEPS, lambda case: case.name, sweeps_section)}


def kept():
    """The sections of RESULTS.md as they are."""
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    parts = ["# " + part.strip() + "\n" for part in ("\n" + text).split("\n# ")[1:]]
    return {name: part for name, head in HEADINGS.items() for part in parts if part.startswith(head + "\n")}


def main(lab, words):
    sys.path.insert(0, str(ROOT / "bench"))
    count = 5
    if words[:1] == ["--runs"]:
        count, words = int(words[1]), words[2:]
    text, well = kept(), True
    names = {name_of(case) for cases, name_of, _ in sections().values() for case in cases} | set(HEADINGS)
    if unknown := set(words) - names:
        print(f"bench/run.py: no such case: {' '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    for section, (cases, name_of, measure_section) in sections().items():
        chosen = [case for case in cases if not words or section in words or name_of(case) in words]
        if not chosen:
            continue
        rows, head = measure_section(lab, chosen, count)
        well = well and bool(rows)
        if rows and len(chosen) == len(cases):
            text[section] = f"{HEADINGS[section]}\n\n{head}" + "\n".join(rows) + "\n"
            RESULTS.write_text("\n".join(text[name] for name in HEADINGS if name in text), encoding="utf-8")
            subprocess.run([sys.executable, ROOT / "tools" / "bench-table"], check=True)
    return 0 if well else 1


if __name__ == "__main__":
    if sys.argv[1:] == ["--list"]:
        sys.path.insert(0, str(ROOT / "bench"))
        for section_name, (all_cases, case_name, _) in sections().items():
            print(f"{section_name}: {' '.join(case_name(case) for case in all_cases)}")
        sys.exit(0)
    lab = ROOT / "tests" / "lab" / "lab.py"
    os.execv(sys.executable, [sys.executable, str(lab), "with", str(pathlib.Path(__file__).resolve()), *sys.argv[1:]])
