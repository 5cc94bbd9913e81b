"""Both scanners look at the same hosts and must say the same: states and reasons, both families, every kind of refusal."""
from net import NOBODY
from topology import (DEAD, DEAD6, DESK, DESK6, FAR, FAR6, GATEWAY, PRINTER, QUIET, QUIET6, REFUSED, REFUSED6, TARO, TARO6, WALL, WALL6,
                      WALL_PORTS)

FAMILIES = [((), WALL, REFUSED, QUIET, DEAD, TARO), (("-6",), WALL6, REFUSED6, QUIET6, DEAD6, TARO6)]


def ordinary(t):
    """(user, words) of a scan without privileges."""
    return (NOBODY, ()) if t.lab.real_root else (None, ("--unprivileged",))


def case_syn(t):
    """SYN scans of every kind of refusal"""
    for family, wall, refused, quiet, dead, taro in FAMILIES:
        t.same(*family, "-n", "-Pn", "-sS", "-p", WALL_PORTS, wall)
        t.same(*family, "-n", "-Pn", "-sS", "-p", "20-25,80", refused)
        t.same(*family, "-n", "-Pn", "-sS", "-p", "22,80,443", quiet)
        t.same(*family, "-n", "-Pn", "-sS", "-p", "22,80", dead)
        t.same(*family, "-n", "-Pn", "-sS", "-p", "1-200", taro)


def case_connect(t):
    """connect scans of every kind of refusal, as an ordinary user"""
    user, words = ordinary(t)
    for family, wall, refused, quiet, dead, taro in FAMILIES:
        if family and not t.lab.has_tunnel:
            t.skip("IPv6 errors", "the path has no delay (see topology.py), connect() may miss them")
        else:
            t.same(*family, *words, "-n", "-Pn", "-sT", "-p", WALL_PORTS, wall, user=user)
            t.same(*family, *words, "-n", "-Pn", "-sT", "-p", "20-25,80", refused, user=user)
        t.same(*family, *words, "-n", "-Pn", "-sT", "-p", "22,80,443", quiet, user=user)
        t.same(*family, *words, "-n", "-Pn", "-sT", "-p", "22,80", dead, user=user)
        t.same(*family, *words, "-n", "-Pn", "-sT", "-p", "1-200", taro, user=user)


def case_discovery(t):
    """which hosts are up, by the default probes and by each probe alone"""
    user, words = ordinary(t)
    for family, wall, refused, quiet, dead, taro in FAMILIES:
        all_hosts = [wall, refused, quiet, dead, taro]
        t.same(*family, "-n", "-sn", "-v", *all_hosts, any_host_reason=True)
        t.same(*family, *words, "-n", "-sn", "-v", wall, quiet, dead, taro, user=user, any_host_reason=True)
        for probe in ("-PE", "-PS443", "-PA80", "-PS22,25", "-PA22,25", "-PU", "-PU53,40125"):
            t.same(*family, "-n", "-sn", "-v", probe, wall, quiet, dead, taro)
        t.same(*family, "-n", "-sn", "-v", "-PE", "-PS22,80", "-PA443", wall, quiet, dead, taro, any_host_reason=True)
        t.same(*family, "-n", "-sn", "-v", "-PS80,443", "-PA80", "--discovery-ignore-rst", wall, quiet, dead, taro)
        for probe in ("-PS22,80", "-PA443"):
            t.same(*family, *words, "-n", "-sn", "-v", probe, wall, quiet, dead, taro, user=user)
    for probe in ("-PP", "-PM", "-PB"):
        t.same("-n", "-sn", "-v", probe, WALL, QUIET, DEAD, TARO, any_host_reason=True)


def case_onlink(t):
    """hosts on the same Ethernet: ARP, neighbour discovery, and addresses where nobody is"""
    t.same("-n", "-sn", "-v", "192.168.77.1-10")
    t.same("-n", "-sS", "-p", "22,80,631", "-v", "192.168.77.1-10")
    t.same("-n", "-sS", "-Pn", "-p", "22,80", DESK)
    t.same("-n", "-sn", "--disable-arp-ping", "-PE", DESK, GATEWAY, PRINTER)
    t.same("-6", "-n", "-sn", "-v", DESK6, "2001:db8:77::4", "2001:db8:77::3")
    t.same("-6", "-n", "-sS", "-p", "22,80,81", DESK6)
    shown = t.lab.desk.run(["ip", "-6", "-o", "address", "show", "dev", "eth0", "scope", "link"]).out.split()
    link_local = next(word for word in shown if word.startswith("fe80")).split("/")[0]
    t.same("-6", "-n", "-sn", "-e", "eth0", link_local)
    t.same("-6", "-n", "-sS", "-e", "eth0", "-p", "22,80,81", link_local)
    user, words = ordinary(t)
    t.same(*words, "-n", "-sn", "-v", "192.168.77.1-10", user=user)


def case_own_host(t):
    """the scanner's own addresses"""
    t.same("-n", "-sS", "-p", "7999-8001", "127.0.0.1")
    t.same("-n", "-sT", "-p", "7999-8001", "127.0.0.1")
    t.same("-n", "-sS", "-p", "7999-8001", "192.168.77.100")
    t.same("-6", "-n", "-sS", "-p", "7999-8001", "::1")
    t.same("-6", "-n", "-sT", "-p", "7999-8001", "::1")


def case_tunnel(t):
    """a link that carries bare IP packets"""
    if not t.lab.has_tunnel:
        t.skip("tun", "/dev/net/tun cannot be opened")
        return
    t.same("-n", "-sn", "-PE", "-v", FAR)
    t.same("-n", "-Pn", "-sS", "-p", "20-25,80", FAR)
    t.same("-n", "-Pn", "-sT", "-p", "20-25,80", FAR)
    t.same("-6", "-n", "-Pn", "-sS", "-p", "20-25,80", FAR6)


def case_mixed(t):
    """up, refused and dead hosts of several networks in one run"""
    t.same("-n", "-v", "-p", "22,80,111,443", TARO, WALL, QUIET, DEAD, DESK, "192.168.77.4", any_host_reason=True)
