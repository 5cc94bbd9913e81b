/* xoshiro256**, seeded through splitmix64 so that similar seeds give unlike sequences; see rng.h. */
#include "base/rng.h"

__extension__ typedef unsigned __int128 wide;

static uint64_t splitmix(uint64_t *state) {
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t rotate(uint64_t x, unsigned by) {
    return x << by | x >> (64 - by);
}

void rng_seed(struct rng *r, uint64_t seed) {
    for (size_t i = 0; i < LL_COUNT(r->s); i++)
        r->s[i] = splitmix(&seed);
}

uint64_t rng_u64(struct rng *r) {
    uint64_t *s = r->s;
    uint64_t result = rotate(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

/* Multiplication instead of division; the low half tells the draws that would favour small results (Lemire, "Fast
 * random integer generation in an interval", 2019). */
uint64_t rng_below(struct rng *r, uint64_t n) {
    if (n == 0)
        return 0;
    wide product = (wide)rng_u64(r) * n;
    if ((uint64_t)product < n) {
        uint64_t unfair = (0 - n) % n;
        while ((uint64_t)product < unfair)
            product = (wide)rng_u64(r) * n;
    }
    return (uint64_t)(product >> 64);
}

double rng_real(struct rng *r) {
    return (double)(rng_u64(r) >> 11) * 0x1p-53;
}
