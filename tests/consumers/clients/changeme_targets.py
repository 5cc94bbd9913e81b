"""changeme's own reader of targets."""
import sys

sys.path.insert(0, "/usr/share/changeme")
from changeme.target import Target

print(*sorted(str(t) for t in Target.parse_target(sys.argv[1])), sep=",")
