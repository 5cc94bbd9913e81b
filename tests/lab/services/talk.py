"""Chat, voice, games, sound."""
from services.farm import Server

SERVERS = [
    Server("inspircd", "inspircd", "6667", "mkdir -p /run/inspircd /var/log/inspircd; chmod 644 /etc/lab/inspircd.conf; exec inspircd --runasroot --nofork --nopid --config /etc/lab/inspircd.conf",
           {"/etc/lab/inspircd.conf": """\
<server name="farm.example.lab" description="Lab" network="LabNet" id="97K">
<admin name="lab" nick="lab" email="lab@example.lab">
<bind address="0.0.0.0" port="6667" type="clients">
<connect allow="*" timeout="10s" pingfreq="2m">
<options prefixquit="Quit: ">
<files motd="/etc/lab/motd">
"""}),
    Server("ngircd", "ngircd", "6668", "exec ngircd -n -f /etc/lab/ngircd.conf",
           {"/etc/lab/ngircd.conf": "[Global]\nName = farm.example.lab\nInfo = Lab\nPorts = 6668\nListen = 0.0.0.0\nServerUID = 65534\nServerGID = 65534\n[Options]\nIdent = no\nDNS = no\nPAM = no\n"}),
    Server("ircd-hybrid", "ircd-hybrid", "6669", """
        mkdir -p /var/log/ircd-hybrid /run/ircd-hybrid /var/lib/ircd-hybrid
        chown -R irc /var/log/ircd-hybrid /run/ircd-hybrid /var/lib/ircd-hybrid
        exec setpriv --reuid=irc --regid=irc --clear-groups ircd-hybrid -foreground -configfile /etc/lab/hybrid.conf -pidfile /tmp/hybrid.pid -logfile /tmp/hybrid.log""",
           {"/etc/lab/hybrid.conf": """\
serverinfo { name = "farm.example.lab"; sid = "0HY"; description = "Lab"; network_name = "LabNet"; hub = no; default_max_clients = 64; max_nick_length = 15; max_topic_length = 300; };
class { name = "users"; ping_time = 90 seconds; number_per_ip_local = 10; number_per_ip_global = 50; max_number = 100; sendq = 100 kbytes; recvq = 2560 bytes; };
auth { user = "*@*"; class = "users"; };
listen { port = 6669; };
"""}),
    Server("prosody", "prosody", "5222 5269 5280", "mkdir -p /run/prosody /tmp/prosody; exec prosody --root -F --config /etc/lab/prosody.lua",
           {"/etc/lab/prosody.lua": """\
run_as_root = true
data_path = "/tmp/prosody"
pidfile = "/run/prosody/pid"
interfaces = { "*" }
http_interfaces = { "*" }
log = { warn = "*console" }
modules_enabled = { "roster", "saslauth", "tls", "disco", "version", "ping", "http", "bosh" }
ssl = { key = "/etc/lab/key.pem", certificate = "/etc/lab/cert.pem" }
c2s_require_encryption = false
http_ports = { 5280 }
https_ports = { }
VirtualHost "farm.example.lab"
"""}),
    Server("ejabberd", "ejabberd", "5223 5281", """
        mkdir -p /tmp/ejabberd /tmp/ejabberd/log
        export HOME=/tmp/ejabberd
        cd /tmp/ejabberd
        exec erl +S 1:1 +sbwt none -noinput -boot start_clean -pa $(ls -d /usr/lib/*/ejabberd-*/ebin /usr/lib/*/p1_*/ebin /usr/lib/*/*/lib/*/ebin 2>/dev/null) \\
            -mnesia dir '"/tmp/ejabberd/db"' -ejabberd config '"/etc/lab/ejabberd.yml"' -ejabberd log_path '"/tmp/ejabberd/log/e.log"' -s ejabberd""",
           {"/etc/lab/ejabberd.yml": """\
hosts:
  - farm.example.lab
loglevel: warning
certfiles:
  - /etc/lab/both.pem
listen:
  -
    port: 5223
    ip: "0.0.0.0"
    module: ejabberd_c2s
  -
    port: 5281
    ip: "0.0.0.0"
    module: ejabberd_http
    request_handlers:
      /admin: ejabberd_web_admin
modules:
  mod_disco: {}
  mod_version: {}
"""}),
    Server("mumble", "mumble-server", "64738 64738/udp", "exec murmurd -fg -ini /etc/lab/mumble.ini",
           {"/etc/lab/mumble.ini": "database=/tmp/mumble.sqlite\nlogfile=\nport=64738\nuname=root\nwelcometext=lab\n"}),
    Server("kamailio", "kamailio", "5060 5060/udp", "mkdir -p /run/kamailio; exec kamailio -DD -E -f /etc/lab/kamailio.cfg -m 32 -M 8 -n 1",
           {"/etc/lab/kamailio.cfg": """\
#!KAMAILIO
children=1
tcp_children=1
log_stderror=yes
debug=1
listen=udp:0.0.0.0:5060
listen=tcp:0.0.0.0:5060
loadmodule "sl.so"
request_route {
    sl_send_reply("200", "OK");
}
"""}),
    Server("sipp", "sip-tester", "5070 5071/udp", """
        sipp -sn uas -p 5071 -i 192.0.2.7 -nostdin -skip_rlimit >/dev/null &
        exec sipp -sn uas -t t1 -p 5070 -i 192.0.2.7 -nostdin -skip_rlimit >/dev/null"""),
    Server("coturn", "coturn", "3478 3478/udp", """
        exec turnserver -n --log-file stdout --listening-ip 192.0.2.7 --relay-ip 192.0.2.7 --lt-cred-mech --user lab:lab --realm example.lab --no-tls --no-dtls --no-cli --pidfile /tmp/turn.pid --db /tmp/turn.db"""),
    Server("mpd", "mpd", "6600", "exec mpd --no-daemon /etc/lab/mpd.conf",
           {"/etc/lab/mpd.conf": 'music_directory "/srv"\nbind_to_address "0.0.0.0"\nport "6600"\nuser "nobody"\naudio_output {\n type "null"\n name "none"\n}\n'}),
    Server("minetest", "minetest-server", "30000/udp", """
        mkdir -p /tmp/minetest/world; chmod -R 777 /tmp/minetest
        export HOME=/tmp/minetest
        echo 'gameid = minetest' >/tmp/minetest/world/world.mt
        exec minetestserver --worldname lab --world /tmp/minetest/world --port 30000 --gameid minetest --quiet --logfile ''"""),
    Server("znc", "znc", "6697", """
        mkdir -p /tmp/znc/configs; cp /etc/lab/both.pem /tmp/znc/znc.pem; cp /etc/lab/znc.conf /tmp/znc/configs/znc.conf
        exec znc -f -r -d /tmp/znc""",
           {"/etc/lab/znc.conf": """\
Version = 1.8.2
<Listener l>
  Port = 6697
  IPv4 = true
  IPv6 = false
  SSL = true
</Listener>
<User lab>
  Pass = md5#f7a8a6ad7a8a6ad7a8a6ad7a8a6ad7a8#abcdefghijklmnopqrst#
  Admin = true
  Nick = lab
  AltNick = lab_
  Ident = lab
  RealName = lab
</User>
"""}),
    Server("bitlbee", "bitlbee", "6670", "mkdir -p /tmp/bitlbee; exec bitlbee -D -n -p 6670 -i 0.0.0.0 -c /etc/lab/bitlbee.conf -d /tmp/bitlbee/ -u root",
           {"/etc/lab/bitlbee.conf": "[settings]\nRunMode = ForkDaemon\nConfigDir = /tmp/bitlbee/\nMotdFile = /etc/lab/motd\nHostName = farm.example.lab\n"}),
    Server("oidentd", "oidentd", "113", "exec oidentd -i -S -d -u nobody -g nogroup -p 113 --config=/dev/null"),
]
