/* The order of a walk: each address of the space once, shuffled or not, and with --unique no address twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/special.h"
#include "target/target_walk.h"

static void add(struct target_space *t, const char *text) {
    struct target_expr x;
    struct err e = {0};
    if (!target_parse(slice_of(text), &x, &e) || !target_space_add(t, &x, NULL, 0, NULL, 0, &e))
        fail_msg("%s: %s", text, e.text);
}

static void as_written(void **state) {
    (void)state;
    struct target_space *t = target_space_create();
    struct target_walk w;
    struct target_at at;
    u128 index;
    add(t, "10.0.0.4/30");
    target_walk_init(&w, t, false, false, 1);
    for (uint32_t i = 0; i < 4; i++) {
        assert_true(target_walk_next(&w, &at, &index));
        assert_int_equal(addr_v4_value(&at.addr), 0x0a000004 + i);
    }
    assert_false(target_walk_more(&w));
    assert_false(target_walk_next(&w, &at, &index));
    add(t, "10.0.0.9"); /* a name that came late */
    assert_true(target_walk_ready(&w) && target_walk_next(&w, &at, &index));
    assert_int_equal((int)index, 4);
    target_walk_finish(&w);
    target_space_destroy(t);
}

/* Walks all that is ready; how many steps. `times` counts the addresses 10.0.x.y. */
static unsigned walk_on(struct target_walk *w, uint8_t *times, unsigned *in_order) {
    struct target_at at;
    u128 index, before = 0;
    unsigned n = 0;
    while (target_walk_next(w, &at, &index)) {
        if (!at.excluded && at.addr.family == ADDR_V4)
            times[addr_v4_value(&at.addr) & 0xffff]++;
        *in_order += n > 0 && index == before + 1;
        before = index;
        n++;
    }
    return n;
}

static void shuffled_in_parts_while_names_come_in(void **state) {
    (void)state;
    static uint8_t times[65536];
    unsigned in_order = 0;
    struct target_space *t = target_space_create();
    struct target_walk w;
    memset(times, 0, sizeof times);
    add(t, "10.0.0.0/24");
    target_walk_init(&w, t, true, false, 7);
    assert_true(target_walk_more(&w));
    assert_false(target_walk_ready(&w)); /* too few, and more may come */
    add(t, "10.0.64.0/18");
    assert_int_equal(walk_on(&w, times, &in_order), 256 + 16384);
    add(t, "10.0.128.0/24");
    assert_int_equal(walk_on(&w, times, &in_order), 0);
    target_walk_seal(&w);
    assert_int_equal(walk_on(&w, times, &in_order), 256);
    assert_true(in_order < 50);
    unsigned seen = 0;
    for (unsigned i = 0; i < 65536; i++) {
        assert_true(times[i] <= 1);
        seen += times[i];
    }
    assert_int_equal(seen, 512 + 16384);
    target_walk_finish(&w);
    target_space_destroy(t);
}

static void no_address_twice(void **state) {
    (void)state;
    static uint8_t times[65536];
    for (int shuffle = 0; shuffle < 2; shuffle++) {
        unsigned in_order = 0;
        struct target_space *t = target_space_create();
        struct target_walk w;
        memset(times, 0, sizeof times);
        add(t, "10.0.0.5");
        add(t, "10.0.0.0/23");
        add(t, "10.0.1.7");
        add(t, "10.0.1-2.*");
        add(t, "2001:db8::/120");
        add(t, "2001:db8::5");
        target_walk_init(&w, t, shuffle, true, 3);
        target_walk_seal(&w);
        walk_on(&w, times, &in_order);
        for (unsigned i = 0; i < 768; i++)
            assert_int_equal(times[i], 1);
        assert_false(w.forgets);
        target_walk_finish(&w);
        target_space_destroy(t);
    }
}

/* RFC 6890's table by some of its borders. */
static void special_blocks(void **state) {
    (void)state;
    static const struct {
        uint32_t a;
        bool special;
    } rows[] = {{0x00ffffff, true},  {0x01000000, false}, {0x09ffffff, false}, {0x0a000000, true},  {0x643fffff, false},
                {0x64400000, true},  {0x647fffff, true},  {0x64800000, false}, {0x7f000001, true},  {0xa9fe0101, true},
                {0xac0fffff, false}, {0xac100000, true},  {0xac200000, false}, {0xc0000001, true},  {0xc0000201, true},
                {0xc0000301, false}, {0xc0a80101, true},  {0xc0a90101, false}, {0xc6120000, true},  {0xc613ffff, true},
                {0xc6140000, false}, {0xc6336401, true},  {0xcb007101, true},  {0xdfffffff, false}, {0xe0000001, true},
                {0xf0000001, true},  {0xffffffff, true},  {0x08080808, false}};
    struct rangeset set;
    rangeset_init(&set);
    assert_true(special_add_v4(&set));
    rangeset_seal(&set);
    for (size_t i = 0; i < LL_COUNT(rows); i++) {
        struct addr a = addr_v4(rows[i].a);
        if (rangeset_has(&set, &a) != rows[i].special)
            fail_msg("%08x", rows[i].a);
    }
    rangeset_finish(&set);
}

static void random_addresses(void **state) {
    (void)state;
    struct rangeset special, excludes;
    struct addr first = addr_v4(0x01000000), last = addr_v4(0x7effffff);
    struct err e = {0};
    struct target_space *t = target_space_create();
    struct target_walk w;
    struct target_at at;
    u128 index;
    rangeset_init(&special);
    rangeset_init(&excludes);
    assert_true(special_add_v4(&special) && rangeset_add(&excludes, &first, &last));
    rangeset_seal(&special);
    rangeset_seal(&excludes);
    assert_true(target_space_add_random(t, 5000, &excludes, 11, &e));
    assert_true(target_space_size(t) == 5000);
    target_walk_init(&w, t, false, true, 3);
    uint32_t low = 0;
    while (target_walk_next(&w, &at, &index)) {
        assert_false(at.excluded); /* --unique finds nothing to leave out */
        assert_false(rangeset_has(&special, &at.addr) || rangeset_has(&excludes, &at.addr));
        low += addr_v4_value(&at.addr) < 0xb0000000;
    }
    assert_true(w.next == 5000 && low > 2000 && low < 4500); /* about 0x30 of 0x60 */
    target_walk_finish(&w);
    target_space_destroy(t);
    rangeset_finish(&special);
    rangeset_finish(&excludes);
}

static void all_random_addresses(void **state) {
    (void)state;
    struct err e = {0};
    struct target_space *t = target_space_create();
    struct target_at at;
    assert_true(target_space_add_random(t, 0, NULL, 11, &e));
    u128 n = target_space_size(t);
    assert_true(n > 3600000000U && n < 3760000000U);
    assert_true(target_space_nth(t, n - 1, &at));
    assert_false(target_space_nth(t, n, &at));
    target_space_destroy(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_written),       cmocka_unit_test(shuffled_in_parts_while_names_come_in),
        cmocka_unit_test(no_address_twice), cmocka_unit_test(special_blocks),
        cmocka_unit_test(random_addresses), cmocka_unit_test(all_random_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
