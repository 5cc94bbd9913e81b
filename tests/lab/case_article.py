"""The walk-through that the first users follow: one host with six ports that a firewall lets through."""
import re
import shutil
import time

from net import NOBODY
from topology import TARO, TARO_NAME, TARO_REVERSE

ROWS = """\
Not shown: 994 filtered tcp ports (no-response)
PORT     STATE  SERVICE
22/tcp   open   ssh
25/tcp   open   smtp
80/tcp   open   http
995/tcp  closed pop3s
3000/tcp closed ppp
8080/tcp closed http-proxy
"""

# Lines of a verbose scan in their order; "Discovered" lines may come in any order among themselves.
VERBOSE = [
    r"Starting \S+ .*",
    r"Initiating Ping Scan at \d\d:\d\d",
    rf"Scanning {re.escape(TARO_NAME)} \({re.escape(TARO)}\) \[4 ports\]",
    r"Completed Ping Scan at \d\d:\d\d, \d+\.\d\ds elapsed \(1 total hosts\)",
    r"Initiating Parallel DNS resolution of 1 host\. at \d\d:\d\d",
    r"Completed Parallel DNS resolution of 1 host\. at \d\d:\d\d, \d+\.\d\ds elapsed",
    r"Initiating SYN Stealth Scan at \d\d:\d\d",
    rf"Scanning {re.escape(TARO_NAME)} \({re.escape(TARO)}\) \[1000 ports\]",
    rf"Discovered open port \d+/tcp on {re.escape(TARO)}",
    rf"Discovered open port \d+/tcp on {re.escape(TARO)}",
    rf"Discovered open port \d+/tcp on {re.escape(TARO)}",
    r"Completed SYN Stealth Scan at \d\d:\d\d, \d+\.\d\ds elapsed \(1000 total ports\)",
    rf"\S+ scan report for {re.escape(TARO_NAME)} \({re.escape(TARO)}\)",
    r"Host is up \(\d+\.\d+s latency\)\.",
    r"Other addresses for .*",
    rf"rDNS record for {re.escape(TARO)}: {re.escape(TARO_REVERSE)}",
    r"Not shown: 994 filtered tcp ports \(no-response\)",
]
END = [
    r"\S+ done: 1 IP address \(1 host up\) scanned in \d+\.\d\d seconds",
    r" +Raw packets sent: \d+ \([\d.]+(B|KB|MB)\) \| Rcvd: \d+ \([\d.]+(B|KB|MB)\)",
]


# What an ordinary user is told, on one line: what runs instead, what is missing, how to get it.
INSTEAD = r"leadline: a connect scan runs instead of a SYN scan: .*CAP_NET_RAW.*sudo setcap cap_net_raw=eip \S+\n"


def check_rows(t, name, ran, stderr=""):
    t.check(f"{name}: six rows and 994 filtered", ROWS in ran.out, f"status {ran.status}\n{ran.out}{ran.err}")
    said = "nothing" if not stderr else "one line"
    t.check(f"{name}: exit status 0, {said} on stderr", ran.status == 0 and re.fullmatch(stderr, ran.err) is not None,
            f"{ran.status} {ran.err}")


def case_article(t):
    """a scan by name as the administrator: the rows, the names, the closing line"""
    ran = t.leadline(TARO_NAME)
    check_rows(t, "privileged", ran)
    t.check("report line has name and address", f"scan report for {TARO_NAME} ({TARO})\n" in ran.out, ran.out)
    t.check("rDNS line shows the other name", f"rDNS record for {TARO}: {TARO_REVERSE}\n" in ran.out, ran.out)
    t.check("latency is said", re.search(r"^Host is up \(\d+\.\d+s latency\)\.$", ran.out, re.M), ran.out)
    last = ran.out.rstrip().splitlines()[-1:] or [""]
    t.check("last line", re.fullmatch(END[0], last[0]), last)


def case_article_connect(t):
    """the same as an ordinary user without privileges, by connect()"""
    user = NOBODY if t.lab.real_root else None
    words = [] if t.lab.real_root else ["--unprivileged"]
    ran = t.leadline(*words, TARO_NAME, user=user)
    check_rows(t, "unprivileged", ran, INSTEAD)


def case_article_verbose(t):
    """-v says what happens, in the order in which it happens"""
    ran = t.leadline("-v", TARO_NAME)
    lines = [line for line in ran.out.splitlines() if line.strip()]
    at = 0
    for pattern in VERBOSE:
        line = lines[at] if at < len(lines) else "(end)"
        if re.fullmatch(pattern, line):
            at += 1
        elif not t.check(f"line {at + 1}", False, f"wanted {pattern}\ngot    {line}\n{ran.out}"):
            return
    t.check("lines up to the report", True)
    t.check("rows", ROWS.split("\n", 1)[1] in ran.out, ran.out)
    ends = [line for line in lines if any(re.fullmatch(p, line) for p in END)]
    t.check("closing lines and packet counts", len(ends) == len(END) and lines[-1] == ends[-1], "\n".join(lines[-3:]))


def case_examples(t):
    """ranges, lists in files, ports and timing as in the article"""
    t.same("-n", "-T4", "-p", "22,80,631", "192.168.77.1-10", "-v")
    names = t.lab.new_file(".list")
    with open(names, "w", encoding="utf-8") as f:
        f.write("# the office\n192.168.77.3\t192.168.77.7   198.51.100.7\n\n192.168.77.4 # long gone\n")
    t.same("-n", "-p", "22,80,631", "-iL", names, any_host_reason=True)
    t.same("-n", "-Pn", "-p", "22,25,80-82,995", TARO)
    for template in ("-T2", "-T3", "-T4", "-T5"):
        t.same("-n", "-Pn", template, "-p", "22,80,995", TARO)


SERVICES = r"""PORT +STATE +SERVICE +VERSION
22/tcp +open +ssh +OpenSSH 9\.2p1 \(Debian-\S+; protocol 2\.0\)
25/tcp +open +smtp +Postfix smtpd
80/tcp +open +http +Apache httpd 2\.4\.\d+ \(\(Debian\)\)
995/tcp +closed +pop3s
"""


def case_article_services(t):
    """-sV names the three servers and their versions, ten times as fast as nmap"""
    if not t.lab.real_servers:
        t.skip("-sV", "stand-ins listen there, see tools/setup lab")
        return
    began = time.monotonic()
    ran = t.leadline("-n", "-sV", "-p", "22,25,80,995", TARO)
    ours = time.monotonic() - began
    t.check("three products with versions", re.search(SERVICES, ran.out), ran.out)
    t.check("what they say of the host", "Service Info: Host: " in ran.out and "OS: Linux" in ran.out, ran.out)
    t.check("exit status 0, nothing on stderr", ran.status == 0 and ran.err == "", f"{ran.status} {ran.err}")
    if not shutil.which("nmap"):
        t.skip("beside nmap", "nmap is not installed")
        return
    began = time.monotonic()
    t.nmap("-n", "-sV", "-p", "22,25,80,995", TARO)
    theirs = time.monotonic() - began
    t.check(f"{theirs / ours:.1f} times as fast as nmap: {ours:.2f} s, {theirs:.2f} s", theirs >= 10 * ours)
