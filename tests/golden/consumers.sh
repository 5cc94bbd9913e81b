#!/bin/sh
# Runs readers of Nmap's XML on the given files. A reader that is not installed is skipped, visibly; a reader that fails
# fails the run. The Debian packages: libxml2-utils xsltproc nmap-common ndiff python3-libnmap python3-nmap.
#
# usage: consumers.sh FILE.xml...        exit: 0 all passed, 1 a reader failed, 77 no reader was there
set -u
dtd=/usr/share/nmap/nmap.dtd
xsl=/usr/share/nmap/nmap.xsl
python=/usr/bin/python3
ran=0
failed=0
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

skip() { echo "SKIP $1: $2"; }

# check NAME FILE COMMAND...: the command must succeed
check() {
    name=$1 file=$2
    shift 2
    ran=$((ran + 1))
    if "$@" >"$scratch/out" 2>&1; then
        return
    fi
    failed=$((failed + 1))
    echo "FAIL $name: $file"
    sed 's/^/  /' "$scratch/out" | head -20
}

# each NAME COMMAND...: checks the command with every file as its last argument
each() {
    reader=$1
    shift
    for f in $files; do
        check "$reader" "$f" "$@" "$f"
    done
    echo "ran  $reader"
}

for f in "$@"; do
    case $f in
    *[[:space:]]*) echo "file names with blanks are not supported: $f" >&2; exit 1 ;;
    esac
done
files=$*
[ $# -gt 0 ] || { echo "usage: consumers.sh FILE.xml..." >&2; exit 1; }

if ! command -v xmllint >/dev/null; then skip xmllint "not installed"
elif [ ! -r $dtd ]; then skip xmllint "no $dtd"
else each xmllint xmllint --nonet --noout --dtdvalid $dtd
fi

if ! command -v xsltproc >/dev/null; then skip xsltproc "not installed"
elif [ ! -r $xsl ]; then skip xsltproc "no $xsl"
else each xsltproc xsltproc --nonet -o "$scratch/page.html" $xsl
fi

if ! command -v ndiff >/dev/null; then skip ndiff "not installed"
else
    for f in $files; do check ndiff "$f" ndiff "$f" "$f"; done
    echo "ran  ndiff"
fi

cat >"$scratch/libnmap_read.py" <<'EOF'
import re, sys
from libnmap.parser import NmapParser
report = NmapParser.parse_fromfile(sys.argv[1])
text = open(sys.argv[1], encoding="utf-8").read()
ports = sum(len(h.get_ports()) for h in report.hosts)
assert len(report.hosts) == len(re.findall(r"<host[ >]", text)), "hosts"
assert ports == text.count("<port "), "ports"
assert report.hosts_total == int(re.search(r'<hosts .*total="(\d+)"', text)[1]), "total"
assert report.started > 0 and report.endtime > 0
EOF
if ! $python -c 'import libnmap' 2>/dev/null; then skip python3-libnmap "not installed"
else each python3-libnmap $python "$scratch/libnmap_read.py"
fi

cat >"$scratch/nmap_read.py" <<'EOF'
import sys
import nmap
text = open(sys.argv[1], encoding="utf-8").read()
scan = nmap.PortScanner().analyse_nmap_xml_scan(text)
assert int(scan["nmap"]["scanstats"]["totalhosts"]) >= len(scan["scan"])
EOF
if ! $python -c 'import nmap; nmap.PortScanner()' 2>/dev/null; then skip python3-nmap "not installed"
else each python3-nmap $python "$scratch/nmap_read.py"
fi

# What line-by-line and byte readers rely on; needs nothing but Python.
cat >"$scratch/layout.py" <<'EOF'
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
lines = text.split("\n")
assert lines[0].startswith("<?xml "), "first line"
assert re.match(r'<nmaprun scanner="nmap" args="[^"]*" start="\d+"', [l for l in lines if l[1:2].isalpha()][0]), "nmaprun"
assert "<hostnames/>" not in text and "<hostnames></hostnames>" not in text, "empty hostnames"
for line in lines:
    if re.search("<task(begin|progress|end) ", line):
        assert re.fullmatch("<task(begin|progress|end) [^<>]*/>", line), line
    if line.startswith("<taskprogress"):
        assert ' remaining="' in line and ' etc="' in line, line
    if line.startswith("<port "):
        assert '<service name="' in line and line.endswith("</port>"), line
        if "reason_ip" not in line:
            # ncrack stops reading a port at its fourth ">": what TLS shows stands behind that
            assert len(line.split('<script id="x-leadline-facts"')[0]) < 255 and line.index("<service") < 255, line
for block in re.findall(r"<host[ >].*?</host>", text, re.S):
    assert 'addrtype="ip' in re.search("<address [^>]*>", block)[0], "the IP address comes first"
begun = re.findall(r'<taskbegin task="([^"]*)"', text)
assert all(t in begun for t in re.findall(r'<taskend task="([^"]*)"', text)), "task names"
assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", text), "control bytes"
assert text.endswith("</runstats>\n</nmaprun>\n"), "end"
EOF
if ! command -v $python >/dev/null; then skip layout "no python3"
else each layout $python "$scratch/layout.py"
fi

echo "$ran checks, $failed failed"
[ $failed -eq 0 ] || exit 1
[ $ran -gt 0 ] || exit 77
