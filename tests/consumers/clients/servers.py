"""Listens on the ports of the command line, on all addresses; 443 speaks TLS. Says "ready", ends with its parent."""
import ctypes
import signal
import socket
import ssl
import sys
import threading


def serve(listener, context):
    while True:
        peer = listener.accept()[0]
        peer.settimeout(5)
        try:
            if context:
                peer = context.wrap_socket(peer, server_side=True)
            peer.close()
        except OSError:
            peer.close()


ctypes.CDLL(None).prctl(1, signal.SIGKILL)
context = None
if sys.argv[1] != "-":
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1])
for port in map(int, sys.argv[2:]):
    listener = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=64)
    threading.Thread(target=serve, args=(listener, context if port == 443 else None), daemon=True).start()
print("ready", flush=True)
signal.pause()
