/* Spans of addresses that have one way: between two borders of prefixes in the routing tables and rules of the machine
 * the kernel gives the same answer for every address, so that a sweep need not ask for each one. IPv6 spans end at each
 * /64, too: the kernel chooses our address by the destination's. */
#ifndef LL_LINK_ROUTE_SPANS_H
#define LL_LINK_ROUTE_SPANS_H

#include "net/addr.h"

#define ROUTE_SPANS_MAX 65536 /* borders of one family */

struct route_borders {
    u128 *v;
    size_t n, cap;
};

struct route_spans {
    struct route_borders v4, v6; /* ascending once sealed */
};

void route_spans_init(struct route_spans *s);
void route_spans_finish(struct route_spans *s);
/* Both ends of a prefix are borders. False: no memory, or more than ROUTE_SPANS_MAX. */
bool route_spans_add(struct route_spans *s, const struct addr *net, unsigned bits) LL_MUST_USE;
void route_spans_seal(struct route_spans *s);
/* The first address of a's span, without a zone. */
struct addr route_spans_first(const struct route_spans *s, const struct addr *a);

#endif
