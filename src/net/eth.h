/* Ethernet II header (IEEE 802.3, RFC 894). */
#ifndef LL_NET_ETH_H
#define LL_NET_ETH_H

#include "base/wire.h"

enum { ETH_LEN = 14, ETH_TYPE_IP4 = 0x0800, ETH_TYPE_ARP = 0x0806, ETH_TYPE_VLAN = 0x8100, ETH_TYPE_IP6 = 0x86dd };

struct eth {
    uint8_t dst[6];
    uint8_t src[6];
    uint16_t type;
};

bool eth_read(struct rd *r, struct eth *out); /* skips one 802.1Q tag */
void eth_write(struct wr *w, const struct eth *e);

#endif
