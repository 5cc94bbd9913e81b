"""Mail and news."""
from services import configs
from services.farm import Server

POSTFIX_TLS = """\
smtpd_tls_cert_file = /etc/lab/cert.pem
smtpd_tls_key_file = /etc/lab/key.pem
smtpd_tls_security_level = may
"""
POSTFIX_TLS_PORTS = """\
587       inet  n       -       n       -       -       smtpd
465       inet  n       -       n       -       -       smtpd
    -o smtpd_tls_wrappermode=yes
"""

SERVERS = [
    Server("postfix", "postfix", "25 465 587", """
        mkdir -p /var/lib/postfix /var/spool/postfix
        chown postfix /var/lib/postfix
        exec postfix start-fg""",
           {"/etc/postfix/main.cf": configs.postfix_main("farm.example.lab", POSTFIX_TLS),
            "/etc/postfix/master.cf": configs.postfix_master(POSTFIX_TLS_PORTS)}),
    Server("exim", "exim4-daemon-light", "2525", """
        mkdir -p /var/spool/exim4 /var/log/exim4
        chown Debian-exim:Debian-exim /var/spool/exim4 /var/log/exim4 || true
        chown root:root /etc/lab/exim.conf
        exec exim4 -bdf -q1h -C /etc/lab/exim.conf""",
           {"/etc/lab/exim.conf": """\
primary_hostname = farm.example.lab
daemon_smtp_ports = 2525
host_lookup =
rfc1413_query_timeout = 0s
exim_user = mail
exim_group = mail
tls_advertise_hosts = *
tls_certificate = /etc/lab/cert.pem
tls_privatekey = /etc/lab/key.pem
log_file_path = /tmp/exim-%slog
acl_smtp_rcpt = accept
begin acl
begin routers
begin transports
"""}),
    Server("opensmtpd", "opensmtpd", "2526", """
        mkdir -p /var/spool/smtpd /var/lib/opensmtpd/empty /var/empty /run/opensmtpd
        chmod 711 /var/spool/smtpd
        chmod 600 /etc/lab/smtpd.conf
        exec /usr/sbin/smtpd -d -f /etc/lab/smtpd.conf""",
           {"/etc/lab/smtpd.conf": "listen on 0.0.0.0 port 2526 hostname farm.example.lab\naction \"box\" mbox\nmatch for local action \"box\"\n"}),
    Server("dovecot", "dovecot-imapd", "24 110 143 993 995 4190", """
        mkdir -p /run/dovecot
        exec dovecot -F -c /etc/lab/dovecot.conf""",
           {"/etc/lab/dovecot.conf": """\
protocols = imap pop3 lmtp sieve
listen = *, ::
base_dir = /run/dovecot
log_path = /dev/stderr
ssl = yes
ssl_cert = </etc/lab/cert.pem
ssl_key = </etc/lab/key.pem
disable_plaintext_auth = no
mail_location = maildir:/tmp/mail
passdb {
  driver = static
  args = password=lab
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=/tmp
}
service lmtp {
  inet_listener lmtp {
    port = 24
  }
}
"""}),
    Server("courier-imap", "courier-imap", "1430", """
        mkdir -p /run/courier
        set -a
        . /etc/lab/courier-imapd
        set +a
        exec /usr/sbin/couriertcpd -address=0 -nodnslookup -noidentlookup 1430 /usr/lib/courier/courier/imaplogin /usr/bin/imapd Maildir""",
           {"/etc/lab/courier-imapd": """\
IMAP_CAPABILITY="IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE"
IMAP_CAPABILITY_ORIG="IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE"
IMAP_CAPABILITY_TLS="IMAP4rev1 AUTH=PLAIN"
AUTHMODULES=authdaemon
SERVICE=imap
"""}),
    Server("courier-pop", "courier-pop", "1100", """
        export AUTHMODULES=authdaemon SERVICE=pop3
        exec /usr/sbin/couriertcpd -address=0 -nodnslookup -noidentlookup 1100 /usr/lib/courier/courier/courierpop3login /usr/lib/courier/courier/courierpop3d Maildir"""),
    Server("cyrus", "cyrus-imapd", "1431 1101", """
        mkdir -p /run/cyrus/socket /run/cyrus/lock /run/cyrus/proc /var/lib/cyrus/db /var/lib/cyrus/backup /var/lib/cyrus/socket /var/spool/cyrus/mail
        mkdir -p /var/lib/cyrus/db.backup1 /var/lib/cyrus/db.backup2 /var/lib/cyrus/user /var/lib/cyrus/proc
        chown -R cyrus /run/cyrus /var/lib/cyrus /var/spool/cyrus
        exec /usr/sbin/cyrmaster -C /etc/lab/imapd.conf -M /etc/lab/cyrus.conf""",
           {"/etc/lab/imapd.conf": """\
configdirectory: /var/lib/cyrus
proc_path: /run/cyrus/proc
mboxname_lockpath: /run/cyrus/lock
defaultpartition: default
partition-default: /var/spool/cyrus/mail
servername: farm.example.lab
admins: cyrus
sasl_pwcheck_method: auxprop
allowplaintext: yes
""", "/etc/lab/cyrus.conf": """\
START {
  recover cmd="/usr/lib/cyrus/bin/ctl_cyrusdb -C /etc/lab/imapd.conf -r"
}
SERVICES {
  imap cmd="imapd -C /etc/lab/imapd.conf -U 30" listen="1431" prefork=0
  pop3 cmd="pop3d -C /etc/lab/imapd.conf -U 30" listen="1101" prefork=0
}
EVENTS {
}
"""}),
    Server("leafnode", "leafnode", "119", """
        mkdir -p /etc/news/leafnode /var/spool/news/leaf.node /var/spool/news/message.id /var/spool/news/interesting.groups /var/spool/news/temp.files
        cp /etc/lab/leafnode.conf /etc/news/leafnode/config
        chown -R news /var/spool/news /etc/news
        chmod 640 /etc/news/leafnode/config
        : >/var/spool/news/leaf.node/groupinfo
        chown news /var/spool/news/leaf.node/groupinfo
        exec inetutils-inetd -d /etc/lab/leafnode.inetd""",
           {"/etc/lab/leafnode.inetd": "119 stream tcp nowait news /usr/sbin/leafnode leafnode\n",
            "/etc/lab/leafnode.conf": "server = news.example.lab\nexpire = 20\nhostname = farm.example.lab\nallowstrangers = 42\n"}),
    Server("spamd", "spamd", "783", """
        mkdir -p /var/lib/spamassassin
        exec spamd -i 0.0.0.0 -p 783 -A 0.0.0.0/0 -L -m 1 -x --syslog stderr"""),
    Server("clamd", "clamav-daemon", "3310", """
        mkdir -p /var/lib/clamav
        printf 'lab:0:*:6c61622d74657374\\n' >/var/lib/clamav/lab.ndb
        exec clamd -c /etc/lab/clamd.conf -F""",
           {"/etc/lab/clamd.conf": "TCPSocket 3310\nTCPAddr 0.0.0.0\nForeground yes\nUser root\nDatabaseDirectory /var/lib/clamav\n"}),
]
