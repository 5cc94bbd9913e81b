/* The registry of parsers. Adding one: its file, a line in parsers.def, a line in meson.build, a fuzz target. */
#ifndef LL_PROTO_LIST_H
#define LL_PROTO_LIST_H

#include "proto/parser.h"

/* clang-format off */
#define PARSER_LIST(X)                                                                                                 \
    X(bacnet)                                                                                                          \
    X(coap)                                                                                                            \
    X(dns)                                                                                                             \
    X(dtls)                                                                                                            \
    X(http)                                                                                                            \
    X(ike)                                                                                                             \
    X(ipmi)                                                                                                            \
    X(kerberos)                                                                                                        \
    X(ldap)                                                                                                            \
    X(mdns)                                                                                                            \
    X(natpmp)                                                                                                          \
    X(netbios)                                                                                                         \
    X(ntp)                                                                                                             \
    X(openvpn)                                                                                                         \
    X(quic)                                                                                                            \
    X(rdp)                                                                                                             \
    X(rpc)                                                                                                             \
    X(slp)                                                                                                             \
    X(smb)                                                                                                             \
    X(snmp)                                                                                                            \
    X(ssdp)                                                                                                            \
    X(ssh)                                                                                                             \
    X(stun)                                                                                                            \
    X(tftp)                                                                                                            \
    X(tls)                                                                                                             \
    X(vnc)                                                                                                             \
    X(x11)                                                                                                             \
    X(xdmcp)
/* clang-format on */

#define X(name) extern const struct parser parser_##name;
#include "proto/parsers.def"
#undef X

extern const struct parser *const parser_list[];     /* all of them, NULL at the end */
const struct parser *parser_find(struct slice name); /* by struct parser.name; NULL: there is none */

#endif
