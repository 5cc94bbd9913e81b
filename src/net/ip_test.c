/* Tests of IPv4 and IPv6 headers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/checksum.h"
#include "net/ip.h"

static const uint8_t local6[16] = {0xfe, 0x80, [15] = 1}, global6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 2};

static struct ip header4(uint32_t payload) {
    return (struct ip){.src = addr_v4(0xc0000201),
                       .dst = addr_v4(0xa9fe0002),
                       .proto = IP_PROTO_TCP,
                       .ttl = 57,
                       .tos = 0xb8,
                       .id = 0x1234,
                       .df = true,
                       .payload = payload};
}

static struct ip header6(uint8_t proto, uint32_t payload) {
    return (struct ip){.src = addr_v6(local6, 0),
                       .dst = addr_v6(global6, 0),
                       .proto = proto,
                       .ttl = 255,
                       .tos = 0xb8,
                       .payload = payload};
}

static size_t write_header(uint8_t *bytes, size_t cap, struct ip h) {
    struct wr w = wr_of(bytes, cap);
    ip_write(&w, &h);
    assert_false(w.bad);
    assert_int_equal(w.n, ip_header_len(&h.dst));
    return w.n;
}

static void test_round_trip_v4(void **state) {
    (void)state;
    uint8_t bytes[24] = {0};
    write_header(bytes, 20, header4(4));
    assert_int_equal(checksum_finish(checksum_add(0, bytes, 20)), 0);
    struct ip h;
    struct rd body;
    assert_true(ip_read(bytes, sizeof bytes, 9, &h, &body));
    struct ip expected = header4(4);
    assert_true(addr_eq(&h.src, &expected.src) && addr_eq(&h.dst, &expected.dst));
    assert_int_equal(h.proto, IP_PROTO_TCP);
    assert_int_equal(h.ttl, 57);
    assert_int_equal(h.tos, 0xb8);
    assert_int_equal(h.id, 0x1234);
    assert_true(h.df);
    assert_false(h.fragment);
    assert_int_equal(h.payload, 4);
    assert_ptr_equal(body.p, bytes + 20);
    assert_int_equal(body.n, 4);
}

static void test_round_trip_v6(void **state) {
    (void)state;
    uint8_t bytes[44] = {0};
    write_header(bytes, 40, header6(IP_PROTO_UDP, 4));
    struct ip h;
    struct rd body;
    assert_true(ip_read(bytes, sizeof bytes, 9, &h, &body));
    assert_memory_equal(h.src.b, local6, 16);
    assert_memory_equal(h.dst.b, global6, 16);
    assert_int_equal(h.src.zone, 9); /* link-local only */
    assert_int_equal(h.dst.zone, 0);
    assert_int_equal(h.proto, IP_PROTO_UDP);
    assert_int_equal(h.ttl, 255);
    assert_int_equal(h.tos, 0xb8);
    assert_false(h.df || h.fragment || h.id);
    assert_int_equal(h.payload, 4);
    assert_ptr_equal(body.p, bytes + 40);
    assert_int_equal(body.n, 4);
}

static void test_known_header(void **state) {
    (void)state;
    static const uint8_t wire[20] = {0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
                                     0xb8, 0x61, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7};
    uint8_t bytes[20];
    write_header(bytes, 20,
                 (struct ip){.src = addr_v4(0xc0a80001),
                             .dst = addr_v4(0xc0a800c7),
                             .proto = IP_PROTO_UDP,
                             .ttl = 64,
                             .df = true,
                             .payload = 95});
    assert_memory_equal(bytes, wire, sizeof wire);
}

static void test_what_cannot_be_written(void **state) {
    (void)state;
    uint8_t bytes[40];
    struct ip too_long4 = header4(65516), too_long6 = header6(6, 65536), good = header6(6, 65535);
    struct wr w = wr_of(bytes, sizeof bytes);
    ip_write(&w, &too_long4);
    assert_true(w.bad);
    w = wr_of(bytes, sizeof bytes);
    ip_write(&w, &too_long6);
    assert_true(w.bad);
    w = wr_of(bytes, 39);
    ip_write(&w, &good);
    assert_true(w.bad);
    write_header(bytes, 40, good);
    write_header(bytes, 20, header4(65515));
}

static void test_claimed_length_v4(void **state) {
    (void)state;
    static const struct {
        uint16_t total;
        bool ok;
        size_t body;
        uint32_t payload;
    } rows[] = {{0, false, 0, 0}, {19, false, 0, 0}, {20, true, 0, 0},        {22, true, 2, 2},
                {28, true, 8, 8}, {30, true, 8, 10}, {0xffff, true, 8, 65515}};
    for (size_t i = 0; i < LL_COUNT(rows); i++) {
        uint8_t bytes[28] = {0};
        write_header(bytes, 20, header4(8));
        bytes[2] = (uint8_t)(rows[i].total >> 8);
        bytes[3] = (uint8_t)rows[i].total;
        struct ip h;
        struct rd body;
        assert_int_equal(ip_read(bytes, sizeof bytes, 0, &h, &body), rows[i].ok);
        if (rows[i].ok) {
            assert_int_equal(body.n, rows[i].body);
            assert_int_equal(h.payload, rows[i].payload);
        }
        assert_true(ip_read_quoted(bytes, sizeof bytes, 0, &h, &body));
        assert_int_equal(body.n, 8);
    }
}

static void test_header_length_v4(void **state) {
    (void)state;
    struct ip h;
    struct rd body;
    for (uint8_t words = 0; words < 16; words++) {
        uint8_t bytes[48] = {0};
        write_header(bytes, 20, header4(28));
        bytes[0] = (uint8_t)(0x40 | words);
        bool ok = words >= 5 && words <= 12;
        assert_int_equal(ip_read(bytes, sizeof bytes, 0, &h, &body), ok);
        if (ok)
            assert_int_equal(body.n, sizeof bytes - words * 4u);
    }
    uint8_t bytes[20];
    write_header(bytes, 20, header4(0));
    for (size_t n = 0; n < 20; n++)
        assert_false(ip_read(bytes, n, 0, &h, &body));
    for (unsigned version = 0; version < 16; version++) {
        bytes[0] = (uint8_t)(version << 4 | 5);
        assert_int_equal(ip_read(bytes, 20, 0, &h, &body), version == 4);
    }
}

static void test_fragments_v4(void **state) {
    (void)state;
    static const struct {
        uint8_t high, low;
        bool fragment, df;
    } rows[] = {{0, 0, false, false},   {0x20, 0, false, false}, {0x40, 0, false, true},
                {0x20, 1, true, false}, {0, 0xb9, true, false},  {0x1f, 0, true, false}};
    for (size_t i = 0; i < LL_COUNT(rows); i++) {
        uint8_t bytes[20];
        write_header(bytes, 20, header4(0));
        bytes[6] = rows[i].high;
        bytes[7] = rows[i].low;
        struct ip h;
        struct rd body;
        assert_true(ip_read(bytes, 20, 0, &h, &body));
        assert_int_equal(h.fragment, rows[i].fragment);
        assert_int_equal(h.df, rows[i].df);
    }
}

/* A chain of extension headers: for each its kind and its length byte; TCP behind them. */
static size_t write_chain(uint8_t *bytes, size_t cap, const uint8_t (*chain)[2], size_t n) {
    memset(bytes, 0, cap);
    size_t at = 40;
    for (size_t i = 0; i < n; i++) {
        bytes[at] = i + 1 < n ? chain[i + 1][0] : IP_PROTO_TCP;
        bytes[at + 1] = chain[i][1];
        at += chain[i][0] == 44 ? 8 : 8u + chain[i][1] * 8u;
        assert_true(at + 8 <= cap);
    }
    write_header(bytes, 40, header6(n ? chain[0][0] : IP_PROTO_TCP, (uint32_t)(at - 40 + 4)));
    return at + 4;
}

static void test_extension_headers(void **state) {
    (void)state;
    static const uint8_t chain[][2] = {{0, 0},  {60, 2}, {43, 1}, {44, 200}, {60, 0},
                                       {60, 0}, {60, 0}, {60, 0}, {60, 0}};
    uint8_t bytes[256];
    struct ip h;
    struct rd body;
    for (size_t n = 0; n <= LL_COUNT(chain); n++) {
        size_t size = write_chain(bytes, sizeof bytes, chain, n);
        assert_int_equal(ip_read(bytes, size, 0, &h, &body), n <= 8);
        if (n > 8)
            continue;
        assert_int_equal(h.proto, IP_PROTO_TCP);
        assert_int_equal(h.payload, 4);
        assert_int_equal(body.n, 4);
        assert_ptr_equal(body.p + body.n, bytes + size);
    }
    /* Cut anywhere inside the chain it is malformed; cut in the payload it is not. */
    size_t size = write_chain(bytes, sizeof bytes, chain, 8);
    for (size_t cut = 0; cut < size; cut++)
        assert_int_equal(ip_read(bytes, cut, 0, &h, &body), cut >= size - 4);
}

static void test_bogus_extension_lengths(void **state) {
    (void)state;
    static const uint8_t chain[][2] = {{0, 0}};
    uint8_t bytes[64];
    struct ip h;
    struct rd body;
    size_t size = write_chain(bytes, sizeof bytes, chain, 1);
    bytes[41] = 255;
    assert_false(ip_read(bytes, size, 0, &h, &body));
    assert_false(ip_read_quoted(bytes, size, 0, &h, &body));
    /* The headers are longer than the payload that the first one claims. */
    bytes[41] = 0;
    for (uint8_t claimed = 0; claimed < 13; claimed++) {
        bytes[5] = claimed;
        assert_int_equal(ip_read(bytes, size, 0, &h, &body), claimed >= 8);
        if (claimed >= 8)
            assert_int_equal(body.n, claimed - 8);
        assert_true(ip_read_quoted(bytes, size, 0, &h, &body));
        assert_int_equal(body.n, 4);
        assert_int_equal(h.payload, claimed > 8 ? claimed - 8 : 0);
    }
    bytes[4] = 0xff;
    assert_true(ip_read(bytes, size, 0, &h, &body));
    assert_int_equal(body.n, 4);
    assert_int_equal(h.payload, 0xff0c - 8);
}

static void test_fragments_v6(void **state) {
    (void)state;
    static const uint8_t chain[][2] = {{44, 0}, {60, 0}};
    uint8_t bytes[64];
    struct ip h;
    struct rd body;
    size_t size = write_chain(bytes, sizeof bytes, chain, 2);
    bytes[43] = 1; /* more fragments, offset 0: the first one */
    assert_true(ip_read(bytes, size, 0, &h, &body));
    assert_false(h.fragment);
    assert_int_equal(h.proto, IP_PROTO_TCP);
    bytes[43] = 8; /* offset 8: what follows is data, not an extension header */
    assert_true(ip_read(bytes, size, 0, &h, &body));
    assert_true(h.fragment);
    assert_int_equal(h.proto, 60);
    assert_int_equal(body.n, 12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip_v4),     cmocka_unit_test(test_round_trip_v6),
        cmocka_unit_test(test_known_header),      cmocka_unit_test(test_what_cannot_be_written),
        cmocka_unit_test(test_claimed_length_v4), cmocka_unit_test(test_header_length_v4),
        cmocka_unit_test(test_fragments_v4),      cmocka_unit_test(test_extension_headers),
        cmocka_unit_test(test_fragments_v6),      cmocka_unit_test(test_bogus_extension_lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
