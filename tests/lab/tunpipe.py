"""usage: tunpipe.py DEVICE FD DELAY   carries packets between a tun device and a socket, each DELAY seconds late"""
import collections
import fcntl
import os
import selectors
import socket
import struct
import sys
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
LONGEST, MOST_WAITING = 65536, 10000


def open_tun(device):
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", device.encode(), IFF_TUN | IFF_NO_PI))
    return tun


def carry(tun, peer, delay):
    ready = selectors.DefaultSelector()
    ready.register(tun, selectors.EVENT_READ)
    ready.register(peer, selectors.EVENT_READ)
    waiting = collections.deque()
    while True:
        for key, _ in ready.select(max(0, waiting[0][0] - time.monotonic()) if waiting else None):
            if key.fileobj == tun:
                packet = os.read(tun, LONGEST)
                if len(waiting) < MOST_WAITING:
                    waiting.append((time.monotonic() + delay, packet))
                continue
            packet = peer.recv(LONGEST)
            if not packet:
                return
            try:
                os.write(tun, packet)
            except OSError:
                pass  # a packet of a family that the device does not carry yet
        while waiting and waiting[0][0] <= time.monotonic():
            peer.send(waiting.popleft()[1])


carry(open_tun(sys.argv[1]), socket.socket(fileno=int(sys.argv[2])), float(sys.argv[3]))
