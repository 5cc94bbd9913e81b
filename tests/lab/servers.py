"""Real servers from Debian packages, run from build/lab/root over the system's files in an overlay: nothing is installed."""
import ipaddress
import os
import pathlib
import subprocess

from services import configs

NAME = "taro.example.lab"

SSHD = """\
Port 22
HostKey /etc/ssh/lab_key
PidFile none
UsePAM no
"""

USERS = """\
sshd:x:61001:65534::/run/sshd:/usr/sbin/nologin
postfix:x:61002:61002::/var/spool/postfix:/usr/sbin/nologin
"""
GROUPS = """\
postfix:x:61002:
postdrop:x:61003:
"""


def unpacked(lab):
    return lab.root / "build" / "lab" / "root"


class World:
    """A root folder made of the system's own files with the unpacked packages over them, writable without touching either."""

    def __init__(self, lab):
        self.root = lab.work / "root"
        upper, under = lab.work / "upper", lab.work / "under"
        for folder in (self.root, upper, under):
            folder.mkdir()
        subprocess.run(["mount", "-t", "overlay", "lab", "-o", f"lowerdir=/,upperdir={upper},workdir={under}", self.root],
                       check=True, capture_output=True)
        # tar, as it follows the system's links from /lib to /usr/lib instead of replacing them
        with subprocess.Popen(["tar", "-C", unpacked(lab), "-c", "."], stdout=subprocess.PIPE) as packed:
            subprocess.run(["tar", "-C", self.root, "-x", "--keep-directory-symlink"], stdin=packed.stdout, check=True,
                           capture_output=True)
        for name in ("dev", "proc"):
            subprocess.run(["mount", "--rbind", f"/{name}", self.root / name], check=True)

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def append_missing(self, path, lines):
        target = self.root / path
        have = {line.split(":")[0] for line in target.read_text().splitlines()}
        with target.open("a") as f:
            f.writelines(line + "\n" for line in lines.splitlines() if line.split(":")[0] not in have)

    def start(self, host, words, log):
        with open(log, "w", encoding="utf-8") as f:
            return host.start(["chroot", self.root, *words], stdout=f, stderr=f)

    def run(self, words):
        subprocess.run(["chroot", self.root, *words], check=True, capture_output=True, stdin=subprocess.DEVNULL)


def prepare(world):
    world.append_missing("etc/passwd", USERS)
    world.append_missing("etc/group", GROUPS)
    world.write("etc/ssh/lab_sshd_config", SSHD)
    world.write("etc/apache2/lab.conf", configs.apache(NAME))
    world.write("var/www/html/index.html", "<!doctype html><title>Sample Web Site</title>\n")
    world.write("etc/postfix/main.cf", configs.postfix_main(NAME))
    world.write("etc/postfix/master.cf", configs.postfix_master())
    for folder in ("run/sshd", "run/apache2", "var/log/apache2", "var/lib/postfix", "var/spool/postfix"):
        (world.root / folder).mkdir(parents=True, exist_ok=True)
    os.chmod(world.root / "run/sshd", 0o755)
    world.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/etc/ssh/lab_key"])
    world.run(["chown", "postfix", "/var/lib/postfix"])


def start_article_host(lab):
    """OpenSSH, Postfix and Apache on the article's host; False: stand-ins listen on their ports."""
    taro = lab.taro
    try:
        if not lab.real_root or not unpacked(lab).is_dir():
            raise OSError("no packages or no rights")
        world = World(lab)
        prepare(world)
        world.start(taro, ["/usr/sbin/sshd", "-D", "-e", "-f", "/etc/ssh/lab_sshd_config"], lab.work / "sshd.log")
        world.start(taro, ["/usr/sbin/apache2", "-DFOREGROUND", "-f", "/etc/apache2/lab.conf"], lab.work / "apache.log")
        world.start(taro, ["/usr/sbin/postfix", "start-fg"], lab.work / "postfix.log")
    except (OSError, subprocess.CalledProcessError) as e:
        print(f"# stand-ins instead of OpenSSH, Postfix and Apache: {e} {getattr(e, 'stderr', b'') or ''}")
        taro.listen(22, 25, 80)
        return False
    if not taro.wait_for(22, 25, 80):
        logs = "".join((lab.work / f"{name}.log").read_text() for name in ("sshd", "apache", "postfix"))
        raise RuntimeError(f"the article's host did not start its servers:\n{logs}")
    return True


def start_names(host, forward, reverse):
    """A real name server (dnsmasq), from the unpacked packages or the system; False: there is none."""
    root = unpacked(host.lab)
    program = root / "usr/sbin/dnsmasq"
    if not program.exists():
        program = pathlib.Path("/usr/sbin/dnsmasq")
    if not program.exists():
        return False
    words = [program, "--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--cache-size=0",
             "--local=/lab/", "--local=/arpa/", "--local=/invalid/"]
    words += [f"--address=/{name}/{a}" for name, addresses in forward.items() for a in addresses]
    words += [f"--ptr-record={ipaddress.ip_address(a).reverse_pointer},{name}" for a, name in reverse.items()]
    libraries = ":".join(str(p) for p in (root / "usr/lib").glob("*-linux-gnu"))
    host.start(words, env={**os.environ, "LD_LIBRARY_PATH": libraries}, stderr=subprocess.DEVNULL)
    return host.wait_for(53)
