#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "io/loop_uv.h"

#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

struct probe_timer {
    struct loop *loop;
    struct loop_timer timer;
    struct probe_timer *other;
    int id;
    int fired;
    int64_t at;
    int *order;
    int *n_order;
};

static struct loop *new_loop(void) {
    struct err e = {0};
    struct loop *l = loop_uv_create(&e);
    assert_non_null(l);
    return l;
}

static void note(void *ctx) {
    struct probe_timer *t = (struct probe_timer *)ctx;
    t->fired++;
    t->at = loop_now(t->loop);
    if (t->order)
        t->order[(*t->n_order)++] = t->id;
}

static void timers_fire_in_key_order_and_not_early(void **state) {
    (void)state;
    static const int64_t delay_us[] = {3000, 100, 2000, 0, 1500, 100};
    static const int expected[] = {3, 1, 5, 4, 2, 0};
    struct loop *l = new_loop();
    struct probe_timer t[LL_COUNT(delay_us)] = {0};
    int order[LL_COUNT(delay_us)], n = 0;
    int64_t start = loop_now(l);
    for (size_t i = 0; i < LL_COUNT(t); i++) {
        t[i] = (struct probe_timer){.loop = l, .id = (int)i, .order = order, .n_order = &n};
        loop_timer_init(&t[i].timer, note, &t[i]);
        /* + i: equal times have no order of their own */
        assert_true(loop_timer_at(l, &t[i].timer, start + delay_us[i] * NS_PER_US + (int64_t)i));
    }
    l->ops->run(l);
    assert_int_equal(n, LL_COUNT(t));
    for (size_t i = 0; i < LL_COUNT(t); i++) {
        assert_int_equal(order[i], expected[i]);
        assert_true(t[i].at >= start + delay_us[i] * NS_PER_US);
        assert_true(t[i].at < start + delay_us[i] * NS_PER_US + 500 * NS_PER_MS);
        assert_false(loop_timer_armed(&t[i].timer));
    }
    l->ops->destroy(l);
}

static void rearm(void *ctx) {
    struct probe_timer *t = (struct probe_timer *)ctx;
    note(t);
    if (t->other)
        loop_timer_off(t->loop, &t->other->timer);
    if (t->fired < 3)
        loop_timer_at(t->loop, &t->timer, loop_now(t->loop) - NS_PER_S);
}

static void timers_may_rearm_themselves_and_disarm_others(void **state) {
    (void)state;
    struct loop *l = new_loop();
    struct probe_timer victim = {.loop = l}, t = {.loop = l, .other = &victim};
    loop_timer_init(&victim.timer, note, &victim);
    loop_timer_init(&t.timer, rearm, &t);
    assert_true(loop_timer_at(l, &t.timer, 1));
    assert_true(loop_timer_at(l, &victim.timer, 2));
    l->ops->run(l);
    assert_int_equal(t.fired, 3);
    assert_int_equal(victim.fired, 0);
    l->ops->destroy(l);
}

static void moving_the_first_timer_later_or_earlier_is_seen(void **state) {
    (void)state;
    struct loop *l = new_loop();
    struct probe_timer t = {.loop = l}, mover = {.loop = l};
    loop_timer_init(&t.timer, note, &t);
    loop_timer_init(&mover.timer, note, &mover);
    int64_t start = loop_now(l);
    assert_true(loop_timer_at(l, &t.timer, start + NS_PER_MS));
    assert_true(loop_timer_at(l, &t.timer, start + 20 * NS_PER_MS));
    assert_true(loop_timer_at(l, &mover.timer, start + 60 * NS_PER_S));
    assert_true(loop_timer_at(l, &mover.timer, start + 5 * NS_PER_MS));
    l->ops->run(l);
    assert_true(mover.at >= start + 5 * NS_PER_MS && mover.at < t.at);
    assert_true(t.at >= start + 20 * NS_PER_MS);
    l->ops->destroy(l);
}

struct pipe_end {
    struct loop *loop;
    struct loop_watch *watch;
    int fd;
    int bytes;
};

static void read_one(void *ctx) {
    struct pipe_end *p = (struct pipe_end *)ctx;
    char c;
    if (read(p->fd, &c, 1) == 1)
        p->bytes++;
    if (p->bytes == 2) {
        p->loop->ops->unwatch(p->loop, p->watch);
        close(p->fd);
    }
}

static void always_due(void *ctx) {
    struct probe_timer *t = (struct probe_timer *)ctx;
    if (++t->fired < 1000)
        loop_timer_at(t->loop, &t->timer, 0);
}

static void descriptors_are_served_while_timers_are_always_due(void **state) {
    (void)state;
    struct loop *l = new_loop();
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    struct pipe_end p = {.loop = l, .fd = fds[0]};
    p.watch = l->ops->watch(l, fds[0], LOOP_READ, read_one, &p);
    assert_non_null(p.watch);
    assert_int_equal(write(fds[1], "ab", 2), 2);
    struct probe_timer t = {.loop = l};
    loop_timer_init(&t.timer, always_due, &t);
    assert_true(loop_timer_at(l, &t.timer, 0));
    l->ops->run(l); /* ends only if the watch really went away */
    assert_int_equal(p.bytes, 2);
    assert_int_equal(t.fired, 1000);
    assert_null(l->ops->watch(l, -1, LOOP_READ, read_one, &p));
    close(fds[1]);
    l->ops->destroy(l);
}

struct posting {
    struct loop *loop;
    int calls;
};

static void posted(void *ctx) {
    struct posting *p = (struct posting *)ctx;
    if (++p->calls == 100)
        p->loop->ops->stop(p->loop);
}

static void *post_from_thread(void *ctx) {
    struct posting *p = (struct posting *)ctx;
    for (int i = 0; i < 100; i++)
        p->loop->ops->post(p->loop, posted, p);
    return NULL;
}

static void calls_posted_by_another_thread_arrive(void **state) {
    (void)state;
    struct loop *l = new_loop();
    struct posting p = {.loop = l};
    struct probe_timer guard = {.loop = l};
    loop_timer_init(&guard.timer, note, &guard);
    assert_true(loop_timer_at(l, &guard.timer, loop_now(l) + 20 * NS_PER_S));
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, post_from_thread, &p), 0);
    l->ops->run(l);
    pthread_join(thread, NULL);
    assert_int_equal(p.calls, 100);
    assert_int_equal(guard.fired, 0);
    l->ops->destroy(l);
}

static void run_ends_when_nothing_is_left_or_stopped(void **state) {
    (void)state;
    struct loop *l = new_loop();
    l->ops->run(l);
    struct probe_timer t = {.loop = l};
    loop_timer_init(&t.timer, note, &t);
    assert_true(loop_timer_at(l, &t.timer, loop_now(l) + 60 * NS_PER_S));
    l->ops->stop(l);
    l->ops->run(l); /* the stop before run counts */
    assert_int_equal(t.fired, 0);
    loop_timer_off(l, &t.timer);
    struct posting p = {.loop = l};
    assert_true(l->ops->post(l, posted, &p));
    l->ops->run(l);
    assert_int_equal(p.calls, 1);
    assert_true(l->ops->post(l, posted, &p)); /* freed by destroy */
    assert_true(l->ops->wall(l) > INT64_C(1600000000) * 1000000);
    l->ops->destroy(l);
}

struct signalled {
    struct loop *loop;
    int signum;
};

static void on_usr1(void *ctx, int signum) {
    struct signalled *s = (struct signalled *)ctx;
    s->signum = signum;
    s->loop->ops->stop(s->loop);
}

static void signals_reach_the_loop(void **state) {
    (void)state;
    struct loop *l = new_loop();
    struct signalled s = {.loop = l};
    struct err e = {0};
    assert_true(loop_uv_signal(l, SIGUSR1, on_usr1, &s, &e));
    assert_false(loop_uv_signal(l, SIGKILL, on_usr1, &s, &e));
    assert_int_equal(e.code, ERR_OS);
    l->ops->run(l); /* a signal handler alone does not keep it */
    struct probe_timer guard = {.loop = l};
    loop_timer_init(&guard.timer, note, &guard);
    assert_true(loop_timer_at(l, &guard.timer, loop_now(l) + 20 * NS_PER_S));
    raise(SIGUSR1);
    l->ops->run(l);
    assert_int_equal(s.signum, SIGUSR1);
    assert_int_equal(guard.fired, 0);
    l->ops->destroy(l);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timers_fire_in_key_order_and_not_early),
        cmocka_unit_test(timers_may_rearm_themselves_and_disarm_others),
        cmocka_unit_test(moving_the_first_timer_later_or_earlier_is_seen),
        cmocka_unit_test(descriptors_are_served_while_timers_are_always_due),
        cmocka_unit_test(calls_posted_by_another_thread_arrive),
        cmocka_unit_test(run_ends_when_nothing_is_left_or_stopped),
        cmocka_unit_test(signals_reach_the_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
