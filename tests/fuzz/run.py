#!/usr/bin/env python3
"""Fuzzes every parser named in targets.txt for some seconds; a finding ends up in build/fuzz/findings.

usage: tests/fuzz/run.py [--build DIR] [--seconds N] [NAME...]
"""
import argparse
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def targets():
    lines = (HERE / "targets.txt").read_text().splitlines()
    return [line.strip().removeprefix("fuzz_") for line in lines if line.strip() and not line.startswith("#")]


def build(folder):
    if not (folder / "build.ninja").exists():
        setup = ["meson", "setup", folder, ROOT, "-Dc_args=-fsanitize=fuzzer-no-link -U_FORTIFY_SOURCE", "-Db_lundef=false",
                 "-Db_sanitize=address,undefined", "-Doptimization=1"]
        subprocess.run(setup, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "CC": "clang"})
    made = subprocess.run(["ninja", "-C", folder], capture_output=True, text=True)
    if made.returncode != 0:
        sys.exit(f"{made.stdout[-4000:]}\ntests/fuzz/run.py: the fuzzers do not build")


def fuzz(folder, name, seconds):
    """New inputs go to the build folder; only what a developer copies to corpus/ becomes part of the tests."""
    grown = folder / "corpus" / name
    findings = folder / "findings"
    grown.mkdir(parents=True, exist_ok=True)
    findings.mkdir(exist_ok=True)
    seeds = HERE / "corpus" / name
    command = [folder / "tests" / "fuzz" / f"fuzz_{name}", f"-max_total_time={seconds}", "-timeout=5",
               "-rss_limit_mb=1024", "-print_final_stats=1", f"-artifact_prefix={findings}/{name}-", grown]
    if seeds.is_dir():
        command.append(seeds)
    ran = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
                         env={**os.environ, "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"})
    runs = [line.split()[-1] for line in ran.stderr.splitlines() if "number_of_executed_units" in line]
    if ran.returncode != 0:
        print(ran.stderr[-4000:])
        print(f"FAIL fuzz {name}", flush=True)
        return False
    print(f"PASS fuzz {name}: {runs[0] if runs else '?'} inputs in {seconds} s", flush=True)
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "fuzz")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    folder = args.build.absolute()
    build(folder)
    good = [fuzz(folder, name, args.seconds) for name in args.names or targets()]
    return 0 if all(good) else 1


sys.exit(main())
