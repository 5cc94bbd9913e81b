"""What several servers share: users, a certificate, a web page."""

USERS = """sshd postfix postdrop vmail dovecot dovenull ftp proftpd _apt www-data proxy squid trafficserver tomcat bind unbound
nsd knot pdns dnsmasq ntpsec _chrony Debian-snmp postgres mysql redis memcache mosquitto rabbitmq nats etcd zookeeper influxdb
tarantool beanstalkd gearman openldap freerad frr frrvty prosody ejabberd irc Debian-exim opensmtpd opensmtpq mumble-server
debian-tor icecast mpd distccd munin nagios zabbix prometheus stunnel4 _hitch sslh gnophernicus messagebus cyrus courier turnserver
kamailio glusterd gluster knxd debian-transmission lp _rpc clamav debian-spamd saned nut bird _bacula firebird news vcache varnish
varnishlog xrdp epmd znc bitlbee tss dictd gpsd pulse caddy haproxy privoxy Debian-minetest quassel _dnsdist pure-ftpd
shadow-user nobody""".split()

PAGE = "<!doctype html><html><head><title>Sample Web Site</title></head><body><h1>It is here</h1></body></html>\n"

FILES = {
    "/var/www/html/index.html": PAGE,
    "/etc/hosts": "127.0.0.1 localhost\n192.0.2.7 farm.example.lab farm\n192.0.2.100 client.example.lab client\n::1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nshadow: files\nhosts: files\nservices: files\nprotocols: files\nrpc: files\n",
    "/etc/hostname": "farm\n",
    # the farm's BIND: who looks up a peer's name by himself gets an answer at once, not after the time of a lost one
    "/etc/resolv.conf": "nameserver 127.0.0.1\n",
    "/etc/hosts.allow": "",
    "/etc/hosts.deny": "",
}

PREPARE = """
set -e
mkdir -p /etc/lab /run/lock /run/sshd
openssl req -x509 -newkey rsa:2048 -nodes -keyout /etc/lab/key.pem -out /etc/lab/cert.pem -days 365 -subj /CN=farm.example.lab 2>/dev/null
cat /etc/lab/key.pem /etc/lab/cert.pem >/etc/lab/both.pem
chmod 644 /etc/lab/*.pem
echo 'root:lab' | chpasswd 2>/dev/null || true
sed -i "s/^frrvty:.*/&frr/" /etc/group
ldconfig 2>/dev/null || true
"""
