/* The registry of parsers. Adding one: its file, a line in parsers.def, a line in meson.build, a fuzz target. */
#ifndef LL_PROTO_LIST_H
#define LL_PROTO_LIST_H

#include "proto/parser.h"

/* clang-format off */
#define PARSER_LIST(X)                                                                                                 \
    X(ftp)                                                                                                             \
    X(http)                                                                                                            \
    X(http2)                                                                                                           \
    X(imap)                                                                                                            \
    X(irc)                                                                                                             \
    X(managesieve)                                                                                                     \
    X(nntp)                                                                                                            \
    X(pop3)                                                                                                            \
    X(rtsp)                                                                                                            \
    X(sip)                                                                                                             \
    X(smtp)                                                                                                            \
    X(ssh)                                                                                                             \
    X(telnet)                                                                                                          \
    X(xmpp)
    X(kerberos)                                                                                                        \
    X(ldap)                                                                                                            \
    X(netbios)                                                                                                         \
    X(ntp)                                                                                                             \
    X(rdp)                                                                                                             \
    X(rpc)                                                                                                             \
    X(smb)                                                                                                             \
    X(snmp)                                                                                                            \
    X(ssh)                                                                                                             \
    X(stun)                                                                                                            \
    X(tls)                                                                                                             \
    X(vnc)                                                                                                             \
    X(x11)
    X(ajp13)                                                                                                           \
    X(amqp)                                                                                                            \
    X(apcupsd)                                                                                                         \
    X(beanstalkd)                                                                                                      \
    X(cassandra)                                                                                                       \
    X(chargen)                                                                                                         \
    X(clamd)                                                                                                           \
    X(daytime)                                                                                                         \
    X(dict)                                                                                                            \
    X(echo)                                                                                                            \
    X(epmd)                                                                                                            \
    X(finger)                                                                                                          \
    X(gearman)                                                                                                         \
    X(git)                                                                                                             \
    X(gopher)                                                                                                          \
    X(gpsd)                                                                                                            \
    X(ident)                                                                                                           \
    X(iperf3)                                                                                                          \
    X(iscsi)                                                                                                           \
    X(kafka)                                                                                                           \
    X(knxd)                                                                                                            \
    X(lirc)                                                                                                            \
    X(memcached)                                                                                                       \
    X(minetest)                                                                                                        \
    X(modbus)                                                                                                          \
    X(mongodb)                                                                                                         \
    X(mpd)                                                                                                             \
    X(mqtt)                                                                                                            \
    X(mumble)                                                                                                          \
    X(munin)                                                                                                           \
    X(mysql)                                                                                                           \
    X(nats)                                                                                                            \
    X(nbd)                                                                                                             \
    X(nrpe)                                                                                                            \
    X(nut)                                                                                                             \
    X(openwire)                                                                                                        \
    X(postgresql)                                                                                                      \
    X(qotd)                                                                                                            \
    X(redis)                                                                                                           \
    X(rsync)                                                                                                           \
    X(socks5)                                                                                                          \
    X(spamd)                                                                                                           \
    X(ssh)                                                                                                             \
    X(stomp)                                                                                                           \
    X(svn)                                                                                                             \
    X(tarantool)                                                                                                       \
    X(time)                                                                                                            \
    X(tor_control)                                                                                                     \
    X(varnish)                                                                                                         \
    X(zabbix)                                                                                                          \
    X(zmtp)                                                                                                            \
    X(zookeeper)
/* clang-format on */

#define X(name) extern const struct parser parser_##name;
#include "proto/parsers.def"
#undef X

extern const struct parser *const parser_list[];     /* all of them, NULL at the end */
const struct parser *parser_find(struct slice name); /* by struct parser.name; NULL: there is none */

#endif
