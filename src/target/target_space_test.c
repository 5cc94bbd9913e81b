#include "base/rng.h"
#include "target/target.h"

#include <malloc.h>
#include <time.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void add(struct target_space *t, const char *text) {
    struct target_expr x;
    struct err e = {0};
    if (!target_parse(slice_of(text), &x, &e) || !target_space_add(t, &x, NULL, 0, NULL, 0, &e))
        fail_msg("%s", e.text);
}

static bool refused(const char *text, enum err_code code) {
    struct target_space *t = target_space_create();
    struct target_expr x;
    struct err e = {0};
    assert_true(target_parse(slice_of(text), &x, &e));
    bool added = target_space_add(t, &x, NULL, 0, NULL, 0, &e);
    bool empty = target_space_size(t) == 0;
    target_space_destroy(t);
    return !added && empty && e.code == code;
}

static void expect_at(const struct target_space *t, u128 i, const char *text) {
    struct target_at at;
    char out[ADDR_TEXT_MAX];
    assert_true(target_space_nth(t, i, &at));
    assert_string_equal(addr_format(&at.addr, out), text);
}

static void test_order_over_segments(void **state) {
    (void)state;
    struct target_space *t = target_space_create();
    struct target_at at;
    assert_true(target_space_size(t) == 0);
    assert_false(target_space_nth(t, 0, &at));
    add(t, "192.0.2.9");
    add(t, "192.0.2.3");
    add(t, "10.0.0,2.1,5-6");
    add(t, "198.51.100.77/30");
    add(t, "2001:db8::5/126");
    add(t, "192.0.2.3");
    add(t, "fe80::1%1");
    static const char *const order[] = {
        "192.0.2.9",   "192.0.2.3",   "10.0.0.1",      "10.0.0.5",      "10.0.0.6",      "10.0.2.1",
        "10.0.2.5",    "10.0.2.6",    "198.51.100.76", "198.51.100.77", "198.51.100.78", "198.51.100.79",
        "2001:db8::4", "2001:db8::5", "2001:db8::6",   "2001:db8::7",   "192.0.2.3"};
    assert_true(target_space_size(t) == LL_COUNT(order) + 1);
    for (size_t i = 0; i < LL_COUNT(order); i++)
        expect_at(t, i, order[i]);
    assert_true(target_space_nth(t, LL_COUNT(order), &at));
    assert_int_equal(at.addr.zone, 1);
    assert_false(target_space_nth(t, LL_COUNT(order) + 1, &at));
    target_space_destroy(t);
    target_space_destroy(NULL);
}

static void test_mask_on_patterns(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint64_t size;
        const char *first, *last;
    } cases[] = {
        {"10.0.0.5/24", 256, "10.0.0.0", "10.0.0.255"},
        {"10.0.1,6.7/23", 1024, "10.0.0.0", "10.0.7.255"},
        {"10.0.1,9.7/23", 1024, "10.0.0.0", "10.0.9.255"},
        {"10.0.0.3,200/25", 256, "10.0.0.0", "10.0.0.255"},
        {"10.0.0.3,4/31", 4, "10.0.0.2", "10.0.0.5"},
        {"1.2.3.4/0", UINT64_C(1) << 32, "0.0.0.0", "255.255.255.255"},
        {"10.0.0.0/8", 1 << 24, "10.0.0.0", "10.255.255.255"},
        {"*.*.*.*", UINT64_C(1) << 32, "0.0.0.0", "255.255.255.255"},
        {"1,3.*.*.*", UINT64_C(1) << 25, "1.0.0.0", "3.255.255.255"},
        {"10.0.0.9/32", 1, "10.0.0.9", "10.0.0.9"},
    };
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct target_space *t = target_space_create();
        add(t, cases[i].text);
        assert_true(target_space_size(t) == cases[i].size);
        expect_at(t, 0, cases[i].first);
        expect_at(t, cases[i].size - 1, cases[i].last);
        target_space_destroy(t);
    }
}

/* Random patterns: ascending order, and exactly the addresses whose octets are in the sets. */
static void test_patterns_against_enumeration(void **state) {
    (void)state;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t seed = (uint64_t)now.tv_nsec;
    print_message("seed %llu\n", (unsigned long long)seed);
    struct rng r;
    rng_seed(&r, seed);
    for (size_t round = 0; round < 50; round++) {
        struct target_expr x = {.kind = TARGET_PATTERN, .bits = 32};
        x.octets[0][0] = 1 << 10;
        x.octets[1][0] = 1;
        for (unsigned k = 2; k < 4; k++)
            for (unsigned n = 0; n < 6; n++)
                x.octets[k][rng_below(&r, 4)] |= UINT64_C(1) << rng_below(&r, 64);
        struct target_space *t = target_space_create();
        assert_true(target_space_add(t, &x, NULL, 0, NULL, 0, NULL));
        u128 i = 0;
        for (uint32_t v = 0; v < 1 << 16; v++) {
            if (!(x.octets[2][v >> 14] >> (v >> 8 & 63) & 1) || !(x.octets[3][(v & 255) >> 6] >> (v & 63) & 1))
                continue;
            struct target_at at;
            assert_true(target_space_nth(t, i++, &at));
            assert_int_equal(addr_v4_value(&at.addr), 0x0a000000 | v);
        }
        assert_true(target_space_size(t) == i);
        target_space_destroy(t);
    }
}

static void test_names(void **state) {
    (void)state;
    struct target_space *t = target_space_create();
    struct target_expr x;
    struct err e = {0};
    char text[] = "www.example/30";
    assert_true(target_parse(slice_of(text), &x, &e));
    struct addr addrs[] = {addr_v4(0xc0000205)}, others[] = {addr_v4(1), addr_v4(2)};
    assert_true(target_space_add(t, &x, addrs, 1, others, 2, &e));
    memset(text, 'x', sizeof text - 1);
    others[0] = others[1];
    assert_true(target_space_size(t) == 4);
    for (u128 i = 0; i < 4; i++) {
        struct target_at at;
        assert_true(target_space_nth(t, i, &at));
        assert_int_equal(addr_v4_value(&at.addr), 0xc0000204 + i);
        assert_int_equal(at.n_others, i == 1 ? 2 : 0);
        assert_true(slice_eq(at.given, i == 1 ? SLICE("www.example") : SLICE("")));
        if (i == 1)
            assert_int_equal(addr_v4_value(&at.others[0]), 1);
    }
    assert_true(target_parse(SLICE("both.example"), &x, &e));
    uint8_t b[16] = {0x20, 1, 0xd, 0xb8, [15] = 1};
    struct addr both[] = {addr_v4(0xc0000209), addr_v6(b, 0)};
    assert_true(target_space_add(t, &x, both, 2, NULL, 0, &e));
    assert_true(target_space_size(t) == 6);
    expect_at(t, 4, "192.0.2.9");
    expect_at(t, 5, "2001:db8::1");
    assert_false(target_space_add(t, &x, NULL, 0, NULL, 0, &e));
    assert_int_equal(e.code, ERR_RESOLVE);
    assert_true(target_parse(SLICE("both.example/64"), &x, &e));
    assert_false(target_space_add(t, &x, both, 1, NULL, 0, &e));
    assert_int_equal(e.code, ERR_INPUT);
    target_space_destroy(t);
}

static void test_limits(void **state) {
    (void)state;
    assert_true(refused("2001:db8::/32", ERR_LIMIT));
    assert_true(refused("2001:db8::/63", ERR_LIMIT));
    assert_true(refused("::/0", ERR_LIMIT));
    struct target_space *t = target_space_create();
    add(t, "2001:db8::/64");
    add(t, "2001:db8:1::1");
    assert_true(target_space_size(t) == ((u128)1 << 64) + 1);
    expect_at(t, ((u128)1 << 64) - 1, "2001:db8::ffff:ffff:ffff:ffff");
    expect_at(t, (u128)1 << 64, "2001:db8:1::1");
    target_space_destroy(t);
}

static void test_prefixes_cost_no_memory(void **state) {
    (void)state;
    struct target_space *t = target_space_create();
    size_t before = mallinfo2().uordblks;
    add(t, "10.0.0.0/8");
    add(t, "0.0.0.0/0");
    add(t, "2001:db8::/64");
    assert_true(mallinfo2().uordblks - before < 1024);
    add(t, "10.1,3.*.7");
    assert_true(mallinfo2().uordblks - before < 16384);
    target_space_destroy(t);
}

static void exclude(struct rangeset *set, const char *text) {
    struct target_expr x;
    struct err e = {0};
    if (!target_parse(slice_of(text), &x, &e) || !target_exclude_add(set, &x, NULL, 0, &e))
        fail_msg("%s", e.text);
}

/* Whatever is excluded is reported so at each index, and nothing else is. */
static void test_excludes_win(void **state) {
    (void)state;
    static const char *const excluded[] = {"10.0.0.77", "10.0.4.0/22", "10.0.8-9,200.1,3-5", "10.0.0.5/31",
                                           "2001:db8::/32"};
    struct rangeset set;
    rangeset_init(&set);
    struct target_space *no = target_space_create(), *t = target_space_create();
    for (size_t i = 0; i < LL_COUNT(excluded); i++)
        exclude(&set, excluded[i]);
    rangeset_seal(&set);
    for (size_t i = 0; i + 1 < LL_COUNT(excluded); i++)
        add(no, excluded[i]);
    static uint8_t out[1 << 16];
    for (u128 i = 0; i < target_space_size(no); i++) {
        struct target_at at;
        assert_true(target_space_nth(no, i, &at));
        out[addr_v4_value(&at.addr) & 0xffff] = 1;
    }
    add(t, "10.0.0.0/16");
    add(t, "2001:db8::1");
    add(t, "10.0.0.77");
    add(t, "2001:db9::1");
    target_space_exclude(t, &set);
    struct target_at at;
    for (uint32_t i = 0; i < 1 << 16; i++) {
        assert_true(target_space_nth(t, i, &at));
        assert_int_equal(at.excluded, out[i]);
    }
    static const bool tail[] = {true, true, false};
    for (uint32_t i = 0; i < LL_COUNT(tail); i++) {
        assert_true(target_space_nth(t, (1 << 16) + i, &at));
        assert_int_equal(at.excluded, tail[i]);
    }
    target_space_destroy(t);
    target_space_destroy(no);
    rangeset_finish(&set);
}

static void test_exclude_names_and_limits(void **state) {
    (void)state;
    struct rangeset set;
    rangeset_init(&set);
    struct target_expr x;
    struct err e = {0};
    assert_true(target_parse(SLICE("*.*.*.1"), &x, &e));
    assert_false(target_exclude_add(&set, &x, NULL, 0, &e));
    assert_int_equal(e.code, ERR_LIMIT);
    exclude(&set, "10.*.*.1-200");
    exclude(&set, "127.*.*.*");
    assert_true(target_parse(SLICE("www.example/24"), &x, &e));
    assert_false(target_exclude_add(&set, &x, NULL, 0, &e));
    assert_int_equal(e.code, ERR_RESOLVE);
    struct addr a = addr_v4(0xc0000205);
    assert_true(target_exclude_add(&set, &x, &a, 1, &e));
    rangeset_seal(&set);
    a = addr_v4(0xc00002ff);
    assert_true(rangeset_has(&set, &a));
    a = addr_v4(0x0a0102c8);
    assert_true(rangeset_has(&set, &a));
    a = addr_v4(0x0a0102c9);
    assert_false(rangeset_has(&set, &a));
    rangeset_finish(&set);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_over_segments),
        cmocka_unit_test(test_mask_on_patterns),
        cmocka_unit_test(test_patterns_against_enumeration),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_prefixes_cost_no_memory),
        cmocka_unit_test(test_excludes_win),
        cmocka_unit_test(test_exclude_names_and_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
