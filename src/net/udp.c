/* UDP; see udp.h. */
#include "net/udp.h"

#include "net/bytes.h"
#include "net/checksum.h"
#include "net/ip.h"

bool udp_read(struct rd *r, struct udp *out) {
    const uint8_t *h = rd_bytes(r, UDP_LEN);
    if (!h)
        return false;
    *out = (struct udp){.sport = get_u16(h), .dport = get_u16(h + 2), .length = get_u16(h + 4)};
    if (out->length < UDP_LEN)
        return false;
    r->n = ll_min_size(r->n, (size_t)out->length - UDP_LEN);
    return true;
}

void udp_write(struct wr *w, uint16_t sport, uint16_t dport, struct slice payload, const struct addr *src,
               const struct addr *dst) {
    if (payload.n > UINT16_MAX - UDP_LEN) {
        w->bad = true;
        return;
    }
    size_t n = UDP_LEN + payload.n;
    uint8_t *b = wr_header(w, n);
    if (!b)
        return;
    put_u16(b, sport);
    put_u16(b + 2, dport);
    put_u16(b + 4, (uint16_t)n);
    put_u16(b + 6, 0);
    if (payload.n)
        memcpy(b + UDP_LEN, payload.p, payload.n);
    uint32_t sum = checksum_pseudo(src, dst, IP_PROTO_UDP, (uint32_t)n);
    uint16_t check = checksum_finish(checksum_add(sum, b, n));
    put_u16(b + 6, check ? check : UINT16_MAX); /* zero means that there is none (RFC 768) */
}
