#!/usr/bin/env python3
"""Servers that mean no good, each on a port of its own, and a tame one to compare with.

usage: hostile.py ADDRESS COUNTER_FILE     listens until it is ended; COUNTER_FILE gets a line for each byte that reaches a printer's port
       hostile.py --list                   names and ports
"""
import asyncio
import gzip
import os
import sys

NASTY = b"\x1b]0;owned\x07\x1b[2J\x1b[31m\0\x80\xff\xc3(\xed\xa0\x80\xf4\x90\x80\x80\x9b31m\x7f\x08<script>&\"'"
PRINTERS = [515, *range(9100, 9108)]
TARPIT = 7777
BLOCK = b"A" * 65536


async def endless(reader, writer, line=BLOCK):
    del reader
    while True:
        writer.write(line)
        await writer.drain()


async def endless_lines(reader, writer):
    await endless(reader, writer, b"220-welcome to a banner without an end\r\n" * 1000)


async def drip(reader, writer):
    del reader
    for byte in b"220-" + b"drip " * 1000:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(1)


async def mute(reader, writer):
    del writer
    while await reader.read(65536):
        pass


async def half_record(reader, writer):
    """The head of a TLS record that announces 16 KiB, some of it, then silence."""
    await reader.read(65536)
    writer.write(b"\x16\x03\x03\x40\x00\x02\x00\x00\x4a\x03\x03" + bytes(20))
    await writer.drain()
    await asyncio.sleep(3600)


async def half_record_unasked(reader, writer):
    writer.write(b"\x16\x03\x03\x40\x00\x02\x00\x00\x4a\x03\x03" + bytes(20))
    await writer.drain()
    await mute(reader, writer)


async def backtrack(reader, writer):
    """Text that patterns with nested repeats try in every way before they give up."""
    writer.write(b"220 " + b"a" * 30000 + b" " * 30000 + b"a1." * 1000 + b"!\r\n")
    await writer.drain()
    while await reader.read(65536):
        writer.write(b"HTTP/1.1 200 OK\r\nServer: " + b"(a/1 " * 6000 + b"\r\n" + b"X: " + b" " * 20000 + b"\r\n\r\n" + b"<title" * 3000)
        await writer.drain()


def handshake(kind, body):
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def records(data):
    return b"".join(b"\x16\x03\x03" + len(part).to_bytes(2, "big") + part
                    for part in (data[i:i + 16384] for i in range(0, len(data), 16384)))


SERVER_HELLO = handshake(2, b"\x03\x03" + bytes(32) + b"\0\xc0\x2f\0" + b"\0\0")


async def endless_chain(reader, writer):
    """A ServerHello, and a Certificate message whose list of 16 MiB goes on and on; then more of them."""
    await reader.read(65536)
    certificate = b"\x00\x40\x00" + (b"\x30\x82\x3f\xfc" + bytes(0x4000 - 4))
    writer.write(records(SERVER_HELLO + b"\x0b\xff\xff\xff\xff\xff\xfc"))
    while True:
        writer.write(records(certificate))
        await writer.drain()


async def many_certificates(reader, writer):
    """The same in small, well-formed messages, one after the other."""
    await reader.read(65536)
    one = b"\0\0\x06\x30\x04\x02\x02\x01\x01"
    body = one * 1000
    writer.write(records(SERVER_HELLO))
    while True:
        writer.write(records(handshake(11, len(body).to_bytes(3, "big") + body)))
        await writer.drain()


PACKED = gzip.compress(bytes(256 << 20), 9) if "--list" not in sys.argv else b""


async def bomb(reader, writer):
    """Some KiB that unpack to 256 MiB."""
    while await reader.read(65536):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: text/html\r\nServer: bomb\r\n"
                     b"Content-Length: %d\r\n\r\n" % len(PACKED) + PACKED)
        await writer.drain()


async def chunks(reader, writer):
    """An HTTP answer of chunks that never ends, and a header that never ends after it."""
    await reader.read(65536)
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    await endless(reader, writer, b"ffff\r\n" + b"x" * 65535 + b"\r\n")


async def headers(reader, writer):
    await reader.read(65536)
    writer.write(b"HTTP/1.1 200 OK\r\n")
    await endless(reader, writer, b"X-Header: of many\r\n" * 500)


def says(text):
    async def server(reader, writer):
        writer.write(text)
        await writer.drain()
        await mute(reader, writer)
    return server


def answers(text):
    async def server(reader, writer):
        while await reader.read(65536):
            writer.write(text)
            await writer.drain()
    return server


PAGE = b"HTTP/1.1 200 OK\r\nServer: tame/1.0\r\nContent-Length: 0\r\n\r\n"

SERVERS = {
    "tame": (7000, answers(PAGE)),
    "endless": (7001, endless),
    "endless-lines": (7002, endless_lines),
    "drip": (7003, drip),
    "mute": (7004, mute),
    "half-record": (7005, half_record),
    "half-record-unasked": (7006, half_record_unasked),
    "backtrack": (7007, backtrack),
    "endless-chain": (7008, endless_chain),
    "many-certificates": (7009, many_certificates),
    "bomb": (7010, bomb),
    "chunks": (7011, chunks),
    "headers": (7012, headers),
    "nasty-ftp": (7021, says(b"220 " + NASTY + b" FTP 1.0\r\n")),
    "nasty-smtp": (7025, says(b"220 " + NASTY + b" ESMTP Postfix " + NASTY + b"\r\n")),
    "nasty-ssh": (7022, says(b"SSH-2.0-" + NASTY.replace(b"\0", b"") + b"_1 " + NASTY + b"\r\n")),
    "nasty-http": (7080, answers(b"HTTP/1.1 200 " + NASTY + b"\r\nServer: Apache/" + NASTY + b"\r\nX-Powered-By: " + NASTY + b"\r\n\r\n<title>"
                                 + NASTY + b"</title>")),
    "nasty-imap": (7143, says(b"* OK " + NASTY + b" ready\r\n")),
    "nasty-pop3": (7110, says(b"+OK " + NASTY + b"\r\n")),
    "nasty-telnet": (7023, says(b"\xff\xfd\x18\xff\xfa" + NASTY + NASTY + b"\r\nlogin: ")),
    "nasty-irc": (7667, says(b":" + NASTY + b" NOTICE * :" + NASTY + b"\r\n")),
    "nasty-mysql": (7306, says(b"\x60\0\0\0\x0a5.5.5-" + NASTY.replace(b"\0", b"") + b"-MariaDB\0" + bytes(60))),
    "nasty-redis": (7379, answers(b"$60\r\nredis_version:" + NASTY + b"\r\nos:" + NASTY + b"\r\n")),
    "nasty-unknown": (7999, says(NASTY * 50)),
}


async def tarpit(reader, writer):
    """Everything alike, whatever the port."""
    writer.write(b"220 ready\r\n")
    await writer.drain()
    await mute(reader, writer)


def counting(port, path):
    async def printer(reader, writer):
        del writer
        while data := await reader.read(65536):
            with open(path, "a", encoding="ascii") as f:
                f.write(f"{port} {data[:80]!r}\n")
    return printer


def safe(server):
    async def run(reader, writer):
        try:
            await server(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
    return run


async def main(address, path):
    listening = {port: server for port, server in SERVERS.values()}
    listening[TARPIT] = tarpit
    listening.update({port: counting(port, path) for port in PRINTERS})
    for port, server in listening.items():
        await asyncio.start_server(safe(server), address, port)
    await asyncio.Event().wait()


if __name__ == "__main__":
    if sys.argv[1:] == ["--list"]:
        print("\n".join(f"{port:<6} {name}" for name, (port, _) in SERVERS.items()))
    else:
        os.nice(5)
        asyncio.run(main(sys.argv[1], sys.argv[2]))
