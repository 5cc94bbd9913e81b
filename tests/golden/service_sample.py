#!/usr/bin/env python3
"""tools/service-sample: samples, printed as traces and read back, hold the same conversations.

usage: service_sample.py TOOLS-FOLDER
"""
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])

import servicedata  # noqa: E402

MOST = 24  # samples, spread over all

TOOL = pathlib.Path(sys.argv[1]) / "service-sample"


def trace_of(sample):
    parser = sample.values["parser"]
    peer = f"127.0.0.1:80/{'udp' if sample.values['transport'] == 'udp' else 'tcp'}"
    for way, content in sample.messages:
        yield f'SERVICE {peer} {sample.values["transport"]} {parser} {way} "{servicedata.escape(content or b"?")}"'


def run(arguments, text):
    return subprocess.run([TOOL, *arguments], input=text, capture_output=True, text=True, check=False)


def same_conversation(path, folder):
    sample = servicedata.read_sample(path)
    text = "other line\n" + "\n".join(trace_of(sample)) + "\n"
    done = run([sample.name, "--folder", folder], text)
    if done.returncode != 0:
        return done.stderr
    made = servicedata.read_sample(pathlib.Path(folder) / path.name)
    wanted = [(way, content or b"?") for way, content in sample.messages]
    if made.messages != wanted or made.values["parser"] != sample.values["parser"]:
        return "another conversation came back"
    return "" if f"captured {sample.name}" in done.stdout else "the signature does not name the sample"


def faults(folder):
    """(what, is it as it should be)"""
    one = 'SERVICE [::1]:22/tcp plain ssh < "SSH-2.0-x\\r\\n"\n'
    two = one + 'SERVICE [::1]:80/tcp tcp http > "GET"\nSERVICE [::1]:80/tcp tcp http < "\\x00"\n'
    yield "nothing to read", run(["a", "--folder", folder], "x\n").returncode != 0
    yield "two conversations", "which conversation" in run(["a", "--folder", folder], two).stderr
    chosen = run(["a", "--folder", folder, "--only", "[::1]:80/tcp http", "--raw"], two)
    text = (pathlib.Path(folder) / "a.txt").read_text() if chosen.returncode == 0 else ""
    yield "one of two, raw", "parser raw" in text and "asked http" in text and "peer ::1 80" in text
    yield "never over a file", "there already" in run(["a", "--folder", folder], one).stderr
    yield "a wrong name", run(["A/b", "--folder", folder], one).returncode != 0


def main():
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        paths = sorted(servicedata.SAMPLES.glob("*.txt"))
        for path in paths[::-(-len(paths) // MOST) or 1]:
            problem = same_conversation(path, folder)
            bad += bool(problem)
            if problem:
                print(f"FAIL {path.name}: {problem}")
        print(f"{'FAIL' if bad else 'PASS'} samples come back from traces")
    with tempfile.TemporaryDirectory() as folder:
        for what, good in faults(folder):
            bad += not good
            print(f"{'PASS' if good else 'FAIL'} {what}")
    return 1 if bad else 0


sys.exit(main())
