/* The cookie: what a probe carries and the peer echoes, so that an answer proves which question it belongs to
 * (scanrand, Paketto 2002; here SipHash-2-4). */
#ifndef LL_NET_COOKIE_H
#define LL_NET_COOKIE_H

#include "net/addr.h"

struct cookie_key {
    uint64_t k[2];
};

/* 64 bits over (peer, peer port or id, own port or sequence, probe number). A probe takes as many bits as its echoed
 * field has: the low ones. */
uint64_t cookie_of(const struct cookie_key *key, const struct addr *peer, uint16_t peer_port, uint16_t own_port,
                   uint8_t probe);

#endif
