/* ARP for IPv4 over Ethernet, RFC 826. */
#ifndef LL_NET_ARP_H
#define LL_NET_ARP_H

#include "base/wire.h"
#include "net/addr.h"

enum { ARP_LEN = 28, ARP_REQUEST = 1, ARP_REPLY = 2 };

struct arp {
    uint16_t op;
    uint8_t sender_mac[6];
    struct addr sender;
    uint8_t target_mac[6];
    struct addr target;
};

bool arp_read(struct rd *r, struct arp *out); /* false unless Ethernet and IPv4 */
void arp_write(struct wr *w, const struct arp *a);

#endif
