/* Tests of range sets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/prefix.h"

static struct addr parse(const char *text) {
    struct addr a;
    assert_true(addr_parse(slice_of(text), &a));
    return a;
}

static void add(struct rangeset *s, const char *first, const char *last) {
    struct addr a = parse(first), b = parse(last);
    assert_true(rangeset_add(s, &a, &b));
}

static bool has(const struct rangeset *s, const char *text) {
    struct addr a = parse(text);
    return rangeset_has(s, &a);
}

static void test_empty(void **state) {
    (void)state;
    struct rangeset s;
    rangeset_init(&s);
    assert_false(has(&s, "1.2.3.4"));
    rangeset_seal(&s);
    assert_false(has(&s, "::"));
    rangeset_finish(&s);
}

static void test_edges(void **state) {
    (void)state;
    struct rangeset s;
    rangeset_init(&s);
    add(&s, "255.255.255.254", "255.255.255.255");
    add(&s, "0.0.0.0", "0.0.0.0");
    add(&s, "::", "::1");
    add(&s, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    add(&s, "10.0.0.5", "10.0.0.9");
    rangeset_seal(&s);
    assert_int_equal(s.n, 5); /* 255.255.255.255 and :: are no neighbours */
    static const struct {
        const char *text;
        bool in;
    } rows[] = {
        {"0.0.0.0", true},
        {"0.0.0.1", false},
        {"10.0.0.4", false},
        {"10.0.0.5", true},
        {"10.0.0.7", true},
        {"10.0.0.9", true},
        {"10.0.0.10", false},
        {"255.255.255.253", false},
        {"255.255.255.254", true},
        {"255.255.255.255", true},
        {"::", true},
        {"::1", true},
        {"::2", false},
        {"fe80::1%1", false},
        {"::a00:5", false},
        {"a00:5::", false},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", false},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true},
    };
    for (size_t i = 0; i < LL_COUNT(rows); i++)
        if (has(&s, rows[i].text) != rows[i].in)
            fail_msg("%s", rows[i].text);
    rangeset_finish(&s);
}

static void test_merging(void **state) {
    (void)state;
    struct rangeset s;
    rangeset_init(&s);
    add(&s, "10.0.0.20", "10.0.0.29"); /* overlaps the next */
    add(&s, "10.0.0.10", "10.0.0.25");
    add(&s, "10.0.0.30", "10.0.0.39"); /* stands right behind */
    add(&s, "10.0.0.12", "10.0.0.13"); /* inside */
    add(&s, "10.0.0.41", "10.0.0.41"); /* one is missing between */
    add(&s, "::ff", "::ff");
    add(&s, "::100", "::1ff");
    rangeset_seal(&s);
    assert_int_equal(s.n, 3);
    struct addr last = parse("10.0.0.39");
    assert_true(addr_eq(&s.v[0].last, &last));
    assert_false(has(&s, "10.0.0.40"));
    add(&s, "10.0.0.40", "10.0.0.40");
    assert_false(s.sealed);
    rangeset_seal(&s);
    assert_int_equal(s.n, 2);
    assert_true(has(&s, "10.0.0.40"));
    rangeset_finish(&s);
}

static void test_prefixes(void **state) {
    (void)state;
    struct rangeset s;
    rangeset_init(&s);
    struct addr a = parse("192.168.77.5"), b = parse("fe80::1%1"), c = parse("2001:db8::5");
    assert_true(rangeset_add_prefix(&s, &a, 15));
    assert_true(rangeset_add_prefix(&s, &b, 10));
    assert_true(rangeset_add_prefix(&s, &c, 128));
    assert_false(rangeset_add_prefix(&s, &a, 33));
    assert_false(rangeset_add_prefix(&s, &c, 129));
    rangeset_seal(&s);
    assert_true(has(&s, "192.168.0.0"));
    assert_true(has(&s, "192.169.255.255"));
    assert_false(has(&s, "192.170.0.0"));
    assert_false(has(&s, "192.167.255.255"));
    assert_true(has(&s, "febf:ffff::1%1"));
    assert_true(has(&s, "fe80::"));
    assert_false(has(&s, "fec0::"));
    assert_true(has(&s, "2001:db8::5"));
    assert_false(has(&s, "2001:db8::4"));
    assert_true(rangeset_add_prefix(&s, &a, 0));
    assert_true(rangeset_add_prefix(&s, &c, 0));
    rangeset_seal(&s);
    assert_int_equal(s.n, 2);
    assert_true(has(&s, "255.255.255.255") && has(&s, "0.0.0.0") && has(&s, "::") && has(&s, "ff02::1"));
    rangeset_finish(&s);
}

static void test_what_is_no_range(void **state) {
    (void)state;
    struct rangeset s;
    rangeset_init(&s);
    struct addr low = addr_v4(1), high = addr_v4(2), six = parse("::1"), none = {0};
    assert_false(rangeset_add(&s, &high, &low));
    assert_false(rangeset_add(&s, &low, &six));
    assert_false(rangeset_add(&s, &none, &none));
    assert_int_equal(s.n, 0);
    rangeset_finish(&s);
}

/* Many ranges against a plain bitmap. */
static void test_against_a_bitmap(void **state) {
    (void)state;
    static bool in[4096];
    struct rangeset s;
    rangeset_init(&s);
    uint32_t x = 7;
    for (unsigned i = 0; i < 300; i++) {
        x = x * 1664525 + 1013904223;
        uint32_t first = x >> 20, last = ll_min_size(first + (x >> 8 & 7), 4095) & 4095;
        struct addr a = addr_v4(first), b = addr_v4(last);
        assert_true(rangeset_add(&s, &a, &b));
        memset(in + first, true, last - first + 1);
    }
    rangeset_seal(&s);
    for (uint32_t i = 0; i < 4096; i++) {
        struct addr a = addr_v4(i);
        assert_int_equal(rangeset_has(&s, &a), in[i]);
    }
    rangeset_finish(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_merging),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_what_is_no_range),
        cmocka_unit_test(test_against_a_bitmap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
