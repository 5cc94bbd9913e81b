/* Sockets of a set: their events, what is buried in the middle of a batch, and a loop that rests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "io/loop_uv.h"
#include "io/socket_set.h"

#include <sys/socket.h>
#include <unistd.h>

#define PAIRS 300 /* more than one batch of events */

struct world;

struct end {
    struct socket_one one;
    struct world *w;
    int fd, peer;
    unsigned events;
    bool dead, freed;
};

struct world {
    struct loop *loop;
    struct socket_set set;
    struct end ends[PAIRS];
    struct end *victim; /* closed by the first event of another one */
    bool in_event;
    unsigned told, told_dead;
};

static struct end *end_of(struct socket_one *one) {
    return (struct end *)(void *)((char *)one - offsetof(struct end, one));
}

static void close_end(struct end *e) {
    e->dead = true;
    close(e->fd);
    close(e->peer);
    socket_set_bury(&e->w->set, &e->one);
    assert_int_equal(e->freed, !e->w->in_event);
    socket_set_leave(&e->w->set);
}

static void on_event(struct socket_one *one, uint32_t events) {
    struct end *e = end_of(one);
    struct world *w = e->w;
    assert_false(e->freed);
    if (e->dead) {
        w->told_dead++;
        return;
    }
    assert_true(events & (EPOLLIN | EPOLLHUP));
    e->events++;
    w->told++;
    w->in_event = true;
    if (w->victim && w->victim != e) {
        close_end(w->victim);
        w->victim = NULL;
    }
    close_end(e);
    w->in_event = false;
}

static void on_free(struct socket_one *one) {
    struct end *e = end_of(one);
    assert_true(e->dead);
    assert_false(e->freed);
    e->freed = true;
}

static const struct socket_set_ops ops = {.event = on_event, .free = on_free, .rounds = 2};

static void open_world(struct world *w, size_t n) {
    struct err e = {0};
    memset(w, 0, sizeof *w);
    w->loop = loop_uv_create(&e);
    assert_non_null(w->loop);
    assert_true(socket_set_init(&w->set, w->loop, &ops, &e));
    for (size_t i = 0; i < n; i++) {
        int fds[2];
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
        w->ends[i] = (struct end){.w = w, .fd = fds[0], .peer = fds[1]};
        assert_true(socket_set_add(&w->set, &w->ends[i].one, fds[0], EPOLLIN));
        w->set.n++;
    }
}

static void close_world(struct world *w) {
    socket_set_finish(&w->set);
    w->loop->ops->destroy(w->loop);
}

static void say(struct end *e) {
    assert_int_equal(write(e->peer, "x", 1), 1);
}

/* The run ends by itself: a set without sockets is nothing to wait for. */
static void all_are_told_and_the_loop_rests(void **state) {
    (void)state;
    static struct world w;
    open_world(&w, PAIRS);
    for (size_t i = 0; i < PAIRS; i++)
        say(&w.ends[i]);
    w.loop->ops->run(w.loop);
    assert_int_equal(w.told, PAIRS);
    assert_int_equal(w.set.n, 0);
    assert_null(w.set.watch);
    for (size_t i = 0; i < PAIRS; i++)
        assert_true(w.ends[i].freed && w.ends[i].events == 1);
    close_world(&w);
}

static void one_that_ends_in_a_batch_is_freed_behind_it(void **state) {
    (void)state;
    static struct world w;
    open_world(&w, 2);
    w.victim = &w.ends[1];
    say(&w.ends[0]); /* both are in one batch; whichever comes first ends the other one if that is the victim */
    say(&w.ends[1]);
    w.loop->ops->run(w.loop);
    assert_int_equal(w.told + w.told_dead, 2);
    assert_true(w.ends[0].freed && w.ends[1].freed);
    close_world(&w);
}

static void one_that_ends_outside_is_freed_at_once(void **state) {
    (void)state;
    static struct world w;
    open_world(&w, 1);
    assert_true(w.set.capacity >= 1 && w.set.capacity <= 60000);
    assert_non_null(w.set.watch);
    close_end(&w.ends[0]);
    assert_null(w.set.watch);
    close_world(&w);
}

static void a_batch_of_the_user_holds_them_back(void **state) {
    (void)state;
    static struct world w;
    open_world(&w, 1);
    w.in_event = true;
    socket_set_begin(&w.set);
    socket_set_begin(&w.set);
    close_end(&w.ends[0]);
    socket_set_end(&w.set);
    assert_false(w.ends[0].freed);
    socket_set_end(&w.set);
    assert_true(w.ends[0].freed);
    close_world(&w);
}

static void what_is_ignored_is_not_told(void **state) {
    (void)state;
    static struct world w;
    open_world(&w, 2);
    socket_set_ignore(&w.set, w.ends[0].fd);
    socket_set_change(&w.set, &w.ends[1].one, w.ends[1].fd, 0);
    say(&w.ends[0]);
    say(&w.ends[1]);
    socket_set_change(&w.set, &w.ends[1].one, w.ends[1].fd, EPOLLIN);
    w.set.n--; /* the ignored one is nothing to wait for */
    w.loop->ops->run(w.loop);
    assert_int_equal(w.ends[0].events, 0);
    assert_int_equal(w.ends[1].events, 1);
    close(w.ends[0].fd);
    close(w.ends[0].peer);
    close_world(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_told_and_the_loop_rests),
        cmocka_unit_test(one_that_ends_in_a_batch_is_freed_behind_it),
        cmocka_unit_test(one_that_ends_outside_is_freed_at_once),
        cmocka_unit_test(a_batch_of_the_user_holds_them_back),
        cmocka_unit_test(what_is_ignored_is_not_told),
    };
    return cmocka_run_group_tests_name("socket_set", tests, NULL, NULL);
}
