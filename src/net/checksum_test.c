/* Tests of the Internet checksum: the examples of RFC 1071, and a slow sum word by word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/checksum.h"

/* RFC 1071 4.1, word by word. */
static uint16_t slow_checksum(const uint8_t *p, size_t n) {
    uint32_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (uint32_t)p[i] << (i % 2 ? 0 : 8);
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return (uint16_t)~sum;
}

static void test_rfc_examples(void **state) {
    (void)state;
    /* RFC 1071 3: the bytes sum to ddf2. */
    static const uint8_t bytes[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
    assert_int_equal(checksum_finish(checksum_add(0, bytes, sizeof bytes)), (uint16_t)~0xddf2);
    /* In two parts; with the odd last byte. */
    uint32_t sum = checksum_add(checksum_add(0, bytes, 2), bytes + 2, 6);
    assert_int_equal(checksum_finish(sum), (uint16_t)~0xddf2);
    assert_int_equal(checksum_finish(checksum_add(0, bytes, 3)), (uint16_t)~0xf201);
    assert_int_equal(checksum_finish(checksum_add(0, bytes, 0)), 0xffff);
    assert_int_equal(checksum_finish(UINT32_MAX), 0);
}

static void test_known_header(void **state) {
    (void)state;
    static const uint8_t header[] = {0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
                                     0x00, 0x00, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7};
    assert_int_equal(checksum_finish(checksum_add(0, header, sizeof header)), 0xb861);
}

static void test_all_lengths(void **state) {
    (void)state;
    static uint8_t bytes[2100];
    uint32_t x = 1;
    for (size_t i = 0; i < sizeof bytes; i++) {
        x = x * 1664525 + 1013904223;
        bytes[i] = i < 1000 ? (uint8_t)(x >> 24) : 0xff;
    }
    for (size_t n = 0; n < 80; n++)
        for (size_t at = 0; at < 9; at++)
            assert_int_equal(checksum_finish(checksum_add(0, bytes + at, n)), slow_checksum(bytes + at, n));
    for (size_t n = 900; n < sizeof bytes; n += 33)
        assert_int_equal(checksum_finish(checksum_add(0, bytes, n)), slow_checksum(bytes, n));
}

static void test_long_input_does_not_overflow(void **state) {
    (void)state;
    static uint8_t bytes[1 << 20];
    memset(bytes, 0xff, sizeof bytes);
    uint32_t sum = 0;
    for (unsigned i = 0; i < 65535; i += 257)
        sum = checksum_add(sum, bytes, sizeof bytes);
    assert_int_equal(checksum_finish(sum), 0);
}

static void test_pseudo_header(void **state) {
    (void)state;
    /* RFC 8200 8.1 laid out as bytes. */
    static const uint8_t six[40] = {
        0x20, 0x01, 0x0d, 0xb8, [15] = 1, [16] = 0xfe, [17] = 0x80, [31] = 2, [33] = 1, [35] = 0x18, [39] = 58};
    struct addr a = addr_v6(six, 9), b = addr_v6(six + 16, 9);
    assert_int_equal(checksum_finish(checksum_pseudo(&a, &b, 58, 0x10018)), slow_checksum(six, sizeof six));
    static const uint8_t four[12] = {192, 0, 2, 1, 255, 255, 255, 254, 0, 6, 0, 24};
    a = addr_v4(0xc0000201);
    b = addr_v4(0xfffffffe);
    assert_int_equal(checksum_finish(checksum_pseudo(&a, &b, 6, 24)), slow_checksum(four, sizeof four));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc_examples),  cmocka_unit_test(test_known_header),
        cmocka_unit_test(test_all_lengths),   cmocka_unit_test(test_long_input_does_not_overflow),
        cmocka_unit_test(test_pseudo_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
