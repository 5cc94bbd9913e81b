/* ICMP, ICMPv6 and Neighbour Discovery; see icmp.h. */
#include "net/icmp.h"

#include "net/bytes.h"
#include "net/checksum.h"

enum { ICMP_HEADER = 8, TIMESTAMPS_LEN = 12, MASK_LEN = 4 };
enum { ND_SOLICIT_LEN = 32, ND_OPTION_SOURCE = 1, ND_OPTION_TARGET = 2 };

bool icmp_read(struct rd *r, struct icmp *out) {
    const uint8_t *h = rd_bytes(r, ICMP_HEADER);
    if (!h)
        return false;
    *out = (struct icmp){.type = h[0], .code = h[1], .id = get_u16(h + 4), .seq = get_u16(h + 6)};
    return true;
}

/* What the checksum covers beside the message: a pseudo header for ICMPv6 (RFC 4443 2.3), nothing for ICMP (RFC 792).
 */
static uint32_t sum_of_rest(const struct addr *src, const struct addr *dst, size_t n) {
    return dst->family == ADDR_V6 ? checksum_pseudo(src, dst, IP_PROTO_ICMP6, (uint32_t)n) : 0;
}

static size_t query_len(uint8_t type, const struct addr *dst) {
    if (dst->family == ADDR_V6)
        return ICMP_HEADER;
    switch (type) {
    case ICMP_TIMESTAMP:
    case ICMP_TIMESTAMP_REPLY:
        return ICMP_HEADER + TIMESTAMPS_LEN;
    case ICMP_MASK:
    case ICMP_MASK_REPLY:
        return ICMP_HEADER + MASK_LEN;
    default:
        return ICMP_HEADER;
    }
}

void icmp_write_query(struct wr *w, const struct icmp *m, const struct addr *src, const struct addr *dst) {
    size_t n = query_len(m->type, dst);
    uint8_t *b = wr_header(w, n);
    if (!b)
        return;
    uint32_t kind = (uint32_t)m->type << 8 | m->code;
    uint32_t sum = sum_of_rest(src, dst, n) + kind + m->id + m->seq;
    put_u32(b, kind << 16 | checksum_finish(sum));
    put_u16(b + 4, m->id);
    put_u16(b + 6, m->seq);
    memset(b + ICMP_HEADER, 0, n - ICMP_HEADER);
}

bool icmp_is_error(enum addr_family family, const struct icmp *m) {
    if (family == ADDR_V6)
        return m->type >= ICMP6_UNREACHABLE && m->type <= ICMP6_PARAM_PROBLEM;
    return m->type == ICMP_UNREACHABLE || m->type == ICMP_SOURCE_QUENCH || m->type == ICMP_TIME_EXCEEDED ||
           m->type == ICMP_PARAM_PROBLEM;
}

void nd_write_solicit(struct wr *w, const struct addr *src, const struct addr *dst, const struct addr *target,
                      const uint8_t mac[MAC_LEN]) {
    uint8_t *b = wr_header(w, ND_SOLICIT_LEN);
    if (!b)
        return;
    memset(b, 0, ND_SOLICIT_LEN);
    b[0] = ICMP6_NEIGHBOR_SOLICIT;
    memcpy(b + 8, target->b, 16);
    b[24] = ND_OPTION_SOURCE;
    b[25] = 1; /* in units of 8 bytes */
    memcpy(b + 26, mac, MAC_LEN);
    uint32_t sum = sum_of_rest(src, dst, ND_SOLICIT_LEN);
    put_u16(b + 2, checksum_finish(checksum_add(sum, b, ND_SOLICIT_LEN)));
}

/* RFC 4861 7.1: a message with a multicast target, or with an option of length zero or longer than the rest, is
 * discarded. */
bool nd_read(struct rd *r, uint8_t type, struct addr *target, bool *has_mac, uint8_t mac[MAC_LEN]) {
    uint8_t wanted = type == ICMP6_NEIGHBOR_SOLICIT ? ND_OPTION_SOURCE : ND_OPTION_TARGET;
    const uint8_t *address = rd_bytes(r, 16);
    if (!address)
        return false;
    *target = addr_v6(address, 0);
    *has_mac = false;
    while (r->n > 0) {
        const uint8_t *option = rd_bytes(r, 8);
        if (!option || option[1] == 0)
            return false;
        if (option[0] == wanted && option[1] == 1 && !*has_mac) {
            *has_mac = true;
            memcpy(mac, option + 2, MAC_LEN);
        }
        rd_skip(r, (size_t)(option[1] - 1) * 8);
    }
    return !r->bad && !addr_is_multicast(target);
}
