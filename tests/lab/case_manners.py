"""What a scan leaves behind on the hosts it looked at, and what it needs on the host it runs on."""
import re
import shutil
import time

from net import NOBODY
from topology import DESK, DESK6, TARO, TARO6


def half_open(host):
    return host.run(["ss", "-Htan", "state", "syn-recv"]).out


def case_half_open(t):
    """no half-open connection is left on the target"""
    for words in (["-sS", TARO], ["-sT", TARO], ["-6", "-sS", TARO6]):
        ran = t.leadline("-n", "-Pn", "-p", "22,25,80", *words)
        time.sleep(0.1)
        left = half_open(t.lab.taro)
        t.check(f"after {' '.join(words)}", ran.status == 0 and left == "", left or f"{ran.status} {ran.err}")


def case_all_ports(t):
    """all ports of hosts that answer everything, as fast as it goes: no answer is lost on the way, nothing stays half open"""
    for level in ("-T3", "-T4", "-T5"):
        for target in (DESK, "127.0.0.1"):
            t.same("-n", "-sS", level, "-p", "1-65535", target)
    t.same("-6", "-n", "-sS", "-T5", "-p", "1-65535", DESK6)
    left = half_open(t.lab.desk)
    t.check("nothing half open", left == "", left)
    ran = t.leadline("-n", "-Pn", "-v", "-sT", "-T5", "-p", "1-65535", "127.0.0.1-4")
    lost = [float(share) for share in re.findall(r"Completeness: loss ([0-9.]+)%", ran.out)]  # without the fault: 0
    t.check("connections that end are found in time", "Completeness" in ran.out and max(lost, default=0) < 10, ran.out + ran.err)


def case_capabilities(t):
    """a copy with file capabilities scans raw for an ordinary user"""
    if not t.lab.real_root or len(t.lab.leadline) != 1:
        t.skip("setcap", "needs root and one program file")
        return
    copy = t.lab.work / "leadline-with-capabilities"
    shutil.copy(shutil.which(t.lab.leadline[0]), copy)
    copy.chmod(0o755)
    marked = t.lab.scanner.run(["setcap", "cap_net_raw,cap_net_admin+ep", copy])
    if marked.status != 0:
        t.skip("setcap", marked.err.strip())
        return
    ran = t.lab.scanner.run([copy, "-n", "-sS", "--reason", "-p", "22,995,996", TARO], user=NOBODY)
    wanted = ["syn-ack", "reset", "no-response"]
    t.check("SYN scan by an ordinary user", ran.status == 0 and all(w in ran.out for w in wanted),
            f"status {ran.status}\n{ran.out}{ran.err}")
