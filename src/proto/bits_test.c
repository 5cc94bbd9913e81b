#include "proto/bits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_lines(void **state) {
    (void)state;
    struct slice rest = SLICE("one\r\n\ntwo"), line;
    assert_true(line_take(&rest, &line));
    assert_true(slice_eq(line, SLICE("one")));
    assert_true(line_take(&rest, &line));
    assert_int_equal(line.n, 0);
    assert_false(line_take(&rest, &line));
    assert_true(slice_eq(rest, SLICE("two")));
    assert_true(bits_is_text(SLICE("a b\t~"), false));
    assert_false(bits_is_text(SLICE("a\n"), false));
    assert_true(bits_is_text(SLICE("a\n"), true));
    assert_false(bits_is_text(SLICE("\x80"), true));
    assert_false(bits_is_text(SLICE(""), true));
    assert_true(slice_eq(bits_between(SLICE("a (b) c"), SLICE("("), SLICE(")")), SLICE("b")));
    assert_null(bits_between(SLICE("a (b c"), SLICE("("), SLICE(")")).p);
}

static void test_json(void **state) {
    (void)state;
    struct slice o = SLICE("{\"a\":\"b\",\"b\": \"c\\\"d\" , \"n\" : 12, \"t\":true}");
    assert_true(slice_eq(bits_json(o, SLICE("a")), SLICE("b")));
    assert_true(slice_eq(bits_json(o, SLICE("b")), SLICE("c\\\"d")));
    assert_true(slice_eq(bits_json(o, SLICE("n")), SLICE("12")));
    assert_true(slice_eq(bits_json(o, SLICE("t")), SLICE("true")));
    assert_null(bits_json(o, SLICE("c")).p);
    assert_null(bits_json(SLICE("{\"a\":\"b\\"), SLICE("a")).p);
    assert_null(bits_json(SLICE("{\"a\""), SLICE("a")).p);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines), cmocka_unit_test(test_json)};
    return cmocka_run_group_tests_name("bits", tests, NULL, NULL);
}
