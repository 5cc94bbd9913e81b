/* States of hosts and ports and the reasons for them: identifiers of the XML format and of the text reports.
 * One list; the table in reason.c is made from it. */
#ifndef LL_MODEL_REASON_H
#define LL_MODEL_REASON_H

#include "base/base.h"

/* X(enumerator, text) */
#define REASON_LIST(X)                                                                                                 \
    X(REASON_UNKNOWN, "unknown-response")                                                                              \
    X(REASON_RESET, "reset")                                                                                           \
    X(REASON_CONN_REFUSED, "conn-refused")                                                                             \
    X(REASON_SYN_ACK, "syn-ack")                                                                                       \
    X(REASON_SPLIT_HANDSHAKE_SYN, "split-handshake-syn")                                                               \
    X(REASON_UDP_RESPONSE, "udp-response")                                                                             \
    X(REASON_PROTO_RESPONSE, "proto-response")                                                                         \
    X(REASON_PERM_DENIED, "perm-denied")                                                                               \
    X(REASON_NET_UNREACH, "net-unreach")                                                                               \
    X(REASON_HOST_UNREACH, "host-unreach")                                                                             \
    X(REASON_PROTO_UNREACH, "proto-unreach")                                                                           \
    X(REASON_PORT_UNREACH, "port-unreach")                                                                             \
    X(REASON_ECHO_REPLY, "echo-reply")                                                                                 \
    X(REASON_DEST_UNREACH, "dest-unreach")                                                                             \
    X(REASON_SOURCE_QUENCH, "source-quench")                                                                           \
    X(REASON_NET_PROHIBITED, "net-prohibited")                                                                         \
    X(REASON_HOST_PROHIBITED, "host-prohibited")                                                                       \
    X(REASON_ADMIN_PROHIBITED, "admin-prohibited")                                                                     \
    X(REASON_TIME_EXCEEDED, "time-exceeded")                                                                           \
    X(REASON_TIMESTAMP_REPLY, "timestamp-reply")                                                                       \
    X(REASON_ADDRESSMASK_REPLY, "addressmask-reply")                                                                   \
    X(REASON_NO_IPID_CHANGE, "no-ipid-change")                                                                         \
    X(REASON_IPID_CHANGE, "ipid-change")                                                                               \
    X(REASON_ARP_RESPONSE, "arp-response")                                                                             \
    X(REASON_ND_RESPONSE, "nd-response")                                                                               \
    X(REASON_TCP_RESPONSE, "tcp-response")                                                                             \
    X(REASON_NO_RESPONSE, "no-response")                                                                               \
    X(REASON_INIT_ACK, "init-ack")                                                                                     \
    X(REASON_ABORT, "abort")                                                                                           \
    X(REASON_LOCALHOST, "localhost-response")                                                                          \
    X(REASON_SCRIPT_SET, "script-set")                                                                                 \
    X(REASON_USER_SET, "user-set")                                                                                     \
    X(REASON_NO_ROUTE, "no-route")                                                                                     \
    X(REASON_BEYOND_SCOPE, "beyond-scope")                                                                             \
    X(REASON_REJECT_ROUTE, "reject-route")                                                                             \
    X(REASON_PARAM_PROBLEM, "param-problem")

enum reason {
#define X(name, text) name,
    REASON_LIST(X)
#undef X
        REASON_COUNT
};

enum host_state { HOST_UNKNOWN, HOST_UP, HOST_DOWN, HOST_SKIPPED };

enum port_state {
    PORT_UNKNOWN = 0, /* not asked, or no answer yet */
    PORT_OPEN,
    PORT_CLOSED,
    PORT_FILTERED,
    PORT_UNFILTERED,
    PORT_OPEN_FILTERED,
    PORT_CLOSED_FILTERED,
    PORT_STATE_COUNT
};

enum proto { PROTO_TCP, PROTO_UDP, PROTO_SCTP, PROTO_IP, PROTO_COUNT };

const char *reason_text(enum reason r);
const char *host_state_text(enum host_state s);
const char *port_state_text(enum port_state s);
const char *proto_text(enum proto p); /* "tcp" ... */
/* What an ICMP (family 4) or ICMPv6 (6) error means as a reason (RFC 792, 1812 5.2.7.1, 4443 3.1). */
enum reason reason_of_icmp(int family, uint8_t type, uint8_t code);

#endif
