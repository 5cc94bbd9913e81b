"""Where the programs run: a namespace with listening sockets, a neighbour, and `nmap` first in PATH."""
import dataclasses
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OPEN = [21, 22, 80, 443, 3306]
NETWORK, OURS, NEIGHBOUR = "10.99.0.0", "10.99.0.1", "10.99.0.2"
PATIENCE = 60


@dataclasses.dataclass
class Ran:
    status: int
    out: str
    err: str


class World:
    def __init__(self, folder):
        self.folder = folder
        self.children = []
        self.env = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(folder), "TERM": "dumb"}
        self.neighbour_mac = None

    def __enter__(self):
        os.chdir(self.folder)
        self.folder.chmod(0o755)
        self.link_program()
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        self.make_certificate()
        self.serve([])
        self.make_neighbour()
        return self

    def __exit__(self, *_):
        for child in self.children:
            child.kill()
            child.wait()

    def link_program(self):
        """A copy, so that the programs' other users may run it, and the link that a user would make."""
        path = self.folder / "bin"
        path.mkdir()
        shutil.copy(os.environ["LEADLINE"], path / "leadline")
        (path / "nmap").symlink_to("leadline")
        self.env["PATH"] = f"{path}:{self.env['PATH']}:/usr/sbin:/sbin"

    def make_certificate(self):
        self.certificate = self.folder / "server.pem"
        made = subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                               "/CN=localhost", "-keyout", "key.pem", "-out", "cert.pem"], capture_output=True, check=False) \
            if shutil.which("openssl") else None
        if made is None or made.returncode != 0:
            self.certificate = "-"
            return
        self.certificate.write_text((self.folder / "key.pem").read_text() + (self.folder / "cert.pem").read_text())

    def serve(self, enter):
        """The servers, in this namespace or in the one that `enter` enters."""
        words = [*enter, "/usr/bin/python3", str(HERE / "clients" / "servers.py"), str(self.certificate), *map(str, OPEN)]
        child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.children.append(child)
        assert child.stdout.readline() == "ready\n", "the servers did not start"

    def make_neighbour(self):
        holder = subprocess.Popen(["unshare", "--net", "sh", "-c", "ip link set lo up; echo ready; exec sleep 600"],
                                  stdout=subprocess.PIPE, text=True)
        self.children.append(holder)
        holder.stdout.readline()
        enter = ["nsenter", "--net", "--target", str(holder.pid)]
        lines = [f"ip link add here type veth peer name there netns {holder.pid}", f"ip addr add {OURS}/24 dev here",
                 "ip link set here up"]
        ran = [subprocess.run(line.split(), capture_output=True, check=False) for line in lines]
        for line in (f"ip addr add {NEIGHBOUR}/24 dev there", "ip link set there up"):
            ran.append(subprocess.run(enter + line.split(), capture_output=True, check=False))
        if any(r.returncode != 0 for r in ran):
            return
        self.serve(enter)
        show = subprocess.run([*enter, "ip", "-o", "link", "show", "there"], capture_output=True, text=True, check=False)
        words = show.stdout.split()
        if "link/ether" in words:
            self.neighbour_mac = words[words.index("link/ether") + 1]

    def run(self, *words, timeout=PATIENCE, **more):
        env = {**self.env, **more.pop("env", {})}
        try:
            done = subprocess.run([str(w) for w in words], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  errors="replace", timeout=timeout, check=False, **more)
        except subprocess.TimeoutExpired as e:
            return Ran(-1, (e.stdout or b"").decode(errors="replace"), f"no end after {timeout} s")
        return Ran(done.returncode, done.stdout, done.stderr)

    def has(self, command):
        return shutil.which(command, path=self.env["PATH"])

    def has_module(self, module):
        return self.run("/usr/bin/python3", "-c", f"import {module}").status == 0

    def client(self, name):
        return HERE / "clients" / name
