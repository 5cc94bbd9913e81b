"""python-nmap: runs a scan and checks what it made of it."""
import sys

import nmap

target, ports, options = sys.argv[1:]
scanner = nmap.PortScanner()
assert scanner.nmap_version() >= (4, 0), scanner.nmap_version()
scan = scanner.scan(target, ports, options)
info = scan["nmap"]["scaninfo"]
assert "error" not in info and "warning" not in info, info
print(*(port for port, row in sorted(scanner[target]["tcp"].items()) if row["state"] == "open"), sep=",")
