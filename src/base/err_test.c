#include "base/err.h"
#include <errno.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_set(void **state) {
    (void)state;
    struct err e = {0};
    assert_false(err_set(&e, ERR_INPUT, "octet %d is above 255", 300));
    assert_int_equal(e.code, ERR_INPUT);
    assert_string_equal(e.text, "octet 300 is above 255");
    assert_false(err_context(&e, "list.txt:%d", 3));
    assert_string_equal(e.text, "list.txt:3: octet 300 is above 255");
    assert_int_equal(e.code, ERR_INPUT);
    assert_false(err_set(&e, ERR_USAGE, "again: %s", e.text));
    assert_string_equal(e.text, "again: list.txt:3: octet 300 is above 255");
    err_clear(&e);
    assert_int_equal(e.code, ERR_NONE);
    assert_string_equal(e.text, "");
    assert_false(err_set(NULL, ERR_INPUT, "nobody listens"));
    assert_false(err_context(NULL, "nobody listens"));
    assert_false(err_os(NULL, ENOENT, "nobody listens"));
    err_clear(NULL);
}

static void test_os(void **state) {
    (void)state;
    struct err e = {0};
    assert_false(err_os(&e, ENOENT, "open %s", "x"));
    assert_int_equal(e.code, ERR_OS);
    assert_int_equal(e.os, ENOENT);
    assert_string_equal(e.text, "open x: No such file or directory");
    assert_false(err_os(&e, EPERM, "socket"));
    assert_int_equal(e.code, ERR_PRIVILEGE);
    assert_false(err_os(&e, EACCES, "socket"));
    assert_int_equal(e.code, ERR_PRIVILEGE);
}

static void test_long_texts_are_cut_visibly(void **state) {
    (void)state;
    struct err e = {0};
    char longer[2000];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    static const int lengths[] = {478, 479, 480, 481, 958, 959, 960, 961, 1999};
    for (size_t i = 0; i < LL_COUNT(lengths); i++) {
        err_set(&e, ERR_INPUT, "%.*s", lengths[i], longer);
        if (lengths[i] < 480) {
            assert_int_equal(strlen(e.text), lengths[i]);
            continue;
        }
        assert_int_equal(strlen(e.text), 479);
        assert_string_equal(e.text + 475, "x...");
        err_context(&e, "%s", longer);
        assert_int_equal(strlen(e.text), 479);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_os),
        cmocka_unit_test(test_long_texts_are_cut_visibly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
