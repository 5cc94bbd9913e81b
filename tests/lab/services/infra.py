"""Monitoring, logs, power supplies, tools for machines."""
from services.farm import Server

SERVERS = [
    Server("munin", "munin-node", "4949", """
        mkdir -p /run/munin /var/log/munin /var/lib/munin-node/plugin-state /etc/lab/munin-plugins
        exec munin-node --config /etc/lab/munin.conf""",
           {"/etc/lab/munin.conf": "log_file /dev/stderr\npid_file /run/munin/pid\nbackground 0\nsetsid 0\nuser root\ngroup root\nhost_name farm\nhost *\nport 4949\ncidr_allow 0.0.0.0/0\n"}),
    Server("nrpe", "nagios-nrpe-server", "5666", "exec nrpe -f -n -c /etc/lab/nrpe.cfg",
           {"/etc/lab/nrpe.cfg": "server_port=5666\nnrpe_user=nobody\nnrpe_group=nogroup\nallowed_hosts=127.0.0.1,192.0.2.0/24\npid_file=/tmp/nrpe.pid\n"}),
    Server("nrpe-tls", "nagios-nrpe-server", "5667", "exec nrpe -f -c /etc/lab/nrpe-tls.cfg",
           {"/etc/lab/nrpe-tls.cfg": "server_port=5667\nnrpe_user=nobody\nnrpe_group=nogroup\nallowed_hosts=127.0.0.1,192.0.2.0/24\npid_file=/tmp/nrpe-tls.pid\n"}),
    Server("zabbix-agent", "zabbix-agent", "10050", "exec setpriv --reuid=65534 --regid=65534 --clear-groups zabbix_agentd -f -c /etc/lab/zabbix.conf",
           {"/etc/lab/zabbix.conf": "Server=0.0.0.0/0\nLogType=console\nPidFile=/tmp/zabbix.pid\nHostname=farm\n"}),
    Server("syslog-ng", "syslog-ng-core", "5140", "exec syslog-ng -F -f /etc/lab/syslog-ng.conf -p /tmp/sng.pid -R /tmp/sng.persist -c /tmp/sng.ctl --no-caps",
           {"/etc/lab/syslog-ng.conf": '@version: 3.38\nsource s { network(port(5140) transport("tcp")); };\ndestination d { file("/tmp/sng.log"); };\n'
                                       "log { source(s); destination(d); };\n"}),
    Server("distcc", "distcc", "3632", """
        mkdir -p /usr/lib/distcc; ln -sf /usr/bin/distcc /usr/lib/distcc/cc
        exec distccd --no-detach --daemon --allow 0.0.0.0/0 --user nobody --log-stderr --make-me-a-botnet"""),
    Server("dictd", "dictd", "2628", "exec dictd -d nodetach -c /etc/lab/dictd.conf",
           {"/etc/lab/dictd.conf": "global {\n  port 2628\n}\naccess { allow * }\ndatabase eng-lat { data /usr/share/dictd/freedict-eng-lat.dict.dz\n"
                                   "  index /usr/share/dictd/freedict-eng-lat.index }\n"}),
    Server("gpsd", "gpsd", "2947", "exec gpsd -N -G -n -S 2947 -F /tmp/gpsd.sock"),
    Server("iperf3", "iperf3", "5201", "exec iperf3 -s"),
    Server("knxd", "knxd", "6720", "exec knxd -e 1.1.1 -E 1.1.2:4 -i6720 -b dummy:"),
    Server("nut", "nut-server", "3493", """
        mkdir -p /run/nut /etc/nut
        printf '[lab]\\n driver = dummy-ups\\n port = lab.dev\\n' >/etc/nut/ups.conf
        printf 'LISTEN 0.0.0.0 3493\\n' >/etc/nut/upsd.conf
        : >/etc/nut/upsd.users
        printf 'ups.status: OL\\n' >/etc/nut/lab.dev
        printf 'MODE=standalone\\n' >/etc/nut/nut.conf
        export NUT_STATEPATH=/run/nut
        chmod 777 /run/nut
        exec /sbin/upsd -F -u root"""),
    Server("apcupsd", "apcupsd", "3551", "exec apcupsd -b -f /etc/lab/apcupsd.conf",
           {"/etc/lab/apcupsd.conf": "## apcupsd.conf v1.1 ##\nUPSNAME lab\nUPSCABLE ether\nUPSTYPE net\nDEVICE 127.0.0.1:3552\nLOCKFILE /tmp\nNETSERVER on\nNISIP 0.0.0.0\nNISPORT 3551\n"
                                     "SCRIPTDIR /etc/apcupsd\nPWRFAILDIR /tmp\nNOLOGINDIR /tmp\nEVENTSFILE /tmp/apc.events\n"}),
    Server("openvpn", "openvpn", "1194 1194/udp", """
        keys="--ca /etc/lab/cert.pem --cert /etc/lab/cert.pem --key /etc/lab/key.pem --dh none --port 1194"
        # one peer at a time where there are no tunnels, and over UDP none but the first one
        mode() { [ -c /dev/net/tun ] && echo --dev tun --server $1 255.255.255.0 || echo --dev null --tls-server; }
        openvpn $(mode 10.9.0.0) --proto udp $keys &
        while :; do openvpn $(mode 10.8.0.0) --proto tcp-server $keys || sleep 0.5; done"""),
    Server("tor", "tor", "9050 9051", "exec tor -f /etc/lab/torrc --DataDirectory /tmp/tor",
           {"/etc/lab/torrc": "ControlPort 0.0.0.0:9051\nSocksPort 0.0.0.0:9050\nHashedControlPassword 16:872860B76453A77D60CA2BB8C1A7042072093276A3D701AD684053EC4C\nUser root\n"}),
    Server("pulseaudio", "pulseaudio", "4713", """
        export HOME=/tmp/pulse XDG_RUNTIME_DIR=/tmp/pulse
        mkdir -p /tmp/pulse; chown nobody /tmp/pulse
        exec setpriv --reuid=65534 --regid=65534 --clear-groups pulseaudio -n --daemonize=no --exit-idle-time=-1 --use-pid-file=no --disallow-exit \\
            -L 'module-null-sink' -L 'module-native-protocol-tcp auth-anonymous=1 listen=0.0.0.0'"""),
]
