"""Network namespaces, links between them, and programs run in them."""
import dataclasses
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
NOBODY = 65534


@dataclasses.dataclass
class Ran:
    """What a finished program left."""
    status: int
    out: str
    err: str
    seconds: float
    usage: object = None


class Host:
    """One network namespace: a host or a router."""

    def __init__(self, lab, name):
        self.lab = lab
        self.name = name
        self.ns = lab.prefix + name
        self.path = f"/run/netns/{self.ns}"
        lab.ip(f"netns add {self.ns}")
        self.ip("link set lo up")
        self.sysctl("net/ipv4/icmp_ratemask", 0)
        self.sysctl("net/ipv4/icmp_ratelimit", 0)
        self.sysctl("net/ipv4/icmp_msgs_per_sec", 1000000)
        self.sysctl("net/ipv4/icmp_msgs_burst", 1000000)
        self.sysctl("net/ipv6/icmp/ratelimit", 0)

    def command(self, words):
        return ["nsenter", f"--net={self.path}", *map(str, words)]

    def ip(self, line):
        self.lab.ip(f"-n {self.ns} {line}")

    def sysctl(self, name, value):
        """Older kernels keep some limits outside the namespaces; there they stay as they are."""
        subprocess.run(self.command(["sh", "-c", f"echo {value} >/proc/sys/{name}"]), capture_output=True, check=False)

    def address(self, device, *addresses):
        for a in addresses:
            self.ip(f"addr add {a} dev {device}" + (" nodad" if ":" in a else ""))
        self.ip(f"link set {device} up")

    def router(self):
        self.sysctl("net/ipv4/ip_forward", 1)
        self.sysctl("net/ipv6/conf/all/forwarding", 1)

    def firewall(self, rules):
        subprocess.run(self.command(["nft", "-f", "-"]), input=rules, text=True, check=True)

    def start(self, words, **more):
        """Starts a program that runs until the lab ends."""
        return subprocess.Popen(self.command(words), stdin=subprocess.DEVNULL, **more)

    def listen(self, *ports):
        """A stand-in server: accepts and closes."""
        self.start([sys.executable, HERE / "listen.py", *ports])
        self.wait_for(*ports)

    def wait_for(self, *ports, seconds=20):
        """Waits until something listens on these TCP ports."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            shown = subprocess.run(self.command(["ss", "-Htln"]), capture_output=True, text=True, check=True).stdout
            here = {line.split()[3].rsplit(":", 1)[1] for line in shown.splitlines()}
            if {str(p) for p in ports} <= here:
                return True
            time.sleep(0.05)
        return False

    def run(self, words, user=None, timeout=120, **more):
        """Runs a program to its end. `user` is a numeric user without privileges."""
        if user is not None:
            words = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *words]
        began = time.monotonic()
        p = subprocess.Popen(self.command(words), stdin=more.pop("stdin", subprocess.DEVNULL),
                             stdout=more.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE, text=True,
                             errors="replace", **more)
        try:
            out, err = p.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            p.kill()
            out, err = p.communicate()
            err = (err or "") + f"(killed after {timeout} s)"
        return Ran(p.returncode, out or "", err or "", time.monotonic() - began)


class Lab:
    """All hosts. Must be created inside new mount, process and network namespaces (lab.py does that)."""

    def __init__(self, prefix, root):
        self.prefix = prefix
        self.root = root
        self.hosts = {}
        self.work = pathlib.Path("/run/lab")
        self.files = 0
        subprocess.run(["mount", "-t", "tmpfs", "lab", "/run"], check=True)
        os.makedirs("/run/netns")
        os.makedirs(self.work / "out")
        os.chmod(self.work / "out", 0o1777)
        self.real_root = pathlib.Path("/proc/self/uid_map").read_text().split()[2] != "1"
        self.leadline = self.find_scanner(os.environ.get("LEADLINE", str(root / "build" / "leadline")))

    def find_scanner(self, command):
        """A single program is copied to where every user can run it; a command line is taken as it is."""
        words = shlex.split(command)
        if len(words) == 1 and "/" in words[0] and os.access(words[0], os.X_OK):
            copy = self.work / os.path.basename(words[0])
            copy.write_bytes(pathlib.Path(words[0]).read_bytes())
            copy.chmod(0o755)
            return [str(copy)]
        return words

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """The process namespace ends with us; this is for the programs' own sake."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        try:
            os.kill(-1, signal.SIGTERM)
        except ProcessLookupError:
            pass

    def ip(self, line):
        subprocess.run(["ip", *line.split()], check=True)

    def host(self, name):
        self.hosts[name] = Host(self, name)
        return self.hosts[name]

    def __getattr__(self, name):
        try:
            return self.__dict__["hosts"][name]
        except KeyError:
            raise AttributeError(name) from None

    def link(self, a, a_device, b, b_device):
        self.ip(f"link add {a_device} netns {a.ns} type veth peer name {b_device} netns {b.ns}")

    def bridge(self, host, *ports):
        host.ip("link add br0 type bridge")
        # A switch forwards and no more; with these on, its kernel would take every frame through the firewall's hooks.
        for hook in ("iptables", "ip6tables", "arptables"):
            host.sysctl(f"net/bridge/bridge-nf-call-{hook}", 0)
        for p in ports:
            host.ip(f"link set {p} master br0")
            host.ip(f"link set {p} up")
        host.ip("link set br0 up")

    def tunnel(self, a, b, device, delay=0.0):
        """A point-to-point link without Ethernet headers: two tun devices joined by one process each, which may be slow."""
        left, right = self.socket_pair()
        for host, end in ((a, left), (b, right)):
            host.ip(f"tuntap add dev {device} mode tun")
            host.start([sys.executable, HERE / "tunpipe.py", device, end.fileno(), delay], pass_fds=[end.fileno()])
        left.close()
        right.close()

    @staticmethod
    def socket_pair():
        import socket
        return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def resolver(self, address):
        """Our mount namespace sees this resolv.conf; the system's own stays untouched."""
        ours = self.work / "resolv.conf"
        ours.write_text(f"nameserver {address}\noptions timeout:2 attempts:2\n")
        real = pathlib.Path("/etc/resolv.conf").resolve()
        if not real.exists():
            real.parent.mkdir(parents=True, exist_ok=True)
            real.touch()
        subprocess.run(["mount", "--bind", ours, real], check=True)

    def new_file(self, ending):
        self.files += 1
        return str(self.work / "out" / f"{self.files}{ending}")
