"""UDP: both scanners must agree on what answers, what refuses and what is silent; and limits on ICMP errors are waited for."""
import compare
from topology import DESK, DESK6, NAMES, NAMES6, REFUSED, REFUSED6, TARO, TARO6


def case_udp(t):
    """UDP scans: a name server, closed, dropped and refused ports, both families"""
    for family, names, desk, taro, refused in (((), NAMES, DESK, TARO, REFUSED), (("-6",), NAMES6, DESK6, TARO6, REFUSED6)):
        t.same(*family, "-n", "-Pn", "-sU", "-p", "52-54", names)
        t.same(*family, "-n", "-Pn", "-sU", "-p", "123,161", desk)
        t.same(*family, "-n", "-Pn", "-sU", "-p", "53,123", taro)
        t.same(*family, "-n", "-Pn", "-sU", "-p", "53", refused)
    t.same("-n", "-sS", "-sU", "-p", "T:22,80,81,U:52-54", NAMES)
    t.same("-n", "-sU", "-p", "9-11", "127.0.0.1")


def case_udp_limit(t):
    """closed UDP ports are found closed although the kernel tells of one a second only"""
    # Linux' own limits, which the lab lifts otherwise
    t.lab.desk.sysctl("net/ipv4/icmp_ratemask", 6168)
    t.lab.desk.sysctl("net/ipv4/icmp_ratelimit", 1000)
    t.lab.desk.sysctl("net/ipv6/icmp/ratelimit", 1000)
    for address in (DESK, DESK6):
        xml = t.lab.new_file(".xml")
        ran = t.leadline("-n", "-sU", "-p", "2000-2024", address, "-oX", xml)
        report = compare.read_report(xml)[address]
        states = {state for state, _ in report.ports.values()}
        t.check(f"25 ports of {address} are closed", len(report.ports) == 25 and states == {"closed"}, f"{report}\n{ran.err}")
