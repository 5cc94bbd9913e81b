"""File transfer, versions of sources, file and block sharing, printing."""
from services.farm import Server

SERVERS = [
    Server("vsftpd", "vsftpd", "21", """
        mkdir -p /var/run/vsftpd/empty /srv/ftp
        exec vsftpd /etc/lab/vsftpd.conf""",
           {"/etc/lab/vsftpd.conf": """\
listen=YES
background=NO
anonymous_enable=YES
anon_root=/srv/ftp
secure_chroot_dir=/var/run/vsftpd/empty
seccomp_sandbox=NO
isolate=NO
isolate_network=NO
ssl_enable=YES
rsa_cert_file=/etc/lab/cert.pem
rsa_private_key_file=/etc/lab/key.pem
"""}),
    Server("proftpd", "proftpd-core", "2121", """
        mkdir -p /run/proftpd
        exec proftpd -n -c /etc/lab/proftpd.conf""",
           {"/etc/lab/proftpd.conf": """\
ServerType standalone
ServerName "Lab"
Port 2121
User nobody
Group nogroup
UseIPv6 on
WtmpLog off
PidFile /run/proftpd.pid
ScoreboardFile /run/proftpd/scoreboard
DelayTable none
"""}),
    Server("proftpd-ident", "proftpd-core", "2123", """
        mkdir -p /run/proftpd2
        exec proftpd -n -c /etc/lab/proftpd2.conf""",
           {"/etc/lab/proftpd2.conf": """\
ServerType standalone
ServerName "Lab"
ServerIdent on "ProFTPD %{version} Server (Lab) [%L]"
Port 2123
User nobody
Group nogroup
UseIPv6 on
WtmpLog off
PidFile /run/proftpd2.pid
ScoreboardFile /run/proftpd2/scoreboard
DelayTable none
"""}),
    Server("pure-ftpd", "pure-ftpd", "2122", "exec pure-ftpd -S 2122 -e -A -E"),
    Server("atftpd", "atftpd", "69/udp", "mkdir -p /srv/tftp; exec atftpd --daemon --no-fork --port 69 /srv/tftp"),
    Server("rsync", "rsync", "873", "exec rsync --daemon --no-detach --config=/etc/lab/rsyncd.conf",
           {"/etc/lab/rsyncd.conf": "motd file = /etc/lab/motd\n[pub]\npath = /srv\ncomment = public files\n",
            "/etc/lab/motd": "Welcome to the lab\n"}),
    Server("git", "git", "9418", """
        mkdir -p /srv/git
        git init -q --bare /srv/git/repo.git
        exec git daemon --reuseaddr --export-all --base-path=/srv/git"""),
    Server("mercurial", "mercurial", "8013", """
        mkdir -p /srv/hg
        cd /srv/hg && hg init . && exec hg serve --port 8013 -A /dev/stderr -E /dev/stderr"""),
    Server("samba", "samba", "139 445 137/udp 138/udp", """
        mkdir -p /var/lib/samba/private /var/cache/samba /run/samba /var/log/samba
        nmbd -F --no-process-group -s /etc/lab/smb.conf &
        exec smbd -F --no-process-group -s /etc/lab/smb.conf""",
           {"/etc/lab/smb.conf": "[global]\nworkgroup = LAB\nnetbios name = FARM\nserver string = Lab files\nmap to guest = bad user\n"
                                 "log file = /var/log/samba/log.%m\n[pub]\npath = /srv\nguest ok = yes\n"}),
    Server("rpcbind", "rpcbind", "111 111/udp", "mkdir -p /run/rpcbind; exec rpcbind -f -w"),
    Server("glusterfs", "glusterfs-server", "24007", """
        mkdir -p /var/lib/glusterd /var/log/glusterfs /run/gluster
        exec glusterd -N --log-file=- --log-level WARNING"""),
    Server("tgt", "tgt", "3260", """
        truncate -s 1M /srv/tgt.img
        tgtd -f --iscsi portal=0.0.0.0:3260 &
        for i in 1 2 3 4 5 6 7 8; do
            tgtadm --lld iscsi --op new --mode target --tid 1 -T iqn.2026-11.lab.example:disk 2>/dev/null && break
            sleep 1
        done
        tgtadm --lld iscsi --op new --mode logicalunit --tid 1 --lun 1 -b /srv/tgt.img
        tgtadm --lld iscsi --op bind --mode target --tid 1 -I ALL
        wait"""),
    Server("nbd", "nbd-server", "10809", """
        truncate -s 1M /srv/nbd.img
        nbd-server -C /etc/lab/nbd.conf
        exec sleep infinity""",
           {"/etc/lab/nbd.conf": "[generic]\nallowlist = true\nport = 10809\n[lab]\nexportname = /srv/nbd.img\n"}),
    Server("cups", "cups-daemon", "631", """
        mkdir -p /run/cups /var/spool/cups/tmp /var/cache/cups /var/log/cups
        exec cupsd -f -c /etc/lab/cupsd.conf -s /etc/lab/cups-files.conf""",
           {"/etc/lab/cupsd.conf": "Listen *:631\nWebInterface Yes\nBrowsing Off\n<Location />\nOrder allow,deny\nAllow all\n</Location>\n",
            "/etc/lab/cups-files.conf": "SystemGroup root\nErrorLog stderr\nAccessLog stderr\nPageLog stderr\n"}),
    Server("transmission", "transmission-daemon", "9091 51413", """
        mkdir -p /var/lib/tr
        exec transmission-daemon -f -T -a '*.*.*.*' -g /var/lib/tr -p 9091 -P 51413"""),
    Server("aria2", "aria2", "6800", "exec aria2c --enable-rpc --rpc-listen-all --rpc-listen-port=6800 --dir=/tmp"),
    Server("minidlna", "minidlna", "8200", """
        mkdir -p /srv/media /var/cache/minidlna /var/log/minidlna
        exec minidlnad -S -f /etc/lab/minidlna.conf -P /run/minidlna.pid""",
           {"/etc/lab/minidlna.conf": "media_dir=/srv/media\nport=8200\nnetwork_interface=eth0\nfriendly_name=farm\ninotify=no\n"
                                      "db_dir=/var/cache/minidlna\nlog_dir=/var/log/minidlna\n"}),
    Server("saned", "sane-utils", "6566", """
        printf "0.0.0.0/0\n" >/etc/sane.d/saned.conf
        exec saned -l -p 6566 -b 0.0.0.0 -e"""),
    Server("bacula-fd", "bacula-fd", "9102", """
        mkdir -p /run/bacula /var/lib/bacula
        exec bacula-fd -f -c /etc/lab/bacula-fd.conf""",
           {"/etc/lab/bacula-fd.conf": """\
Director {
  Name = dir
  Password = "lab"
}
FileDaemon {
  Name = farm-fd
  FDport = 9102
  WorkingDirectory = /var/lib/bacula
  Pid Directory = /run/bacula
}
Messages {
  Name = Standard
  director = dir = all
}
"""}),
]
