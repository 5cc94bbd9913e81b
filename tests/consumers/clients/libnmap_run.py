"""python-libnmap: runs a scan that takes some seconds, follows its progress, reads the report."""
import sys

from libnmap.parser import NmapParser
from libnmap.process import NmapProcess

target, options = sys.argv[1:]
seen = []
scan = NmapProcess(target, options, event_callback=lambda p: seen.append(float(p.progress)))
status = scan.run()
assert status == 0 and scan.is_successful(), (status, scan.stderr)
assert scan.tasks and all(t.status == "ended" for t in scan.tasks.values()), scan.tasks
assert any(0 < p < 100 for p in seen), seen
report = NmapParser.parse(scan.stdout)
assert report.endtime > 0 and report.hosts_up == 1
print(*sorted(p for p, _ in report.hosts[0].get_open_ports()), sep=",")
