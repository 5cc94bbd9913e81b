/* Ethernet II header; see eth.h. */
#include "net/eth.h"

#include "net/bytes.h"

bool eth_read(struct rd *r, struct eth *out) {
    const uint8_t *h = rd_bytes(r, ETH_LEN);
    if (!h)
        return false;
    memcpy(out->dst, h, 6);
    memcpy(out->src, h + 6, 6);
    out->type = get_u16(h + 12);
    if (out->type == ETH_TYPE_VLAN) { /* IEEE 802.1Q: two bytes of tag, then the real type */
        rd_skip(r, 2);
        out->type = rd_u16(r);
    }
    return !r->bad;
}

void eth_write(struct wr *w, const struct eth *e) {
    uint8_t *h = wr_header(w, ETH_LEN);
    if (!h)
        return;
    memcpy(h, e->dst, 6);
    memcpy(h + 6, e->src, 6);
    put_u16(h + 12, e->type);
}
