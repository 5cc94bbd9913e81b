/* Tests of ICMP, ICMPv6 and Neighbour Discovery messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/checksum.h"
#include "net/icmp.h"

static const uint8_t own6[16] = {0xfe, 0x80, [15] = 1}, peer6[16] = {0xfe, 0x80, [13] = 0x28, [14] = 0x9c, [15] = 0x5a};
static const uint8_t own_mac[MAC_LEN] = {2, 0, 0, 0, 0, 1};

static void test_queries(void **state) {
    (void)state;
    static const struct {
        bool v6;
        uint8_t type;
        size_t size;
    } rows[] = {
        {false, ICMP_ECHO, 8},       {false, ICMP_ECHO_REPLY, 8},
        {false, ICMP_TIMESTAMP, 20}, {false, ICMP_TIMESTAMP_REPLY, 20},
        {false, ICMP_MASK, 12},      {false, ICMP_MASK_REPLY, 12},
        {true, ICMP6_ECHO, 8},       {true, ICMP6_ECHO_REPLY, 8},
        {true, ICMP_TIMESTAMP, 8},
    };
    for (size_t i = 0; i < LL_COUNT(rows); i++) {
        struct addr src = rows[i].v6 ? addr_v6(own6, 2) : addr_v4(0xc0000201);
        struct addr dst = rows[i].v6 ? addr_v6(peer6, 2) : addr_v4(0xc0000202);
        struct icmp m = {.type = rows[i].type, .code = 0, .id = 0xbeef, .seq = 0x8001}, back;
        uint8_t bytes[64];
        struct wr w = wr_of(bytes, sizeof bytes);
        icmp_write_query(&w, &m, &src, &dst);
        assert_false(w.bad);
        assert_int_equal(w.n, rows[i].size);
        uint32_t sum = rows[i].v6 ? checksum_pseudo(&src, &dst, 58, (uint32_t)w.n) : 0;
        assert_int_equal(checksum_finish(checksum_add(sum, bytes, w.n)), 0);
        struct rd r = rd_of(bytes, w.n);
        assert_true(icmp_read(&r, &back));
        assert_int_equal(back.type, m.type);
        assert_int_equal(back.code, 0);
        assert_int_equal(back.id, 0xbeef);
        assert_int_equal(back.seq, 0x8001);
        for (size_t at = 0; at < r.n; at++)
            assert_int_equal(r.p[at], 0);
        w = wr_of(bytes, rows[i].size - 1);
        icmp_write_query(&w, &m, &src, &dst);
        assert_true(w.bad);
    }
}

static void test_known_echo(void **state) {
    (void)state;
    static const uint8_t wire[8] = {8, 0, 0xb7, 0xcc, 0x12, 0x34, 0x2d, 0xff};
    struct addr src = addr_v4(1), dst = addr_v4(2);
    struct icmp m = {.type = ICMP_ECHO, .id = 0x1234, .seq = 0x2dff};
    uint8_t bytes[8];
    struct wr w = wr_of(bytes, sizeof bytes);
    icmp_write_query(&w, &m, &src, &dst);
    assert_memory_equal(bytes, wire, sizeof wire);
    struct rd r = rd_of(bytes, 7);
    assert_false(icmp_read(&r, &m));
}

static void test_errors(void **state) {
    (void)state;
    for (unsigned type = 0; type < 256; type++) {
        struct icmp m = {.type = (uint8_t)type};
        assert_int_equal(icmp_is_error(ADDR_V4, &m), type == 3 || type == 4 || type == 11 || type == 12);
        assert_int_equal(icmp_is_error(ADDR_V6, &m), type >= 1 && type <= 4);
    }
}

static void test_solicit(void **state) {
    (void)state;
    struct addr src = addr_v6(own6, 2), target = addr_v6(peer6, 2), dst = addr_solicited_node(&target);
    uint8_t bytes[32], mac[MAC_LEN];
    struct wr w = wr_of(bytes, sizeof bytes);
    nd_write_solicit(&w, &src, &dst, &target, own_mac);
    assert_false(w.bad);
    assert_int_equal(w.n, 32);
    assert_int_equal(checksum_finish(checksum_add(checksum_pseudo(&src, &dst, 58, 32), bytes, 32)), 0);
    struct icmp m;
    struct addr back;
    bool has_mac;
    struct rd r = rd_of(bytes, sizeof bytes);
    assert_true(icmp_read(&r, &m));
    assert_int_equal(m.type, ICMP6_NEIGHBOR_SOLICIT);
    assert_true(nd_read(&r, m.type, &back, &has_mac, mac));
    assert_memory_equal(back.b, peer6, 16);
    assert_int_equal(back.zone, 0);
    assert_true(has_mac);
    assert_memory_equal(mac, own_mac, MAC_LEN);
}

static void test_options(void **state) {
    (void)state;
    static const struct {
        size_t n;
        uint8_t options[24];
        bool ok, has_mac;
    } rows[] = {
        {0, {0}, true, false},
        {8, {2, 1, 2, 0, 0, 0, 0, 1}, true, true},
        {8, {1, 1, 2, 0, 0, 0, 0, 1}, true, false},                          /* the source option of a solicitation */
        {16, {14, 1, 0, 0, 0, 0, 0, 0, 2, 1, 2, 0, 0, 0, 0, 1}, true, true}, /* behind a nonce */
        {24, {14, 2, [16] = 2, 1, 2, 0, 0, 0, 0, 1}, true, true},
        {16, {2, 1, 2, 0, 0, 0, 0, 1, 2, 1, 6, 6, 6, 6, 6, 6}, true, true}, /* the first counts */
        {8, {2, 0, 2, 0, 0, 0, 0, 1}, false, false},                        /* length zero */
        {8, {2, 2, 2, 0, 0, 0, 0, 1}, false, false},                        /* longer than the rest */
        {8, {14, 255, 0, 0, 0, 0, 0, 0}, false, false},
        {5, {2, 1, 2, 0, 0}, false, false},
        {16, {2, 2, 2, 0, 0, 0, 0, 1}, true, false}, /* not an Ethernet address */
    };
    for (size_t i = 0; i < LL_COUNT(rows); i++) {
        uint8_t bytes[40], mac[MAC_LEN];
        memcpy(bytes, peer6, 16);
        memcpy(bytes + 16, rows[i].options, sizeof rows[i].options);
        struct rd r = rd_of(bytes, 16 + rows[i].n);
        struct addr target;
        bool has_mac;
        assert_int_equal(nd_read(&r, ICMP6_NEIGHBOR_ADVERT, &target, &has_mac, mac), rows[i].ok);
        if (!rows[i].ok)
            continue;
        assert_int_equal(has_mac, rows[i].has_mac);
        if (has_mac)
            assert_memory_equal(mac, own_mac, MAC_LEN);
    }
    static const uint8_t group[16] = {0xff, 0x02, [15] = 1};
    struct addr target;
    bool has_mac;
    uint8_t mac[MAC_LEN];
    struct rd r = rd_of(group, 16), cut = rd_of(peer6, 15);
    assert_false(nd_read(&r, ICMP6_NEIGHBOR_ADVERT, &target, &has_mac, mac));
    assert_false(nd_read(&cut, ICMP6_NEIGHBOR_ADVERT, &target, &has_mac, mac));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queries), cmocka_unit_test(test_known_echo), cmocka_unit_test(test_errors),
        cmocka_unit_test(test_solicit), cmocka_unit_test(test_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
