/* ICMP (RFC 792, RFC 950) and ICMPv6 (RFC 4443) messages, with Neighbour Discovery solicitation and advertisement
 * (RFC 4861 4.3, 4.4). */
#ifndef LL_NET_ICMP_H
#define LL_NET_ICMP_H

#include "base/wire.h"
#include "net/addr.h"
#include "net/ip.h"

enum {
    ICMP_ECHO_REPLY = 0,
    ICMP_UNREACHABLE = 3,
    ICMP_SOURCE_QUENCH = 4,
    ICMP_ECHO = 8,
    ICMP_TIME_EXCEEDED = 11,
    ICMP_PARAM_PROBLEM = 12,
    ICMP_TIMESTAMP = 13,
    ICMP_TIMESTAMP_REPLY = 14,
    ICMP_MASK = 17,
    ICMP_MASK_REPLY = 18,
    ICMP6_UNREACHABLE = 1,
    ICMP6_TOO_BIG = 2,
    ICMP6_TIME_EXCEEDED = 3,
    ICMP6_PARAM_PROBLEM = 4,
    ICMP6_ECHO = 128,
    ICMP6_ECHO_REPLY = 129,
    ICMP6_NEIGHBOR_SOLICIT = 135,
    ICMP6_NEIGHBOR_ADVERT = 136
};

struct icmp {
    uint8_t type, code;
    uint16_t id, seq; /* queries and replies; rest of the header otherwise */
};

bool icmp_read(struct rd *r, struct icmp *out); /* 8 bytes; the body is left in r */
/* Echo, timestamp (RFC 792: three zero words follow), mask; checksum included. src and dst choose ICMP or ICMPv6. */
void icmp_write_query(struct wr *w, const struct icmp *m, const struct addr *src, const struct addr *dst);
/* True for messages that quote a packet (unreachable, time exceeded, parameter problem, source quench, too big). */
bool icmp_is_error(enum addr_family family, const struct icmp *m);

/* Neighbour solicitation with the source link-layer address option; checksum included. */
void nd_write_solicit(struct wr *w, const struct addr *src, const struct addr *dst, const struct addr *target,
                      const uint8_t mac[MAC_LEN]);
/* Reads a solicitation or advertisement behind the 4 bytes type, code, checksum + 4 reserved that icmp_read took.
 * *has_mac when the link-layer option (source for 135, target for 136) is there. */
bool nd_read(struct rd *r, uint8_t type, struct addr *target, bool *has_mac, uint8_t mac[MAC_LEN]);

#endif
