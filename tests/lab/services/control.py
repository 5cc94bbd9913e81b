"""lab.py services: starts the farm of servers alone, holds it, runs programs beside it.

usage: tests/lab/lab.py services start [NAME...]   all servers, or these; returns when they are up
       tests/lab/lab.py services stop
       tests/lab/lab.py services list              sockets that listen, and which server has them
       tests/lab/lab.py services log NAME          what a server printed
       tests/lab/lab.py services run WORD...       runs a program on the host beside them (also as an ordinary client)
"""
import os
import pathlib
import signal
import subprocess
import sys
import time


def folder(root):
    return root / "build" / "lab" / "services"


def hold(lab, root, names):
    """Inside the namespaces: starts all, writes what others need to know, waits for the end."""
    from services.farm import Farm

    lab.host("scanner")
    farm = Farm(lab, names)
    state = folder(root)
    with open(state / "report", "w", encoding="utf-8") as f:
        farm.start(lambda line: print(line, file=f, flush=True))
    (state / "list").write_text("\n".join(farm.list()) + "\n")
    (state / "up").write_text("")
    signal.pause()


def first_process(root):
    outer = (folder(root) / "pid").read_text()
    unshare = pathlib.Path(f"/proc/{outer}/task/{outer}/children").read_text().split()[0]
    return outer, pathlib.Path(f"/proc/{unshare}/task/{unshare}/children").read_text().split()[0]


def alive(root):
    try:
        return first_process(root)
    except (OSError, IndexError):
        return None


def start(root, program, names):
    state = folder(root)
    if alive(root):
        print("the services are up already", file=sys.stderr)
        return 1
    if not (state / "complete").exists():
        print("SKIP no servers are unpacked: tools/setup lab", file=sys.stderr)
        return 77
    for name in ("up", "report", "list"):
        (state / name).unlink(missing_ok=True)
    with open(state / "farm.log", "w", encoding="utf-8") as log:
        holder = subprocess.Popen([sys.executable, program, "services", "hold", *names], start_new_session=True,
                                  stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    (state / "pid").write_text(str(holder.pid))
    until = time.monotonic() + 120
    while not (state / "up").exists():
        if holder.poll() is not None or time.monotonic() > until:
            print((state / "farm.log").read_text(), file=sys.stderr)
            return 1
        time.sleep(0.2)
    print((state / "report").read_text(), end="")
    return 0


def enter(root, words):
    here = alive(root)
    if not here:
        print("the services are not up", file=sys.stderr)
        return 1
    outer, first = here
    return subprocess.call(["nsenter", f"--net=/proc/{first}/root/run/netns/llab-{outer}-scanner", *words])


def stop(root):
    here = alive(root)
    if not here:
        print("the services are not up", file=sys.stderr)
        return 1
    os.kill(int(here[0]), signal.SIGTERM)
    (folder(root) / "up").unlink(missing_ok=True)
    return 0


def show(root, name):
    here = alive(root)
    if not here:
        print("the services are not up", file=sys.stderr)
        return 1
    return subprocess.call(["nsenter", "--target", here[1], "--mount", "cat", f"/run/lab/farm/var/log/lab/{name}.log"])


def main(root, program, words):
    what = words[0] if words else ""
    if what == "start":
        return start(root, program, words[1:])
    if what == "stop":
        return stop(root)
    if what == "list" and alive(root):
        print((folder(root) / "list").read_text(), end="")
        return 0
    if what == "log" and len(words) > 1:
        return show(root, words[1])
    if what == "run" and len(words) > 1:
        return enter(root, words[1:])
    print(__doc__, file=sys.stderr)
    return 2
