"""python-libnmap: reads a file; also one that was cut, as an incomplete one."""
import sys

from libnmap.parser import NmapParser

report = NmapParser.parse_fromfile(sys.argv[1])
print(*sorted(p for p, _ in report.hosts[0].get_open_ports()), sep=",")
text = open(sys.argv[1], encoding="utf-8").read()
cut = text[:text.index("</host>") + len("</host>")]
assert len(NmapParser.parse(cut, incomplete=True).hosts) == 1
