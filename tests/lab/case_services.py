"""A hundred real servers: what runs behind each port must be named as tests/lab/servers.tsv says, and beside nmap."""
import dataclasses
import pathlib
import re
import subprocess
import time
from xml.etree import ElementTree

from services import farm

TABLE = pathlib.Path(__file__).resolve().parent / "servers.tsv"
SHARE = 0.95
GROUPS = 4


@dataclasses.dataclass
class Row:
    server: str
    package: str
    package_version: str
    port: int
    proto: str
    tunnel: str
    service: str
    product: str
    version: str


@dataclasses.dataclass
class Seen:
    """What a scanner's report says of a port."""
    name: str = ""
    tunnel: str = ""
    product: str = ""
    version: str = ""
    sure: bool = False

    def line(self):
        return " ".join(filter(None, (self.tunnel, self.name if self.sure else f"{self.name}?", self.product, self.version)))


def rows():
    table = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            server, package, version, port, tunnel, service, product, disclosed, _ = line.split("\t")
            number, _, proto = port.partition("/")
            table.append(Row(server, package, version, int(number), proto or "tcp", tunnel.strip("-"), service.strip("-"),
                             product.strip("-"), "" if disclosed == "-" else disclosed))
    return table


def unusual_rows(table):
    """The same servers where nobody expects them."""
    by_port = {r.port: r for r in table if r.proto == "tcp"}
    return [dataclasses.replace(by_port[old], port=new) for new, old in farm.unusual().items() if new not in by_port]


def read(path):
    """(port, proto) -> Seen, from a report in XML."""
    seen = {}
    for port in ElementTree.parse(path).iter("port"):
        service = port.find("service")
        if port.find("state").get("state").startswith("open") and service is not None:
            seen[(int(port.get("portid")), port.get("protocol"))] = Seen(
                service.get("name", ""), service.get("tunnel", ""), service.get("product", ""), service.get("version", ""),
                service.get("method") == "probed")
    return seen


def words_for(table):
    tcp = ",".join(str(r.port) for r in table if r.proto == "tcp")
    udp = ",".join(str(r.port) for r in table if r.proto == "udp")
    ports = ",".join(filter(None, (f"T:{tcp}" if tcp else "", f"U:{udp}" if udp else "")))
    return ["-n", "-Pn", *(["-sS"] if tcp else []), *(["-sU"] if udp else []), "-sV", "-p", ports, farm.ADDRESS]


def same_product(wanted, got):
    return wanted.lower() == got.lower()


def same_version(wanted, got):
    """9.18.49 is told by 9.18.49-1~deb12u3-Debian, too, not by 9.18.490."""
    return got.startswith(wanted) and not re.match(r"[0-9]", got[len(wanted):])


class Score:
    def __init__(self, table, seen):
        self.products = [r for r in table if r.product]
        self.versions = [r for r in table if r.version]
        at = {(r.port, r.proto): seen.get((r.port, r.proto), Seen()) for r in table}
        self.wrong_products = [r for r in self.products if not same_product(r.product, at[r.port, r.proto].product)]
        self.wrong_versions = [r for r in self.versions if not same_version(r.version, at[r.port, r.proto].version)]
        self.wrong_names = [r for r in table if r.service and not (at[r.port, r.proto].sure and at[r.port, r.proto].name == r.service)]
        self.at = at

    def share(self):
        return 1 - len(self.wrong_products) / max(1, len(self.products))

    def __str__(self):
        return (f"product {len(self.products) - len(self.wrong_products)} of {len(self.products)} ({100 * self.share():.1f} %), "
                f"version {len(self.versions) - len(self.wrong_versions)} of {len(self.versions)}, "
                f"service {len(self.at) - len(self.wrong_names)} of {len(self.at)}")

    def lines(self, table_rows):
        for r in table_rows:
            yield (f"{r.server} {r.port}/{r.proto}: wanted {' '.join(filter(None, (r.tunnel, r.service, r.product, r.version)))}; "
                   f"got {self.at[r.port, r.proto].line()}")


def start(t):
    """The farm, started once for a lab; None after saying why."""
    lab = t.lab
    if getattr(lab, "has_farm", None) is None:
        lab.has_farm = False
        if not lab.real_root or not farm.unpacked(lab).is_dir():
            t.skip("servers", "no packages or no rights: tools/setup lab")
            return None
        lab.farm = farm.Farm(lab)
        lab.farm.start(lambda line: print(line, flush=True))
        lab.has_farm = True
    return lab.farm if lab.has_farm else None


def one_run(t, scanner, table):
    """A scan of the table's ports: (port, proto) -> Seen, and the seconds that it took."""
    xml = t.lab.new_file(".xml")
    ran = scanner(*words_for(table), "-oX", xml, timeout=900)
    try:
        return read(xml), ran.seconds
    except (OSError, ElementTree.ParseError, AttributeError) as e:
        t.check("a report", False, f"{e}\nstatus {ran.status}\n{ran.err}\n{ran.out}")
        return {}, ran.seconds


def case_services(t):
    """more than 90 real servers, plain and in TLS, on usual and unusual ports: products and versions as disclosed"""
    if not t.has_option("-sV"):
        return
    here = start(t)
    if not here:
        return
    t.check(f"servers up: {len(here.servers) - len(here.failed)} of {len(here.servers)}", not here.failed,
            "\n".join(f"{name}: {why}" for name, why in here.failed.items()))
    t.check("at least 90 servers", len(here.servers) - len(here.failed) >= 90)
    table = rows()
    for title, part in (("usual TCP ports", [r for r in table if r.proto == "tcp"]), ("unusual ports", unusual_rows(table)),
                        ("UDP", [r for r in table if r.proto == "udp"])):
        seen, seconds = one_run(t, t.leadline, part)
        score = Score(part, seen)
        print(f"# {title}: {score}, {seconds:.1f} s")
        t.check(f"{title}: the product of at least {100 * SHARE:.0f} % that disclose it", score.share() >= SHARE,
                "\n".join(score.lines(score.wrong_products)))
        t.check(f"{title}: every version that is disclosed", not score.wrong_versions, "\n".join(score.lines(score.wrong_versions)))
        for line in score.lines(score.wrong_names):
            print(f"# service: {line}")


def nmap_in_groups(t, table):
    """nmap takes minutes: one for each of some groups of ports, at once. What was seen, and the wall time of it all."""
    began = time.monotonic()
    runs = []
    for i in range(GROUPS):
        xml = t.lab.new_file(".xml")
        words = t.lab.scanner.command(["nmap", *words_for(table[i::GROUPS]), "--allports", "-oX", xml])
        runs.append((xml, subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)))
    seen = {}
    for xml, process in runs:
        try:
            process.wait(1200)
            seen.update(read(xml))
        except (subprocess.TimeoutExpired, OSError, ElementTree.ParseError) as e:
            process.kill()
            t.check("nmap's report", False, e)
    return seen, time.monotonic() - began


def case_services_nmap(t):
    """the same servers with nmap -sV in the same run: both tables side by side, and both times"""
    if not t.has_option("-sV"):
        return
    if subprocess.run(["nmap", "--version"], capture_output=True, check=False).returncode != 0:
        t.skip("nmap -sV", "nmap is not installed")
        return
    if not start(t):
        return
    table = [r for r in rows() if r.proto == "tcp"]
    ours, our_seconds = one_run(t, t.leadline, table)
    theirs, their_seconds = nmap_in_groups(t, table)
    print(f"# {'port':6} {'server':16} {'discloses':36} {'leadline':44} nmap")
    for r in table:
        key = (r.port, r.proto)
        print(f"# {r.port:<6} {r.server:16} {f'{r.product} {r.version}'[:36]:36} "
              f"{ours.get(key, Seen()).line()[:44]:44} {theirs.get(key, Seen()).line()[:60]}")
    unknown = {title: sum(not seen.get((r.port, r.proto), Seen()).sure for r in table)
               for title, seen in (("leadline", ours), ("nmap", theirs))}
    print(f"# leadline: {Score(table, ours)}; {unknown['leadline']} of {len(table)} ports unidentified; {our_seconds:.1f} s")
    print(f"# nmap: {Score(table, theirs)} (its own names of products differ); {unknown['nmap']} of "
          f"{len(table)} ports unidentified; {their_seconds:.1f} s in {GROUPS} processes; ratio {their_seconds / our_seconds:.1f}")
    t.check("fewer ports unidentified than nmap leaves", unknown["leadline"] < unknown["nmap"], unknown)
    t.check("faster than nmap", our_seconds < their_seconds)
