#include "base/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static void test_read(void **state) {
    (void)state;
    struct rd r = rd_of(bytes, sizeof bytes);
    assert_int_equal(rd_u8(&r), 1);
    assert_int_equal(rd_u16(&r), 0x0203);
    assert_int_equal(rd_u32(&r), 0x04050607);
    assert_int_equal(rd_u64(&r), 0x08090a0b0c0d0e0f);
    assert_false(r.bad);
    assert_int_equal(rd_u16(&r), 0);
    assert_true(r.bad);
    assert_int_equal(r.n, 1);
    assert_int_equal(rd_u8(&r), 0); /* sticky although a byte is left */
}

static void test_read_runs(void **state) {
    (void)state;
    struct rd r = rd_of(bytes, sizeof bytes);
    rd_skip(&r, 2);
    uint8_t copy[4];
    rd_copy(&r, copy, 4);
    assert_memory_equal(copy, bytes + 2, 4);
    assert_ptr_equal(rd_bytes(&r, 2), bytes + 6);
    struct rd part = rd_sub(&r, 4);
    assert_int_equal(part.n, 4);
    assert_int_equal(rd_u32(&part), 0x090a0b0c);
    assert_int_equal(rd_u8(&r), 13);
    struct rd too_long = rd_sub(&r, 4);
    assert_true(too_long.bad);
    assert_int_equal(too_long.n, 0);
    assert_true(r.bad);
    memset(copy, 0xff, sizeof copy);
    rd_copy(&r, copy, 1);
    assert_int_equal(copy[0], 0);
    assert_int_equal(copy[1], 0xff);
    assert_null(rd_bytes(&r, 0));
    struct rd empty = rd_of(NULL, 0);
    rd_skip(&empty, 0);
    assert_false(empty.bad);
    rd_skip(&empty, SIZE_MAX);
    assert_true(empty.bad);
}

static void test_read_slices(void **state) {
    (void)state;
    struct rd r = rd_from(SLICE("abcdef"));
    assert_true(slice_eq(rd_slice(&r, 2), SLICE("ab")));
    assert_true(slice_eq(rd_rest(&r), SLICE("cdef")));
    assert_int_equal(rd_slice(&r, 5).n, 0);
    assert_true(r.bad);
    assert_int_equal(rd_rest(&r).n, 0);
}

static void test_read_little(void **state) {
    (void)state;
    struct rd r = rd_of(bytes, 5);
    assert_int_equal(rd_little(&r, 3), 0x030201);
    assert_int_equal(rd_little(&r, 2), 0x0504);
    assert_int_equal(rd_little(&r, 1), 0);
    assert_true(r.bad);
    r = rd_of(bytes, 8);
    assert_int_equal(rd_little(&r, 8), 0x0807060504030201);
}

static void test_write(void **state) {
    (void)state;
    uint8_t out[19];
    memset(out, 0xee, sizeof out);
    struct wr w = wr_of(out, 18);
    wr_u8(&w, 1);
    wr_u16(&w, 0x0203);
    wr_u32(&w, 0x04050607);
    wr_u64(&w, 0x08090a0b0c0d0e0f);
    wr_bytes(&w, bytes, 2);
    wr_zero(&w, 1);
    assert_false(w.bad);
    assert_memory_equal(out, bytes, 15);
    wr_patch_u16(&w, 15, 0xabcd);
    assert_int_equal(out[15], 0xab);
    assert_int_equal(out[16], 0xcd);
    assert_int_equal(out[17], 0);
    wr_u8(&w, 9);
    assert_true(w.bad);
    wr_zero(&w, 0);
    wr_bytes(&w, NULL, 0);
    assert_int_equal(w.n, 18);
    assert_int_equal(out[18], 0xee);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),        cmocka_unit_test(test_read_runs), cmocka_unit_test(test_read_slices),
        cmocka_unit_test(test_read_little), cmocka_unit_test(test_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
