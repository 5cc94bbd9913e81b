/* ARP; see arp.h. */
#include "net/arp.h"

#include "net/bytes.h"

/* Hardware Ethernet, protocol IPv4, address lengths 6 and 4. */
static const uint8_t arp_kind[6] = {0, 1, 8, 0, 6, 4};

bool arp_read(struct rd *r, struct arp *out) {
    const uint8_t *h = rd_bytes(r, ARP_LEN);
    if (!h || memcmp(h, arp_kind, sizeof arp_kind) != 0)
        return false;
    out->op = get_u16(h + 6);
    memcpy(out->sender_mac, h + 8, 6);
    out->sender = addr_v4(get_u32(h + 14));
    memcpy(out->target_mac, h + 18, 6);
    out->target = addr_v4(get_u32(h + 24));
    return true;
}

void arp_write(struct wr *w, const struct arp *a) {
    uint8_t *h = wr_header(w, ARP_LEN);
    if (!h)
        return;
    memcpy(h, arp_kind, sizeof arp_kind);
    put_u16(h + 6, a->op);
    memcpy(h + 8, a->sender_mac, 6);
    memcpy(h + 14, a->sender.b, 4);
    memcpy(h + 18, a->target_mac, 6);
    memcpy(h + 24, a->target.b, 4);
}
