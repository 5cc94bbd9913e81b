#!/usr/bin/env python3
"""Records a conversation with a server as a sample of the signature tests (docs/formats/signatures.md, second part).

usage: capture.py HOST PORT [--tls | --udp] [--send 'BYTES']... [--wait S] [--mute] --parser NAME --origin TEXT
                  [--expect 'FIELD VALUE']... [-o FILE]

Waits for what the server says by itself (not with --udp, not with --mute), then sends each BYTES and waits for an answer. BYTES
takes \\r \\n \\t \\0 \\\\ \\" and \\xHH. An answer ends when nothing came for S seconds (default 1) or the server closed. --tls
shakes hands first, with any certificate, and records what flows inside. With -o -, or without it, the sample goes to the output.
"""
import argparse
import re
import socket
import ssl
import sys
import time

NAMED = {ord("\r"): "\\r", ord("\n"): "\\n", ord("\t"): "\\t", ord("\\"): "\\\\", ord('"'): '\\"'}
PLAIN = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "\\": b"\\", '"': b'"'}
MOST = 1 << 20


def unescape(text):
    def one(match):
        code = match.group(1)
        if code[0] == "x":
            return bytes([int(code[1:], 16)])
        return PLAIN[code]

    raw = text.encode("utf-8")
    return re.sub(rb'\\(x[0-9a-fA-F]{2}|[rnt0\\"])',
                  lambda m: one(re.match(r"(.*)", m.group(1).decode())), raw)


def escape(data):
    return "".join(NAMED.get(b) or (chr(b) if 32 <= b < 127 else f"\\x{b:02x}") for b in data)


def lines(mark, data):
    """One message: a line of the file for each line of text, or for 32 bytes of anything else."""
    binary = sum(b < 32 and b not in b"\r\n\t" or b > 126 for b in data) * 8 > len(data)
    parts = [data[i:i + 32] for i in range(0, len(data), 32)] if binary else re.findall(rb"[^\n]*\n|[^\n]+", data)
    return [f'{mark} "{escape(p)}"' for p in parts]


def connect(args):
    family = socket.getaddrinfo(args.host, args.port)[0][0]
    if args.udp:
        s = socket.socket(family, socket.SOCK_DGRAM)
        s.connect((args.host, args.port))
        return s
    s = socket.create_connection((args.host, args.port), timeout=5)
    if args.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.set_ciphers("ALL:@SECLEVEL=0")
        s = context.wrap_socket(s, server_hostname=None)
    return s


def listen(s, wait, udp):
    """The messages until `wait` seconds of silence (a stream gives one message at most), and whether the peer closed."""
    messages, got = [], b""
    until = time.monotonic() + wait
    while time.monotonic() < until and len(got) < MOST:
        s.settimeout(max(0.01, until - time.monotonic()))
        try:
            data = s.recv(65536)
        except TimeoutError:
            break
        except OSError:
            return messages or ([got] if got else []), True
        if udp:
            messages.append(data)
        elif not data:
            return [got] if got else [], True
        got += data
        until = time.monotonic() + wait
    return messages if udp else [got] if got else [], False


def record(args):
    out = []
    s = connect(args)
    closed = False
    if not args.udp and not args.mute:
        heard, closed = listen(s, args.wait, False)
        for message in heard:
            out += lines("<", message)
    for text in args.send:
        if closed:
            print("capture.py: the server closed before everything was sent", file=sys.stderr)
            break
        data = unescape(text)
        out += lines(">", data)
        try:
            s.sendall(data)
        except OSError as e:
            print(f"capture.py: {e}", file=sys.stderr)
            break
        heard, closed = listen(s, args.wait, args.udp)
        for message in heard:
            out += lines("<", message)
    s.close()
    return out


def main():
    p = argparse.ArgumentParser(usage=__doc__)
    p.add_argument("host")
    p.add_argument("port", type=int)
    p.add_argument("--tls", action="store_true")
    p.add_argument("--udp", action="store_true")
    p.add_argument("--mute", action="store_true")
    p.add_argument("--send", action="append", default=[])
    p.add_argument("--expect", action="append", default=[])
    p.add_argument("--wait", type=float, default=1.0)
    p.add_argument("--parser", required=True)
    p.add_argument("--origin", required=True)
    p.add_argument("-o", dest="file", default="-")
    args = p.parse_args()
    talk = record(args)
    transport = "udp" if args.udp else "tls" if args.tls else "tcp"
    head = [f"origin captured {args.origin}", f"parser {args.parser}", f"transport {transport}"]
    text = "\n".join(head + [f"expect {e}" for e in args.expect] + talk) + "\n"
    if args.file == "-":
        sys.stdout.write(text)
    else:
        with open(args.file, "w", encoding="ascii") as f:
            f.write(text)
    return 0 if any(line.startswith("<") for line in talk) else 1


if __name__ == "__main__":
    sys.exit(main())
