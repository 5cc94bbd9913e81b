"""The map of the lab: who is where, and which firewall says what."""
import os

import servers

PICTURE = """\
  scanner .100 --+                                                            +-- taro   .7   the article's host
                 |  192.168.77.0/24      10.0.12.0/30    10.0.23.0/30         +-- wall   .20  rejects in every way
  printer  .3  --+---- sw ---- r1 .1 ---------- r2 ---------- r3 .1 ----------+-- quiet  .21  no echo, 443 and 80 only
  desk     .7  --+     2001:db8:77::/64                   198.51.100.0/24     +-- .22  r2 rejects for it
  names    .53 --+                                        2001:db8:51::/64    +-- .99  r3 drops for it
  IPv6 between r1 and r2 takes a link with a delay of a millisecond: on a path without any, the kernel hands an ICMP error to
  a connecting socket that is still locked by its own connect(), and drops it.
  scanner tun0 10.99.0.1 ---- far tun0 10.99.0.2 (no Ethernet), 2001:db8:99::/64"""

TARO, TARO6 = "198.51.100.7", "2001:db8:51::7"
WALL, WALL6 = "198.51.100.20", "2001:db8:51::20"
QUIET, QUIET6 = "198.51.100.21", "2001:db8:51::21"
REFUSED, REFUSED6 = "198.51.100.22", "2001:db8:51::22"
DEAD, DEAD6 = "198.51.100.99", "2001:db8:51::99"
DESK, DESK6 = "192.168.77.7", "2001:db8:77::7"
PRINTER = "192.168.77.3"
GATEWAY = "192.168.77.1"
NAMES, NAMES6 = "192.168.77.53", "2001:db8:77::53"
FAR, FAR6 = "10.99.0.2", "2001:db8:99::2"

TARO_NAME = "taro.example.lab"
TARO_REVERSE = "www7.isp.example.lab"

# What the article's administrator set up: six ports reachable, the rest dropped.
TARO_WALL = """
table inet wall {
    chain input {
        type filter hook input priority 0; policy drop;
        ct state established,related accept
        iif lo accept
        meta l4proto { icmp, ipv6-icmp } accept
        tcp dport { 22, 25, 80, 995, 3000, 8080 } accept
    }
}"""

# One port for each way to refuse; 110 is closed, 111 open, 112 and above closed.
WALL_PORTS = "100-115"
WALL_WALL = """
table inet wall {
    chain input {
        type filter hook input priority 0; policy accept;
        meta nfproto ipv4 tcp dport 101 reject with icmp type net-unreachable
        meta nfproto ipv4 tcp dport 102 reject with icmp type host-unreachable
        meta nfproto ipv4 tcp dport 103 reject with icmp type prot-unreachable
        meta nfproto ipv4 tcp dport 104 reject with icmp type port-unreachable
        meta nfproto ipv4 tcp dport 105 reject with icmp type net-prohibited
        meta nfproto ipv4 tcp dport 106 reject with icmp type host-prohibited
        meta nfproto ipv4 tcp dport 107 reject with icmp type admin-prohibited
        meta nfproto ipv6 tcp dport 101 reject with icmpv6 type no-route
        meta nfproto ipv6 tcp dport 102 reject with icmpv6 type admin-prohibited
        meta nfproto ipv6 tcp dport 103 reject with icmpv6 type addr-unreachable
        meta nfproto ipv6 tcp dport 104 reject with icmpv6 type port-unreachable
        tcp dport 108 reject with tcp reset
        tcp dport 109 drop
    }
}"""

QUIET_WALL = """
table inet wall {
    chain input {
        type filter hook input priority 0; policy drop;
        meta l4proto ipv6-icmp icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } accept
        tcp dport { 80, 443 } accept
    }
}"""

R2_WALL = f"""
table inet wall {{
    chain forward {{
        type filter hook forward priority 0; policy accept;
        ip daddr {REFUSED} reject with icmp type admin-prohibited
        ip6 daddr {REFUSED6} reject with icmpv6 type admin-prohibited
    }}
}}"""

R3_WALL = f"""
table inet wall {{
    chain forward {{
        type filter hook forward priority 0; policy accept;
        ip daddr {DEAD} drop
        ip6 daddr {DEAD6} drop
    }}
}}"""


def build_near(lab):
    """The scanner's own network: a switch, a gateway, two hosts, a name server."""
    sw = lab.host("sw")
    for name, number in (("scanner", 100), ("r1", 1), ("printer", 3), ("desk", 7), ("names", 53)):
        host = lab.host(name)
        lab.link(host, "eth0", sw, name)
        host.address("eth0", f"192.168.77.{number}/24", f"2001:db8:77::{number}/64")
        if name != "r1":
            host.ip("route add default via 192.168.77.1")
            host.ip("-6 route add default via 2001:db8:77::1")
    lab.bridge(sw, "scanner", "r1", "printer", "desk", "names")


def build_far(lab):
    """Three routers in a chain and the network behind them."""
    r1, r2, r3 = lab.r1, lab.host("r2"), lab.host("r3")
    for a, b, number in ((r1, r2, 12), (r2, r3, 23)):
        lab.link(a, "south", b, "north")
        a.address("south", f"10.0.{number}.1/30", f"2001:db8:{number}::1/64")
        b.address("north", f"10.0.{number}.2/30", f"2001:db8:{number}::2/64")
    ports = []
    for name, number in (("taro", 7), ("wall", 20), ("quiet", 21)):
        host = lab.host(name)
        lab.link(host, "eth0", r3, name)
        ports.append(name)
        host.address("eth0", f"198.51.100.{number}/24", f"2001:db8:51::{number}/64")
        host.ip("route add default via 198.51.100.1")
        host.ip("-6 route add default via 2001:db8:51::1")
    lab.bridge(r3, *ports)
    r3.address("br0", "198.51.100.1/24", "2001:db8:51::1/64")
    for router in (r1, r2, r3):
        router.router()
    r1.ip("route add default via 10.0.12.2")
    r1.ip("-6 route add default via 2001:db8:12::2")
    r2.ip("route add 198.51.100.0/24 via 10.0.23.2")
    r2.ip("-6 route add 2001:db8:51::/64 via 2001:db8:23::2")
    r2.ip("route add 192.168.77.0/24 via 10.0.12.1")
    r2.ip("-6 route add 2001:db8:77::/64 via 2001:db8:12::1")
    r3.ip("route add default via 10.0.23.1")
    r3.ip("-6 route add default via 2001:db8:23::1")
    if lab.has_tunnel:
        lab.tunnel(r1, r2, "slow", 0.001)
        r1.address("slow", "2001:db8:13::1/64")
        r2.address("slow", "2001:db8:13::2/64")
        r1.ip("-6 route replace default dev slow")
        r2.ip("-6 route replace 2001:db8:77::/64 dev slow")


def build_tunnel(lab):
    """Hosts behind a link without Ethernet, where the machine lets us open /dev/net/tun."""
    if not lab.has_tunnel:
        return
    far = lab.host("far")
    lab.tunnel(lab.scanner, far, "tun0")
    lab.scanner.address("tun0", "10.99.0.1/30", "2001:db8:99::1/64")
    far.address("tun0", "10.99.0.2/30", "2001:db8:99::2/64")
    far.listen(22, 80)


def build(lab):
    lab.has_tunnel = os.access("/dev/net/tun", os.R_OK | os.W_OK)
    build_near(lab)
    build_far(lab)
    build_tunnel(lab)
    lab.taro.firewall(TARO_WALL)
    lab.wall.firewall(WALL_WALL)
    lab.quiet.firewall(QUIET_WALL)
    lab.r2.firewall(R2_WALL)
    lab.r3.firewall(R3_WALL)
    lab.wall.listen(111)
    lab.quiet.listen(443)
    lab.printer.listen(631)
    lab.desk.listen(22, 80)
    lab.scanner.listen(8000)
    lab.has_names = servers.start_names(lab.names, {TARO_NAME: [TARO, TARO6]}, {TARO: TARO_REVERSE, TARO6: TARO_REVERSE})
    lab.resolver(NAMES)
    lab.real_servers = servers.start_article_host(lab)
