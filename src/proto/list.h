/* The registry of parsers. Adding one: its file, a line in parsers.def, a line in meson.build, a fuzz target. */
#ifndef LL_PROTO_LIST_H
#define LL_PROTO_LIST_H

#include "proto/parser.h"

/* clang-format off */
#define PARSER_LIST(X)                                                                                                 \
    X(amqp)                                                                                                            \
    X(apcupsd)                                                                                                         \
    X(beanstalkd)                                                                                                      \
    X(clamd)                                                                                                           \
    X(dict)                                                                                                            \
    X(epmd)                                                                                                            \
    X(gearman)                                                                                                         \
    X(git)                                                                                                             \
    X(gpsd)                                                                                                            \
    X(iperf3)                                                                                                          \
    X(iscsi)                                                                                                           \
    X(memcached)                                                                                                       \
    X(mpd)                                                                                                             \
    X(mqtt)                                                                                                            \
    X(munin)                                                                                                           \
    X(mysql)                                                                                                           \
    X(nats)                                                                                                            \
    X(nbd)                                                                                                             \
    X(nrpe)                                                                                                            \
    X(nut)                                                                                                             \
    X(postgresql)                                                                                                      \
    X(redis)                                                                                                           \
    X(rsync)                                                                                                           \
    X(socks5)                                                                                                          \
    X(spamd)                                                                                                           \
    X(ssh)                                                                                                             \
    X(svn)                                                                                                             \
    X(tarantool)                                                                                                       \
    X(tor_control)                                                                                                     \
    X(varnish)                                                                                                         \
    X(zabbix)                                                                                                          \
    X(zookeeper)
/* clang-format on */

#define X(name) extern const struct parser parser_##name;
#include "proto/parsers.def"
#undef X

extern const struct parser *const parser_list[];     /* all of them, NULL at the end */
const struct parser *parser_find(struct slice name); /* by struct parser.name; NULL: there is none */

#endif
