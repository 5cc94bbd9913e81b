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
    xml = t.lab.new_file(".xml")
    ran = t.leadline("-n", "-sU", "-p", "2000-2024", DESK, "-oX", xml)
    ports = compare.read_report(xml)[DESK].ports
    t.check("25 ports are closed", len(ports) == 25 and {state for state, _ in ports.values()} == {"closed"}, f"{ports}\n{ran.err}")
