/* Who is up in a range and what its ports do: lots drawn by hashing, so that a population of any size is one line. */
#include "sim_world.h"

/* splitmix64's finaliser: well mixed and cheap; nobody attacks a simulation. */
static uint64_t mix(uint64_t x) {
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static double lot(uint64_t seed, const struct addr *a, uint64_t what) {
    u128 n = addr_number(a);
    uint64_t h = mix(mix(mix(seed ^ (uint64_t)(n >> 64)) ^ (uint64_t)n) ^ what);
    return (double)(h >> 11) * 0x1p-53;
}

bool sim_block_has(const struct sim_block *b, const struct addr *a) {
    if (!b->range || a->family != b->first.family)
        return false;
    u128 n = addr_number(a);
    return n >= addr_number(&b->first) && n <= addr_number(&b->last);
}

bool sim_block_up(const struct sim_block *b, const struct addr *a) {
    return !b->range || b->up >= 1 || lot(b->seed, a, UINT64_MAX) < b->up;
}

static const struct sim_action *sure_action(const struct sim_block *b, uint16_t port) {
    size_t low = 0, high = b->n_ports;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (b->ports[mid].last < port)
            low = mid + 1;
        else
            high = mid;
    }
    bool hit = low < b->n_ports && b->ports[low].first <= port;
    return hit ? &b->actions[b->ports[low].action] : &b->m.otherwise;
}

struct sim_action sim_block_action(const struct sim_block *b, const struct addr *a, uint16_t port) {
    for (size_t i = 0; i < b->n_chances; i++) {
        const struct sim_chance_rule *c = &b->chances[i];
        if (port >= c->ports.first && port <= c->ports.last && lot(b->seed, a, ((uint64_t)i << 16) | port) < c->chance)
            return b->actions[c->ports.action];
    }
    return *sure_action(b, port);
}

struct sim_action sim_block_udp(const struct sim_block *b, uint16_t port) {
    for (size_t i = b->n_udp; i-- > 0;)
        if (port >= b->udp[i].first && port <= b->udp[i].last)
            return b->actions[b->udp[i].action];
    return b->m.udp;
}

void sim_default_mac(const struct addr *a, uint8_t mac[MAC_LEN]) {
    uint64_t n = mix((uint64_t)addr_number(a) ^ a->family);
    mac[0] = 0x02;
    for (int i = 1; i < MAC_LEN; i++)
        mac[i] = (uint8_t)(n >> (8 * i));
}
