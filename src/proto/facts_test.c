#include "proto/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_put_and_get(void **state) {
    (void)state;
    struct arena a;
    struct facts f;
    arena_init(&a, "facts", 1 << 16);
    facts_init(&f, &a);
    char text[] = "nginx";
    facts_put(&f, "http.server", slice_of(text));
    text[0] = 'X';
    facts_put(&f, "http.server", SLICE("second"));
    facts_put(&f, "http.title", (struct slice){0});
    facts_put_u64(&f, "http.status", UINT64_MAX);
    assert_true(slice_eq(facts_get(&f, "http.server"), SLICE("nginx")));
    assert_true(slice_eq(facts_get(&f, "http.status"), SLICE("18446744073709551615")));
    assert_true(facts_have(&f, "http.title"));
    assert_false(facts_have(&f, "http.realm"));
    assert_false(f.full);
    arena_finish(&a);
}

static void test_ceilings(void **state) {
    (void)state;
    struct arena a;
    struct facts f;
    static char big[FACT_VALUE_MAX + 7];
    arena_init(&a, "facts", 4 * FACT_VALUE_MAX);
    facts_init(&f, &a);
    memset(big, 'a', sizeof big);
    facts_put(&f, "k", (struct slice){big, sizeof big});
    assert_true(f.full);
    assert_int_equal(facts_get(&f, "k").n, FACT_VALUE_MAX);
    for (size_t i = 0; i < 2 * FACTS_MAX; i++)
        facts_put(&f, "n", SLICE("v"));
    assert_true(f.n <= FACTS_MAX);
    arena_finish(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_put_and_get), cmocka_unit_test(test_ceilings)};
    return cmocka_run_group_tests_name("facts", tests, NULL, NULL);
}
