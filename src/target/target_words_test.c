#include "target/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct seen {
    struct buf b;
    size_t stop_at;
    size_t n;
};

static bool remember(void *ctx, struct slice word, size_t line) {
    struct seen *s = ctx;
    buf_printf(&s->b, "%zu:" SLICE_FMT ";", line, SLICE_ARG(word));
    return ++s->n != s->stop_at;
}

static void expect(struct slice text, const char *words) {
    struct seen s = {.n = 0};
    buf_init(&s.b, 10000);
    assert_true(target_words(text, remember, &s, NULL));
    assert_string_equal(buf_cstr(&s.b), words);
    buf_finish(&s.b);
}

static void test_words(void **state) {
    (void)state;
    expect(SLICE(""), "");
    expect(SLICE("10.0.0.1"), "1:10.0.0.1;");
    expect(SLICE("a b\tc\r\n\n  d # e f\n#g\nh#i\n"), "1:a;1:b;1:c;3:d;5:h;");
    expect(SLICE("\xef\xbb\xbf"
                 "a\n"),
           "1:a;");
    expect(SLICE("# only a comment"), "");
    expect(slice_of(NULL), "");
}

static void test_limits(void **state) {
    (void)state;
    static char text[2000];
    memset(text, 'x', sizeof text);
    text[0] = '\n';
    struct seen s = {.n = 0};
    struct err e = {0};
    buf_init(&s.b, 10000);
    assert_true(target_words((struct slice){text, 1024}, remember, &s, &e));
    assert_int_equal(s.n, 1);
    assert_false(target_words((struct slice){text, 1025}, remember, &s, &e));
    assert_int_equal(e.code, ERR_INPUT);
    assert_non_null(strstr(e.text, "line 2"));
    assert_int_equal(s.n, 1);
    buf_finish(&s.b);
}

static void test_stop(void **state) {
    (void)state;
    struct seen s = {.stop_at = 2};
    struct err e = {0};
    buf_init(&s.b, 100);
    assert_false(target_words(SLICE("a b c"), remember, &s, &e));
    assert_string_equal(buf_cstr(&s.b), "1:a;1:b;");
    assert_int_equal(e.code, ERR_NONE);
    buf_finish(&s.b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
