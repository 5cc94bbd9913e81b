/* UDP datagram, RFC 768. */
#ifndef LL_NET_UDP_H
#define LL_NET_UDP_H

#include "base/slice.h"
#include "base/wire.h"
#include "net/addr.h"

enum { UDP_LEN = 8 };

struct udp {
    uint16_t sport, dport;
    uint16_t length; /* of the whole datagram, as the header claims */
};

/* Reads the header; the payload is left in r, clipped to the claimed length. False when less than 8 bytes are there or
 * claimed. */
bool udp_read(struct rd *r, struct udp *out);
/* Header and payload, with the checksum that IPv6 demands (RFC 8200 8.1) and IPv4 deserves. A payload that the length
 * field cannot say makes the writer bad. */
void udp_write(struct wr *w, uint16_t sport, uint16_t dport, struct slice payload, const struct addr *src,
               const struct addr *dst);

#endif
