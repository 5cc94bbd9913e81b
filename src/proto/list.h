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
/* clang-format on */

#define X(name) extern const struct parser parser_##name;
#include "proto/parsers.def"
#undef X

extern const struct parser *const parser_list[];     /* all of them, NULL at the end */
const struct parser *parser_find(struct slice name); /* by struct parser.name; NULL: there is none */

#endif
