/* IPv4 and IPv6 headers; see ip.h. */
#include "net/ip.h"

#include "net/bytes.h"
#include "net/checksum.h"

enum { IP4_DF = 0x4000, FRAGMENT_OFFSET4 = 0x1fff, FRAGMENT_OFFSET6 = 0xfff8, EXTENSIONS_MAX = 8 };
enum { EXT_HOP_BY_HOP = 0, EXT_ROUTING = 43, EXT_FRAGMENT = 44, EXT_DESTINATION = 60 };

static void read_v4_addr(const uint8_t *p, struct addr *out) {
    *out = (struct addr){.family = ADDR_V4};
    memcpy(out->b, p, 4);
}

static void read_v6_addr(const uint8_t *p, uint32_t zone, struct addr *out) {
    memcpy(out->b, p, 16);
    out->family = ADDR_V6;
    out->zone = addr_is_link_local(out) ? zone : 0;
}

/* *r is the whole packet and becomes the body. With `trust` the claimed length cuts it; without, everything captured
 * belongs to it. */
static bool read_v4(struct rd *r, bool trust, struct ip *out) {
    const uint8_t *h = rd_bytes(r, IP4_LEN);
    if (!h)
        return false;
    size_t header = (size_t)(h[0] & 0xf) * 4, total = get_u16(h + 2);
    if (header < IP4_LEN || (trust && total < header))
        return false;
    if (header > IP4_LEN)
        rd_skip(r, header - IP4_LEN);
    uint16_t flags = get_u16(h + 6);
    out->tos = h[1];
    out->id = get_u16(h + 4);
    out->df = (flags & IP4_DF) != 0;
    out->fragment = (flags & FRAGMENT_OFFSET4) != 0;
    out->ttl = h[8];
    out->proto = h[9];
    out->payload = total > header ? (uint32_t)(total - header) : 0;
    read_v4_addr(h + 12, &out->src);
    read_v4_addr(h + 16, &out->dst);
    if (trust)
        r->n = ll_min_size(r->n, out->payload);
    return !r->bad;
}

/* RFC 8200 4: each header says what follows and (but for the fragment header, which has 8 bytes) how long it is. */
static bool skip_extensions(struct rd *r, struct ip *out) {
    for (unsigned i = 0; i <= EXTENSIONS_MAX; i++) {
        bool fragment = out->proto == EXT_FRAGMENT;
        if (!fragment && out->proto != EXT_HOP_BY_HOP && out->proto != EXT_ROUTING && out->proto != EXT_DESTINATION)
            return true;
        const uint8_t *h = rd_bytes(r, 8);
        if (!h)
            return false;
        out->proto = h[0];
        if (!fragment)
            rd_skip(r, (size_t)h[1] * 8);
        if (fragment && (get_u16(h + 2) & FRAGMENT_OFFSET6) != 0) {
            out->fragment = true;
            return true;
        }
    }
    return false;
}

static bool read_v6(struct rd *r, bool trust, uint32_t zone, struct ip *out) {
    const uint8_t *h = rd_bytes(r, IP6_LEN);
    if (!h)
        return false;
    size_t claimed = get_u16(h + 4);
    if (trust)
        r->n = ll_min_size(r->n, claimed);
    size_t captured = r->n;
    out->tos = (uint8_t)(get_u16(h) >> 4);
    out->id = 0;
    out->df = false;
    out->fragment = false;
    out->ttl = h[7];
    out->proto = h[6];
    read_v6_addr(h + 8, zone, &out->src);
    read_v6_addr(h + 24, zone, &out->dst);
    if (!skip_extensions(r, out) || r->bad)
        return false;
    size_t extensions = captured - r->n;
    out->payload = claimed > extensions ? (uint32_t)(claimed - extensions) : 0;
    return true;
}

static bool read_any(const uint8_t *p, size_t n, bool trust, uint32_t zone, struct ip *out, struct rd *body) {
    *body = rd_of(p, n);
    if (n == 0)
        return false;
    switch (p[0] >> 4) {
    case 4:
        return read_v4(body, trust, out);
    case 6:
        return read_v6(body, trust, zone, out);
    default:
        return false;
    }
}

bool ip_read(const uint8_t *p, size_t n, uint32_t zone, struct ip *out, struct rd *body) {
    return read_any(p, n, true, zone, out, body);
}

bool ip_read_quoted(const uint8_t *p, size_t n, uint32_t zone, struct ip *out, struct rd *body) {
    return read_any(p, n, false, zone, out, body);
}

static void write_v4(struct wr *w, const struct ip *h) {
    uint8_t *b = wr_header(w, IP4_LEN);
    if (!b)
        return;
    uint32_t length = 0x45000000u | (uint32_t)h->tos << 16 | (uint16_t)(IP4_LEN + h->payload);
    uint32_t fragment = (uint32_t)h->id << 16 | (h->df ? IP4_DF : 0);
    uint32_t proto = (uint32_t)h->ttl << 24 | (uint32_t)h->proto << 16;
    uint32_t src = get_u32(h->src.b), dst = get_u32(h->dst.b);
    uint32_t sum = checksum_halves(length) + checksum_halves(fragment) + checksum_halves(proto) + checksum_halves(src) +
                   checksum_halves(dst);
    put_u32(b, length);
    put_u32(b + 4, fragment);
    put_u32(b + 8, proto | checksum_finish(sum));
    put_u32(b + 12, src);
    put_u32(b + 16, dst);
}

static void write_v6(struct wr *w, const struct ip *h) {
    uint8_t *b = wr_header(w, IP6_LEN);
    if (!b)
        return;
    put_u32(b, UINT32_C(6) << 28 | (uint32_t)h->tos << 20);
    put_u16(b + 4, (uint16_t)h->payload);
    b[6] = h->proto;
    b[7] = h->ttl;
    memcpy(b + 8, h->src.b, 16);
    memcpy(b + 24, h->dst.b, 16);
}

void ip_write(struct wr *w, const struct ip *h) {
    bool v6 = h->dst.family == ADDR_V6;
    if (h->payload > UINT16_MAX - (v6 ? 0u : (unsigned)IP4_LEN)) {
        w->bad = true;
        return;
    }
    if (v6)
        write_v6(w, h);
    else
        write_v4(w, h);
}

size_t ip_header_len(const struct addr *dst) {
    return dst->family == ADDR_V6 ? IP6_LEN : IP4_LEN;
}
