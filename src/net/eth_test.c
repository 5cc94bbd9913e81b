/* Tests of the Ethernet header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/eth.h"

static void test_round_trip(void **state) {
    (void)state;
    static const struct eth e = {{1, 2, 3, 4, 5, 6}, {7, 8, 9, 10, 11, 12}, ETH_TYPE_IP6};
    static const uint8_t wire[ETH_LEN] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x86, 0xdd};
    uint8_t bytes[ETH_LEN];
    struct wr w = wr_of(bytes, sizeof bytes);
    eth_write(&w, &e);
    assert_false(w.bad);
    assert_int_equal(w.n, ETH_LEN);
    assert_memory_equal(bytes, wire, sizeof wire);
    struct rd r = rd_of(bytes, sizeof bytes);
    struct eth back;
    assert_true(eth_read(&r, &back));
    assert_memory_equal(back.dst, e.dst, 6);
    assert_memory_equal(back.src, e.src, 6);
    assert_int_equal(back.type, e.type);
    assert_int_equal(r.n, 0);
}

static void test_one_vlan_tag_is_skipped(void **state) {
    (void)state;
    static const uint8_t tagged[] = {1,  2,    3, 4,    5,    6,    7,    8,    9,    10,   11,
                                     12, 0x81, 0, 0x20, 0x05, 0x81, 0x00, 0x00, 0x07, 0x08, 0x00};
    struct eth e;
    struct rd r = rd_of(tagged, sizeof tagged);
    assert_true(eth_read(&r, &e));
    assert_int_equal(e.type, ETH_TYPE_VLAN);
    assert_int_equal(r.n, 4);
}

static void test_short_headers(void **state) {
    (void)state;
    static const uint8_t tagged[18] = {[12] = 0x81, [16] = 8};
    struct eth e;
    for (size_t n = 0; n <= sizeof tagged; n++) {
        struct rd r = rd_of(tagged, n);
        assert_int_equal(eth_read(&r, &e), n == sizeof tagged);
    }
    assert_int_equal(e.type, ETH_TYPE_IP4);
    uint8_t small[ETH_LEN - 1];
    struct wr w = wr_of(small, sizeof small);
    eth_write(&w, &e);
    assert_true(w.bad);
    assert_int_equal(w.n, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_one_vlan_tag_is_skipped),
        cmocka_unit_test(test_short_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
