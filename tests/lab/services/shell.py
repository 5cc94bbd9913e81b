"""Remote shells and consoles."""
from services.farm import Server

SERVERS = [
    Server("openssh", "openssh-server", "22", """
        ssh-keygen -q -t ed25519 -N '' -f /etc/lab/ssh_ed25519
        ssh-keygen -q -t rsa -b 2048 -N '' -f /etc/lab/ssh_rsa
        exec /usr/sbin/sshd -D -e -f /etc/lab/sshd.conf""",
           {"/etc/lab/sshd.conf": "Port 22\nHostKey /etc/lab/ssh_ed25519\nHostKey /etc/lab/ssh_rsa\nPidFile none\nUsePAM no\n"}),
    Server("dropbear", "dropbear-bin", "2222", """
        mkdir -p /etc/dropbear
        dropbearkey -t ed25519 -f /etc/lab/dropbear_key
        exec dropbear -F -E -r /etc/lab/dropbear_key -p 2222 -P /run/dropbear.pid"""),
    Server("tinyssh", "tinysshd", "2223", """
        rm -rf /etc/lab/tinyssh
        tinysshd-makekey /etc/lab/tinyssh
        exec inetutils-inetd -d /etc/lab/tinyssh.conf""",
           {"/etc/lab/tinyssh.conf": "2223 stream tcp4 nowait root /usr/sbin/tinysshd tinysshd /etc/lab/tinyssh\n"}),
    Server("inetd", "inetutils-inetd", "7 7/udp 9 13 13/udp 19 19/udp 23 37 37/udp 70 79 513 514 3690 2401", """
        mkdir -p /var/gopher /srv/svn /srv/cvs
        echo hello >/var/gopher/gophermap
        svnadmin create /srv/svn/repo
        cvs -d /srv/cvs init
        exec inetutils-inetd -d /etc/lab/inetd.conf""",
           {"/etc/lab/inetd.conf": """\
echo stream tcp nowait root internal
echo dgram udp wait root internal
discard stream tcp nowait root internal
daytime stream tcp nowait root internal
daytime dgram udp wait root internal
chargen stream tcp nowait root internal
chargen dgram udp wait root internal
time stream tcp nowait root internal
time dgram udp wait root internal
23 stream tcp nowait root /usr/sbin/telnetd telnetd -h
70 stream tcp nowait nobody /usr/sbin/gophernicus gophernicus -h farm.example.lab -r /var/gopher -nu
79 stream tcp nowait nobody /usr/sbin/in.fingerd in.fingerd
513 stream tcp nowait root /usr/sbin/in.rlogind in.rlogind
514 stream tcp nowait root /usr/sbin/in.rshd in.rshd
3690 stream tcp nowait nobody /usr/bin/svnserve svnserve -i -r /srv/svn
2401 stream tcp nowait root /usr/bin/cvs cvs -f --allow-root=/srv/cvs pserver
"""}),
    Server("tigervnc", "tigervnc-standalone-server", "5901", """
        exec Xtigervnc :1 -rfbport 5901 -SecurityTypes None -localhost 0 -nolisten tcp"""),
    Server("tigervnc-auth", "tigervnc-standalone-server", "5902", """
        mkdir -p /root/.vnc
        printf 'secret\\nsecret\\nn\\n' | tigervncpasswd /root/.vnc/passwd || true
        exec Xtigervnc :2 -rfbport 5902 -SecurityTypes VncAuth,TLSVnc -PasswordFile /root/.vnc/passwd -localhost 0 -nolisten tcp"""),
    Server("xvfb", "xvfb", "6005", "exec Xvfb :5 -listen tcp -ac -screen 0 640x480x16"),
    Server("x11vnc", "x11vnc", "5903", """
        while ! [ -e /tmp/.X11-unix/X6 ]; do
            [ -n "$started" ] || { Xvfb :6 -screen 0 320x240x16 -nolisten tcp & started=1; }
            sleep 0.2
        done
        exec x11vnc -no6 -display :6 -rfbport 5903 -forever -shared -nopw -noipv6 -noxdamage"""),
    Server("xrdp", "xrdp", "3389", """
        mkdir -p /run/xrdp
        cp /etc/lab/key.pem /etc/lab/cert.pem /etc/xrdp/
        xrdp-keygen xrdp /etc/xrdp/rsakeys.ini
        exec xrdp --nodaemon --config /etc/lab/xrdp.ini""",
           {"/etc/lab/xrdp.ini": """\
[Globals]
ini_version=1
port=3389
tcp_nodelay=true
security_layer=negotiate
crypt_level=high
certificate=/etc/xrdp/cert.pem
key_file=/etc/xrdp/key.pem
ssl_protocols=TLSv1.2, TLSv1.3
autorun=
allow_channels=true
[Logging]
LogFile=xrdp.log
LogLevel=INFO
EnableSyslog=false
[Channels]
rdpdr=false
[Xorg]
name=Xorg
lib=libxup.so
username=ask
password=ask
ip=127.0.0.1
port=-1
code=20
"""}),
    Server("ser2net", "ser2net", "2300", """
        exec ser2net -n -d -c /etc/lab/ser2net.yaml""",
           {"/etc/lab/ser2net.yaml": """\
%YAML 1.1
---
connection: &con
  accepter: tcp,2300
  connector: echo
  options:
    banner: "ser2net lab console\r\n"
"""}),
]
