/* Tests of the TCP header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/checksum.h"
#include "net/tcp.h"

static const uint8_t own6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1}, peer6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 2};

static const struct tcp syn = {.sport = 50000,
                               .dport = 443,
                               .seq = 0x89abcdef,
                               .ack = 0x01234567,
                               .flags = TCP_SYN | TCP_ACK,
                               .window = 1024,
                               .mss = 1460};

static void assert_round_trip(struct tcp t, struct addr src, struct addr dst, size_t size) {
    uint8_t bytes[64];
    struct wr w = wr_of(bytes, sizeof bytes);
    tcp_write(&w, &t, &src, &dst);
    assert_false(w.bad);
    assert_int_equal(w.n, size);
    assert_int_equal(bytes[12] >> 4, size / 4);
    uint32_t sum = checksum_pseudo(&src, &dst, 6, (uint32_t)size);
    assert_int_equal(checksum_finish(checksum_add(sum, bytes, size)), 0);
    struct tcp back;
    struct rd r = rd_of(bytes, size);
    assert_true(tcp_read(&r, &back));
    assert_int_equal(r.n, 0);
    assert_int_equal(back.sport, t.sport);
    assert_int_equal(back.dport, t.dport);
    assert_true(back.seq == t.seq && back.ack == t.ack);
    assert_int_equal(back.flags, t.flags);
    assert_int_equal(back.window, t.window);
    assert_int_equal(back.mss, t.mss);
}

static void test_round_trip(void **state) {
    (void)state;
    struct tcp bare = syn;
    bare.mss = 0;
    assert_round_trip(syn, addr_v4(0xc0000201), addr_v4(0xc0000202), 24);
    assert_round_trip(bare, addr_v4(0xc0000201), addr_v4(0xffffffff), 20);
    assert_round_trip(syn, addr_v6(own6, 0), addr_v6(peer6, 3), 24);
    assert_round_trip(bare, addr_v6(own6, 0), addr_v6(peer6, 0), 20);
}

static void test_known_segment(void **state) {
    (void)state;
    static const uint8_t wire[24] = {0xc3, 0x50, 0x01, 0xbb, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x67,
                                     0x60, 0x12, 0x04, 0x00, 0xac, 0xe1, 0x00, 0x00, 0x02, 0x04, 0x05, 0xb4};
    struct addr src = addr_v4(0xc0000201), dst = addr_v4(0xc0000202);
    uint8_t bytes[24];
    struct wr w = wr_of(bytes, sizeof bytes);
    tcp_write(&w, &syn, &src, &dst);
    assert_memory_equal(bytes, wire, sizeof wire);
    w = wr_of(bytes, 23);
    tcp_write(&w, &syn, &src, &dst);
    assert_true(w.bad);
    assert_int_equal(w.n, 0);
}

static void test_options(void **state) {
    (void)state;
    static const struct {
        uint8_t options[12];
        uint16_t mss;
    } rows[] = {
        {{2, 4, 5, 0xb4, 1, 3, 3, 7, 4, 2, 0, 0}, 1460},
        {{1, 1, 4, 2, 1, 1, 1, 1, 2, 4, 2, 0x18}, 536},
        {{0, 0, 0, 0, 2, 4, 5, 0xb4, 0, 0, 0, 0}, 0},
        {{1, 0, 2, 4, 5, 0xb4, 0, 0, 0, 0, 0, 0}, 0},
        {{8, 0, 2, 4, 5, 0xb4, 0, 0, 0, 0, 0, 0}, 0},
        {{8, 1, 2, 4, 5, 0xb4, 0, 0, 0, 0, 0, 0}, 0},
        {{8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 2, 4}, 0},
        {{8, 255, 2, 4, 5, 0xb4, 0, 0, 0, 0, 0, 0}, 0},
        {{2, 3, 5, 2, 4, 1, 2, 0, 0, 0, 0, 0}, 258},
        {{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2}, 0},
        {{254, 8, 0, 0, 0, 0, 0, 0, 2, 4, 0xff, 0xff}, 0xffff},
        {{1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1}, 0},
    };
    for (size_t i = 0; i < LL_COUNT(rows); i++) {
        uint8_t bytes[36] = {[12] = 0x80, [32] = 'd', 'a', 't', 'a'};
        memcpy(bytes + TCP_LEN, rows[i].options, sizeof rows[i].options);
        struct tcp t;
        struct rd r = rd_of(bytes, sizeof bytes);
        assert_true(tcp_read(&r, &t));
        assert_int_equal(t.mss, rows[i].mss);
        assert_int_equal(r.n, 4);
        assert_memory_equal(r.p, "data", 4);
    }
}

static void test_data_offset(void **state) {
    (void)state;
    struct tcp t;
    for (uint8_t words = 0; words < 16; words++) {
        uint8_t bytes[40] = {[12] = (uint8_t)(words << 4)};
        struct rd r = rd_of(bytes, sizeof bytes);
        assert_int_equal(tcp_read(&r, &t), words >= 5 && words <= 10);
    }
    uint8_t bytes[20] = {[12] = 0x50};
    for (size_t n = 0; n <= sizeof bytes; n++) {
        struct rd r = rd_of(bytes, n);
        assert_int_equal(tcp_read(&r, &t), n == 20);
    }
}

static void test_quoted(void **state) {
    (void)state;
    static const uint8_t bytes[8] = {0xc3, 0x50, 0x01, 0xbb, 0x89, 0xab, 0xcd, 0xef};
    struct tcp t;
    struct rd r = rd_of(bytes, 8);
    assert_true(tcp_read_quoted(&r, &t));
    assert_int_equal(t.sport, 50000);
    assert_int_equal(t.dport, 443);
    assert_true(t.seq == 0x89abcdef);
    assert_int_equal(t.flags, 0);
    r = rd_of(bytes, 7);
    assert_false(tcp_read_quoted(&r, &t));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),  cmocka_unit_test(test_known_segment), cmocka_unit_test(test_options),
        cmocka_unit_test(test_data_offset), cmocka_unit_test(test_quoted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
