#include "target/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool octet_has(const struct target_expr *x, unsigned octet, unsigned v) {
    return x->octets[octet][v / 64] >> (v % 64) & 1;
}

static unsigned octet_count(const struct target_expr *x, unsigned octet) {
    unsigned n = 0;
    for (unsigned v = 0; v < 256; v++)
        n += octet_has(x, octet, v) ? 1 : 0;
    return n;
}

static void test_patterns(void **state) {
    (void)state;
    static const struct {
        const char *text;
        unsigned counts[4];
        unsigned bits;
    } cases[] = {
        {"10.0.0.1", {1, 1, 1, 1}, 32},         {"010.000.0.001", {1, 1, 1, 1}, 32},
        {"10.0.0,1,3-7.-", {1, 1, 7, 256}, 32}, {"*.*.*.*", {256, 256, 256, 256}, 32},
        {"-.-.-.-", {256, 256, 256, 256}, 32},  {"10.-5.250-.1-2,2-3", {1, 6, 6, 3}, 32},
        {"10.0.0.0/8", {1, 1, 1, 1}, 8},        {"0.0.0.0/0", {1, 1, 1, 1}, 0},
        {"10.0-1.0.5/24", {1, 2, 1, 1}, 24},    {"10.0.0.1/32", {1, 1, 1, 1}, 32},
        {"10.0.0.1,*", {1, 1, 1, 256}, 32},
    };
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct target_expr x;
        struct err e = {0};
        if (!target_parse(slice_of(cases[i].text), &x, &e))
            fail_msg("%s", e.text);
        assert_int_equal(x.kind, TARGET_PATTERN);
        assert_int_equal(x.bits, cases[i].bits);
        for (unsigned k = 0; k < 4; k++)
            assert_int_equal(octet_count(&x, k), cases[i].counts[k]);
    }
    struct target_expr x;
    assert_true(target_parse(SLICE("10.0.0.250-"), &x, NULL));
    assert_true(octet_has(&x, 3, 250));
    assert_true(octet_has(&x, 3, 255));
    assert_false(octet_has(&x, 3, 249));
}

static void test_names_and_ipv6(void **state) {
    (void)state;
    struct target_expr x;
    struct err e;
    static const char *const names[] = {"localhost", "a", "scanme.example.org", "_dmarc.example.", "1.2.3.4x", "x-1_y"};
    for (size_t i = 0; i < LL_COUNT(names); i++) {
        assert_true(target_parse(slice_of(names[i]), &x, &e));
        assert_int_equal(x.kind, TARGET_NAME);
        assert_int_equal(x.bits, 255);
        assert_true(slice_eq(x.name, slice_of(names[i])));
    }
    assert_true(target_parse(SLICE("router.example/28"), &x, &e));
    assert_true(slice_eq(x.name, SLICE("router.example")));
    assert_int_equal(x.bits, 28);
    assert_true(target_parse(SLICE("2001:db8::1"), &x, &e));
    assert_int_equal(x.kind, TARGET_PREFIX6);
    assert_int_equal(x.bits, 128);
    assert_int_equal(x.net.b[15], 1);
    assert_true(target_parse(SLICE("2001:db8::/32"), &x, &e));
    assert_int_equal(x.bits, 32);
    assert_true(target_parse(SLICE("fe80::1%1/120"), &x, &e));
    assert_int_equal(x.net.zone, 1);
    assert_int_equal(x.bits, 120);
    assert_true(target_parse(SLICE("::ffff:192.0.2.1"), &x, &e));
    assert_int_equal(x.kind, TARGET_PREFIX6);
}

static void test_refused(void **state) {
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "empty"},
        {"192.168.1.300", "octet 300 is above 255"},
        {"1.2.3.0-99999999999999999999999", "99999999999999999999999 is above 255"},
        {"192.168.1", "has four octets, this has 3"},
        {"1.2.3.4.5", "has four octets, this has 5"},
        {"1234", "has four octets, this has 1"},
        {"1.2..4", "octet 3 has an empty part"},
        {"1.2.3.4,", "octet 4 has an empty part"},
        {"1.2.3,,5.4", "octet 3 has an empty part"},
        {"1.2.3.7-3", "range '7-3' in octet 4 runs backwards"},
        {"1.2.3.1*", "'1*' in octet 4 is neither"},
        {"1.2.3.1-2-3", "'2-3' in octet 4 is neither"},
        {"10.0.0.0/33", "/33 is above /32"},
        {"10.0.0.0/", "a number of bits from 0 to 32 is needed"},
        {"10.0.0.0/8/9", "not '8/9'"},
        {"10.0.0.0/255.255.255.0", "not '255.255.255.0'"},
        {"/24", "has four octets"},
        {" 10.0.0.1", "blank or a control character at byte 1"},
        {"10.0.0.1 ", "blank or a control character at byte 9"},
        {"10.0.0.1\x1b[2J", "'10.0.0.1\\x1B[2J' has a blank or a control"},
        {"10.0.0.1\xe2\x80\x93"
         "5",
         "a dash that is not '-'"},
        {"10.0.0.1\x96"
         "5",
         "a dash that is not '-'"},
        {"\xe2\x80\x94sV", "a dash that is not '-'"},
        {"m\xc3\xbcnchen.example", "xn--"},
        {"a\xc3\x96.example", "xn--"},
        {"2001:db8::/129", "/129 is above /128"},
        {"2001:db8:::1", "is not an IPv6 address"},
        {"10.0.0.1:80", "is not an IPv6 address (ports are given with -p"},
        {"http://example.org/", "is a web address"},
        {"fe80::1%no-such-interface", "'no-such-interface' is not a network interface"},
        {"a..b", "between the dots"},
        {".a", "between the dots"},
        {".", "has four octets, this has 2"},
        {"a b", "blank"},
        {"host!", "'!' cannot be part"},
        {"-sS", "does not begin with '-'"},
        {"host/", "a number of bits"},
        {"host/129", "/129 is above /128"},
    };
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct target_expr x;
        struct err e = {0};
        assert_false(target_parse(slice_of(cases[i].text), &x, &e));
        assert_int_equal(e.code, ERR_INPUT);
        if (!strstr(e.text, cases[i].says))
            fail_msg("'%s' does not say '%s'", e.text, cases[i].says);
    }
    struct target_expr x;
    assert_false(target_parse(((struct slice){"1.2.3.4\0", 8}), &x, NULL));
}

static void test_long_names(void **state) {
    (void)state;
    char name[300];
    memset(name, 'a', sizeof name);
    for (size_t i = 63; i < sizeof name; i += 64)
        name[i] = '.';
    struct target_expr x;
    struct err e;
    assert_true(target_parse(((struct slice){name, 253}), &x, &e));
    assert_false(target_parse(((struct slice){name, 254}), &x, &e));
    name[63] = 'a';
    assert_false(target_parse(((struct slice){name, 100}), &x, &e));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_names_and_ipv6),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_long_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
