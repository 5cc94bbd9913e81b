/* Sorted lists of address ranges, for exclusion and for special-purpose registries. */
#ifndef LL_NET_PREFIX_H
#define LL_NET_PREFIX_H

#include "net/addr.h"

struct addr_range {
    struct addr first, last; /* same family; both included */
};

enum { RANGESET_MAX = 1 << 22 }; /* ranges before merging */

struct rangeset {
    struct addr_range *v;
    size_t n;
    size_t cap;
    bool sealed; /* an empty set is */
};

void rangeset_init(struct rangeset *s);
void rangeset_finish(struct rangeset *s);
/* False: no memory, more than RANGESET_MAX, or not a range (families differ, first > last, too many bits). The zone is
 * dropped. Unseals the set. */
bool rangeset_add(struct rangeset *s, const struct addr *first, const struct addr *last) LL_MUST_USE;
bool rangeset_add_prefix(struct rangeset *s, const struct addr *net, unsigned bits) LL_MUST_USE;
void rangeset_seal(struct rangeset *s);                            /* sorts and merges; needed before rangeset_has */
bool rangeset_has(const struct rangeset *s, const struct addr *a); /* zone is ignored; O(log n) */

#endif
