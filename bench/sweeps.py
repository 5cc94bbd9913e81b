"""Cases beside masscan and zmap (and nmap where it ends in time): many addresses behind one virtual Ethernet link.

The field answers for whole networks with its own kernel (local routes). What arrives there is counted by its network device,
not by the scanners. Loss and hidden limits are rules of its firewall.
"""
import dataclasses
import pathlib
import re
import shutil
import subprocess
import sys
import time

NEAR, FAR = "10.200.0.1", "10.200.0.2"
LIVE = 4096  # 10.129.0.0/20 is up, the rest of 10.128.0.0/9 is not
LIVE_NET, SPACE, SILENT = "10.129.0.0/20", "10.129.0.0/16", "10.144.0.0/14"
PORTS = "21-25,53,80,110,135,139,143,443,445,993,995,1723,3306,3389,5900,8080"
HOSTS, HOST_PORTS, OPEN = "10.129.0.0/26", 24, 3
LISTENING = (22, 80, 443)
LONGEST = 30
WAIT = 2  # seconds that masscan and zmap are told to listen after their last packet

# masscan looks at its clock only when a packet arrives: on a link without a sound it would not end. Nobody answers a broadcast.
MURMUR = '''
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
while True:
    s.sendto(b"", ("10.200.0.255", 9))
    time.sleep(0.02)
'''

QUIET = """table ip field {
    chain in { type filter hook prerouting priority -300; policy accept; ip daddr 10.144.0.0/14 drop; }
}"""
LOSSY = """table ip loss {
    chain in { type filter hook prerouting priority -300; policy accept; ip saddr 10.200.0.1 numgen random mod 100 < 5 drop; }
    chain out { type filter hook output priority -300; policy accept; ip daddr 10.200.0.1 numgen random mod 100 < 5 drop; }
}"""
LIMIT = """table ip hidden {
    chain in { type filter hook prerouting priority -300; policy accept; ip saddr 10.200.0.1 limit rate over 5000/second burst 500 packets drop; }
}"""


@dataclasses.dataclass
class Sweep:
    name: str  # for the command line
    title: str
    known: int
    programs: dict  # program -> words
    rules: str = ""
    port: bool = True  # counts ports, not hosts


def masscan(*words):
    return ["masscan", *words, "-e", "wide", "--adapter-ip", NEAR, "--router-mac", "GATEWAY", "--wait", str(WAIT), "--seed", "1", "-oG"]


def zmap(*words):
    return ["zmap", "-C", "EMPTY", "-b", "EMPTY", "-i", "wide", "-S", NEAR, "-G", "GATEWAY", "-q", "--disable-syslog", "-c", str(WAIT), *words, "-o"]


def ours(*words):
    return ["leadline", "-n", *words, "-oG"]


def nmap(*words):
    return ["nmap", "-n", *words, "-oG"]


def one_port(rate, net, *more):
    r = str(rate)
    return {"leadline": ours("-sS", "-Pn", "-p80", "--open", "--max-rate", r, *more, net),
            "masscan": masscan("-p80", "--rate", r, net),
            "zmap": zmap("-p80", "-r", r, net)}


SWEEPS = [
    Sweep("silent", "one SYN to each of 262,144 silent addresses, no limit of the rate below 2,000,000/s", 0, {
        "leadline": ours("-sn", "-PS80", "--max-retries", "0", "--min-rate", "2000000", "--max-rate", "2000000", SILENT),
        "masscan": masscan("-p80", "--rate", "2000000", SILENT),
        "zmap": zmap("-p80", "-r", "2000000", SILENT)}, QUIET, port=False),
    Sweep("ping", "who of 65,536 addresses answers a ping (4,096 do), at most 20,000/s", LIVE, {
        "leadline": ours("-sn", "-PE", "--max-rate", "20000", SPACE),
        "masscan": masscan("--ping", "--rate", "20000", SPACE),
        "zmap": zmap("-M", "icmp_echoscan", "-r", "20000", SPACE),
        "nmap": nmap("-sn", "-PE", "--max-rate", "20000", SPACE)}, port=False),
    Sweep("loss", "port 80 of 4,096 hosts, 5 % loss each way, at most 10,000/s", LIVE, one_port(10000, LIVE_NET), LOSSY),
    Sweep("limit", "port 80 of 4,096 hosts behind a hidden limit of 5,000/s, at most 20,000/s", LIVE, one_port(20000, LIVE_NET), LIMIT),
    Sweep("ports", "24 ports of 64 hosts (three open), at most 20,000/s", 64 * OPEN, {
        "leadline": ours("-sS", "-Pn", "-p", PORTS, "--max-rate", "20000", HOSTS),
        "masscan": masscan("-p", PORTS, "--rate", "20000", HOSTS),
        "nmap": nmap("-sS", "-Pn", "-p", PORTS, "--max-rate", "20000", HOSTS)}),
]

HEAD = ["case", "program", "time", "packets", "packets/s", "CPU", "CPU a packet", "found"]


def build(lab):
    """The field: a host that is 4,096 hosts."""
    field, near = lab.host("field"), lab.hosts["scanner"]
    lab.link(near, "wide", field, "wide")
    near.address("wide", f"{NEAR}/24")
    field.address("wide", f"{FAR}/24")
    near.ip(f"route add 10.128.0.0/9 via {FAR}")
    field.ip(f"route add local {LIVE_NET} dev lo")
    for name, value in (("net/ipv4/tcp_syncookies", 2), ("net/core/somaxconn", 65535), ("net/ipv4/tcp_max_syn_backlog", 65536)):
        field.sysctl(name, value)
    field.ip("route add blackhole 10.128.0.0/9")
    field.listen(*LISTENING)
    near.run(["ping", "-c1", FAR])
    field.start([sys.executable, "-c", MURMUR])


def arrived(field):
    text = subprocess.run(field.command(["cat", "/proc/net/dev"]), capture_output=True, text=True, check=True).stdout
    return int(re.search(r"wide: *\d+ +(\d+)", text)[1])


def found(sweep, path):
    """Addresses, or ports of addresses, that a report names; zmap's is a list of addresses."""
    text = pathlib.Path(path).read_text(encoding="utf-8", errors="replace") if pathlib.Path(path).exists() else ""
    what = set()
    for line in text.splitlines():
        if m := re.match(r"(?:Timestamp: \d+\s+)?Host: (\S+)", line):
            ports = re.findall(r"(\d+)/open/tcp", line)
            if sweep.port:
                what.update((m[1], port) for port in ports)
            elif "Status: Up" in line or "Ports: 0/open/icmp" in line or ports:
                what.add(m[1])
        elif re.fullmatch(r"[\d.]+", line):
            what.add((line, "80") if sweep.port else line)
    return what


def measure(lab, sweep, program, words, watch):
    """The cells of one line of the table, or None."""
    out = lab.new_file(".report")
    empty = lab.work / "empty"
    empty.write_text("")
    gateway = re.search(r"link/ether (\S+)", lab.hosts["field"].run(["ip", "link", "show", "wide"]).out)[1]
    words = [{"EMPTY": str(empty), "GATEWAY": gateway}.get(w, w) for w in words]
    words = (lab.leadline if program == "leadline" else [words[0]]) + words[1:] + [out]
    field, before = lab.hosts["field"], arrived(lab.hosts["field"])
    began = time.monotonic()
    with open(lab.new_file(".err"), "w+", encoding="utf-8") as err:
        p = subprocess.Popen(lab.scanner.command(words), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=err)
        status, usage, _ = watch(p, began, LONGEST)
        seconds = time.monotonic() - began
        if status not in (0, -9):
            err.seek(0)
            print(f"  {' '.join(words)}: status {status} {err.read().strip()[-300:]}", file=sys.stderr)
            return None
    packets = arrived(field) - before
    cpu = usage.ru_utime + usage.ru_stime
    if packets <= 0:
        return None
    time_said, what = f"{seconds:.2f} s", f"{len(found(sweep, out)):,} of {sweep.known:,}" if sweep.known else "nothing is there"
    if status == -9:
        time_said, what = f"stopped after {LONGEST} s", "-"
    return [sweep.title, program, time_said, f"{packets:,}", f"{packets / seconds:,.0f}", f"{cpu:.2f} s", f"{cpu / packets * 1e9:,.0f} ns",
            what]


def versions():
    said = []
    for name, words in (("masscan", ["masscan", "--version"]), ("zmap", ["zmap", "--version"])):
        if shutil.which(name):
            p = subprocess.run(words, capture_output=True, text=True, check=False, timeout=10)
            said.append((p.stdout + p.stderr).strip().splitlines()[0].split(" ( ")[0])
    return said


def run(lab, chosen, watch):
    build(lab)
    rows = []
    for sweep in chosen:
        if sweep.rules:
            lab.hosts["field"].firewall(sweep.rules)
        for program, words in sweep.programs.items():
            if program != "leadline" and not shutil.which(program):
                print(f"  not measured: {sweep.name} with {program}, which is not installed", file=sys.stderr)
                continue
            cells = measure(lab, sweep, program, words, watch)
            if cells:
                rows.append("| " + " | ".join(cells) + " |")
                print(rows[-1], flush=True)
        if sweep.rules:
            lab.hosts["field"].run(["nft", "flush", "ruleset"])
    return rows
