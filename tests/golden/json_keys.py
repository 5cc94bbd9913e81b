#!/usr/bin/env python3
"""Compares docs/formats/json.md with recorded reports: every line is JSON, every object has exactly the documented keys
in the documented order, and every documented event and part occurs.

usage: json_keys.py json.md FILE.jsonl..."""
import json
import re
import sys

# key of an object -> part of the document that describes its value
PARTS = {"scans": "scan", "rtt": "rtt", "ports": "port", "hidden": "hidden", "reasons": "hidden reason", "found": "found", "evidence": "evidence",
         "facts": "fact", "completeness": "completeness", "hosts": "hosts", "packets": "packets"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")


def documented(path):
    sections, name = {}, None
    for line in open(path, encoding="utf-8"):
        heading = re.match(r"##+ (.*)", line)
        if heading:
            name = heading.group(1).strip()
        row = re.match(r"\| `([^`]+)` \|", line)
        if row:
            sections.setdefault(name, []).append(row.group(1))
    return sections


def check(section, obj, sections, seen, where):
    if list(obj) != sections.get(section):
        raise SystemExit(f"{where}: {section} has {list(obj)}, documented is {sections.get(section)}")
    seen.add(section)
    for key, value in obj.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                check(PARTS[key], item, sections, seen, where)
        if key in ("time", "start", "end", "etc") and value is not None and not TIME.match(value):
            raise SystemExit(f"{where}: {key} is {value!r}")


def refuse(constant):
    raise ValueError(f"{constant} is not JSON")


def main():
    sections, seen = documented(sys.argv[1]), set()
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8") as f:
            lines = f.read().split("\n")
        if lines.pop() != "":
            raise SystemExit(f"{path}: the last line does not end")
        for n, line in enumerate(lines, 1):
            where = f"{path}:{n}"
            try:
                obj = json.loads(line, parse_constant=refuse)
            except ValueError as e:
                raise SystemExit(f"{where}: {e}")
            check(f"`{obj['event']}`", obj, sections, seen, where)
    missing = set(sections) - seen
    if missing:
        raise SystemExit(f"documented, but in no report: {sorted(missing)}")
    print(f"{len(sections)} kinds of objects, as documented")


main()
