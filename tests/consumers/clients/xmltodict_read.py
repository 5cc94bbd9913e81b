"""xmltodict: the open ports of the only host."""
import sys

import xmltodict

host = xmltodict.parse(open(sys.argv[1], encoding="utf-8").read())["nmaprun"]["host"]
print(*(p["@portid"] for p in host["ports"]["port"] if p["state"]["@state"] == "open"), sep=",")
