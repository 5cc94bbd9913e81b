#!/usr/bin/env python3
"""10,000 simulated addresses, a fifth of them up, 1,000 ports each: every state right, in less than 200 MB (the simulator's own
memory included).

usage: many_hosts.py PATH-OF-SCENARIO-TOOL
"""
import re
import resource
import subprocess
import sys

WORLD = """range 10.64.0.0-10.64.39.15 up 20% seed 7
open 22,80,443 chance 30%
closed 1-100
default filtered
latency 20ms jitter 5ms"""
MOST_MB = 200


def main():
    ran = subprocess.run([sys.argv[1], "1", WORLD, "-n -sS 10.64.0-38.0-255 10.64.39.0-15"], capture_output=True, text=True, check=False)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    figures = {name: int(number) for name, number in re.findall(r"([a-z-]+) (\d+)(?= |$)", ran.stdout)}
    print(ran.stdout.strip(), f"memory {memory:.0f} MB", ran.stderr)
    wrong = [name for name in ("missed-hosts", "false-hosts", "missed", "false", "wrong", "capped") if figures.get(name) != 0]
    if figures.get("hosts") != 10000 or not 1900 < figures.get("up", 0) < 2100 or figures.get("ports") != figures["up"] * 1000:
        wrong.append("counts")
    if memory >= MOST_MB:
        wrong.append("memory")
    print(f"FAIL many-hosts: {' '.join(wrong)}" if wrong else "PASS many-hosts")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
