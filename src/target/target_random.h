/* Random public IPv4 addresses: what is left of 2^32 without special-purpose blocks and excluded ranges, permuted. No
 * address comes twice, and the i-th is found without the ones before it. */
#ifndef LL_TARGET_TARGET_RANDOM_H
#define LL_TARGET_TARGET_RANDOM_H

#include "target/target.h"

struct target_random {
    struct addr_range *v; /* what is left, ascending */
    uint64_t *before;     /* addresses in front of each */
    size_t n;
    uint64_t size;
    struct permutation order;
};

bool target_random_make(struct target_random *r, const struct rangeset *excludes, uint64_t seed, struct arena *arena,
                        struct err *e) LL_MUST_USE;
uint32_t target_random_nth(const struct target_random *r, uint64_t i); /* host order; i below the size */

#endif
