#!/usr/bin/env python3
"""Installs the build into a folder and uses the library from there, as a program of somebody else's would.

usage: installed.py BUILD CC [CXX]
"""
import os
import pathlib
import shlex
import socket
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-pedantic-errors", "-Werror"]


def report(good, name, detail=""):
    print(f"{'PASS' if good else 'FAIL'} {name}{': ' + detail.strip() if detail and not good else ''}")
    return good


def run(command, env=None):
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=60)
    return done.returncode, done.stdout


def flags(place, pc):
    """What pkg-config says, with the folder put in front of the paths."""
    env = {**os.environ, "PKG_CONFIG_PATH": str(pc.parent), "PKG_CONFIG_SYSROOT_DIR": str(place)}
    code, text = run(["pkg-config", "--cflags", "--libs", "leadline"], env)
    return shlex.split(text) if code == 0 else None


def check_program(place, found, library, compiler, source, std, arguments, wanted):
    out = place / source.replace(".", "_")
    code, text = run([*shlex.split(compiler), f"-std={std}", *STRICT, str(HERE / source), "-o", str(out), *found])
    if not report(code == 0, f"{source} compiles", text):
        return False
    code, text = run([str(out), *arguments], {**os.environ, "LD_LIBRARY_PATH": str(library.parent)})
    good = code == 0 and all(line in text.splitlines() for line in wanted)
    return report(good, f"{source} runs", f"status {code}, {text!r}")


def check_example(place, found, library, cc):
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nobody listens: closed
        port, closed = server.getsockname()[1], taken.getsockname()[1]
        wanted = [f"127.0.0.1 {port}/tcp unknown", "127.0.0.1 is up, 2 ports scanned", "1 open"]
        return check_program(place, found, library, cc, "example.c", "c11", [f"{port},{closed}", "127.0.0.1"], wanted)


def check_symbols(library):
    code, text = run(["nm", "-D", "--defined-only", str(library)])
    exported = sorted(line.split()[2].split("@")[0] for line in text.splitlines())
    wanted = (HERE / "symbols.txt").read_text().split()
    return report(code == 0 and exported == wanted, "exported symbols", f"{sorted(set(exported) ^ set(wanted))}")


def main(build, cc, cxx=None):
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        code, text = run(["meson", "install", "-C", build, "--no-rebuild", "--quiet"], {**os.environ, "DESTDIR": folder})
        if not report(code == 0, "install", text):
            return 1
        pc, library = next(place.rglob("leadline.pc")), next(place.rglob("libleadline.so"))
        found = flags(place, pc)
        if not report(found is not None, "pkg-config"):
            return 1
        good = check_symbols(library)
        good = check_program(place, found, library, cc, "header_test.c", "c11", [], []) and good
        if cxx:
            good = check_program(place, found, library, cxx, "header_test.cpp", "c++11", [], []) and good
        good = check_example(place, found, library, cc) and good
        return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
