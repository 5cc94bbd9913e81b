/* TCP segment header, RFC 9293. */
#ifndef LL_NET_TCP_H
#define LL_NET_TCP_H

#include "base/wire.h"
#include "net/addr.h"

enum { TCP_LEN = 20, TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16, TCP_URG = 32 };

struct tcp {
    uint16_t sport, dport;
    uint32_t seq, ack;
    uint8_t flags;
    uint16_t window;
    uint16_t mss; /* MSS option; 0 = absent */
};

/* Reads the header and skips its options (malformed or zero-length options end the walk, they are not an error).
 * False when less than 20 bytes or the data offset is wrong. */
bool tcp_read(struct rd *r, struct tcp *out);
/* Only what the first 8 bytes carry: ports and sequence number (all that an ICMP error must quote). */
bool tcp_read_quoted(struct rd *r, struct tcp *out);
/* Writes header (with MSS option when mss != 0) without payload, checksum over the pseudo header included. */
void tcp_write(struct wr *w, const struct tcp *t, const struct addr *src, const struct addr *dst);

#endif
