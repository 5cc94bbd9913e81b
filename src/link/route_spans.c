#include "link/route_spans.h"

#include <stdlib.h>

#define FIRST 64
#define SOURCE_BITS 64 /* of an IPv6 address: longer prefixes do not choose between our addresses */

void route_spans_init(struct route_spans *s) {
    *s = (struct route_spans){0};
}

void route_spans_finish(struct route_spans *s) {
    free(s->v4.v);
    free(s->v6.v);
    *s = (struct route_spans){0};
}

static bool border_add(struct route_borders *b, u128 at) {
    if (b->n == ROUTE_SPANS_MAX)
        return false;
    if (b->n == b->cap) {
        size_t cap = b->cap ? 2 * b->cap : FIRST;
        u128 *v = reallocarray(b->v, cap, sizeof *v);
        if (!v)
            return false;
        b->v = v;
        b->cap = cap;
    }
    b->v[b->n++] = at;
    return true;
}

bool route_spans_add(struct route_spans *s, const struct addr *net, unsigned bits) {
    unsigned all = (unsigned)addr_bytes(net) * 8;
    if (bits == 0 || all == 0)
        return true;
    unsigned host = bits < all ? all - bits : 0;
    struct route_borders *b = net->family == ADDR_V6 ? &s->v6 : &s->v4;
    u128 first = addr_number(net) >> host << host, behind = first + ((u128)1 << host);
    /* Behind the last address of all nothing begins; of IPv6 the number itself runs over. */
    bool last = behind == 0 || (all == 32 && behind >> 32);
    return border_add(b, first) && (last || border_add(b, behind));
}

static int border_compare(const void *a, const void *b) {
    u128 x = *(const u128 *)a, y = *(const u128 *)b;
    return (x > y) - (x < y);
}

void route_spans_seal(struct route_spans *s) {
    if (s->v4.n)
        qsort(s->v4.v, s->v4.n, sizeof *s->v4.v, border_compare);
    if (s->v6.n)
        qsort(s->v6.v, s->v6.n, sizeof *s->v6.v, border_compare);
}

/* The last border that is not behind the address; 0 = none. */
static u128 border_before(const struct route_borders *b, u128 at) {
    size_t low = 0, high = b->n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (b->v[mid] <= at)
            low = mid + 1;
        else
            high = mid;
    }
    return low ? b->v[low - 1] : 0;
}

struct addr route_spans_first(const struct route_spans *s, const struct addr *a) {
    u128 at = addr_number(a);
    if (a->family == ADDR_V4)
        return addr_v4((uint32_t)border_before(&s->v4, at));
    u128 first = border_before(&s->v6, at), net = at >> SOURCE_BITS << SOURCE_BITS;
    return addr_from_number(ADDR_V6, first > net ? first : net, 0);
}
