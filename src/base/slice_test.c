#include "base/slice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_compare(void **state) {
    (void)state;
    assert_true(slice_eq(SLICE("abc"), SLICE("abc")));
    assert_false(slice_eq(SLICE("abc"), SLICE("abd")));
    assert_false(slice_eq(SLICE("abc"), SLICE("ab")));
    assert_true(slice_eq(slice_of(NULL), SLICE("")));
    assert_true(slice_eq_nocase(SLICE("HtTp[1]"), SLICE("hTtP[1]")));
    assert_false(slice_eq_nocase(SLICE("a@"), SLICE("a`")));
    assert_false(slice_eq_nocase(SLICE("abc"), SLICE("ab")));
    assert_true(slice_starts(SLICE("abc"), SLICE("")));
    assert_true(slice_starts(SLICE("abc"), SLICE("ab")));
    assert_false(slice_starts(SLICE("ab"), SLICE("abc")));
    assert_true(slice_starts_nocase(SLICE("ABc"), SLICE("ab")));
    assert_true(slice_cmp(SLICE("ab"), SLICE("abc")) < 0);
    assert_true(slice_cmp(SLICE("b"), SLICE("abc")) > 0);
    assert_true(slice_cmp(SLICE("\x80"), SLICE("a")) > 0);
    assert_int_equal(slice_cmp(slice_of(NULL), SLICE("")), 0);
}

static void test_parts(void **state) {
    (void)state;
    assert_true(slice_eq(slice_sub(SLICE("abcdef"), 2, 3), SLICE("cde")));
    assert_true(slice_eq(slice_sub(SLICE("abcdef"), 4, SIZE_MAX), SLICE("ef")));
    assert_int_equal(slice_sub(SLICE("abc"), 9, 9).n, 0);
    assert_int_equal(slice_skip(slice_of(NULL), 4).n, 0);
    assert_true(slice_eq(slice_trim(SLICE(" \t\r\n a b \n")), SLICE("a b")));
    assert_int_equal(slice_trim(SLICE(" \t")).n, 0);
    assert_int_equal(slice_find(SLICE("abcb"), 'b'), 1);
    assert_int_equal(slice_find(SLICE("abc"), 'z'), 3);
    assert_int_equal(slice_find(slice_of(NULL), 'z'), 0);
}

static void test_looking(void **state) {
    (void)state;
    assert_int_equal(slice_find_part(SLICE("abcbc"), SLICE("bc")), 1);
    assert_int_equal(slice_find_part(SLICE("abc"), SLICE("cd")), 3);
    assert_int_equal(slice_find_part(SLICE("abc"), SLICE("")), 3);
    assert_int_equal(slice_find_part(slice_of(NULL), SLICE("a")), 0);
    assert_true(slice_has_exact(SLICE("abc"), SLICE("bc")));
    assert_false(slice_has_exact(SLICE("abc"), SLICE("BC")));
    assert_false(slice_has_exact(slice_of(NULL), SLICE("")));
    assert_true(slice_has(SLICE("aBc"), SLICE("bC")));
    assert_false(slice_has(SLICE("abc"), SLICE("bcd")));
    assert_false(slice_has(SLICE("abc"), SLICE("")));
}

static void expect_split(const char *text, const char *const *parts, size_t n) {
    struct slice rest = slice_of(text), part;
    for (size_t i = 0; i < n; i++) {
        assert_true(slice_split(&rest, ',', &part));
        assert_true(slice_eq(part, slice_of(parts[i])));
    }
    assert_false(slice_split(&rest, ',', &part));
}

static void test_split(void **state) {
    (void)state;
    expect_split("a,,b", (const char *const[]){"a", "", "b"}, 3);
    expect_split("", (const char *const[]){""}, 1);
    expect_split("a,", (const char *const[]){"a", ""}, 2);
    expect_split(NULL, NULL, 0);
}

static void test_words(void **state) {
    (void)state;
    struct slice rest = SLICE("  one\ttwo\r\nthree "), word;
    assert_true(slice_word(&rest, &word));
    assert_true(slice_eq(word, SLICE("one")));
    assert_true(slice_word(&rest, &word));
    assert_true(slice_eq(word, SLICE("two")));
    assert_true(slice_word(&rest, &word));
    assert_true(slice_eq(word, SLICE("three")));
    assert_false(slice_word(&rest, &word));
}

static void test_statements(void **state) {
    (void)state;
    struct slice word = {0}, rest = {0};
    assert_true(slice_statement(SLICE(" \tport\t 80 \t81\r"), &word, &rest));
    assert_true(slice_eq(word, SLICE("port")));
    assert_true(slice_eq(rest, SLICE("80 \t81")));
    assert_true(slice_statement(SLICE("port"), &word, &rest));
    assert_int_equal(rest.n, 0);
    assert_true(slice_statement(SLICE("port#"), &word, &rest));
    assert_false(slice_statement(SLICE("  # port"), &word, &rest));
    assert_false(slice_statement(SLICE(" \r"), &word, &rest));
    assert_false(slice_statement(slice_of(NULL), &word, &rest));
}

static void test_match(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool match;
    } cases[] = {{"", "", true},
                 {"", "a", false},
                 {"*", "", true},
                 {"*", "anything", true},
                 {"http*", "HTTPS", true},
                 {"http*", "htt", false},
                 {"?", "", false},
                 {"?", "x", true},
                 {"a*b*c", "aXbXbc", true},
                 {"a*b*c", "acb", false},
                 {"*-proxy", "a-prox-proxy", true},
                 {"**a**", "bab", true},
                 {"a?c", "abc", true},
                 {"a?c", "ac", false}};
    for (size_t i = 0; i < LL_COUNT(cases); i++)
        assert_int_equal(slice_match(slice_of(cases[i].pattern), slice_of(cases[i].text)), cases[i].match);
    /* A matcher that tries every star anew would not come back from this one. */
    char pattern[201], text[4001];
    for (size_t i = 0; i < 200; i++)
        pattern[i] = i % 2 ? 'a' : '*';
    pattern[200] = '\0';
    memset(text, 'a', 4000);
    text[3999] = 'b';
    text[4000] = '\0';
    assert_false(slice_match(slice_of(pattern), slice_of(text)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compare), cmocka_unit_test(test_parts), cmocka_unit_test(test_looking),
        cmocka_unit_test(test_split),   cmocka_unit_test(test_words), cmocka_unit_test(test_statements),
        cmocka_unit_test(test_match),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
