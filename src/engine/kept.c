#include "engine/kept.h"

#define KEPT_BYTES (16U << 20)
#define KEPT_MAX (1U << 16)

struct kept_result {
    struct kept_result *next;
    size_t bytes;
    struct arena arena;         /* of the services */
    struct host_result r;       /* `given` and `others` belong to the target space */
    struct port_result ports[]; /* and the reverse name behind them */
};

void kept_init(struct kept_results *k, const uint64_t seed[2]) {
    *k = (struct kept_results){.first = NULL};
    map_init(&k->by_addr, sizeof(struct addr), KEPT_MAX, seed);
}

static void kept_free(struct kept_result *one) {
    arena_finish(&one->arena);
    free(one);
}

static void kept_drop_oldest(struct kept_results *k) {
    struct kept_result *old = k->first;
    k->first = old->next;
    if (!k->first)
        k->last = NULL;
    k->bytes -= old->bytes;
    map_remove(&k->by_addr, &old->r.addr);
    kept_free(old);
}

void kept_finish(struct kept_results *k) {
    while (k->first)
        kept_drop_oldest(k);
    map_finish(&k->by_addr);
}

static struct kept_result *kept_copy(const struct host_result *r) {
    size_t ports = r->n_ports * sizeof *r->ports, bytes = sizeof(struct kept_result) + ports + r->ptr.n;
    struct kept_result *one = bytes <= KEPT_BYTES / 4 ? malloc(bytes) : NULL;
    if (!one)
        return NULL;
    *one = (struct kept_result){.bytes = bytes, .r = *r};
    if (ports)
        memcpy(one->ports, r->ports, ports);
    one->r.ports = ports ? one->ports : NULL;
    char *name = (char *)(one->ports + r->n_ports);
    if (r->ptr.n)
        memcpy(name, r->ptr.p, r->ptr.n);
    one->r.ptr = (struct slice){name, r->ptr.n};
    arena_init(&one->arena, "kept services", KEPT_BYTES / 4);
    one->r.services = NULL;
    if (r->n_services)
        one->r.services = service_results_copy(&one->arena, r->services, r->n_services);
    if (r->n_services && !one->r.services) {
        kept_free(one);
        return NULL;
    }
    one->bytes += one->arena.used;
    return one;
}

void kept_add(struct kept_results *k, const struct host_result *r) {
    if (!r->given.n || map_get(&k->by_addr, &r->addr))
        return;
    struct kept_result *one = kept_copy(r);
    if (!one)
        return;
    while (k->first && (k->bytes + one->bytes > KEPT_BYTES || k->by_addr.n == KEPT_MAX))
        kept_drop_oldest(k);
    if (!map_put(&k->by_addr, &one->r.addr, one)) {
        kept_free(one);
        return;
    }
    k->bytes += one->bytes;
    if (k->last)
        k->last->next = one;
    else
        k->first = one;
    k->last = one;
}

const struct host_result *kept_find(const struct kept_results *k, const struct addr *a) {
    const struct kept_result *one = map_get(&k->by_addr, a);
    return one ? &one->r : NULL;
}
