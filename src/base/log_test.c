#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct seen {
    size_t n;
    enum log_level level;
    char text[2048];
};

static void remember(void *ctx, enum log_level level, const char *text) {
    struct seen *s = ctx;
    s->n++;
    s->level = level;
    snprintf(s->text, sizeof s->text, "%s", text);
}

static void test_messages(void **state) {
    (void)state;
    struct seen seen = {0};
    struct log l = {remember, &seen, 2};
    log_message(&l, LOG_WARNING, "port %d", 80);
    assert_int_equal(seen.n, 1);
    assert_int_equal(seen.level, LOG_WARNING);
    assert_string_equal(seen.text, "port 80");
    log_debug(&l, 2, "fine");
    assert_int_equal(seen.n, 2);
    assert_int_equal(seen.level, LOG_DEBUG);
    log_debug(&l, 3, "too fine");
    assert_int_equal(seen.n, 2);
    log_message(&l, LOG_INFO, "%2000d", 1);
    assert_int_equal(strlen(seen.text), 1023);
}

static void test_nobody_listens(void **state) {
    (void)state;
    struct log l = {0};
    log_message(&l, LOG_ERROR, "x");
    log_debug(&l, 0, "x");
    log_message(NULL, LOG_ERROR, "x");
    log_debug(NULL, 0, "x");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_nobody_listens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
