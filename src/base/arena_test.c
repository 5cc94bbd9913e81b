#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_alloc(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, "test", 1 << 20);
    for (size_t n = 0; n < 3000; n += 7) {
        unsigned char *p = arena_alloc(&a, n);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xff, n);
    }
    arena_reset(&a);
    assert_int_equal(a.used, 0);
    unsigned char *p = arena_alloc(&a, 64);
    assert_non_null(p);
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(p[i], 0);
    arena_finish(&a);
    arena_finish(&a);
}

static void test_ceiling(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, "small", 100);
    assert_null(arena_alloc(&a, 101));
    assert_null(arena_alloc(&a, SIZE_MAX));
    assert_null(arena_alloc(&a, SIZE_MAX - 7));
    assert_non_null(arena_alloc(&a, 40));
    assert_non_null(arena_alloc(&a, 40));
    assert_null(arena_alloc(&a, 40));
    assert_null(arena_array(&a, SIZE_MAX / 2, 3));
    assert_null(arena_copy(&a, SLICE("0123456789")).p);
    arena_reset(&a);
    assert_non_null(arena_alloc(&a, 40));
    arena_finish(&a);
}

static void test_copies(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, "text", 4096);
    struct slice s = arena_copy(&a, SLICE("name"));
    assert_int_equal(s.n, 4);
    assert_string_equal(s.p, "name");
    assert_string_equal(arena_string(&a, slice_of(NULL)), "");
    uint32_t *v = arena_array(&a, 5, sizeof *v);
    assert_non_null(v);
    assert_int_equal(v[4], 0);
    arena_finish(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alloc),
        cmocka_unit_test(test_ceiling),
        cmocka_unit_test(test_copies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
