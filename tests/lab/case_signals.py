"""A scan that is ended early leaves complete files."""
import signal
import subprocess
import time
import xml.etree.ElementTree as ElementTree

from topology import TARO

SOON = 1.0


def interrupt(t, number):
    """Starts a scan that takes minutes, stops it after a while; returns what it left."""
    base = t.lab.new_file("")
    words = [*t.lab.leadline, "-n", "-Pn", "-T1", "-p", "1-100", "-oX", base + ".xml", "-oN", base + ".nmap", TARO]
    p = subprocess.Popen(t.lab.scanner.command(words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True)
    time.sleep(1.5)
    sent = time.monotonic()
    p.send_signal(number)
    try:
        out, err = p.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        p.kill()
        out, err = p.communicate()
    return base, p.returncode, time.monotonic() - sent, out + err


def case_signals(t):
    """SIGINT and SIGTERM in the middle of a slow scan"""
    for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        base, got, seconds, text = interrupt(t, number)
        t.check(f"{number.name}: ends within a second", seconds < SOON, f"{seconds:.1f} s")
        t.check(f"{number.name}: exit status {status}", got == status, f"status {got}\n{text}")
        try:
            root = ElementTree.parse(base + ".xml").getroot()
            t.check(f"{number.name}: XML is complete", root.find("runstats/finished") is not None, ElementTree.tostring(root))
        except (OSError, ElementTree.ParseError) as e:
            t.check(f"{number.name}: XML is complete", False, e)
        try:
            lines = open(base + ".nmap", encoding="utf-8").read().splitlines()
        except OSError:
            lines = []
        t.check(f"{number.name}: text has its closing line", lines and lines[-1].startswith("# "), "\n".join(lines))
