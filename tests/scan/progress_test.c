/* The arithmetic of progress lines. The engine is this file's: engine_totals below. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scan/progress.h"
#include "sim_loop.h"

struct fixture {
    struct progress_meter meter;
    struct sim_loop *sim;
    struct loop *loop;
    struct event status, last;
    unsigned n_status, n_progress;
};

static struct engine_totals totals;

void engine_totals(const struct engine *g, struct engine_totals *out) {
    (void)g;
    *out = totals;
}

static void tell(void *ctx, struct event *ev) {
    struct fixture *f = ctx;
    f->last = *ev;
    if (ev->kind == EVENT_STATUS) {
        f->status = *ev;
        f->n_status++;
    } else {
        assert_int_equal(ev->kind, EVENT_PHASE_PROGRESS);
        f->n_progress++;
    }
}

static void nothing(void *ctx) {
    (void)ctx;
}

static void begin(struct fixture *f, int64_t every, bool automatic) {
    *f = (struct fixture){.sim = sim_loop_create()};
    assert_non_null(f->sim);
    f->loop = sim_loop_face(f->sim);
    totals = (struct engine_totals){.phase = PHASE_SYN};
    progress_start(&f->meter, f->loop, NULL, every, automatic);
    f->meter.tell = tell;
    f->meter.ctx = f;
}

/* Virtual time goes on for s seconds. */
static void pass(struct fixture *f, int64_t s) {
    struct loop_timer t;
    loop_timer_init(&t, nothing, NULL);
    sim_loop_set_bounds(f->sim, sim_loop_time(f->sim) - SIM_LOOP_START + s * NS_PER_S, 1000000);
    loop_timer_at(f->loop, &t, sim_loop_time(f->sim) + s * NS_PER_S);
    f->loop->ops->run(f->loop);
    loop_timer_off(f->loop, &t);
}

static void end(struct fixture *f) {
    progress_stop(&f->meter);
    sim_loop_destroy(f->sim);
}

static void estimates(void **state) {
    (void)state;
    static const struct {
        double fraction, percent;
        int64_t elapsed, remaining; /* remaining -1: not told */
    } cases[] = {
        {0, 0, 10, -1},    {0.001, 0.1, 10, -1},    {0.5, 50, 10, 10},      {0.25, 25, 100, 300},
        {1, 99.99, 10, 0}, {0.99999, 99.99, 10, 0}, {0.003, 0.3, 10, 3323}, {0.01, 1, 86400, 8553600},
    };
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct fixture f;
        begin(&f, 0, false);
        pass(&f, cases[i].elapsed);
        totals.fraction_done = cases[i].fraction;
        progress_now(&f.meter, true);
        bool told = cases[i].remaining >= 0 && cases[i].remaining <= 864000;
        assert_true(f.last.progress.percent > cases[i].percent - 0.001);
        assert_true(f.last.progress.percent < cases[i].percent + 0.001);
        if (told) {
            assert_in_range(f.last.progress.remaining_s, cases[i].remaining, cases[i].remaining + 1);
            assert_int_equal(f.last.progress.etc_wall, loop_wall_s(f.loop) + f.last.progress.remaining_s);
        } else {
            assert_true(f.last.progress.remaining_s < 0);
        }
        end(&f);
    }
}

static void a_status_counts_hosts(void **state) {
    (void)state;
    struct fixture f;
    begin(&f, 0, false);
    totals = (struct engine_totals){.hosts_up = 3, .hosts_down = 4, .hosts_working = 5, .phase = PHASE_NONE};
    progress_now(&f.meter, true);
    assert_int_equal(f.status.hosts_done, 7);
    assert_int_equal(f.status.hosts_up, 3);
    assert_int_equal(f.status.hosts_working, 5);
    assert_int_equal(f.n_progress, 0); /* between phases there is no line of a phase */
    end(&f);
}

static void every_so_often(void **state) {
    (void)state;
    struct fixture f;
    begin(&f, 2 * NS_PER_S, false);
    pass(&f, 11);
    assert_int_equal(f.n_status, 5);
    assert_int_equal(f.n_progress, 0); /* it stands in the status */
    end(&f);
    begin(&f, 0, false);
    pass(&f, 3600);
    assert_int_equal(f.n_status + f.n_progress, 0);
    end(&f);
}

static void by_itself_when_a_run_takes_long(void **state) {
    (void)state;
    struct fixture f;
    begin(&f, 0, true);
    totals.fraction_done = 0.1;
    pass(&f, 29);
    assert_int_equal(f.n_progress, 0);
    pass(&f, 2);
    assert_int_equal(f.n_progress, 1);
    assert_int_equal(f.n_status, 0);
    totals.fraction_done = 0.9; /* a few seconds are left: no line */
    pass(&f, 30);
    assert_int_equal(f.n_progress, 1);
    end(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(estimates),
        cmocka_unit_test(a_status_counts_hosts),
        cmocka_unit_test(every_so_often),
        cmocka_unit_test(by_itself_when_a_run_takes_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
