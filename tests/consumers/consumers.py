#!/usr/bin/env python3
"""Real programs that live around Nmap, unchanged, run on Leadline by way of a link named `nmap`.

usage: tests/consumers/consumers.py [CASE...]     prints PASS, FAIL and SKIP lines; exit 0, 1, or 77 when nothing could run

LEADLINE names the program (default build/leadline). The programs come from Debian and npm: tools/setup consumers. All runs in a
network namespace of its own with two hosts, which nothing can leave.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SKIPPED = 77
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE))


def isolation():
    """The unshare command line that this user may run, or None."""
    tool = ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    for command in ([tool] if os.geteuid() == 0 else []) + [tool + ["--user", "--map-root-user"]]:
        if subprocess.run(command + ["true"], capture_output=True, check=False).returncode == 0:
            return command
    return None


def outside(words):
    program = pathlib.Path(os.environ.get("LEADLINE", ROOT / "build" / "leadline")).resolve()
    if not program.exists():
        print(f"FAIL consumers: {program} is not there: make build")
        return 1
    command = isolation() if shutil.which("unshare") and shutil.which("ip") else None
    if command is None:
        print("SKIP consumers: no unshare, no ip, or no rights for namespaces")
        return SKIPPED
    env = {**os.environ, "LEADLINE": str(program)}
    return subprocess.run(command + [sys.executable, __file__, "--inside", *words], env=env, check=False).returncode


def inside(words):
    import cases
    from world import World

    with tempfile.TemporaryDirectory(prefix="consumers-") as folder, World(pathlib.Path(folder)) as world:
        return cases.run(world, words)


def main():
    if sys.argv[1:2] == ["--inside"]:
        return inside(sys.argv[2:])
    return outside(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
