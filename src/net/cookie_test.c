/* Tests of the cookie: stable, and different for every part of the question. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/siphash.h"
#include "net/cookie.h"

static const struct cookie_key key = {{UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)}};

static void test_layout(void **state) {
    (void)state;
    struct addr four = addr_v4(0xc0000201);
    static const uint8_t bytes4[10] = {0x01, 0xbb, 0xc0, 0x01, 3, 4, 192, 0, 2, 1};
    assert_true(cookie_of(&key, &four, 443, 0xc001, 3) == siphash(key.k, bytes4, sizeof bytes4));
    static const uint8_t bytes6[22] = {0x01, 0xbb, 0xc0, 0x01, 3, 6, 0x20, 0x01, 0x0d, 0xb8, [21] = 1};
    struct addr six = addr_v6(bytes6 + 6, 0);
    assert_true(cookie_of(&key, &six, 443, 0xc001, 3) == siphash(key.k, bytes6, sizeof bytes6));
    struct addr zoned = addr_v6(bytes6 + 6, 5);
    assert_true(cookie_of(&key, &zoned, 443, 0xc001, 3) == cookie_of(&key, &six, 443, 0xc001, 3));
}

static void test_every_part_counts(void **state) {
    (void)state;
    static const uint8_t mapped[16] = {192, 0, 2, 1};
    struct addr a = addr_v4(0xc0000201), b = addr_v4(0xc0000202), six = addr_v6(mapped, 0);
    struct cookie_key other = key;
    other.k[1]++;
    const uint64_t all[] = {
        cookie_of(&key, &a, 443, 5, 0),   cookie_of(&key, &b, 443, 5, 0), cookie_of(&key, &six, 443, 5, 0),
        cookie_of(&key, &a, 444, 5, 0),   cookie_of(&key, &a, 443, 6, 0), cookie_of(&key, &a, 443, 5, 1),
        cookie_of(&other, &a, 443, 5, 0), cookie_of(&key, &a, 5, 443, 0),
    };
    for (size_t i = 0; i < LL_COUNT(all); i++)
        for (size_t j = 0; j < i; j++) {
            assert_true((uint32_t)all[i] != (uint32_t)all[j]);
            assert_true((uint16_t)all[i] != (uint16_t)all[j]);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_every_part_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
