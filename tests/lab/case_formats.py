"""The reports as other programs read them."""
import os
import re
import subprocess
import xml.etree.ElementTree as ElementTree

from topology import DEAD, QUIET, TARO, TARO_NAME, WALL, WALL6, WALL_PORTS

DTD, STYLE = "/usr/share/nmap/nmap.dtd", "/usr/share/nmap/nmap.xsl"
SCANS = [
    ["-sS", "-v", "-p", "20-25,80,995", TARO_NAME, WALL, QUIET, DEAD],
    ["-6", "-n", "-sT", "-Pn", "-p", WALL_PORTS, WALL6],
    ["-n", "-sn", "-v", "192.168.77.1-10"],
    ["-n", "-sL", "192.168.77.1-3"],
]


def tool(words):
    """Runs a reader outside the network; ndiff and libnmap belong to the system's Python."""
    return subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False, timeout=60)


def readers(xml):
    yield "xmllint well-formed", ["xmllint", "--noout", "--nonet", xml]
    if os.path.exists(DTD):
        yield "xmllint valid", ["xmllint", "--noout", "--nonet", "--dtdvalid", DTD, xml]
    if os.path.exists(STYLE):
        yield "xsltproc", ["xsltproc", "--nonet", "-o", "/dev/null", STYLE, xml]
    yield "ndiff with itself", ["ndiff", xml, xml]
    yield "libnmap", ["/usr/bin/python3", "-c", "import sys; from libnmap.parser import NmapParser as P; "
                      "r = P.parse_fromfile(sys.argv[1]); print(r.hosts_up, r.commandline)", xml]


def case_formats(t):
    """XML for xmllint, xsltproc, ndiff and libnmap; -oN as on the screen"""
    for words in SCANS:
        base = t.lab.new_file("")
        files = [base + ".xml", base + ".nmap"]
        ran = t.leadline(*words, "-oX", files[0], "-oN", files[1])
        title = " ".join(words)
        if not t.check(f"-oX -oN {title}", ran.status == 0 and all(os.path.exists(f) for f in files), ran.err):
            continue
        for name, command in readers(files[0]):
            done = tool(command)
            t.check(f"{name} {title}", done.returncode == 0, done.stdout + done.stderr)
        text = open(files[1], encoding="utf-8").read().splitlines()
        shown = [line for line in ran.out.splitlines() if "scan report for" in line]
        t.check(f"-oN has the reports of the screen {title}",
                shown == [line for line in text if "scan report for" in line], "\n".join(text))


def case_ndiff(t):
    """ndiff sees no change between the two scanners' reports of one host but their own names for services"""
    files = []
    for scanner in (t.leadline, t.nmap):
        files.append(t.lab.new_file(".xml"))
        scanner("-n", "-Pn", "-sS", "-p", WALL_PORTS, "-oX", files[-1], WALL)
    done = tool(["ndiff", *files])
    before, after = (set(re.findall(rf"^{re.escape(sign)}(\d+/\w+ +\S+)", done.stdout, re.M)) for sign in "-+")
    t.check("no changed port", before == after and done.returncode in (0, 1), done.stdout + done.stderr)


def case_grepable(t):
    """-oG: one Status line and one Ports line a host"""
    if not t.has_option("-oG", "/dev/null"):
        return
    ran = t.leadline("-n", "-Pn", "-sS", "-p", "22,25,995", "-oG", "-", TARO)
    lines = [line for line in ran.out.splitlines() if not line.startswith("#")]
    wanted = [f"Host: {TARO} ()\tStatus: Up",
              f"Host: {TARO} ()\tPorts: 22/open/tcp//ssh///, 25/open/tcp//smtp///, 995/closed/tcp//pop3s///"]
    t.check("lines", lines == wanted, ran.out + ran.err)


def case_xml_stdout(t):
    """-oX - leaves nothing but XML on stdout"""
    ran = t.leadline("-n", "-Pn", "-p", "22", "-oX", "-", TARO)
    try:
        good = ElementTree.fromstring(ran.out).tag == "nmaprun"
    except ElementTree.ParseError as e:
        good = False
        ran.err += str(e)
    t.check("one document", good, ran.out + ran.err)


def case_all_formats(t):
    """-oA writes its three files"""
    base = t.lab.new_file("")
    if not t.has_option("-oA", base):
        return
    t.leadline("-n", "-Pn", "-p", "22", "-oA", base, TARO)
    missing = [ending for ending in (".xml", ".nmap", ".gnmap") if not os.path.exists(base + ending)]
    t.check("three files", not missing, missing)
