/* Addresses as values: arithmetic, scopes and the addresses derived from them; their text is in addr_text.c. */
#include "net/addr.h"

#include "net/bytes.h"

struct addr addr_v4(uint32_t host_order) {
    struct addr a = {.family = ADDR_V4};
    put_u32(a.b, host_order);
    return a;
}

struct addr addr_v6(const uint8_t b[16], uint32_t zone) {
    struct addr a = {.zone = zone, .family = ADDR_V6};
    memcpy(a.b, b, sizeof a.b);
    return a;
}

uint32_t addr_v4_value(const struct addr *a) {
    return a->family == ADDR_V4 ? get_u32(a->b) : 0;
}

bool addr_eq(const struct addr *a, const struct addr *b) {
    return memcmp(a, b, sizeof *a) == 0;
}

int addr_cmp(const struct addr *a, const struct addr *b) {
    if (a->family != b->family)
        return a->family < b->family ? -1 : 1;
    int order = memcmp(a->b, b->b, sizeof a->b);
    if (order != 0 || a->zone == b->zone)
        return order;
    return a->zone < b->zone ? -1 : 1;
}

size_t addr_bytes(const struct addr *a) {
    switch (a->family) {
    case ADDR_V4:
        return 4;
    case ADDR_V6:
        return 16;
    default:
        return 0;
    }
}

u128 addr_number(const struct addr *a) {
    u128 n = 0;
    size_t bytes = addr_bytes(a);
    for (size_t i = 0; i < bytes; i++)
        n = n << 8 | a->b[i];
    return n;
}

struct addr addr_from_number(enum addr_family family, u128 n, uint32_t zone) {
    if (family == ADDR_V4)
        return addr_v4((uint32_t)n);
    struct addr a = {.zone = zone, .family = ADDR_V6};
    for (size_t i = 16; i-- > 0; n >>= 8)
        a.b[i] = (uint8_t)n;
    return a;
}

bool addr_is_loopback(const struct addr *a) {
    if (a->family == ADDR_V4)
        return a->b[0] == 127;
    static const uint8_t one[16] = {[15] = 1};
    return a->family == ADDR_V6 && memcmp(a->b, one, sizeof one) == 0;
}

bool addr_is_link_local(const struct addr *a) {
    if (a->family == ADDR_V4)
        return a->b[0] == 169 && a->b[1] == 254;
    return a->family == ADDR_V6 && a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80;
}

bool addr_is_multicast(const struct addr *a) {
    if (a->family == ADDR_V4)
        return (a->b[0] & 0xf0) == 0xe0 || get_u32(a->b) == UINT32_MAX;
    return a->family == ADDR_V6 && a->b[0] == 0xff;
}

bool addr_in_prefix(const struct addr *a, const struct addr *net, unsigned bits) {
    if (a->family != net->family)
        return false;
    size_t bytes = addr_bytes(a);
    size_t whole = ll_min_size(bits / 8, bytes);
    if (memcmp(a->b, net->b, whole) != 0)
        return false;
    if (whole == bytes)
        return true;
    uint8_t mask = (uint8_t)(0xff00u >> (bits % 8));
    return ((a->b[whole] ^ net->b[whole]) & mask) == 0;
}

struct addr addr_solicited_node(const struct addr *a) {
    static const uint8_t prefix[16] = {0xff, 0x02, [11] = 0x01, [12] = 0xff};
    struct addr group = addr_v6(prefix, a->zone);
    memcpy(group.b + 13, a->b + 13, 3);
    return group;
}

void addr_multicast_mac(const struct addr *a, uint8_t mac[MAC_LEN]) {
    mac[0] = mac[1] = 0x33;
    memcpy(mac + 2, a->b + 12, 4);
}
