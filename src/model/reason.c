#include "model/reason.h"

const char *reason_text(enum reason r) {
    static const char *const texts[] = {
#define X(name, text) [name] = (text),
        REASON_LIST(X)
#undef X
    };
    return (unsigned)r < REASON_COUNT ? texts[r] : "";
}

const char *host_state_text(enum host_state s) {
    static const char *const texts[] = {
        [HOST_UNKNOWN] = "unknown", [HOST_UP] = "up", [HOST_DOWN] = "down", [HOST_SKIPPED] = "skipped"};
    return (unsigned)s < LL_COUNT(texts) ? texts[s] : "";
}

const char *port_state_text(enum port_state s) {
    static const char *const texts[] = {
        [PORT_UNKNOWN] = "unknown",
        [PORT_OPEN] = "open",
        [PORT_CLOSED] = "closed",
        [PORT_FILTERED] = "filtered",
        [PORT_UNFILTERED] = "unfiltered",
        [PORT_OPEN_FILTERED] = "open|filtered",
        [PORT_CLOSED_FILTERED] = "closed|filtered",
    };
    return (unsigned)s < LL_COUNT(texts) ? texts[s] : "";
}

const char *proto_text(enum proto p) {
    static const char *const texts[] = {
        [PROTO_TCP] = "tcp", [PROTO_UDP] = "udp", [PROTO_SCTP] = "sctp", [PROTO_IP] = "ip"};
    return (unsigned)p < LL_COUNT(texts) ? texts[p] : "";
}

/* RFC 792 and RFC 1812 5.2.7.1: the codes of "destination unreachable". Codes without an identifier of their own (a
 * source route failed, a type of service is not served, ...) are plain dest-unreach. */
static enum reason reason_of_unreachable4(uint8_t code) {
    switch (code) {
    case 0:
        return REASON_NET_UNREACH;
    case 1:
        return REASON_HOST_UNREACH;
    case 2:
        return REASON_PROTO_UNREACH;
    case 3:
        return REASON_PORT_UNREACH;
    case 9:
        return REASON_NET_PROHIBITED;
    case 10:
        return REASON_HOST_PROHIBITED;
    case 13:
        return REASON_ADMIN_PROHIBITED;
    default:
        return REASON_DEST_UNREACH;
    }
}

/* RFC 4443 3.1. Code 5 (the source address failed a policy) is there called a special case of code 1. */
static enum reason reason_of_unreachable6(uint8_t code) {
    switch (code) {
    case 0:
        return REASON_NO_ROUTE;
    case 1:
    case 5:
        return REASON_ADMIN_PROHIBITED;
    case 2:
        return REASON_BEYOND_SCOPE;
    case 3:
        return REASON_HOST_UNREACH;
    case 4:
        return REASON_PORT_UNREACH;
    case 6:
        return REASON_REJECT_ROUTE;
    default:
        return REASON_DEST_UNREACH;
    }
}

static enum reason reason_of_icmp4(uint8_t type, uint8_t code) {
    switch (type) {
    case 3:
        return reason_of_unreachable4(code);
    case 4:
        return REASON_SOURCE_QUENCH;
    case 11:
        return REASON_TIME_EXCEEDED;
    case 12:
        return REASON_PARAM_PROBLEM;
    default:
        return REASON_UNKNOWN;
    }
}

static enum reason reason_of_icmp6(uint8_t type, uint8_t code) {
    switch (type) {
    case 1:
        return reason_of_unreachable6(code);
    case 3:
        return REASON_TIME_EXCEEDED;
    case 4:
        return REASON_PARAM_PROBLEM;
    default:
        return REASON_UNKNOWN;
    }
}

enum reason reason_of_icmp(int family, uint8_t type, uint8_t code) {
    return family == 6 ? reason_of_icmp6(type, code) : reason_of_icmp4(type, code);
}
