#include "base/num.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_integers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool decimal, any;
        uint64_t value, any_value;
    } cases[] = {
        {"0", true, true, 0, 0},
        {"65535", true, true, 65535, 65535},
        {"010", true, true, 10, 8},
        {"18446744073709551615", true, true, UINT64_MAX, UINT64_MAX},
        {"18446744073709551616", false, false, 0, 0},
        {"99999999999999999999", false, false, 0, 0},
        {"0x1F", false, true, 0, 31},
        {"0X1f", false, true, 0, 31},
        {"0xffffffffffffffff", false, true, 0, UINT64_MAX},
        {"0x10000000000000000", false, false, 0, 0},
        {"0x", false, false, 0, 0},
        {"0xg", false, false, 0, 0},
        {"08", true, false, 8, 0},
        {"", false, false, 0, 0},
        {"+1", false, false, 0, 0},
        {"-1", false, false, 0, 0},
        {" 1", false, false, 0, 0},
        {"1 ", false, false, 0, 0},
        {"1.", false, false, 0, 0},
        {"1a", false, false, 0, 0},
    };
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        uint64_t n = 0;
        assert_int_equal(num_u64(slice_of(cases[i].text), &n), cases[i].decimal);
        assert_int_equal(n, cases[i].value);
        n = 0;
        assert_int_equal(num_any_base(slice_of(cases[i].text), &n), cases[i].any);
        assert_int_equal(n, cases[i].any_value);
    }
    uint64_t n = 7;
    assert_false(num_u64(slice_of(NULL), &n));
    assert_false(num_u64(((struct slice){"1\0", 2}), &n));
    assert_false(num_u64_max(SLICE("256"), 255, &n));
    assert_int_equal(n, 7);
    assert_true(num_u64_max(SLICE("255"), 255, &n));
    assert_int_equal(n, 255);
}

static void test_real(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        double value;
    } cases[] = {{"0.5", true, 0.5},
                 {"1", true, 1},
                 {".25", true, 0.25},
                 {"3.", true, 3},
                 {"0.1", true, 0.1},
                 {".", false, 0},
                 {"", false, 0},
                 {"1.2.3", false, 0},
                 {"1e5", false, 0},
                 {"nan", false, 0},
                 {"-1", false, 0},
                 {"inf", false, 0},
                 {"1,5", false, 0},
                 {"0x1", false, 0},
                 {"99999999999999999999", false, 0},
                 {"0.3333333333333333333333333333333", true, 1.0 / 3}};
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        double v = 0;
        assert_int_equal(num_real(slice_of(cases[i].text), &v), cases[i].ok);
        assert_true(v - cases[i].value < 1e-15 && cases[i].value - v < 1e-15);
    }
    double v;
    assert_false(num_real(SLICE("0.33333333333333333333333333333x"), &v));
}

static void test_duration(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        int64_t ns;
        bool unit;
    } cases[] = {
        {"30", true, 30 * NS_PER_S, false},
        {"1.5", true, 1500 * NS_PER_MS, false},
        {"100ms", true, 100 * NS_PER_MS, true},
        {"0.25MS", true, 250 * NS_PER_US, true},
        {"2s", true, 2 * NS_PER_S, true},
        {"30m", true, 1800 * NS_PER_S, true},
        {"24H", true, 86400 * NS_PER_S, true},
        {"0.0000000019", true, 1, false},
        {"9223372036", true, 9223372036 * NS_PER_S, false},
        {"9223372037", false, 0, false},
        {"9999999999999999h", false, 0, false},
        {"", false, 0, false},
        {"ms", false, 0, false},
        {"s", false, 0, false},
        {"1 s", false, 0, false},
        {"1ss", false, 0, false},
        {"1d", false, 0, false},
        {"-1s", false, 0, false},
    };
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        int64_t ns = 0;
        bool unit = false;
        assert_int_equal(num_duration_ns(slice_of(cases[i].text), &ns, &unit), cases[i].ok);
        assert_int_equal(ns, cases[i].ns);
        assert_int_equal(unit, cases[i].unit);
    }
    int64_t ns;
    assert_true(num_duration_ns(SLICE("5"), &ns, NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_real),
        cmocka_unit_test(test_duration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
