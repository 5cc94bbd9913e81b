"""Reads an Nmap-shaped XML report into plain values that two scanners' reports can be compared by."""
import dataclasses
import xml.etree.ElementTree as ElementTree


@dataclasses.dataclass
class HostSeen:
    state: str
    reason: str
    addresses: tuple  # (kind, address), sorted
    ports: dict       # (protocol, number) -> (state, reason)
    rest: tuple       # (state, reason, count) of the ports that are not listed


def read_report(path):
    """Address -> HostSeen, of all hosts in the report."""
    hosts = {}
    for host in ElementTree.parse(path).getroot().iter("host"):
        addresses = tuple(sorted((a.get("addrtype"), a.get("addr")) for a in host.iter("address")))
        main = next((a for kind, a in addresses if kind != "mac"), "?")
        status = host.find("status")
        ports = {(p.get("protocol"), int(p.get("portid"))): (p.find("state").get("state"), p.find("state").get("reason"))
                 for p in host.iter("port")}
        rest = tuple(sorted((e.get("state"), r.get("reason"), int(r.get("count")))
                            for e in host.iter("extraports") for r in e.iter("extrareasons")))
        hosts[main] = HostSeen(status.get("state"), status.get("reason"), addresses, ports, rest)
    return hosts


# Of a host that is down nmap says "no-response" even if a router said why, and for its own connect() errors either, as time
# allows; leadline may say what the router or the kernel said.
SAID_BY_OTHERS = {"net-unreach", "host-unreach", "admin-prohibited", "host-prohibited", "net-prohibited", "no-route", "addr-unreach"}


def same_reason(ours, theirs):
    if ours.state == theirs.state == "down":
        return ours.reason == theirs.reason or {ours.reason, theirs.reason} <= SAID_BY_OTHERS | {"no-response"}
    return ours.reason == theirs.reason


def differences(ours, theirs, any_host_reason=False):
    """Lines that say where two reports differ; empty: they do not. With several probes in flight at once, the reason for a host
    being up is whichever answer came first: any_host_reason leaves it out."""
    lines = []
    for address in sorted(set(ours) | set(theirs)):
        a, b = ours.get(address), theirs.get(address)
        if a is None or b is None:
            lines.append(f"{address}: reported by {'nmap' if a is None else 'leadline'} only, as {(a or b).state}")
            continue
        if not (any_host_reason and a.state == "up") and not same_reason(a, b):
            lines.append(f"{address} reason: leadline {a.reason}, nmap {b.reason}")
        for field in ("state", "addresses", "rest"):
            if getattr(a, field) != getattr(b, field):
                lines.append(f"{address} {field}: leadline {getattr(a, field)}, nmap {getattr(b, field)}")
        for port in sorted(set(a.ports) | set(b.ports)):
            if a.ports.get(port) != b.ports.get(port):
                lines.append(f"{address} {port[1]}/{port[0]}: leadline {a.ports.get(port)}, nmap {b.ports.get(port)}")
    return lines
