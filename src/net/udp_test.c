/* Tests of UDP datagrams. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/checksum.h"
#include "net/udp.h"

static const uint8_t own6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1}, peer6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 2};

/* RFC 768 with the pseudo header of IPv4: summed by hand. */
static void test_known_datagram(void **state) {
    (void)state;
    static const uint8_t wire[] = {0xc3, 0x50, 0x00, 0x35, 0x00, 0x0b, 0xf3, 0xeb, 'a', 'b', 'c'};
    struct addr src = addr_v4(0xc0000201), dst = addr_v4(0xc0000202);
    uint8_t bytes[sizeof wire];
    struct wr w = wr_of(bytes, sizeof bytes);
    udp_write(&w, 50000, 53, SLICE("abc"), &src, &dst);
    assert_false(w.bad);
    assert_int_equal(w.n, sizeof wire);
    assert_memory_equal(bytes, wire, sizeof wire);
}

static void test_round_trip(void **state) {
    (void)state;
    struct addr ends[2][2] = {{addr_v4(0xc0000201), addr_v4(0x7f000001)}, {addr_v6(own6, 0), addr_v6(peer6, 3)}};
    uint8_t bytes[2000];
    char text[1500];
    memset(text, 0xa5, sizeof text);
    for (size_t i = 0; i < 2; i++)
        for (size_t n = 0; n <= sizeof text; n += n < 9 ? 1 : 213) {
            struct wr w = wr_of(bytes, sizeof bytes);
            struct udp u;
            udp_write(&w, 65535, 1, (struct slice){text, n}, &ends[i][0], &ends[i][1]);
            assert_int_equal(w.n, UDP_LEN + n);
            uint32_t sum = checksum_pseudo(&ends[i][0], &ends[i][1], 17, (uint32_t)w.n);
            assert_int_equal(checksum_finish(checksum_add(sum, bytes, w.n)), 0);
            assert_true(bytes[6] || bytes[7]);
            struct rd r = rd_of(bytes, w.n);
            assert_true(udp_read(&r, &u));
            assert_true(u.sport == 65535 && u.dport == 1 && u.length == w.n && r.n == n);
        }
}

/* A sum of all ones is sent as such, never as zero: some two bytes of payload make it. */
static void test_checksum_is_never_zero(void **state) {
    (void)state;
    struct addr src = addr_v6(own6, 0), dst = addr_v6(peer6, 0);
    unsigned all_ones = 0;
    for (uint32_t v = 0; v < 65536; v++) {
        uint8_t bytes[10];
        char two[2] = {(char)(v >> 8), (char)v};
        struct wr w = wr_of(bytes, sizeof bytes);
        udp_write(&w, 1, 2, (struct slice){two, 2}, &src, &dst);
        assert_true(bytes[6] || bytes[7]);
        all_ones += bytes[6] == 0xff && bytes[7] == 0xff;
    }
    assert_true(all_ones > 0);
}

static void test_refusals(void **state) {
    (void)state;
    static uint8_t large[70000];
    struct addr a = addr_v4(1), b = addr_v4(2);
    struct wr w = wr_of(large, sizeof large);
    udp_write(&w, 1, 2, (struct slice){(char *)large, 65528}, &a, &b);
    assert_true(w.bad);
    w = wr_of(large, 10);
    udp_write(&w, 1, 2, SLICE("abc"), &a, &b);
    assert_true(w.bad);
    assert_int_equal(large[10], 0);
    static const struct {
        uint8_t b[9];
        size_t n;
        bool ok;
        size_t left;
    } cases[] = {{{0, 1, 0, 2, 0, 8}, 8, true, 0},  {{0, 1, 0, 2, 0, 8}, 9, true, 0},
                 {{0, 1, 0, 2, 0, 9}, 9, true, 1},  {{0, 1, 0, 2, 1, 0}, 9, true, 1},
                 {{0, 1, 0, 2, 0, 7}, 9, false, 0}, {{0, 1, 0, 2, 0, 8}, 7, false, 0}};
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct rd r = rd_of(cases[i].b, cases[i].n);
        struct udp u;
        assert_int_equal(udp_read(&r, &u), cases[i].ok);
        if (cases[i].ok)
            assert_int_equal(r.n, cases[i].left);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_known_datagram), cmocka_unit_test(test_round_trip),
                                       cmocka_unit_test(test_checksum_is_never_zero), cmocka_unit_test(test_refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
