"""Name servers, time, management, directories of addresses."""
from services.farm import Server

ZONE = """\
$ORIGIN example.lab.
$TTL 60
@ IN SOA farm.example.lab. root.example.lab. 1 60 60 60 60
@ IN NS farm.example.lab.
farm IN A 192.0.2.7
"""

SERVERS = [
    Server("bind", "bind9", "53 53/udp 953", """
        mkdir -p /var/cache/bind /run/named
        rndc-confgen -a -c /etc/lab/rndc.key
        exec named -g -c /etc/lab/named.conf -n 1""",
           {"/etc/lab/named.conf": """\
options { directory "/var/cache/bind"; listen-on port 53 { 192.0.2.7; 127.0.0.1; }; listen-on-v6 { none; }; recursion no; pid-file none; };
include "/etc/lab/rndc.key";
controls { inet 0.0.0.0 port 953 allow { any; } keys { "rndc-key"; }; };
zone "example.lab" { type primary; file "/etc/lab/zone"; };
""", "/etc/lab/zone": ZONE}),
    Server("unbound", "unbound", "5353 5353/udp", "exec unbound -d -c /etc/lab/unbound.conf",
           {"/etc/lab/unbound.conf": """\
server:
  interface: 0.0.0.0
  port: 5353
  do-daemonize: no
  chroot: ""
  username: ""
  pidfile: ""
  access-control: 0.0.0.0/0 allow
  use-syslog: no
  module-config: "iterator"
  local-zone: "." redirect
  local-data: ". A 192.0.2.7"
"""}),
    Server("dnsmasq", "dnsmasq-base", "5354 5354/udp", """
        exec dnsmasq --no-daemon --conf-file=/dev/null --no-resolv --no-hosts --port=5354 --user=root --local=/lab/ --address=/farm.lab/192.0.2.7"""),
    Server("nsd", "nsd", "1053 1053/udp", "mkdir -p /run/nsd /var/lib/nsd; exec nsd -d -c /etc/lab/nsd.conf",
           {"/etc/lab/nsd.conf": """\
server:
  ip-address: 0.0.0.0
  port: 1053
  username: ""
  chroot: ""
  pidfile: ""
  zonelistfile: "/tmp/nsd.zones"
  xfrdfile: "/tmp/nsd.xfrd"
  database: ""
remote-control:
  control-enable: no
zone:
  name: example.lab
  zonefile: /etc/lab/zone
"""}),
    Server("knot", "knot", "1054 1054/udp", "mkdir -p /run/knot /tmp/knot; exec knotd -c /etc/lab/knot.conf",
           {"/etc/lab/knot.conf": """\
server:
  rundir: /run/knot
  listen: 0.0.0.0@1054
  tcp-workers: 1
  udp-workers: 1
  background-workers: 1
database:
  storage: /tmp/knot
log:
  - target: stderr
    any: warning
zone:
  - domain: example.lab
    file: /etc/lab/zone
"""}),
    Server("pdns", "pdns-server", "1055 1055/udp", """
        mkdir -p /run/pdns
        exec pdns_server --config-dir=/etc/lab/pdns --daemon=no --guardian=no""",
           {"/etc/lab/pdns/pdns.conf": "launch=bind\nbind-config=/etc/lab/pdns/named.conf\nlocal-address=0.0.0.0\nlocal-port=1055\nsocket-dir=/run/pdns\n",
            "/etc/lab/pdns/named.conf": 'zone "example.lab" { type master; file "/etc/lab/zone"; };\n'}),
    Server("pdns-recursor", "pdns-recursor", "1056 1056/udp", """
        mkdir -p /run/recursor
        exec pdns_recursor --config-dir=/etc/lab/recursor --daemon=no""",
           {"/etc/lab/recursor/recursor.conf": "local-address=0.0.0.0\nlocal-port=1056\nallow-from=0.0.0.0/0\nsocket-dir=/run/recursor\nthreads=1\n"
                                               "dnssec=off\nsecurity-poll-suffix=\n"}),
    Server("dnsdist", "dnsdist", "1057 1057/udp", "exec dnsdist --supervised --disable-syslog -C /etc/lab/dnsdist.conf",
           {"/etc/lab/dnsdist.conf": 'setLocal("0.0.0.0:1057")\naddACL("0.0.0.0/0")\nnewServer("127.0.0.1:53")\nsetSecurityPollSuffix("")\n'}),
    Server("ntpd", "ntpsec", "123/udp", "mkdir -p /var/lib/ntpsec; exec ntpd -n -x -c /etc/lab/ntp.conf",
           {"/etc/lab/ntp.conf": "server 127.127.1.0\nfudge 127.127.1.0 stratum 10\ndisable ntp\nrestrict default\n"}),
    Server("chrony", "chrony", "124/udp", "mkdir -p /run/chrony; exec chronyd -d -x -u root -f /etc/lab/chrony.conf",
           {"/etc/lab/chrony.conf": "local stratum 8\nallow all\nport 124\ncmdport 0\npidfile /run/chrony/pid\nbindcmdaddress /\n"}),
    Server("snmpd", "snmpd", "161/udp 199", "mkdir -p /var/lib/snmp; exec snmpd -f -Lo -C -c /etc/lab/snmpd.conf udp:161",
           {"/etc/lab/snmpd.conf": "rocommunity public\nsysLocation lab\nsmuxsocket 0.0.0.0:199\n"}),
    Server("freeradius", "freeradius", "1812/udp 1813/udp", """
        mkdir -p /run/freeradius /tmp/radius
        exec freeradius -f -l stdout -d /etc/lab/raddb -n radiusd""",
           {"/etc/lab/raddb/radiusd.conf": """\
prefix = /usr
libdir = /usr/lib/freeradius
logdir = /tmp/radius
run_dir = /run/freeradius
pidfile = /run/freeradius/pid
max_requests = 128
security {
    allow_vulnerable_openssl = yes
}
modules {
    pap {
    }
    always ok {
        rcode = ok
    }
}
client any {
    ipaddr = 0.0.0.0/0
    secret = lab
}
server default {
    listen {
        type = auth
        ipaddr = *
        port = 1812
    }
    listen {
        type = acct
        ipaddr = *
        port = 1813
    }
    authorize {
        pap
    }
    authenticate {
        Auth-Type PAP {
            pap
        }
    }
    accounting {
        ok
    }
}
"""}),
    Server("coap", "libcoap3-bin", "5683 5683/udp", "exec coap-server-openssl -A 0.0.0.0"),
    Server("bird", "bird2", "179", "mkdir -p /run/bird; exec bird -f -c /etc/lab/bird.conf -s /run/bird/ctl",
           {"/etc/lab/bird.conf": "router id 192.0.2.7;\nprotocol device {}\nprotocol bgp lab { local as 65001; neighbor 192.0.2.100 as 65002; passive yes; ipv4 { import all; export all; }; }\n"}),
    Server("frr", "frr", "2601 2605", """
        mkdir -p /run/frr /var/tmp/frr /etc/frr
        printf 'hostname farm\\npassword lab\\n' >/etc/frr/zebra.conf
        cp /etc/frr/zebra.conf /etc/frr/bgpd.conf
        chown -R frr /run/frr /etc/frr
        /usr/lib/frr/zebra -A 0.0.0.0 -P 2601 -f /etc/frr/zebra.conf -i /run/frr/zebra.pid &
        sleep 1
        exec /usr/lib/frr/bgpd -A 0.0.0.0 -P 2605 -p 0 -f /etc/frr/bgpd.conf -i /run/frr/bgpd.pid"""),
]
