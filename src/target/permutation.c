/* Keyed permutation of [0, n); see target.h. The network permutes the next even power of two; a value that falls
 * outside [0, n) is permuted again until it falls inside ("cycle walking", Black and Rogaway 2002), which takes fewer
 * than four steps on average because the power is less than four times n. The order must look random to a network,
 * not to a cryptographer, so the round function is an integer mixer and no cipher. */
#include "target/target.h"

#include "base/rng.h"

enum { ROUNDS = 6 };

_Static_assert(ROUNDS == LL_COUNT(((struct permutation *)0)->key), "a key for each round");

void permutation_init(struct permutation *p, u128 n, uint64_t seed) {
    *p = (struct permutation){.n = n};
    while (p->half_bits < 64 && ((u128)1 << (2 * p->half_bits)) < n)
        p->half_bits++;
    struct rng r;
    rng_seed(&r, seed);
    for (unsigned i = 0; i < ROUNDS; i++)
        p->key[i] = rng_u64(&r);
}

static uint64_t half_mask(unsigned bits) {
    return bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

/* The high half of the product depends on every bit of x; it is folded onto the low half, which does not. */
static inline uint64_t mix(uint64_t x, uint64_t key) {
    x = (x ^ key) * UINT64_C(0xbf58476d1ce4e5b9);
    return x ^ (x >> 32);
}

static u128 forward(const struct permutation *p, u128 v) {
    uint64_t mask = half_mask(p->half_bits);
    uint64_t left = (uint64_t)(v >> p->half_bits) & mask, right = (uint64_t)v & mask;
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t next = left ^ (mix(right, p->key[i]) & mask);
        left = right;
        right = next;
    }
    return (u128)left << p->half_bits | right;
}

static u128 backward(const struct permutation *p, u128 v) {
    uint64_t mask = half_mask(p->half_bits);
    uint64_t left = (uint64_t)(v >> p->half_bits) & mask, right = (uint64_t)v & mask;
    for (unsigned i = ROUNDS; i-- > 0;) {
        uint64_t before = right ^ (mix(left, p->key[i]) & mask);
        right = left;
        left = before;
    }
    return (u128)left << p->half_bits | right;
}

u128 permutation_at(const struct permutation *p, u128 i) {
    if (i >= p->n)
        return i;
    do
        i = forward(p, i);
    while (i >= p->n);
    return i;
}

u128 permutation_inverse(const struct permutation *p, u128 v) {
    if (v >= p->n)
        return v;
    do
        v = backward(p, v);
    while (v >= p->n);
    return v;
}
