"""What TLS shows, on the real servers of case_services: certificates behind STARTTLS, and JARM fingerprints."""
import json

import case_services
from services import farm

# Ports whose service begins in clear and offers TLS with the lab's certificate.
UPGRADES = {21: "ftp", 25: "smtp", 110: "pop3", 143: "imap", 389: "ldap", 2525: "smtp", 3306: "mysql", 4190: "managesieve", 5432: "postgresql"}
# OpenSSL 3.0 as it comes: the value that JARM's README gives for Metasploit, whose TLS is Ruby's OpenSSL.
OPENSSL = "07d14d16d21d21d00042d43d000000aa99ce74e2c6d013c745aa52b5cc042d"
NGINX, GNUTLS, S_SERVER, PLAIN = 8443, 8444, 4430, 80


def facts(scanner, new_file, *words):
    """port -> key -> values, from a report in JSON."""
    path = new_file(".jsonl")
    ran = scanner("-n", "-Pn", "-sV", *words, "-oJ", path, farm.ADDRESS, timeout=300)
    seen = {}
    with open(path, encoding="utf-8") as f:
        for host in filter(lambda line: line["event"] == "host", map(json.loads, f)):
            for port in host["ports"]:
                keys = seen.setdefault(port["port"], {})
                for fact in (port["found"] or {}).get("facts", []):
                    keys.setdefault(fact["key"], []).append(fact["value"])
    return seen, ran.seconds


def check(t, new_file):
    seen, seconds = facts(t.leadline, new_file, "-p", ",".join(map(str, UPGRADES)))
    print(f"# STARTTLS at {len(UPGRADES)} ports: {seconds:.1f} s")
    for port, name in UPGRADES.items():
        got = seen.get(port, {})
        t.check(f"certificate behind {name} {port}", got.get("tls.starttls") == [name] and got.get("tls.subject.cn") == ["farm.example.lab"]
                and len(got.get("tls.not_after", [])) == 1, got)
    words = ["--version-all", "-p", ",".join(map(str, (NGINX, GNUTLS, S_SERVER, PLAIN)))]
    first, second = facts(t.leadline, new_file, *words)[0], facts(t.leadline, new_file, *words)[0]
    prints = {port: first.get(port, {}).get("tls.jarm") for port in (NGINX, GNUTLS, S_SERVER)}
    t.check("fingerprints", all(prints.values()), prints)
    t.check("the same again", all(second.get(port, {}).get("tls.jarm") == value for port, value in prints.items()), second)
    t.check("other libraries, other fingerprints", len({str(v) for v in prints.values()}) == len(prints), prints)
    t.check("the published one of OpenSSL 3.0", prints[S_SERVER] == [OPENSSL], prints)
    t.check("versions", [first.get(port, {}).get("tls.versions") for port in (NGINX, S_SERVER)] == [["1.2"], ["1.2,1.3"]], first)
    t.check("nothing of a port without TLS", first.get(PLAIN) == {}, first.get(PLAIN))
    default, _ = facts(t.leadline, new_file, "-p", str(NGINX))
    t.check("no fingerprint by default", "tls.version" in default[NGINX] and "tls.jarm" not in default[NGINX], default)


def case_services_tls(t):
    """certificates behind STARTTLS and JARM fingerprints of the real servers"""
    if case_services.start(t):
        check(t, t.lab.new_file)
