/* Tests of port sets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/portset.h"

static struct portset set;

static void assert_format(const char *expected) {
    struct buf b;
    buf_init(&b, 1 << 20);
    assert_true(portset_format(&set, &b));
    assert_string_equal(buf_cstr(&b), expected);
    buf_finish(&b);
}

static void test_single_ports(void **state) {
    (void)state;
    portset_clear(&set);
    assert_format("");
    assert_int_equal(portset_count(&set), 0);
    static const uint16_t ports[] = {443, 0, 65535, 63, 64, 443};
    for (size_t i = 0; i < LL_COUNT(ports); i++)
        portset_add(&set, ports[i]);
    assert_int_equal(portset_count(&set), 5);
    assert_format("0,63-64,443,65535");
    portset_remove(&set, 64);
    assert_true(portset_has(&set, 63));
    assert_false(portset_has(&set, 64));
    assert_format("0,63,443,65535");
}

static void test_ranges(void **state) {
    (void)state;
    static const struct {
        uint16_t from, to;
        size_t count;
        const char *text;
    } rows[] = {
        {1, 100, 100, "1-100"},
        {0, 65535, 65536, "0-65535"},
        {65535, 65535, 1, "65535"},
        {64, 127, 64, "64-127"},
        {63, 128, 66, "63-128"},
        {7, 6, 0, ""},
        {65472, 65535, 64, "65472-65535"},
        {1, 65535, 65535, "1-65535"},
        {0, 63, 64, "0-63"},
        {10, 20, 11, "10-20"},
        {65534, 65535, 2, "65534-65535"},
        {0, 65534, 65535, "0-65534"},
    };
    for (size_t i = 0; i < LL_COUNT(rows); i++) {
        portset_clear(&set);
        portset_add_range(&set, rows[i].from, rows[i].to);
        assert_int_equal(portset_count(&set), rows[i].count);
        assert_format(rows[i].text);
    }
}

static void test_listing(void **state) {
    (void)state;
    portset_clear(&set);
    portset_add_range(&set, 1, 3);
    portset_add(&set, 64);
    portset_add(&set, 65535);
    uint16_t ports[8] = {0};
    assert_int_equal(portset_list(&set, ports, 8), 5);
    static const uint16_t expected[] = {1, 2, 3, 64, 65535};
    assert_memory_equal(ports, expected, sizeof expected);
    uint16_t two[3] = {0, 0, 7};
    assert_int_equal(portset_list(&set, two, 2), 2);
    assert_int_equal(two[2], 7);
    assert_int_equal(portset_list(&set, NULL, 0), 0);
}

static void test_remove_all(void **state) {
    (void)state;
    static struct portset other;
    portset_clear(&set);
    portset_clear(&other);
    portset_add_range(&set, 1, 1000);
    portset_add_range(&other, 101, 442);
    portset_add_range(&other, 444, 65535);
    portset_remove_all(&set, &other);
    assert_format("1-100,443");
}

static void test_format_stops_at_the_ceiling(void **state) {
    (void)state;
    struct buf b;
    portset_clear(&set);
    for (unsigned port = 1; port < 65536; port += 2)
        portset_add(&set, (uint16_t)port);
    buf_init(&b, 100);
    assert_false(portset_format(&set, &b));
    assert_true(b.n <= 100);
    buf_finish(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_single_ports),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_listing),
        cmocka_unit_test(test_remove_all),
        cmocka_unit_test(test_format_stops_at_the_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
