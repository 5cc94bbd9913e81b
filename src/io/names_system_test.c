/* Literals and the loopback addresses only: no question leaves this machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "io/loop_uv.h"
#include "io/names_system.h"

struct world {
    struct loop *loop;
    struct names *names;
    int calls, ok;
    size_t n_addrs;
    struct addr first;
    char name[256];
    bool cancel;
};

static void answered(void *ctx, const struct name_answer *a) {
    struct world *w = (struct world *)ctx;
    w->calls++;
    w->ok += a->ok;
    assert_int_equal(a->ok, a->error == NULL);
    w->n_addrs = a->n_addrs;
    if (a->n_addrs)
        w->first = a->addrs[0];
    snprintf(w->name, sizeof w->name, SLICE_FMT, SLICE_ARG(a->name));
    if (w->cancel)
        w->names->ops->cancel_all(w->names);
}

static void open_world(struct world *w) {
    struct err e = {0};
    memset(w, 0, sizeof *w);
    w->loop = loop_uv_create(&e);
    w->names = names_system_create(w->loop, &e);
    assert_non_null(w->names);
}

static void close_world(struct world *w) {
    w->names->ops->destroy(w->names);
    w->loop->ops->destroy(w->loop);
}

static void literals_and_loopback_are_answered(void **state) {
    (void)state;
    struct world w;
    struct addr loopback = addr_v4(0x7f000001), want = addr_v4(0xc0000207);
    open_world(&w);
    assert_true(w.names->ops->forward(w.names, SLICE("192.0.2.7"), ADDR_V4, answered, &w));
    assert_int_equal(w.calls, 0);
    w.loop->ops->run(w.loop); /* ends: nothing is watched without questions */
    assert_int_equal(w.calls, 1);
    assert_int_equal(w.n_addrs, 1);
    assert_true(addr_eq(&w.first, &want));
    assert_true(w.names->ops->reverse(w.names, &loopback, answered, &w));
    w.loop->ops->run(w.loop);
    assert_int_equal(w.calls, 2);
    if (w.ok == 2)
        assert_string_equal(w.name, "localhost");
    assert_false(w.names->ops->forward(w.names, (struct slice){"a\0b", 3}, ADDR_V4, answered, &w));
    close_world(&w);
}

static void many_questions_and_cancelling(void **state) {
    (void)state;
    struct world w;
    open_world(&w);
    for (int i = 0; i < 500; i++)
        assert_true(w.names->ops->forward(w.names, SLICE("192.0.2.7"), ADDR_NONE, answered, &w));
    w.loop->ops->run(w.loop);
    assert_int_equal(w.ok, 500);
    w.cancel = true;
    for (int i = 0; i < 500; i++)
        assert_true(w.names->ops->forward(w.names, SLICE("192.0.2.7"), ADDR_NONE, answered, &w));
    w.loop->ops->run(w.loop);
    assert_int_equal(w.calls, 501); /* the first callback cancelled all others */
    assert_true(w.names->ops->forward(w.names, SLICE("192.0.2.7"), ADDR_NONE, answered, &w));
    close_world(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals_and_loopback_are_answered),
        cmocka_unit_test(many_questions_and_cancelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
