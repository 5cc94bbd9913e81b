/* TCP header; see tcp.h. */
#include "net/tcp.h"

#include "net/bytes.h"
#include "net/checksum.h"
#include "net/ip.h"

enum { OPTION_END = 0, OPTION_NOP = 1, OPTION_MSS = 2, OPTION_MSS_LEN = 4 };

/* RFC 9293 3.1: an option is one byte, or kind, length of the whole, data. */
static uint16_t find_mss(const uint8_t *p, size_t n) {
    while (n > 0 && p[0] != OPTION_END) {
        size_t len = 1;
        if (p[0] != OPTION_NOP) {
            if (n < 2 || p[1] < 2 || p[1] > n)
                return 0;
            len = p[1];
            if (p[0] == OPTION_MSS && len == OPTION_MSS_LEN)
                return get_u16(p + 2);
        }
        p += len;
        n -= len;
    }
    return 0;
}

bool tcp_read(struct rd *r, struct tcp *out) {
    const uint8_t *h = rd_bytes(r, TCP_LEN);
    if (!h)
        return false;
    size_t header = (size_t)(h[12] >> 4) * 4;
    if (header < TCP_LEN || header - TCP_LEN > r->n)
        return false;
    out->sport = get_u16(h);
    out->dport = get_u16(h + 2);
    out->seq = get_u32(h + 4);
    out->ack = get_u32(h + 8);
    out->flags = h[13];
    out->window = get_u16(h + 14);
    out->mss = 0;
    if (header > TCP_LEN) {
        out->mss = find_mss(h + TCP_LEN, header - TCP_LEN);
        rd_skip(r, header - TCP_LEN);
    }
    return true;
}

bool tcp_read_quoted(struct rd *r, struct tcp *out) {
    const uint8_t *h = rd_bytes(r, 8);
    if (!h)
        return false;
    *out = (struct tcp){.sport = get_u16(h), .dport = get_u16(h + 2), .seq = get_u32(h + 4)};
    return true;
}

void tcp_write(struct wr *w, const struct tcp *t, const struct addr *src, const struct addr *dst) {
    size_t n = t->mss ? TCP_LEN + OPTION_MSS_LEN : TCP_LEN;
    uint8_t *b = wr_header(w, n);
    if (!b)
        return;
    uint32_t ports = (uint32_t)t->sport << 16 | t->dport;
    uint32_t control = (uint32_t)(n / 4 << 28) | (uint32_t)t->flags << 16 | t->window;
    uint32_t option = t->mss ? (uint32_t)(OPTION_MSS << 24 | OPTION_MSS_LEN << 16) | t->mss : 0;
    uint32_t sum = checksum_pseudo(src, dst, IP_PROTO_TCP, (uint32_t)n);
    sum += checksum_halves(ports) + checksum_halves(t->seq) + checksum_halves(t->ack) + checksum_halves(control) +
           checksum_halves(option);
    put_u32(b, ports);
    put_u32(b + 4, t->seq);
    put_u32(b + 8, t->ack);
    put_u32(b + 12, control);
    put_u32(b + 16, (uint32_t)checksum_finish(sum) << 16); /* and no urgent pointer */
    if (t->mss)
        put_u32(b + 20, option);
}
