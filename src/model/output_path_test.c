/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include "model/output_path.h"

static void times_are_put_in(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *path;
    } cases[] = {
        {"plain.xml", "plain.xml"},
        {"", ""},
        {"a-%T-%D.xml", "a-040506-030226.xml"},
        {"%F_%R", "2026-03-02_0405"},
        {"%Y%m%d%H%M%S%y", "2026030204050626"},
        {"100%%", "100%"},
        {"%", "%"},
        {"%q%%T", "%q%T"},
    };
    const struct tm start = {.tm_year = 126, .tm_mon = 2, .tm_mday = 2, .tm_hour = 4, .tm_min = 5, .tm_sec = 6};
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct buf b;
        buf_init(&b, 64);
        assert_true(output_path_expand(slice_of(cases[i].pattern), &start, &b));
        assert_string_equal(buf_cstr(&b), cases[i].path);
        buf_finish(&b);
    }
}

static void a_long_name_is_refused(void **state) {
    (void)state;
    const struct tm start = {.tm_year = 126, .tm_mday = 1};
    struct buf b;
    buf_init(&b, 8);
    assert_false(output_path_expand(SLICE("%F%F"), &start, &b));
    buf_finish(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(times_are_put_in), cmocka_unit_test(a_long_name_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
