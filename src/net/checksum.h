/* Internet checksum, RFC 1071. */
#ifndef LL_NET_CHECKSUM_H
#define LL_NET_CHECKSUM_H

#include "net/addr.h"

/* Sum of 16-bit words (an odd last byte is padded with zero), added to `sum`: less than 2^16 a call, not folded with
 * what was there. Chains need even lengths and must stay below 2^16 calls. */
uint32_t checksum_add(uint32_t sum, const void *p, size_t n);
/* The sum of the two words that v stands for. */
static inline uint32_t checksum_halves(uint32_t v) {
    return (v >> 16) + (v & UINT16_MAX);
}
/* Folded and complemented, ready to be stored in network order. */
uint16_t checksum_finish(uint32_t sum);
/* Pseudo header of TCP, UDP and ICMPv6 (RFC 9293 3.1, RFC 8200 8.1). */
uint32_t checksum_pseudo(const struct addr *src, const struct addr *dst, uint8_t proto, uint32_t length);

#endif
