/* IPv4 (RFC 791) and IPv6 (RFC 8200) headers behind one face. */
#ifndef LL_NET_IP_H
#define LL_NET_IP_H

#include "base/wire.h"
#include "net/addr.h"

enum { IP_PROTO_ICMP = 1, IP_PROTO_TCP = 6, IP_PROTO_UDP = 17, IP_PROTO_ICMP6 = 58, IP_PROTO_SCTP = 132 };
enum { IP4_LEN = 20, IP6_LEN = 40 };

struct ip {
    struct addr src;
    struct addr dst;
    uint8_t proto;    /* upper layer, behind IPv6 extension headers */
    uint8_t ttl;      /* hop limit */
    uint8_t tos;      /* traffic class */
    uint16_t id;      /* IPv4 only */
    bool df;          /* IPv4 only */
    bool fragment;    /* a later fragment: the payload does not start with the upper header */
    uint32_t payload; /* bytes behind the headers as the header claims; the reader clips to what is there */
};

/* Reads the IPv4 or IPv6 header (by the version nibble) with options or extension headers (hop-by-hop, routing,
 * destination, fragment; at most 8 of them). On success *body is the payload, clipped to the captured bytes and to the
 * claimed length. `zone` is given to link-local addresses. False: not IP or malformed. Truncated payloads are not an
 * error (quoted headers in ICMP errors are cut). */
bool ip_read(const uint8_t *p, size_t n, uint32_t zone, struct ip *out, struct rd *body);
/* The same for the header that an ICMP error quotes: everything captured is the body, because some stacks quote a
 * length that they have already changed. */
bool ip_read_quoted(const uint8_t *p, size_t n, uint32_t zone, struct ip *out, struct rd *body);
/* Writes a header without options in front of `payload` bytes that follow; checksum of IPv4 included. Family from dst.
 * A payload that the length field cannot say makes the writer bad. */
void ip_write(struct wr *w, const struct ip *h);
size_t ip_header_len(const struct addr *dst); /* 20 or 40 */

#endif
