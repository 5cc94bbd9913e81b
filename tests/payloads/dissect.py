#!/usr/bin/env python3
"""Are the questions of data/payloads.txt what they say? A reader of its own (docs/formats/payloads.md is all it knows) writes them
into a capture file, and tshark must dissect each one as its protocol, without a complaint.

usage: tests/payloads/dissect.py data/payloads.txt      exit status 77: tshark is not installed
"""
import ipaddress
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

SKIPPED = 77
OWN_PORT = 61000
RAW_IP = 101  # LINKTYPE_RAW
ITEM = re.compile(r'\s*(?:(#.*)|"((?:[^"\\]|\\["\\])*)"|([0-9a-f]{2})\*(\d+)|((?:[0-9a-f]{2})+))')

# What tshark calls the protocol of each, where that is not the name; None: it has no dissector, or takes a port for another.
CALLED = {"rpcbind": "rpc", "nfs": "rpc", "nat-pmp": "portcontrol", "netbios-ns": "nbns", "ike": "isakmp", "ike-nat-t": "isakmp", "rmcp-ping": "asf", "slp": "srvloc",
          "ms-sql-browser": None, "gtp-c": "gtpv2", "gtp-u": "gtp", "bedrock": "raknet", "a2s-info": None,
          "memcached": "memcache", "bacnet": "bacapp"}
AS = {4433: "dtls", 19132: "raknet", 11211: "memcache", 853: "quic", 8443: "quic", 19302: "stun", 3479: "stun"}


def items(text):
    at, out = 0, b""
    while text[at:].strip():
        found = ITEM.match(text, at)
        if not found:
            raise ValueError(text[at:])
        comment, words, one, times, many = found.groups()
        if comment is not None:
            break
        if words is not None:
            out += re.sub(r"\\(.)", r"\1", words).encode("ascii")
        else:
            out += bytes.fromhex(one) * int(times) if one else bytes.fromhex(many)
        at = found.end()
    return out


def read(path):
    """(name, ports, bytes) of each payload."""
    found = []
    for line in path.read_text("ascii").splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "payload":
            found.append([rest, [], b""])
        elif word == "ports":
            found[-1][1] = [int(p) for p in rest.split(",")]
        elif word == "bytes":
            found[-1][2] += items(rest)
    return found


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total ^ 0xffff


def packet(own, port, payload):
    source, target = (ipaddress.IPv4Address(a).packed for a in ("192.0.2.1", "192.0.2.2"))
    udp = struct.pack(">HHHH", own, port, 8 + len(payload), 0) + payload
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0) + source + target
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + udp


def capture(payloads, file):
    file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, RAW_IP))
    for number, (_, port, payload) in enumerate(payloads):
        data = packet(OWN_PORT + number, port, payload)  # a conversation of its own each
        file.write(struct.pack("<IIII", number, 0, len(data), len(data)) + data)
    file.flush()


def dissect(tshark, file):
    """(protocols, complaints) of each packet."""
    decode = [word for port, name in AS.items() for word in ("-d", f"udp.port=={port},{name}")]
    ask = [tshark, "-n", "-r", file, *decode, "-T", "fields", "-e", "frame.protocols", "-e", "_ws.malformed", "-e", "_ws.expert.message"]
    ran = subprocess.run(ask, capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(f"tshark: {ran.stderr.strip()}")
    for line in ran.stdout.splitlines():
        protocols, malformed, expert = (line + "\t\t").split("\t")[:3]
        yield protocols.split(":"), malformed, expert


def main():
    tshark = shutil.which("tshark")
    if not tshark:
        print("SKIP tshark is not installed")
        return SKIPPED
    payloads = [(name, port, payload) for name, ports, payload in read(pathlib.Path(sys.argv[1])) for port in ports]
    with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        capture(payloads, file)
        seen = list(dissect(tshark, file.name))
    bad = len(seen) != len(payloads)
    for (name, port, payload), (protocols, malformed, expert) in zip(payloads, seen):
        wanted = CALLED.get(name, name)
        good = not malformed and "_ws.malformed" not in protocols and (wanted is None or wanted in protocols)
        print(f"{'PASS' if good else 'FAIL'} {name} {port}: {len(payload)} bytes, {':'.join(protocols[2:])} {expert}")
        bad = bad or not good
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
