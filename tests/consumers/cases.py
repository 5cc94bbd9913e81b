"""One function a program: case_NAME(world) returns None when it cannot run here, else (good, what happened)."""
import json
import os
import re
import subprocess
import time

from world import NEIGHBOUR, NETWORK, OPEN, OURS, ROOT

DTD, STYLE = "/usr/share/nmap/nmap.dtd", "/usr/share/nmap/nmap.xsl"
PORTS = ",".join(map(str, OPEN + [8081]))
FOUND = ",".join(map(str, OPEN))
PYTHON = "/usr/bin/python3"


class Missing(Exception):
    """The program is not installed."""


def need(there, what):
    if not there:
        raise Missing(f"{what} is not installed (tools/setup consumers)")


def same(ran, want):
    return ran.status == 0 and ran.out.strip() == want, f"status {ran.status}\n{ran.out}{ran.err}"


def files(world):
    """The reports of one scan, made once, with -oA."""
    base = world.folder / "report"
    if not base.with_suffix(".xml").exists():
        ran = world.run("nmap", "-n", "-oA", base, "-p", PORTS, "127.0.0.1")
        assert ran.status == 0, ran
    return base.with_suffix(".xml"), base.with_suffix(".gnmap"), base.with_suffix(".nmap")


# ---- the contract itself

def case_contract_version(world):
    ran = world.run("nmap", "-V")
    first, second = ran.out.splitlines()[:2]
    good = re.match(r"Nmap version [0-9]*\.[0-9]*[^ ]* \( http(|s)://.* \)", first) and second.startswith("This is Leadline")
    return bool(good) and ran.status == 0 and ran.err == "", ran.out + ran.err


def case_contract_statuses(world):
    """Status, and whether something stands on standard output and on standard error."""
    table = [([], 255, True, False), (["-h"], 0, True, False), (["-V"], 0, True, False), (["-v"], 0, True, True),
             (["--bogus"], 255, False, True), (["-p", "99999", "127.0.0.1"], 1, False, True),
             (["-oX", "/nonexistent/x", "127.0.0.1"], 1, False, True), (["-iL", "/nonexistent"], 1, None, True),
             (["-T9", "127.0.0.1"], 1, False, True), (["-sS", "-sT", "127.0.0.1"], 1, False, True),
             (["-n", "-p22", "no.such.name.invalid"], 0, True, True), (["-n", "-p22", "127.0.0.1"], 0, True, False),
             (["-n", "-p22", "-oX", "/dev/full", "127.0.0.1"], 1, True, True)]
    wrong = []
    for words, status, out, err in table:
        ran = world.run("nmap", *words)
        if ran.status != status or out not in (None, bool(ran.out)) or bool(ran.err) != err:
            wrong.append(f"nmap {' '.join(words)}: {ran}")
    return not wrong, "\n".join(wrong)


def case_contract_lines(world):
    ran = world.run("nmap", "-n", "-p", PORTS, "127.0.0.1")
    lines = ran.out.splitlines()
    good = (re.fullmatch(r"Starting Nmap 7\.93 \( https://nmap\.org \) at \d{4}-\d\d-\d\d \d\d:\d\d \S+", lines[0])
            and "Nmap scan report for 127.0.0.1" in lines
            and re.fullmatch(r"Nmap done: 1 IP address \(1 host up\) scanned in [\d.]+ seconds", lines[-1]))
    heads = [f.read_text().splitlines()[0] for f in files(world)[1:]]
    good = good and all(re.match(r"# Nmap 7\.93 scan initiated \w{3} \w{3} [ \d]\d .* as: nmap .*-oA ", h) for h in heads)
    return bool(good) and ran.err == "", ran.out + ran.err + "\n".join(heads)


def case_contract_silence(world):
    """A connect scan in place of packets says nothing under this name, and one line under our own."""
    need(world.has("setpriv"), "setpriv")
    bare = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"]
    as_nmap = world.run(*bare, "nmap", "-n", "-p22", "127.0.0.1")
    own = world.run(*bare, "leadline", "-n", "-p22", "127.0.0.1")
    good = as_nmap.err == "" and "22/tcp open" in as_nmap.out and "connect scan" in own.err
    return good and as_nmap.status == own.status == 0, f"{as_nmap}\n{own}"


def case_contract_own_name(world):
    ran = world.run("leadline", "-n", "-p22", "-oG", "own.gnmap", "-oX", "own.xml", "-oN", "own.nmap", "127.0.0.1")
    texts = [ran.out, *((world.folder / f"own.{e}").read_text() for e in ("gnmap", "xml", "nmap"))]
    bad = [t for t in texts if "Leadline" not in t or "Nmap" in t]
    return ran.status == 0 and not bad, "\n".join(bad)


def case_contract_early_error(world):
    need(world.has("xmllint"), "xmllint")
    ran = world.run("nmap", "-oX", "-", "-p", "99999", "127.0.0.1")
    (world.folder / "early.xml").write_text(ran.out)
    valid = world.run("xmllint", "--nonet", "--noout", "--dtdvalid", DTD, "early.xml")
    return 'exit="error" errormsg="' in ran.out and ran.status == 1 and valid.status == 0, ran.out + valid.err


def case_losses_are_said(world):
    """A full disk and a reader that has gone, for every format: a line on standard error, status 1."""
    wrong = []
    for option in ("-oN", "-oX", "-oG", "-oJ", "-oL"):
        words = ["nmap", "-n", "-p22", option]
        full = world.run(*words, "/dev/full", "127.0.0.1")
        if full.status != 1 or full.err.count("No space left on device") != 1:
            wrong.append(f"{option} /dev/full: {full}")
        reading, writing = os.pipe()
        os.close(reading)
        gone = subprocess.run([*words, "-", "127.0.0.1"], env=world.env, stdin=subprocess.DEVNULL, stdout=writing,
                              stderr=subprocess.PIPE, text=True, check=False)
        os.close(writing)
        if gone.returncode != 1 or gone.stderr.count("Broken pipe") != 1:
            wrong.append(f"{option} closed pipe: {gone}")
    return not wrong, "\n".join(wrong)


def case_contract_append(world):
    lines = []
    for _ in range(2):
        world.run("nmap", "-n", "-p22", "-oA", "twice", "--append-output", "127.0.0.1")
        lines.append([len((world.folder / f"twice.{e}").read_text().splitlines()) for e in ("nmap", "xml", "gnmap")])
    return lines[1] == [2 * n for n in lines[0]], str(lines)


def case_grepable_as_nmaps(world):
    """The same lines as Nmap's own, but for the times."""
    other = "/usr/bin/nmap"
    need(world.has(other), "Nmap")
    wrong = []
    for words in (["-p", PORTS], ["-p", "1-200", "127.0.0.1", OURS], ["-sn"], ["-sL"], ["-v", "-p", "20-25"], ["--open", "-p", PORTS],
                  ["--open", "-p", "81,82"], ["-6", "-p", "22,23", "::1"]):
        targets = [] if "." in words[-1] or ":" in words[-1] else ["127.0.0.1"]
        seen = []
        for program in (other, "nmap"):
            ran = world.run(program, "-n", "-oG", "-", *words, *targets)
            seen.append([re.sub(r"\d\d:\d\d:\d\d|as: \S+|in [\d.]+ seconds", "*", line) for line in ran.out.splitlines()])
        if names_out(seen[0]) != names_out(seen[1]):
            wrong.append("\n".join([" ".join(words), *seen[0], *seen[1]]))
    return not wrong, "\n".join(wrong)


def names_out(lines):
    """Names of ports are our own (docs/differences.md)."""
    return [re.sub(r"(\d+/\w+/\w+//)[^/]*(///)", r"\1\2", line) for line in lines]


# ---- readers of XML

def case_xmllint(world):
    need(world.has("xmllint"), "xmllint")
    return same(world.run("xmllint", "--nonet", "--noout", "--dtdvalid", DTD, files(world)[0]), "")


def case_xsltproc(world):
    need(world.has("xsltproc"), "xsltproc")
    ran = world.run("xsltproc", "--nonet", STYLE, files(world)[0])
    return ran.status == 0 and "127.0.0.1" in ran.out and ">3306<" in re.sub(r"\s", "", ran.out), ran.out[-2000:] + ran.err


def case_xmlstarlet(world):
    need(world.has("xmlstarlet"), "xmlstarlet")
    return same(world.run("xmlstarlet", "sel", "-t", "-m", "//port[state/@state='open']", "-v", "@portid", "-o", " ",
                          files(world)[0]), " ".join(map(str, OPEN)))


def case_xmltodict(world):
    need(world.has_module("xmltodict"), "python3-xmltodict")
    return same(world.run(PYTHON, world.client("xmltodict_read.py"), files(world)[0]), FOUND)


def case_searchsploit_step(world):
    """The first half of searchsploit --nmap: the attributes in document order."""
    need(world.has("xmllint"), "xmllint")
    ran = world.run("xmllint", "--xpath", "//address/@addr|//service/@name|//service/@product|//service/@version", files(world)[0])
    words = list(dict.fromkeys(ran.out.split()))  # the address stands in the hint, too
    return words[:3] == ['addr="127.0.0.1"', 'name="ftp"', 'name="ssh"'], ran.out + ran.err


def case_ndiff(world):
    need(world.has("ndiff"), "ndiff")
    one, two = files(world)[0], world.folder / "other.xml"
    world.run("nmap", "-n", "-oX", two, "-p", "22,80,8081", "127.0.0.1")
    alike, changed = world.run("ndiff", one, one), world.run("ndiff", one, two)
    return alike.status == 0 and changed.status == 1 and "3306/tcp" in changed.out, f"{alike}\n{changed}"


def case_libnmap_parse(world):
    need(world.has_module("libnmap"), "python3-libnmap")
    return same(world.run(PYTHON, world.client("libnmap_parse.py"), files(world)[0]), FOUND)


def case_changeme(world):
    need(world.run(PYTHON, "-c", "import sys; sys.path.insert(0, '/usr/share/changeme'); import changeme.target").status == 0,
         "changeme")
    want = ",".join(sorted(f"127.0.0.1:{p}" for p in [*OPEN, 8081]))
    return same(world.run(PYTHON, world.client("changeme_targets.py"), files(world)[0]), want)


def case_ncrack(world):
    need(world.has("ncrack"), "ncrack")
    ran = world.run("ncrack", "-sL", "-iX", files(world)[0])
    found = re.findall(r"^ +[\w-]+:(\d+) ", ran.out, re.M)
    return found == list(map(str, OPEN)) and ran.status == 0, ran.out + ran.err


def case_ncrack_text(world):
    need(world.has("ncrack"), "ncrack")
    ran = world.run("ncrack", "-sL", "-iN", files(world)[2])
    return "ftp:21 " in ran.out and ran.status == 0, ran.out + ran.err


def brutespray(world, report):
    """With a stand-in for medusa, which brutespray starts for what it has found."""
    need(world.has("brutespray"), "brutespray")
    stub, log = world.folder / "stub", world.folder / "medusa.log"
    stub.mkdir(exist_ok=True)
    log.unlink(missing_ok=True)
    (stub / "medusa").write_text(f'#!/bin/sh\necho "$*" >>{log}\n')
    (stub / "medusa").chmod(0o755)
    ran = world.run("brutespray", "-q", "-f", report, env={"PATH": f"{stub}:{world.env['PATH']}"})
    found = sorted(re.findall(r"-M (\w+)", log.read_text())) if log.exists() else []
    return found == ["ftp", "mysql", "ssh"], f"{found}\n{ran.out[-500:]}{ran.err}"


def case_brutespray_gnmap(world):
    return brutespray(world, files(world)[1])


def case_brutespray_xml(world):
    return brutespray(world, files(world)[0])


def case_testssl(world):
    """testssl.sh --file: it goes on to test what it has taken out of the file; that far it is followed."""
    program = world.has("testssl") or world.has("testssl.sh")
    need(program, "testssl.sh")
    report = world.folder / "tls.gnmap"
    world.run("nmap", "-n", "-oG", report, "-p", "80,443", "127.0.0.1")
    seen, child = "", subprocess.Popen([program, "--file", report, "--warnings", "off", "--color", "0", "-p"], env=world.env,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                       errors="replace", start_new_session=True)
    end = time.monotonic() + 40
    while time.monotonic() < end and (line := child.stdout.readline()):
        seen += line
        if re.search(r"-->> 127\.0\.0\.1:443 ", line):
            break
    subprocess.run(["kill", "-KILL", "--", f"-{child.pid}"], check=False, capture_output=True)
    child.wait()
    return "grep(p)able nmap file" in seen and "-->> 127.0.0.1:443 " in seen, seen


# ---- programs that run nmap

def case_python_nmap(world):
    need(world.has_module("nmap"), "python3-nmap")
    return same(world.run(PYTHON, world.client("python_nmap.py"), "127.0.0.1", PORTS, "-sT"), FOUND)


def case_python_nmap_packets(world):
    need(world.has_module("nmap"), "python3-nmap")
    return same(world.run(PYTHON, world.client("python_nmap.py"), "127.0.0.1", PORTS, "-sS -n"), FOUND)


def case_libnmap_run(world):
    need(world.has_module("libnmap"), "python3-libnmap")
    return same(world.run(PYTHON, world.client("libnmap_run.py"), "127.0.0.1", "-n -sT --scan-delay 100ms -p 1-40,80"), "21,22,80")


def case_nmap_parser(world):
    need(world.run("perl", "-MNmap::Parser", "-e", "1").status == 0, "libnmap-parser-perl")
    return same(world.run("perl", world.client("nmap_parser.pl"), f"-n -p{PORTS}", "127.0.0.1"), f"127.0.0.1 up {FOUND} - -")


def case_nmap_parser_file(world):
    need(world.run("perl", "-MNmap::Parser", "-e", "1").status == 0, "libnmap-parser-perl")
    return same(world.run("perl", world.client("nmap_parser.pl"), files(world)[0]), f"127.0.0.1 up {FOUND} - -")


def case_ocsinventory(world):
    need(world.run("perl", "-MOcsinventory::Agent::Backend::IpDiscover::Nmap", "-e", "1").status == 0, "ocsinventory-agent")
    need(world.neighbour_mac, "a neighbour (veth)")
    return same(world.run("perl", world.client("ocs.pl"), NETWORK), f"{NEIGHBOUR} {world.neighbour_mac}")


def node(world, target, options):
    modules = ROOT / "build" / "consumers" / "node_modules"
    need(world.has("node") and (modules / "node-nmap").exists(), "node-nmap")
    ran = world.run("node", world.client("node_nmap.js"), target, options, env={"NODE_PATH": str(modules)})
    try:
        hosts = json.loads(ran.out)
    except ValueError:
        hosts = []
    found = [(h["ip"], h["mac"], [p["port"] for p in h["openPorts"] or []]) for h in hosts]
    return found, f"{found}\n{ran.out}{ran.err}"


def case_node_nmap(world):
    found, text = node(world, "127.0.0.1", f"-p {PORTS}")
    return found == [("127.0.0.1", None, OPEN)], text


def case_node_nmap_neighbour(world):
    need(world.neighbour_mac, "a neighbour (veth)")
    found, text = node(world, NEIGHBOUR, f"-n -v -p {PORTS}")
    return found == [(NEIGHBOUR, world.neighbour_mac.upper(), OPEN)], text


def ansible(world, more):
    need(world.has("ansible-inventory"), "ansible")
    (world.folder / "ansible.cfg").write_text("")
    inventory = world.folder / "inventory.nmap.yml"
    inventory.write_text("plugin: community.general.nmap\naddress: 127.0.0.1\nstrict: true\n" + more)
    ran = world.run("ansible-inventory", "-i", inventory, "--list", env={"ANSIBLE_CONFIG": str(world.folder / "ansible.cfg")})
    if "unknown plugin" in ran.err:
        raise Missing("ansible's community.general.nmap")
    try:
        variables = list(json.loads(ran.out)["_meta"]["hostvars"].values())
    except (ValueError, KeyError):
        variables = []
    return variables, ran.out + ran.err


def case_ansible(world):
    found, text = ansible(world, f"port: '{PORTS}'\n")
    ports = [p["port"] for p in found[0].get("ports", []) if p["state"] == "open"] if found else []
    return len(found) == 1 and found[0]["ip"] == "127.0.0.1" and ports == list(map(str, OPEN)), text


def case_ansible_discovery(world):
    found, text = ansible(world, "ports: false\nipv6: false\n")
    return [v["ip"] for v in found] == ["127.0.0.1"], text


# ---- the list for pipes

def case_list_in_a_pipe(world):
    """Each line arrives when its port is seen, not when the run ends."""
    child = subprocess.Popen(["leadline", "-n", "-sT", "-r", "--scan-delay", "200ms", "-p", "21-40", "-oL", "-", "127.0.0.1"],
                             env=world.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    line = child.stdout.readline()
    early = child.poll() is None
    rest = child.communicate(timeout=30)[0]
    return line == "127.0.0.1:21\n" and rest == "127.0.0.1:22\n" and early and child.returncode == 0, repr((line, early, rest))


def run(world, names):
    table = {n[len("case_"):]: f for n, f in globals().items() if n.startswith("case_")}
    unknown = [n for n in names if n not in table]
    if unknown:
        print(f"FAIL consumers: no such case: {' '.join(unknown)}; there are: {' '.join(table)}")
        return 1
    counts = {"PASS": 0, "FAIL": 0, "SKIP": 0}
    for name in names or table:
        try:
            good, text = table[name](world)
            word = "PASS" if good else "FAIL"
        except Missing as e:
            word, text = "SKIP", str(e)
        except Exception as e:  # a case that breaks is a case that fails
            word, text = "FAIL", repr(e)
        counts[word] += 1
        print(f"{word} {name}" + (f": {text}" if word == "SKIP" else ""), flush=True)
        if word == "FAIL":
            print("  " + text.strip().replace("\n", "\n  "), flush=True)
    if counts["FAIL"]:
        return 1
    return 0 if counts["PASS"] else 77
