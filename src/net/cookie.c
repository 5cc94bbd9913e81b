/* The cookie; see cookie.h. */
#include "net/cookie.h"

#include "base/siphash.h"
#include "net/bytes.h"

/* Layout: peer port, own port, probe, family, address. The zone stays out: it is ours, the wire does not know it. */
enum { COOKIE_ADDR = 6, COOKIE_BYTES = COOKIE_ADDR + 16 };

uint64_t cookie_of(const struct cookie_key *key, const struct addr *peer, uint16_t peer_port, uint16_t own_port,
                   uint8_t probe) {
    uint8_t b[COOKIE_BYTES];
    put_u16(b, peer_port);
    put_u16(b + 2, own_port);
    b[4] = probe;
    b[5] = (uint8_t)peer->family;
    memcpy(b + COOKIE_ADDR, peer->b, sizeof peer->b);
    return siphash(key->k, b, COOKIE_ADDR + addr_bytes(peer));
}
