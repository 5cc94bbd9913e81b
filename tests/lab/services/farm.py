"""Starts many real servers at once, without systemd: one overlay root, one network namespace, one small script for each server."""
import dataclasses
import importlib
import os
import pathlib
import shlex
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
ADDRESS, ADDRESS6 = "192.0.2.7", "2001:db8:2::7"
CLIENT, CLIENT6 = "192.0.2.100", "2001:db8:2::100"
FAMILIES = ["shell", "files", "mail", "web", "data", "names", "infra", "talk", "tunnels"]
SECONDS = 90  # two idle cores need 40


@dataclasses.dataclass
class Server:
    """One server: the script that prepares and becomes it, the files it reads, and where it listens ("80/tcp 53/udp")."""
    name: str
    package: str
    ports: str
    script: str
    files: dict = dataclasses.field(default_factory=dict)
    late: bool = False

    def sockets(self):
        return [(int(p.split("/")[0]), p.split("/")[1] if "/" in p else "tcp") for p in self.ports.split()]


def unpacked(lab):
    return lab.root / "build" / "lab" / "services" / "root"


def all_servers():
    servers = []
    for family in FAMILIES:
        servers += importlib.import_module(f"services.{family}").SERVERS
    return servers


def unusual():
    """Unusual port -> usual port."""
    return importlib.import_module("services.tunnels").UNUSUAL


def mount_root(lab):
    """The unpacked packages over the system's files, and a folder in memory over both."""
    root, system, upper, under = (lab.work / name for name in ("farm", "system", "farm-upper", "farm-under"))
    for folder in (root, system, upper, under, lab.work / "system-upper", lab.work / "system-under"):
        folder.mkdir()
    # two overlays, as the packages lie below the system's own root and one overlay may not hold a folder twice
    mounts = [(system, f"lowerdir=/,upperdir={lab.work}/system-upper,workdir={lab.work}/system-under"),
              (root, f"lowerdir={unpacked(lab)}:{system},upperdir={upper},workdir={under}")]
    for target, options in mounts:
        subprocess.run(["mount", "-t", "overlay", "lab", "-o", options, target], check=True, capture_output=True)
    for name in ("proc", "dev"):
        subprocess.run(["mount", "--rbind", f"/{name}", root / name], check=True)
    for name in ("run", "tmp", "dev/shm"):
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=1777", "lab", root / name], check=True)
    return root


class Farm:
    """The host with all servers."""

    def __init__(self, lab, only=()):
        self.lab = lab
        self.servers = [s for s in all_servers() if not only or s.name in only]
        self.failed = {}
        self.host = lab.host("farm")
        lab.link(lab.scanner, "farm0", self.host, "eth0")
        self.host.address("eth0", f"{ADDRESS}/24", f"{ADDRESS6}/64")
        lab.scanner.address("farm0", f"{CLIENT}/24", f"{CLIENT6}/64")
        self.running = {}
        self.root = mount_root(lab)

    def prepare(self):
        for folder in ("var/log/lab", "etc/lab", "run/lock", "var/tmp"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        os.chmod(self.root / "var/log/lab", 0o1777)
        os.chmod(self.root / "run", 0o755)
        for path, text in importlib.import_module("services.common").FILES.items():
            self.write(path, text)
        common = importlib.import_module("services.common")
        self.add_users(common.USERS)
        subprocess.run(["chroot", self.root, "sh", "-c", common.PREPARE], check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL)
        redirects = "".join(f"tcp dport {new} redirect to :{old}\n" for new, old in unusual().items())
        self.host.firewall("table inet farm { chain in { type nat hook prerouting priority -100; policy accept;\n"
                           + redirects + "}\n}\n")

    def add_users(self, names):
        for path, fields in (("etc/passwd", "x:{n}:{n}::/var/lib/{u}:/bin/sh"), ("etc/group", "x:{n}:")):
            file = self.root / path
            have = {line.split(":")[0] for line in file.read_text().splitlines()}
            with file.open("a") as f:
                for n, u in enumerate(names, 61001):
                    if u not in have:
                        f.write(f"{u}:{fields.format(n=n, u=u)}\n")

    def write(self, path, text):
        target = self.root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_symlink() or target.exists():
            target.unlink()
        target.write_text(text)

    def log(self, server):
        return self.root / "var/log/lab" / f"{server.name}.log"

    def start_one(self, server):
        for path, text in server.files.items():
            self.write(path, text)
        self.write(f"etc/lab/{server.name}.sh", "set -e\ncd /\numask 022\n" + server.script.strip() + "\n")
        with open(self.log(server), "w", encoding="utf-8") as f:
            # a session of its own: some servers end with a signal to their whole group, which would be the lab's
            self.running[server.name] = self.host.start(
                ["unshare", "--uts", "sh", "-c", 'hostname farm; exec chroot "$@"', "sh", self.root, "/bin/sh", f"/etc/lab/{server.name}.sh"], stdout=f, stderr=f,
                start_new_session=True, env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games", "HOME": "/root",
                     "LANG": "C.UTF-8", "TMPDIR": "/tmp"})

    def listening(self):
        shown = subprocess.run(self.host.command(["ss", "-Htuln"]), capture_output=True, text=True, check=True).stdout
        words = map(str.split, shown.splitlines())
        # "*" is both families, "[::]" IPv6 alone
        return {(int(w[4].rsplit(":", 1)[1]), w[0]) for w in words
                if w[4].rsplit(":", 1)[0].split("%")[0] in ("*", "0.0.0.0", ADDRESS)}

    def start(self, say=print):
        began = time.monotonic()
        self.prepare()
        for late in (False, True):
            for server in self.servers:
                if server.late == late:
                    self.start_one(server)
        waiting = {s.name: s for s in self.servers}
        while waiting and time.monotonic() - began < SECONDS:
            here = self.listening()
            for name, server in list(waiting.items()):
                if set(server.sockets()) <= here:
                    del waiting[name]
            time.sleep(0.2)
        here = self.listening()
        for name, server in waiting.items():
            missing = " ".join(f"{p}/{t}" for p, t in server.sockets() if (p, t) not in here)
            tail = self.log(server).read_text(errors="replace")[-1500:]
            status = self.running[name].poll()
            self.failed[name] = f"{missing} not listening, status {status}\n{tail}"
        say(f"# {len(self.servers) - len(self.failed)} of {len(self.servers)} servers are up after "
            f"{time.monotonic() - began:.1f} s, {len(here)} sockets listen")
        for name, why in self.failed.items():
            say(f"# {name} did not start: {why}")
        return not self.failed

    def list(self):
        here = self.listening()
        names = {p: s for s in self.servers for p in s.sockets()}
        lines = [f"{port}/{proto}\t{names[(port, proto)].name if (port, proto) in names else '-'}" for port, proto in sorted(here)]
        return lines + [f"{new}/tcp\t-> {old}" for new, old in sorted(unusual().items())]


def command_line(words):
    return " ".join(map(shlex.quote, words))
