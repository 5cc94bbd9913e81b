/* Simulated hosts: made from the world's data when they are first met, with their counters and rate limits. */
#include <string.h>

#include "sim_parts.h"

enum { HOSTS_MAX = 1 << 24, ABSENT_MAX = 1 << 24 };

static struct addr without_zone(const struct addr *a) {
    struct addr plain = *a;
    plain.zone = 0;
    return plain;
}

static struct sim_host *make_host(struct sim *s, const struct addr *a, const struct sim_block *b) {
    struct sim_host *h = arena_alloc(&s->arena, sizeof *h);
    if (!h || !map_put(&s->hosts, a, h))
        return NULL;
    h->addr = *a;
    h->block = b;
    h->id = s->n_hosts++;
    const struct sim_gateway *g = sim_gateway_of(s, a);
    if (g)
        memcpy(h->mac, g->mac, MAC_LEN);
    else if (b->m.has_mac)
        memcpy(h->mac, b->m.mac, MAC_LEN);
    else
        sim_default_mac(a, h->mac);
    h->next = s->all;
    s->all = h;
    return h;
}

bool sim_hosts_init(struct sim *s, struct err *e) {
    uint64_t seed[2] = {rng_u64(&s->rng), rng_u64(&s->rng)};
    map_init(&s->hosts, sizeof(struct addr), HOSTS_MAX, seed);
    map_init(&s->absent, sizeof(struct addr), ABSENT_MAX, seed);
    for (const struct sim_host_line *l = s->world->hosts; l; l = l->next)
        if (!map_get(&s->hosts, &l->addr) && !make_host(s, &l->addr, l->block))
            return err_set(e, ERR_MEMORY, "the simulation does not fit in memory");
    return true;
}

const struct sim_block *sim_block_at(const struct sim *s, const struct addr *addr, const struct sim_block **absent) {
    struct addr a = without_zone(addr);
    const struct sim_host *h = map_get(&s->hosts, &a);
    *absent = NULL;
    if (h)
        return h->block;
    if (sim_is_own(s, &a))
        return &s->world->local;
    for (const struct sim_block *b = s->world->blocks; b; b = b->next) {
        if (!sim_block_has(b, &a))
            continue;
        if (sim_block_up(b, &a))
            return b;
        *absent = b;
        return NULL;
    }
    return NULL;
}

struct sim_host *sim_host_at(struct sim *s, const struct addr *addr, const struct sim_block **absent) {
    struct addr a = without_zone(addr);
    struct sim_host *h = map_get(&s->hosts, &a);
    *absent = NULL;
    if (h)
        return h;
    const struct sim_block *b = sim_block_at(s, &a, absent);
    if (b)
        return make_host(s, &a, b);
    uintptr_t seen = (uintptr_t)map_get(&s->absent, &a);
    if (!map_put(&s->absent, &a, (void *)(seen + 1)))
        snprintf(s->complaint, sizeof s->complaint, "too many addresses where nobody is");
    return NULL;
}

bool sim_host_alive(const struct sim_host *h, int64_t at) {
    int64_t age = at - SIM_LOOP_START;
    const struct sim_manner *m = &h->block->m;
    bool died = m->dies >= 0 && age >= m->dies;
    return !died || (m->returns >= 0 && age >= m->returns);
}

bool sim_host_may(struct sim *s, struct sim_host *h, enum sim_limit which, int64_t at) {
    const struct sim_rate *r = &h->block->m.limit[which];
    struct sim_bucket *b = &h->limit[which];
    if (r->per_s <= 0)
        return true;
    if (b->last == 0)
        b->tokens = r->burst;
    else if (at > b->last)
        b->tokens += (double)(at - b->last) * r->per_s / (double)NS_PER_S;
    if (b->tokens > r->burst)
        b->tokens = r->burst;
    b->last = ll_max_i64(b->last, at);
    if (b->tokens < 1) {
        s->count.limited++;
        return false;
    }
    b->tokens -= 1;
    return true;
}

static void meter_add(struct sim_meter *m, int64_t now) {
    const int64_t slots = LL_COUNT(m->count);
    int64_t slot = now / (10 * NS_PER_MS);
    for (int64_t i = ll_max_i64(m->slot + 1, slot - slots + 1); i <= slot; i++) {
        m->sum -= m->count[i % slots];
        m->count[i % slots] = 0;
    }
    m->slot = slot;
    m->count[slot % slots]++;
    m->sum++;
    if (m->sum > m->max)
        m->max = m->sum;
}

void sim_host_meter(struct sim *s, struct sim_host *h) {
    int64_t now = sim_loop_time(s->loop);
    meter_add(&s->meter, now);
    s->count.max_100ms = s->meter.max;
    if (h)
        meter_add(&h->meter, now);
}

bool sim_is_own(const struct sim *s, const struct addr *a) {
    if (addr_is_loopback(a))
        return true;
    for (size_t i = 1; i < s->world->n_interfaces; i++)
        for (size_t k = 0; k < s->world->interfaces[i].n; k++)
            if (addr_eq(&s->world->interfaces[i].addr[k], a))
                return true;
    return false;
}

const struct sim_interface *sim_interface_of(const struct sim *s, const struct addr *dst) {
    const struct sim_interface *best = NULL;
    unsigned longest = 0;
    for (size_t i = 1; i < s->world->n_interfaces; i++) {
        const struct sim_interface *in = &s->world->interfaces[i];
        for (size_t k = 0; k < in->n; k++)
            if (in->addr[k].family == dst->family && addr_in_prefix(dst, &in->addr[k], in->bits[k]) &&
                (!best || in->bits[k] > longest)) {
                best = in;
                longest = in->bits[k];
            }
    }
    return best;
}

const struct sim_gateway *sim_gateway_of(const struct sim *s, const struct addr *a) {
    for (size_t i = 0; i < s->world->n_gateways; i++)
        if (addr_eq(&s->world->gateways[i].addr, a))
            return &s->world->gateways[i];
    return NULL;
}
