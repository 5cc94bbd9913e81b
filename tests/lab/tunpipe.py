"""usage: tunpipe.py DEVICE FD   carries packets between a tun device and a socket"""
import fcntl
import os
import selectors
import socket
import struct
import sys

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
LONGEST = 65536

tun = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", sys.argv[1].encode(), IFF_TUN | IFF_NO_PI))
peer = socket.socket(fileno=int(sys.argv[2]))
ready = selectors.DefaultSelector()
ready.register(tun, selectors.EVENT_READ)
ready.register(peer, selectors.EVENT_READ)
while True:
    for key, _ in ready.select():
        if key.fileobj == tun:
            peer.send(os.read(tun, LONGEST))
        else:
            packet = peer.recv(LONGEST)
            if not packet:
                sys.exit(0)
            try:
                os.write(tun, packet)
            except OSError:
                pass  # a packet of a family that the device does not carry yet
