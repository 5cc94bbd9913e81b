#!/usr/bin/env python3
"""The network lab: hosts, routers, firewalls and real servers in network namespaces, and cases that scan them.

usage: tests/lab/lab.py test [CASE...]   builds the lab, runs the cases, prints PASS, FAIL and SKIP lines
       tests/lab/lab.py run CASE...      the same, the cases must be named
       tests/lab/lab.py list             names the cases
       tests/lab/lab.py with FILE WORD...  builds the lab and calls main(lab, words) of that Python file
       tests/lab/lab.py up               builds the lab and holds it until `down` or Ctrl-C
       tests/lab/lab.py enter [HOST]     opens a shell on one of its hosts (default: the scanner's)
       tests/lab/lab.py down             ends it
       tests/lab/lab.py services ...     a hundred servers on a host of their own: start, stop, list, log, run

LEADLINE names the scanner (default build/leadline). Everything lives in a mount and process namespace of its own, so that nothing
is left behind however a run ends. As an ordinary user the lab runs in a user namespace, with stand-ins for the servers.
"""
import os
import pathlib
import runpy
import shutil
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PIDFILE = ROOT / "build" / "lab" / "pid"
SKIPPED = 77

sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE))


def isolation():
    """The unshare command line that this user may run, or None."""
    tool = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--net"]
    candidates = [tool] if os.geteuid() == 0 else []
    for command in candidates + [tool + ["--user", "--map-root-user"]]:
        if subprocess.run(command + ["true"], capture_output=True, check=False).returncode == 0:
            return command
    return None


def outside(words):
    """Starts this program again inside the new namespaces and sees to it that they end."""
    for tool in ("unshare", "nsenter", "ip", "nft", "ss"):
        if not shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin:/sbin"):
            print(f"SKIP the lab needs {tool}: tools/setup lab")
            return SKIPPED
    command = isolation()
    if command is None:
        print("SKIP the lab needs root or unprivileged user namespaces")
        return SKIPPED
    inner = subprocess.Popen(command + [sys.executable, str(HERE / "lab.py"), "--inside", str(os.getpid()), *words])

    def stop(number, _frame):
        inner.kill()
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGHUP, stop)
    return inner.wait()


def inside(name, words):
    import cases
    import topology
    from net import Lab

    os.environ["PATH"] += ":/usr/sbin:/sbin"
    with Lab(f"llab-{name}-", ROOT) as lab:
        if words[:2] == ["services", "hold"]:
            from services import control
            return control.hold(lab, ROOT, words[2:])
        topology.build(lab)
        if words[0] == "up":
            print(topology.PICTURE)
            print("the lab is up: `tests/lab/lab.py enter` opens a shell in it, `tests/lab/lab.py down` ends it", flush=True)
            signal.pause()
        if words[0] == "with":
            return runpy.run_path(words[1])["main"](lab, words[2:])
        return 0 if cases.run(lab, words[1:]) else 1


def enter(host):
    """A shell inside: our unshare's child is the first process of the lab."""
    try:
        outer = PIDFILE.read_text()
        unshare = pathlib.Path(f"/proc/{outer}/task/{outer}/children").read_text().split()[0]
        first = pathlib.Path(f"/proc/{unshare}/task/{unshare}/children").read_text().split()[0]
    except (OSError, IndexError):
        print("lab.py: no lab is up", file=sys.stderr)
        return 1
    user = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
    return subprocess.call(["nsenter", "--target", first, *user, "--mount", "--pid", "nsenter",
                            f"--net=/run/netns/llab-{outer}-{host}", os.environ.get("SHELL", "/bin/sh")])


def down():
    try:
        os.kill(int(PIDFILE.read_text()), signal.SIGTERM)
        PIDFILE.unlink()
    except (OSError, ValueError):
        print("lab.py: no lab is up", file=sys.stderr)
        return 1
    return 0


def main():
    words = sys.argv[1:]
    if words[:1] == ["--inside"]:
        return inside(words[1], words[2:])
    if words[:1] == ["list"]:
        import cases
        print("\n".join(f"{name:18} {case.__doc__}" for name, case in cases.all_cases().items()))
        return 0
    if words[:1] == ["enter"]:
        return enter(words[1] if len(words) > 1 else "scanner")
    if words[:1] == ["down"]:
        return down()
    if words[:1] == ["services"] and words[1:2] != ["hold"]:
        from services import control
        return control.main(ROOT, str(HERE / "lab.py"), words[1:])
    if words[:1] == ["up"]:
        PIDFILE.parent.mkdir(parents=True, exist_ok=True)
        PIDFILE.write_text(str(os.getpid()))
    if words[:1] in (["test"], ["up"], ["services"]) or (words[:1] in (["run"], ["with"]) and len(words) > 1):
        return outside(words)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
