#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_append(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 10000);
    assert_string_equal(buf_cstr(&b), "");
    assert_true(buf_put(&b, SLICE("ab")));
    assert_true(buf_put(&b, slice_of(NULL)));
    assert_true(buf_put_char(&b, 'c'));
    assert_true(buf_put_str(&b, "de"));
    assert_true(buf_fill(&b, '-', 3));
    assert_true(buf_printf(&b, "%d/%s", 42, "x"));
    assert_string_equal(buf_cstr(&b), "abcde---42/x");
    assert_true(buf_printf(&b, "%2000d", 7));
    assert_int_equal(b.n, 2012);
    buf_drop_front(&b, 2011);
    assert_string_equal(buf_cstr(&b), "7");
    buf_drop_front(&b, 9);
    assert_int_equal(b.n, 0);
    buf_finish(&b);
    assert_null(b.p);
}

static void test_ceiling_is_sticky(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 8);
    assert_true(buf_put_str(&b, "12345678"));
    assert_string_equal(buf_cstr(&b), "12345678");
    assert_false(buf_put_char(&b, '9'));
    assert_true(b.failed);
    assert_false(buf_put_str(&b, ""));
    assert_string_equal(buf_cstr(&b), "12345678");
    buf_clear(&b);
    assert_false(b.failed);
    assert_false(buf_printf(&b, "%s", "123456789"));
    assert_int_equal(b.n, 0);
    buf_clear(&b);
    assert_true(buf_printf(&b, "%s", "12345678"));
    assert_false(buf_fill(&b, 'x', SIZE_MAX));
    assert_int_equal(buf_slice(&b).n, 8);
    buf_finish(&b);
    buf_init(&b, SIZE_MAX);
    assert_false(buf_fill(&b, 'x', SIZE_MAX - 1));
    buf_finish(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_append),
        cmocka_unit_test(test_ceiling_is_sticky),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
