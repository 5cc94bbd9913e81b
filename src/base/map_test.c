#include "base/map.h"
#include "base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const uint64_t seed[2] = {1, 2};
static int things[4000];

/* Compares with a plain array through a long run of random changes. */
static void test_against_array(void **state) {
    (void)state;
    struct rng r;
    rng_seed(&r, 42);
    struct map m;
    map_init(&m, 8, 100000, seed);
    static void *expected[4000];
    size_t n = 0;
    for (size_t step = 0; step < 200000; step++) {
        uint64_t key = rng_below(&r, LL_COUNT(expected));
        void *value = &things[rng_below(&r, LL_COUNT(things))];
        if (rng_below(&r, step / 50000 % 2 ? 10 : 3) > 0) {
            assert_ptr_equal(map_remove(&m, &key), expected[key]);
            n -= expected[key] ? 1 : 0;
            expected[key] = NULL;
        } else {
            assert_true(map_put(&m, &key, value));
            n += expected[key] ? 0 : 1;
            expected[key] = value;
        }
        assert_int_equal(m.n, n);
    }
    for (uint64_t key = 0; key < LL_COUNT(expected); key++)
        assert_ptr_equal(map_get(&m, &key), expected[key]);
    size_t at = 0, seen = 0;
    const void *key;
    void *value;
    for (; map_next(&m, &at, &key, &value); seen++) {
        uint64_t k;
        memcpy(&k, key, sizeof k);
        assert_ptr_equal(value, expected[k]);
    }
    assert_int_equal(seen, n);
    map_finish(&m);
}

static void test_ceiling(void **state) {
    (void)state;
    struct map m;
    map_init(&m, 1, 2, seed);
    assert_null(map_get(&m, "a"));
    assert_null(map_remove(&m, "a"));
    assert_true(map_put(&m, "a", things));
    assert_true(map_put(&m, "b", things));
    assert_false(map_put(&m, "c", things));
    assert_true(map_put(&m, "b", things + 1));
    assert_ptr_equal(map_get(&m, "b"), things + 1);
    assert_ptr_equal(map_remove(&m, "a"), things);
    assert_true(map_put(&m, "c", things));
    map_finish(&m);
    map_finish(&m);
    size_t at = 0;
    const void *key;
    void *value;
    assert_false(map_next(&m, &at, &key, &value));
}

static void test_odd_key_size(void **state) {
    (void)state;
    struct map m;
    map_init(&m, 24, 1000, seed);
    uint8_t key[24] = {0};
    for (size_t i = 0; i < 1000; i++) {
        key[23] = (uint8_t)i;
        key[0] = (uint8_t)(i >> 8);
        assert_true(map_put(&m, key, &things[i]));
    }
    for (size_t i = 0; i < 1000; i++) {
        key[23] = (uint8_t)i;
        key[0] = (uint8_t)(i >> 8);
        assert_ptr_equal(map_get(&m, key), &things[i]);
    }
    map_finish(&m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_array),
        cmocka_unit_test(test_ceiling),
        cmocka_unit_test(test_odd_key_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
