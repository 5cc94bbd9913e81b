#include "base/heap.h"
#include "base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct thing {
    int payload;
    struct heap_entry entry;
};

enum { THINGS = 500 };

static void check_order(const struct heap *h) {
    for (size_t i = 0; i < h->n; i++) {
        assert_int_equal(h->v[i]->at, i + 1);
        assert_true(i == 0 || h->v[(i - 1) / 2]->key <= h->v[i]->key);
    }
}

static void test_random_changes(void **state) {
    (void)state;
    static struct thing things[THINGS];
    struct rng r;
    rng_seed(&r, 7);
    struct heap h;
    heap_init(&h);
    assert_null(heap_min(&h));
    for (size_t step = 0; step < 20000; step++) {
        struct thing *t = &things[rng_below(&r, THINGS)];
        if (rng_below(&r, 3) == 0)
            heap_remove(&h, &t->entry);
        else
            assert_true(heap_set(&h, &t->entry, (int64_t)rng_below(&r, 1000) - 500));
        if (step % 16 == 0)
            check_order(&h);
    }
    check_order(&h);
    int64_t last = INT64_MIN;
    for (struct heap_entry *e; (e = heap_min(&h));) {
        assert_true(e->key >= last);
        last = e->key;
        heap_remove(&h, e);
        assert_int_equal(e->at, 0);
    }
    for (size_t i = 0; i < THINGS; i++)
        assert_int_equal(things[i].entry.at, 0);
    heap_finish(&h);
}

static void test_owner(void **state) {
    (void)state;
    struct thing t = {.payload = 5};
    struct heap h;
    heap_init(&h);
    assert_true(heap_set(&h, &t.entry, INT64_MAX));
    assert_int_equal(HEAP_OWNER(heap_min(&h), struct thing, entry)->payload, 5);
    assert_true(heap_set(&h, &t.entry, INT64_MIN));
    assert_int_equal(h.n, 1);
    heap_remove(&h, &t.entry);
    heap_remove(&h, &t.entry);
    heap_finish(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_changes),
        cmocka_unit_test(test_owner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
