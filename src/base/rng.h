/* Random numbers for order and jitter, not for secrets: xoshiro256** (Blackman, Vigna 2018) seeded through splitmix64.
 * The seed enters through the door (io/door.h), so a run can be repeated. */
#ifndef LL_BASE_RNG_H
#define LL_BASE_RNG_H

#include "base/base.h"

struct rng {
    uint64_t s[4];
};

void rng_seed(struct rng *r, uint64_t seed);
uint64_t rng_u64(struct rng *r);
uint64_t rng_below(struct rng *r, uint64_t n); /* uniform in [0, n); 0 for n = 0 */
double rng_real(struct rng *r);                /* uniform in [0, 1) */

#endif
