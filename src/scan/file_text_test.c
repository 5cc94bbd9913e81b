#include "scan/file_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

static void test_sizes(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 300000};
    for (size_t i = 0; i < LL_COUNT(sizes); i++) {
        char name[] = "file_text_test.XXXXXX";
        int fd = mkstemp(name);
        char *bytes = malloc(sizes[i] + 1);
        assert_true(fd >= 0 && bytes);
        for (size_t k = 0; k < sizes[i]; k++)
            bytes[k] = (char)(k * 13 % 251); /* NUL bytes too */
        assert_int_equal(write(fd, bytes, sizes[i]), (ssize_t)sizes[i]);
        close(fd);
        struct buf b;
        struct err e = {0};
        assert_true(file_text_read(&b, slice_of(name), &e));
        assert_true(slice_eq(buf_slice(&b), (struct slice){bytes, sizes[i]}));
        buf_finish(&b);
        free(bytes);
        unlink(name);
    }
}

static void test_failures(void **state) {
    (void)state;
    char *longer = calloc(1, 5001);
    assert_non_null(longer);
    memset(longer, 'a', 5000);
    const struct {
        const char *name, *said;
    } cases[] = {
        {"there/is/none", "cannot open \"there/is/none\": No such file or directory"},
        {"", "cannot open \"\": No such file or directory"},
        {".", "cannot read \".\": Is a directory"},
        {longer, "a file name is longer than 4095 bytes"},
    };
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct buf b;
        struct err e = {0};
        assert_false(file_text_read(&b, slice_of(cases[i].name), &e));
        assert_string_equal(e.text, cases[i].said);
        assert_int_equal(b.n, 0);
        assert_null(b.p);
    }
    free(longer);
}

/* A pipe gives its bytes in pieces. */
static void test_standard_input(void **state) {
    (void)state;
    int fds[2], saved = dup(STDIN_FILENO);
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(write(fds[1], "one\n", 4), 4);
    assert_int_equal(write(fds[1], "two", 3), 3);
    close(fds[1]);
    dup2(fds[0], STDIN_FILENO);
    close(fds[0]);
    struct buf b;
    struct err e = {0};
    bool ok = file_text_read(&b, SLICE("-"), &e);
    dup2(saved, STDIN_FILENO);
    close(saved);
    assert_true(ok);
    assert_true(slice_eq(buf_slice(&b), SLICE("one\ntwo")));
    buf_finish(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sizes), cmocka_unit_test(test_failures),
                                       cmocka_unit_test(test_standard_input)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
