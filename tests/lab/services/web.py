"""Web servers, proxies and what speaks HTTP."""
from services import configs
from services.farm import Server

JAVA = "java -Xmx160m -Xss512k -XX:+UseSerialGC -XX:TieredStopAtLevel=1"

SERVERS = [
    Server("apache", "apache2", "80", "mkdir -p /run/apache2 /var/log/apache2; exec apache2 -DFOREGROUND -f /etc/lab/apache.conf",
           {"/etc/lab/apache.conf": configs.apache("farm.example.lab")}),
    Server("nginx", "nginx-light", "8081 8443", "mkdir -p /var/log/nginx /var/lib/nginx; exec nginx -c /etc/lab/nginx.conf",
           {"/etc/lab/nginx.conf": """\
daemon off;
error_log stderr;
pid /run/nginx.pid;
worker_processes 1;
events {}
http {
    access_log off;
    server {
        listen 8081;
        listen 8443 ssl http2;
        ssl_certificate /etc/lab/cert.pem;
        ssl_certificate_key /etc/lab/key.pem;
        root /var/www/html;
    }
}
"""}),
    Server("lighttpd", "lighttpd", "8082", "exec lighttpd -D -f /etc/lab/lighttpd.conf",
           {"/etc/lab/lighttpd.conf": 'server.port = 8082\nserver.document-root = "/var/www/html"\nindex-file.names = ("index.html")\n'}),
    Server("caddy", "caddy", "8083", "export HOME=/tmp; exec caddy file-server --listen :8083 --root /var/www/html"),
    Server("haproxy", "haproxy", "8084", "exec haproxy -db -f /etc/lab/haproxy.cfg",
           {"/etc/lab/haproxy.cfg": """\
defaults
  mode http
  timeout connect 5s
  timeout client 20s
  timeout server 20s
frontend front
  bind :8084
  default_backend back
backend back
  server s1 127.0.0.1:8081
"""}),
    Server("haproxy-stats", "haproxy", "8085 8087", "exec haproxy -db -f /etc/lab/haproxy-stats.cfg",
           {"/etc/lab/haproxy-stats.cfg": """\
defaults
  mode http
  timeout connect 5s
  timeout client 20s
  timeout server 20s
frontend stats
  bind :8085
  stats enable
  stats uri /
frontend alone
  bind :8087
  default_backend nobody
backend nobody
"""}),
    Server("varnish", "varnish", "6081 6082", """
        printf 'secret\\n' >/etc/lab/varnish.secret
        exec varnishd -F -j none -n /tmp/varnish -a :6081 -b 127.0.0.1:8081 -T 0.0.0.0:6082 -S /etc/lab/varnish.secret -s malloc,16m -p vcc_allow_inline_c=off""",
           late=True),
    Server("squid", "squid", "3128", "mkdir -p /var/log/squid /var/spool/squid; chmod 777 /var/log/squid; exec squid -N -f /etc/lab/squid.conf",
           {"/etc/lab/squid.conf": """\
http_port 3128
http_access allow all
cache_log /dev/stderr
access_log none
pid_filename /run/squid.pid
visible_hostname farm.example.lab
cache_mem 8 MB
shutdown_lifetime 1 seconds
pinger_enable off
max_filedescriptors 1024
"""}),
    Server("tinyproxy", "tinyproxy-bin", "8888", "exec tinyproxy -d -c /etc/lab/tinyproxy.conf",
           {"/etc/lab/tinyproxy.conf": "Port 8888\nTimeout 60\nMaxClients 20\n"}),
    Server("privoxy", "privoxy", "8118", "exec privoxy --no-daemon /etc/lab/privoxy.conf",
           {"/etc/lab/privoxy.conf": "confdir /etc/privoxy\ntempldir /etc/privoxy/templates\nlisten-address 0.0.0.0:8118\n"}),
    Server("trafficserver", "trafficserver", "8080", """
        mkdir -p /run/trafficserver /var/log/trafficserver /var/cache/trafficserver
        chown -R trafficserver /run/trafficserver /var/log/trafficserver /var/cache/trafficserver
        exec traffic_server --httpport 8080:ipv4 --bind_stdout /dev/stderr""",
           {"/etc/trafficserver/records.config": """\
CONFIG proxy.config.admin.user_id STRING trafficserver
CONFIG proxy.config.http.server_ports STRING 8080
CONFIG proxy.config.url_remap.remap_required INT 1
CONFIG proxy.config.http.insert_response_via_str INT 2
CONFIG proxy.config.diags.output.note STRING E
CONFIG proxy.config.cache.ram_cache.size INT 8388608
CONFIG proxy.config.exec_thread.autoconfig INT 0
CONFIG proxy.config.exec_thread.limit INT 1
CONFIG proxy.config.crash_log_helper STRING NULL
""", "/etc/trafficserver/storage.config": "/var/cache/trafficserver 32M\n"}),
    Server("webfs", "webfs", "8001", "exec webfsd -F -p 8001 -r /var/www/html -f index.html"),
    Server("mini-httpd", "mini-httpd", "8002", "exec mini_httpd -D -p 8002 -d /var/www/html -i /run/mini.pid"),
    Server("tomcat", "tomcat10", "8009 8010", f"""
        base=/var/lib/lab-tomcat
        mkdir -p $base/conf $base/logs $base/temp $base/webapps/ROOT $base/work
        cp /usr/share/tomcat10/etc/web.xml $base/conf/
        cp /etc/lab/tomcat.xml $base/conf/server.xml
        echo '<html><body>It works</body></html>' >$base/webapps/ROOT/index.html
        exec {JAVA} -Dcatalina.home=/usr/share/tomcat10 -Dcatalina.base=$base -Djava.io.tmpdir=$base/temp \\
            -classpath /usr/share/tomcat10/bin/bootstrap.jar:/usr/share/tomcat10/bin/tomcat-juli.jar org.apache.catalina.startup.Bootstrap start""",
           {"/etc/lab/tomcat.xml": """\
<Server port="-1">
  <Service name="Catalina">
    <Connector port="8009" protocol="HTTP/1.1"/>
    <Connector port="8010" protocol="AJP/1.3" address="0.0.0.0" secretRequired="false"/>
    <Engine name="Catalina" defaultHost="localhost">
      <Host name="localhost" appBase="webapps" autoDeploy="false"/>
    </Engine>
  </Service>
</Server>
"""}),
    Server("python-http", "python3", "8003", "cd /var/www/html; exec /usr/bin/python3 -m http.server 8003"),
    Server("gunicorn", "gunicorn", "8004", "cd /etc/lab; exec gunicorn -b :8004 -w 1 --worker-tmp-dir /tmp labapp:app",
           {"/etc/lab/labapp.py": "def app(environ, start):\n    start('200 OK', [('Content-Type', 'text/plain')])\n    return [b'hello\\n']\n"}),
    Server("nghttpd", "nghttp2-server", "8005 8445", """
        nghttpd --no-tls -d /var/www/html 8005 &
        exec nghttpd -d /var/www/html 8445 /etc/lab/key.pem /etc/lab/cert.pem"""),
    Server("microsocks", "microsocks", "1080", "exec microsocks -p 1080"),
    Server("danted", "dante-server", "1081", "exec danted -f /etc/lab/danted.conf -p /run/danted.pid",
           {"/etc/lab/danted.conf": """\
logoutput: stderr
internal: 0.0.0.0 port = 1081
external: eth0
socksmethod: none
clientmethod: none
user.privileged: root
user.unprivileged: nobody
client pass {
  from: 0.0.0.0/0 to: 0.0.0.0/0
}
socks pass {
  from: 0.0.0.0/0 to: 0.0.0.0/0
}
"""}),
    Server("icecast", "icecast2", "8000", """
        mkdir -p /var/log/icecast2
        chmod 777 /var/log/icecast2
        chmod 644 /etc/lab/icecast.xml
        exec setpriv --reuid=65534 --regid=65534 --clear-groups icecast2 -c /etc/lab/icecast.xml""",
           {"/etc/lab/icecast.xml": """\
<icecast>
  <hostname>farm.example.lab</hostname>
  <limits><clients>50</clients><sources>2</sources></limits>
  <authentication><source-password>lab</source-password><admin-user>admin</admin-user><admin-password>lab</admin-password></authentication>
  <listen-socket><port>8000</port></listen-socket>
  <paths><basedir>/usr/share/icecast2</basedir><logdir>/var/log/icecast2</logdir><webroot>/usr/share/icecast2/web</webroot>
    <adminroot>/usr/share/icecast2/admin</adminroot></paths>
  <logging><errorlog>error.log</errorlog><accesslog>access.log</accesslog></logging>
</icecast>
"""}),
    Server("node-exporter", "prometheus-node-exporter", "9100", "exec prometheus-node-exporter --web.listen-address=:9100"),
    Server("prometheus", "prometheus", "9090", """
        mkdir -p /tmp/prometheus
        exec prometheus --config.file=/etc/lab/prometheus.yml --storage.tsdb.path=/tmp/prometheus""",
           {"/etc/lab/prometheus.yml": "global:\n  scrape_interval: 60s\n"}),
    Server("monit", "monit", "2812", "chmod 600 /etc/lab/monitrc; mkdir -p /var/lib/monit; exec monit -I -c /etc/lab/monitrc",
           {"/etc/lab/monitrc": "set daemon 60\nset idfile /tmp/monit.id\nset statefile /tmp/monit.state\nset httpd port 2812 and\n"
                                "  use address 0.0.0.0\n  allow 0.0.0.0/0.0.0.0\n  allow admin:lab\n"}),
]
