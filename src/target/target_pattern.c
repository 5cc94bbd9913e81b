/* Octet patterns; see target_pattern.h. Addresses are counted in mixed radix: each octet is a digit whose base is the
 * number of its values. */
#include "target/target_pattern.h"

static bool has(const uint64_t set[4], unsigned v) {
    return set[v / 64] >> (v % 64) & 1;
}

/* How many bits of octet k lie behind the mask. */
static unsigned host_bits_of(unsigned k, unsigned bits) {
    unsigned end = 8 * (k + 1);
    if (bits >= end)
        return 0;
    return end - bits < 8 ? end - bits : 8;
}

void target_pattern_make(const struct target_expr *x, struct target_pattern *out) {
    for (unsigned k = 0; k < 4; k++) {
        unsigned free_bits = host_bits_of(k, x->bits);
        bool reachable[256] = {false};
        for (unsigned v = 0; v < 256; v++)
            if (has(x->octets[k], v))
                reachable[v >> free_bits] = true;
        out->counts[k] = 0;
        for (unsigned v = 0; v < 256; v++)
            if (reachable[v >> free_bits])
                out->values[k][out->counts[k]++] = (uint8_t)v;
    }
}

uint64_t target_pattern_size(const struct target_pattern *p) {
    return (uint64_t)p->counts[0] * p->counts[1] * p->counts[2] * p->counts[3];
}

uint32_t target_pattern_nth(const struct target_pattern *p, uint64_t i) {
    uint32_t address = 0;
    for (unsigned k = 4; k-- > 0;) {
        address |= (uint32_t)p->values[k][i % p->counts[k]] << (8 * (3 - k));
        i /= p->counts[k];
    }
    return address;
}
