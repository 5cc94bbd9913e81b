"""usage: listen.py PORT...   accepts TCP connections on both families and closes them"""
import selectors
import socket
import sys

ready = selectors.DefaultSelector()
for port in sys.argv[1:]:
    ready.register(socket.create_server(("::", int(port)), family=socket.AF_INET6, dualstack_ipv6=True, backlog=1024),
                   selectors.EVENT_READ)
while True:
    for key, _ in ready.select():
        try:
            key.fileobj.accept()[0].close()
        except OSError:
            pass
