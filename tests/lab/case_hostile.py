"""Servers that mean no good: a scan of each ends soon, in little memory, and its reports are fit for strict readers and terminals."""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import time

import hostile

HERE = pathlib.Path(__file__).resolve().parent
ADDRESS, CLIENT = "203.0.113.7", "203.0.113.100"
SECONDS = 15
LONGEST = 90
EXTRA = 1024  # KiB
TARPIT_PORTS = "30000-30999"
# why a port stays unknown, as the report in JSON says it
ENDS = {"endless": "bytes", "endless-lines": "bytes", "drip": "time", "mute": "silent"}
DTD = "/usr/share/nmap/nmap.dtd"
FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def peak_of(process):
    """KiB; the kernel's high-water mark of this program's memory, read until it ends."""
    peak, end = 0, time.monotonic() + LONGEST
    while process.poll() is None:
        if time.monotonic() > end:
            process.kill()
        try:
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            name = re.search(r"^Name:\s*(\S+)", status)[1]
            mark = re.search(r"^VmHWM:\s*(\d+)", status, re.M)
            if mark and name not in ("nsenter", "python3", "python"):
                peak = max(peak, int(mark[1]))
        except (OSError, TypeError):
            pass
        time.sleep(0.003)
    return peak


class Run:
    """One scan with every kind of report."""

    def __init__(self, t, ports, *more):
        base = t.lab.new_file("")
        self.files = {kind: pathlib.Path(f"{base}.{kind}") for kind in ("xml", "txt", "gnmap", "json", "out", "err")}
        words = [*t.lab.leadline, "-n", "-Pn", "-sV", "-vv", "-p", ports, *more, "-oX", self.files["xml"], "-oN", self.files["txt"],
                 "-oG", self.files["gnmap"], "-oJ", self.files["json"], ADDRESS]
        began = time.monotonic()
        with self.files["out"].open("wb") as out, self.files["err"].open("wb") as err:
            process = subprocess.Popen(t.lab.scanner.command(words), stdin=subprocess.DEVNULL, stdout=out, stderr=err)
            self.peak = peak_of(process)
        self.seconds = time.monotonic() - began
        self.status = process.returncode

    def faults(self):
        """What strict readers or a terminal would complain of."""
        found = [] if self.status == 0 else [f"status {self.status}: {self.files['err'].read_text(errors='replace')}"]
        for kind, path in self.files.items():
            if not path.exists():
                found.append(f"no report {kind}")
                continue
            try:
                text = path.read_bytes().decode("utf-8")
            except UnicodeDecodeError as e:
                found.append(f"{kind}: {e}")
                continue
            raw = FORBIDDEN.search(text)
            if raw:
                found.append(f"{kind}: a raw control byte: {text[max(0, raw.start() - 40):raw.end() + 20]!r}")
        found += self.unreadable()
        return "\n".join(found)

    def host(self):
        """The host's line of the report in JSON."""
        lines = map(json.loads, self.files["json"].read_text().splitlines())
        return next(line for line in lines if line["event"] == "host")

    def ends(self):
        return {port["found"]["ended_by"] for port in self.host()["ports"]}

    def unreadable(self):
        found = []
        try:
            for line in self.files["json"].read_text(errors="replace").splitlines():
                json.loads(line)
        except ValueError:
            try:
                json.loads(self.files["json"].read_text(errors="replace"))
            except ValueError as e:
                found.append(f"json: {e}")
        if shutil.which("xmllint"):
            words = ["xmllint", "--noout", *(["--dtdvalid", DTD] if pathlib.Path(DTD).exists() else []), self.files["xml"]]
            checked = subprocess.run(words, capture_output=True, text=True, check=False)
            if checked.returncode != 0:
                found.append(checked.stderr)
        return found


def start(t):
    """The host of the hostile servers; the file that counts what reaches its printers' ports."""
    lab = t.lab
    count = lab.work / "printed"
    if "nasty" not in lab.hosts:
        host = lab.host("nasty")
        lab.link(lab.scanner, "nasty0", host, "eth0")
        host.address("eth0", f"{ADDRESS}/24")
        lab.scanner.address("nasty0", f"{CLIENT}/24")
        host.firewall("table inet tarpit { chain in { type nat hook prerouting priority -100; policy accept;\n"
                      f"tcp dport {TARPIT_PORTS} redirect to :{hostile.TARPIT}\n}}\n}}\n")
        count.write_text("")
        host.start([sys.executable, HERE / "hostile.py", ADDRESS, count])
        if not host.wait_for(*(port for port, _ in hostile.SERVERS.values()), hostile.TARPIT, *hostile.PRINTERS):
            raise RuntimeError("the hostile servers did not start")
    return count


def case_hostile(t):
    """endless, dripping, mute, nasty and packed answers: under 15 s, under 1 MiB more than a tame server takes, clean reports"""
    if not t.has_option("-sV"):
        return
    count = start(t)
    tame = max(Run(t, "7000").peak for _ in range(2))
    for name, (port, _) in hostile.SERVERS.items():
        run = Run(t, str(port))
        said = f"{name}: {run.seconds:.1f} s, {run.peak - tame:+} KiB"
        t.check(said, run.seconds < SECONDS and run.peak - tame < EXTRA)
        if name in ENDS:
            t.check(f"{name}: is named as what it is", run.ends() == {ENDS[name]}, run.ends())
        faults = run.faults()
        t.check(f"{name}: reports", not faults, faults)
    every = Run(t, ",".join(str(port) for port, _ in hostile.SERVERS.values()))
    t.check(f"all at once: {every.seconds:.1f} s, {every.peak - tame:+} KiB", every.seconds < SECONDS and not every.faults(), every.faults())
    printers = Run(t, ",".join(map(str, hostile.PRINTERS)))
    t.check("no byte reaches a printer's port", count.read_text() == "", count.read_text())
    t.check("printers: reports", not printers.faults(), printers.faults())
    t.check("printers: named as left out", printers.ends() == {"excluded"}, printers.ends())
    open_ports = printers.files["xml"].read_text().count('state="open"')
    t.check("and all of them are reported open", open_ports == len(hostile.PRINTERS), open_ports)
    tarpit = Run(t, TARPIT_PORTS)
    t.check(f"a tarpit of 1000 ports: {tarpit.seconds:.1f} s, {tarpit.peak - tame:+} KiB", tarpit.seconds < SECONDS)
    t.check("a tarpit: most ports are said to be alike", tarpit.host()["alike"] > 900, tarpit.host()["alike"])
    t.check("a tarpit: reports", not tarpit.faults(), tarpit.faults())
    t.check("the counter counts: --allports reaches a printer's port", bool(Run(t, "9100", "--allports") and count.read_text()))
