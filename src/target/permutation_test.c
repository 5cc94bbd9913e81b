#include "base/rng.h"
#include "target/target.h"

#include <time.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static uint64_t fresh_seed(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t seed = (uint64_t)now.tv_sec * 1000000007u + (uint64_t)now.tv_nsec;
    print_message("seed %llu\n", (unsigned long long)seed);
    return seed;
}

/* Every target once: each value is hit, none twice, and the inverse finds back. */
static void test_bijection(void **state) {
    (void)state;
    static const uint32_t sizes[] = {1, 2, 3, 4, 5, 15, 16, 17, 255, 256, 257, 1000, 65535, 65536, 65537, 262145};
    uint64_t seed = fresh_seed();
    for (size_t i = 0; i < LL_COUNT(sizes); i++) {
        struct permutation p;
        permutation_init(&p, sizes[i], seed + i);
        uint8_t *hit = calloc(sizes[i], 1);
        assert_non_null(hit);
        for (uint32_t k = 0; k < sizes[i]; k++) {
            u128 v = permutation_at(&p, k);
            assert_true(v < sizes[i]);
            assert_int_equal(hit[v], 0);
            hit[v] = 1;
            assert_true(permutation_inverse(&p, v) == k);
        }
        free(hit);
    }
}

static void test_large_spaces(void **state) {
    (void)state;
    uint64_t seed = fresh_seed();
    struct rng r;
    rng_seed(&r, seed);
    const u128 sizes[] = {(u128)1 << 24,       ((u128)1 << 32) + 1, (u128)1 << 64, (u128)1 << 80,
                          ((u128)1 << 80) + 7, (u128)1 << 100,      ~(u128)0};
    for (size_t i = 0; i < LL_COUNT(sizes); i++) {
        struct permutation p;
        permutation_init(&p, sizes[i], rng_u64(&r));
        for (size_t k = 0; k < 20000; k++) {
            u128 at = ((u128)rng_u64(&r) << 64 | rng_u64(&r)) % sizes[i];
            u128 v = permutation_at(&p, at);
            assert_true(v < sizes[i]);
            assert_true(permutation_inverse(&p, v) == at);
            assert_true(permutation_at(&p, permutation_inverse(&p, at)) == at);
        }
    }
}

static void test_edges(void **state) {
    (void)state;
    struct permutation p;
    permutation_init(&p, 0, 1);
    assert_true(permutation_at(&p, 0) == 0);
    assert_true(permutation_inverse(&p, 5) == 5);
    permutation_init(&p, 10, 1);
    assert_true(permutation_at(&p, 10) == 10);
}

/* Neighbours in time must not be neighbours in the network, and two seeds must not give the same order. */
static void test_order_is_spread(void **state) {
    (void)state;
    uint64_t seed = fresh_seed();
    struct permutation p, other;
    permutation_init(&p, 1 << 16, seed);
    permutation_init(&other, 1 << 16, seed + 1);
    size_t same_net = 0, same_place = 0, fixed = 0;
    for (uint32_t i = 0; i + 1 < 1 << 16; i++) {
        uint32_t a = (uint32_t)permutation_at(&p, i), b = (uint32_t)permutation_at(&p, i + 1);
        same_net += a >> 8 == b >> 8;
        same_place += a == (uint32_t)permutation_at(&other, i);
        fixed += a == i;
    }
    assert_in_range(same_net, 150, 370); /* 256 expected */
    assert_true(same_place < 20);        /* 1 expected */
    assert_true(fixed < 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bijection),
        cmocka_unit_test(test_large_spaces),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_order_is_spread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
