#!/usr/bin/env python3
"""A name server for tests on 127.0.0.1: the reverse name of 127.0.0.9 is the word given in raw UTF-8, that of all other
addresses is meant to harm a terminal (RFC 1035 4.1: labels may hold any bytes).

usage: strange_names.py WORD     prints a line when it listens
"""
import socket
import struct
import sys

HARM = b"\x1b]0;PWNED\x07\x1b[2J\x1b[31m", b"\xe2\x80\xaetxt.exe\x00nul", b"\xff\xfe\xc0\xaf\x9b31m\r\n\x08", b"example"


def labels(parts):
    return b"".join(bytes([len(p)]) + p for p in parts if p) + b"\0"


def answer(question, word):
    end = 12
    while question[end]:
        end += question[end] + 1
    asked, end = question[12:end + 1], end + 5
    if question[end - 4:end - 2] != b"\0\x0c":
        return question[:2] + b"\x81\x83" + question[4:6] + bytes(6) + question[12:end]
    name = labels([p.encode() for p in word.split(".")]) if asked.startswith(b"\x019") else labels(HARM)
    return (question[:2] + b"\x81\x80" + b"\0\1\0\1\0\0\0\0" + question[12:end]
            + b"\xc0\x0c\0\x0c\0\1" + struct.pack("!IH", 60, len(name)) + name)


def main():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 53))
    print("ready", flush=True)
    while True:
        question, peer = s.recvfrom(4096)
        try:
            s.sendto(answer(question, sys.argv[1]), peer)
        except IndexError:
            pass


if __name__ == "__main__":
    main()
