"""Databases, caches, queues."""
from services.farm import Server

JAVA = "java -Xmx128m -Xss512k -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
ZOO = "/usr/share/java/zookeeper.jar:$(ls /usr/share/java/*.jar | grep -E '/(zookeeper|slf4j|log4j|logback|netty|jline|snappy|commons|metrics|jute)' | tr '\\n' ':')"

SERVERS = [
    Server("postgres", "postgresql-15", "5432", """
        mkdir -p /run/postgresql /tmp/pg
        chown postgres /run/postgresql /tmp/pg
        export LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu
        pg="setpriv --reuid=postgres --regid=postgres --clear-groups /usr/lib/postgresql/15/bin"
        $pg/initdb -D /tmp/pg -A md5 --no-sync --no-instructions -U postgres --pwfile=/etc/lab/pg.pw --locale=C -E UTF8
        cp /etc/lab/key.pem /tmp/pg/server.key; cp /etc/lab/cert.pem /tmp/pg/server.crt
        chown postgres /tmp/pg/server.key /tmp/pg/server.crt; chmod 600 /tmp/pg/server.key
        echo 'host all all 0.0.0.0/0 md5' >>/tmp/pg/pg_hba.conf
        exec $pg/postgres -D /tmp/pg -c listen_addresses='*' -c ssl=on -c shared_buffers=16MB -c fsync=off""",
           {"/etc/lab/pg.pw": "lab\n"}),
    Server("pgbouncer", "pgbouncer", "6432", "exec setpriv --reuid=65534 --regid=65534 --clear-groups pgbouncer /etc/lab/pgbouncer.ini",
           {"/etc/lab/pgbouncer.ini": "[databases]\n* = host=127.0.0.1 port=5432\n[pgbouncer]\nlisten_addr = *\nlisten_port = 6432\n"
                                      "auth_type = any\nunix_socket_dir =\n"}),
    Server("mariadb", "mariadb-server", "3306", """
        mkdir -p /run/mysqld /tmp/mysql
        mariadb-install-db --no-defaults --user=root --datadir=/tmp/mysql --auth-root-authentication-method=normal --skip-test-db --innodb-log-file-size=4M >/dev/null
        exec mariadbd --no-defaults --user=root --datadir=/tmp/mysql --socket=/run/mysqld/s --bind-address='*' --innodb-buffer-pool-size=16M --innodb-log-file-size=4M \\
            --performance-schema=0 --init-file=/etc/lab/mariadb.sql --ssl-cert=/etc/lab/cert.pem --ssl-key=/etc/lab/key.pem""",
           {"/etc/lab/mariadb.sql": "CREATE USER lab@'%' IDENTIFIED BY 'lab';\n"}),
    Server("redis", "redis-server", "6379 6380", """
        redis-server --port 6380 --requirepass lab --protected-mode no --save '' --dir /tmp &
        exec redis-server --port 6379 --protected-mode no --save '' --dir /tmp"""),
    Server("memcached", "memcached", "11211 11211/udp", "exec memcached -u nobody -l 0.0.0.0 -p 11211 -U 11211 -m 8 -t 1"),
    Server("mosquitto", "mosquitto", "1883", "exec mosquitto -c /etc/lab/mosquitto.conf",
           {"/etc/lab/mosquitto.conf": "listener 1883\nallow_anonymous true\nuser root\n"}),
    Server("rabbitmq", "rabbitmq-server", "4369 5672 15672 25672", """
        mkdir -p /tmp/rabbit /var/log/rabbitmq
        echo '[rabbitmq_management].' > /tmp/rabbit/plugins
        export HOME=/tmp/rabbit RABBITMQ_MNESIA_BASE=/tmp/rabbit RABBITMQ_LOG_BASE=/tmp/rabbit RABBITMQ_NODENAME=rabbit@localhost
        export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='+S 1:1 +A 4 +sbwt none' RABBITMQ_PID_FILE=/tmp/rabbit/pid RABBITMQ_ENABLED_PLUGINS_FILE=/tmp/rabbit/plugins
        export RABBITMQ_IO_THREAD_POOL_SIZE=8 RABBITMQ_LOGS=-
        ulimit -n 4096
        exec /usr/lib/rabbitmq/bin/rabbitmq-server"""),
    Server("nats", "nats-server", "4222 8222", "exec nats-server -p 4222 -m 8222"),
    Server("etcd", "etcd-server", "2379 2380", """
        exec etcd --data-dir /tmp/etcd --listen-client-urls http://0.0.0.0:2379 --advertise-client-urls http://192.0.2.7:2379 \\
            --listen-peer-urls http://0.0.0.0:2380 --initial-advertise-peer-urls http://192.0.2.7:2380 --initial-cluster default=http://192.0.2.7:2380"""),
    Server("zookeeper", "zookeeper", "2181", f"""
        mkdir -p /tmp/zk
        exec {JAVA} -cp "{ZOO}" -Dzookeeper.admin.enableServer=false org.apache.zookeeper.server.quorum.QuorumPeerMain /etc/lab/zoo.cfg""",
           {"/etc/lab/zoo.cfg": "tickTime=2000\ndataDir=/tmp/zk\nclientPort=2181\n4lw.commands.whitelist=*\n"}),
    Server("influxdb", "influxdb", "8086 8088", "exec influxd -config /etc/lab/influx.conf",
           {"/etc/lab/influx.conf": """\
reporting-disabled = true
bind-address = ":8088"
[meta]
  dir = "/tmp/influx/meta"
[data]
  dir = "/tmp/influx/data"
  wal-dir = "/tmp/influx/wal"
[http]
  bind-address = ":8086"
"""}),
    Server("tarantool", "tarantool", "3301", "mkdir -p /tmp/tnt; cd /tmp/tnt; exec tarantool /etc/lab/tnt.lua",
           {"/etc/lab/tnt.lua": "box.cfg{listen = '0.0.0.0:3301', memtx_memory = 33554432, wal_mode = 'none'}\n"}),
    Server("beanstalkd", "beanstalkd", "11300", "exec beanstalkd -l 0.0.0.0 -p 11300"),
    Server("gearmand", "gearman-job-server", "4730", "exec gearmand -L 0.0.0.0 -p 4730 -l stderr"),
    Server("firebird", "firebird3.0-server", "3050", """
        mkdir -p /run/firebird/3.0 /tmp/firebird /var/log/firebird
        chmod 777 /run/firebird /run/firebird/3.0 /tmp/firebird /var/log/firebird
        export FIREBIRD=/usr/lib/x86_64-linux-gnu/firebird/3.0 FIREBIRD_LOCK=/tmp/firebird
        printf "RemoteBindAddress = 0.0.0.0\\n" >/etc/firebird/3.0/firebird.conf
        exec /usr/sbin/firebird"""),
    Server("slapd", "slapd", "389 636", """
        mkdir -p /tmp/ldap /run/slapd
        exec slapd -d 0 -f /etc/lab/slapd.conf -h 'ldap:/// ldaps:///'""",
           {"/etc/lab/slapd.conf": """\
include /etc/ldap/schema/core.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile /run/slapd/pid
TLSCertificateFile /etc/lab/cert.pem
TLSCertificateKeyFile /etc/lab/key.pem
database mdb
suffix dc=example,dc=lab
rootdn cn=admin,dc=example,dc=lab
rootpw lab
directory /tmp/ldap
"""}),
]
