/* Hosts on their way to the reports: report_queue, listing, reverse names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"
#include "scan/listing.h"
#include "scan/report_queue.h"
#include "sim_loop.h"

struct fixture {
    struct sim_loop *sim;
    struct loop *loop;
    struct fake_names names;
    struct rdns rdns;
    struct listing listing;
    struct target_space *space;
    struct target_walk walk;
    unsigned told, done;
    uint64_t last;
    bool in_order;
    char text[1024];
};

static void tell(void *ctx, struct event *ev) {
    struct fixture *f = ctx;
    char address[ADDR_TEXT_MAX];
    assert_int_equal(ev->kind, EVENT_HOST);
    f->in_order = f->in_order && (!f->told || ev->host->index > f->last);
    f->last = ev->host->index;
    f->told++;
    size_t n = strlen(f->text);
    if (n + 100 < sizeof f->text)
        snprintf(f->text + n, sizeof f->text - n, "%s%s%s" SLICE_FMT, n ? " " : "",
                 addr_format(&ev->host->addr, address), ev->host->ptr.n ? "=" : "", SLICE_ARG(ev->host->ptr));
}

static void done(void *ctx) {
    struct fixture *f = ctx;
    f->done++;
    f->loop->ops->stop(f->loop);
}

static struct fixture *fixture_new(void) {
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->sim = sim_loop_create();
    assert_non_null(f->sim);
    f->loop = sim_loop_face(f->sim);
    f->in_order = true;
    fake_names_init(&f->names);
    f->rdns = (struct rdns){.names = &f->names.names};
    return f;
}

static void fixture_free(struct fixture *f) {
    f->names.names.ops->cancel_all(&f->names.names);
    rdns_finish(&f->rdns);
    fake_names_finish(&f->names);
    target_walk_finish(&f->walk);
    target_space_destroy(f->space);
    sim_loop_destroy(f->sim);
    free(f);
}

static void add(struct report_queue *q, uint64_t index) {
    struct host_result h = {.index = index};
    char text[] = "10.0.0.0";
    text[7] = (char)('0' + index % 10);
    assert_true(addr_parse(slice_of(text), &h.addr));
    report_queue_add(q, &h);
}

/* ---- report queue */

static void what_ends_within_a_moment_is_told_in_order(void **state) {
    (void)state;
    struct fixture *f = fixture_new();
    struct report_queue q;
    report_queue_init(&q, f->loop, tell, f);
    add(&q, 3);
    add(&q, 1);
    add(&q, 2);
    assert_int_equal(f->told, 0);
    f->loop->ops->run(f->loop);
    assert_string_equal(f->text, "10.0.0.1 10.0.0.2 10.0.0.3");
    assert_true(sim_loop_time(f->sim) - SIM_LOOP_START <= NS_PER_S); /* nobody waits long */
    add(&q, 0);                                                      /* later ones are not held back by what was told */
    report_queue_flush(&q);
    assert_int_equal(f->told, 4);
    report_queue_flush(&q);
    assert_int_equal(f->told, 4);
    report_queue_finish(&q);
    fixture_free(f);
}

static void the_queue_owns_its_copies(void **state) {
    (void)state;
    struct fixture *f = fixture_new();
    struct report_queue q;
    char name[] = "a.example";
    struct port_result *ports = calloc(2, sizeof *ports);
    assert_non_null(ports);
    struct host_result h = {.index = 1, .ptr = slice_of(name), .ports = ports, .n_ports = 2};
    assert_true(addr_parse(SLICE("10.0.0.1"), &h.addr));
    report_queue_init(&q, f->loop, tell, f);
    assert_true(report_queue_add(&q, &h));
    memset(name, 'X', sizeof name - 1);
    free(ports);
    report_queue_finish(&q); /* nothing is lost */
    assert_string_equal(f->text, "10.0.0.1=a.example");
    fixture_free(f);
}

static void many_hosts_do_not_pile_up(void **state) {
    (void)state;
    struct fixture *f = fixture_new();
    struct report_queue q;
    report_queue_init(&q, f->loop, tell, f);
    size_t most = 0;
    for (uint64_t i = 0; i < 5000; i++) {
        add(&q, 5000 - i);
        most = q.n > most ? q.n : most;
    }
    assert_true(f->told >= 3000 && most <= 1024);
    report_queue_finish(&q);
    assert_int_equal(f->told, 5000);
    fixture_free(f);
}

/* ---- -sL */

static void list(struct fixture *f, const char *targets, bool with_names) {
    struct err e = {0};
    struct slice rest = slice_of(targets), word;
    f->space = target_space_create();
    assert_non_null(f->space);
    while (slice_word(&rest, &word)) {
        struct target_expr x;
        assert_true(target_parse(word, &x, &e));
        assert_true(target_space_add(f->space, &x, NULL, 0, NULL, 0, &e));
    }
    target_walk_init(&f->walk, f->space, false, false, 1);
    target_walk_seal(&f->walk);
    listing_init(&f->listing, f->loop, &f->walk, with_names ? &f->rdns : NULL);
    f->listing.tell = tell;
    f->listing.done = done;
    f->listing.ctx = f;
    f->listing.sealed = true;
    listing_go(&f->listing);
    f->loop->ops->run(f->loop);
}

static void a_list_without_names(void **state) {
    (void)state;
    struct fixture *f = fixture_new();
    list(f, "10.0.0.1-2 10.1.0.0/16 ::1", false);
    assert_int_equal(f->told, 2 + 65536 + 1);
    assert_int_equal(f->done, 1);
    assert_int_equal(f->listing.told, f->told);
    assert_true(f->in_order);
    listing_finish(&f->listing);
    fixture_free(f);
}

static void a_list_keeps_its_order_while_names_come(void **state) {
    (void)state;
    struct fixture *f = fixture_new();
    list(f, "10.0.0.1-3", true);
    assert_int_equal(f->told, 0);
    fake_names_reverse(&f->names, "10.0.0.3", "c.example");
    fake_names_reverse(&f->names, "10.0.0.1", "a.example");
    assert_string_equal(f->text, "10.0.0.1=a.example");
    fake_names_reverse(&f->names, "10.0.0.2", NULL);
    f->loop->ops->run(f->loop);
    assert_string_equal(f->text, "10.0.0.1=a.example 10.0.0.2 10.0.0.3=c.example");
    assert_int_equal(f->done, 1);
    listing_finish(&f->listing);
    fixture_free(f);
}

static void a_long_list_asks_a_part_at_a_time(void **state) {
    (void)state;
    struct fixture *f = fixture_new();
    list(f, "10.1.0.0/16", true);
    assert_true(fake_names_open(&f->names) <= 2000);
    assert_int_equal(f->done, 0);
    rdns_give_up(&f->rdns); /* the run is stopped: what is known is told */
    listing_stop(&f->listing);
    f->loop->ops->run(f->loop);
    assert_int_equal(f->done, 1);
    assert_int_equal(f->told, f->walk.next);
    assert_true(f->told < 65536 && f->in_order);
    listing_finish(&f->listing);
    fixture_free(f);
}

static void a_list_that_is_dropped_frees_its_rows(void **state) {
    (void)state;
    struct fixture *f = fixture_new();
    list(f, "10.0.0.0/28", true);
    f->names.names.ops->cancel_all(&f->names.names);
    listing_finish(&f->listing);
    fixture_free(f);
}

static void names_that_are_refused_are_left_out(void **state) {
    (void)state;
    struct fixture *f = fixture_new();
    f->names.limit = 0;
    list(f, "10.0.0.1-2", true);
    assert_string_equal(f->text, "10.0.0.1 10.0.0.2");
    assert_int_equal(f->done, 1);
    listing_finish(&f->listing);
    fixture_free(f);
}

/* ---- reverse names */

static void heard(void *ctx, struct slice name) {
    char *text = ctx;
    snprintf(text, 64, "%s" SLICE_FMT, name.n ? "" : "none", SLICE_ARG(name));
}

static void lookups_are_answered_once(void **state) {
    (void)state;
    struct fixture *f = fixture_new();
    struct addr a, b, c;
    char x[64] = "", y[64] = "", z[64] = "";
    assert_true(addr_parse(SLICE("10.0.0.1"), &a) && addr_parse(SLICE("::2"), &b) && addr_parse(SLICE("::3"), &c));
    assert_true(rdns_lookup(&f->rdns, &a, heard, x) && rdns_lookup(&f->rdns, &b, heard, y));
    assert_true(rdns_lookup(&f->rdns, &c, heard, z));
    fake_names_reverse(&f->names, "::2", "b.example");
    assert_string_equal(y, "b.example");
    rdns_give_up(&f->rdns);
    assert_string_equal(x, "none");
    assert_string_equal(y, "b.example");
    x[0] = 0;
    fake_names_reverse(&f->names, "10.0.0.1", "late.example"); /* was given up */
    assert_string_equal(x, "");
    f->names.limit = 0;
    assert_false(rdns_lookup(&f->rdns, &a, heard, x));
    fixture_free(f); /* ::3 is still out */
}

static struct {
    void *host;
    unsigned n;
} stage_told;

void stage_done(void *engine_host, const struct stage *s) {
    assert_ptr_equal(s, &rdns_stage);
    stage_told.host = engine_host;
    stage_told.n++;
}

static void the_stage_names_a_host(void **state) {
    (void)state;
    struct fixture *f = fixture_new();
    struct host_result r = {0};
    struct arena arena;
    int host;
    struct stage_host h = {.result = &r, .arena = &arena, .engine_host = &host};
    arena_init(&arena, "host", 4096);
    assert_true(addr_parse(SLICE("10.0.0.1"), &r.addr));
    f->rdns.mode = DNS_NEVER;
    assert_false(rdns_stage.wanted(&f->rdns, &h));
    f->rdns.mode = DNS_DEFAULT;
    assert_true(rdns_stage.wanted(&f->rdns, &h));

    rdns_stage.start(&f->rdns, &h);
    fake_names_reverse(&f->names, "10.0.0.1", "a.example");
    assert_int_equal(stage_told.n, 1);
    assert_ptr_equal(stage_told.host, &host);
    assert_true(slice_eq(r.ptr, SLICE("a.example")));

    rdns_stage.start(&f->rdns, &h);
    rdns_stage.cancel(&f->rdns, &h);
    r.ptr = (struct slice){0};
    fake_names_reverse(&f->names, "10.0.0.1", "late.example"); /* the host may be gone: it is not touched */
    assert_int_equal(stage_told.n, 1);
    assert_int_equal(r.ptr.n, 0);

    f->names.limit = 0;
    rdns_stage.start(&f->rdns, &h); /* refused: the host goes on without */
    assert_int_equal(stage_told.n, 2);
    arena_finish(&arena);
    fixture_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_ends_within_a_moment_is_told_in_order),
        cmocka_unit_test(the_queue_owns_its_copies),
        cmocka_unit_test(many_hosts_do_not_pile_up),
        cmocka_unit_test(a_list_without_names),
        cmocka_unit_test(a_list_keeps_its_order_while_names_come),
        cmocka_unit_test(a_long_list_asks_a_part_at_a_time),
        cmocka_unit_test(a_list_that_is_dropped_frees_its_rows),
        cmocka_unit_test(names_that_are_refused_are_left_out),
        cmocka_unit_test(lookups_are_answered_once),
        cmocka_unit_test(the_stage_names_a_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
