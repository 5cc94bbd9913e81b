#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "io/conn_socket.h"
#include "io/loop_uv.h"
#include "io/socket.h"

#include <errno.h>
#include <unistd.h>

struct world {
    struct loop *loop;
    struct connector *connector;
    struct loop_timer guard;
    struct conn *c;
    int family, server, other; /* sockets of the peer */
    uint16_t port;
    char got[64];
    size_t n;
    int os, ended;
};

static struct addr loopback(int family, uint32_t host) {
    return family == AF_INET ? addr_v4(0x7f000000 + host) : (struct addr){.family = ADDR_V6, .b = {[15] = 1}};
}

static int bound(int family, uint32_t host, uint16_t *port) {
    union socket_address a;
    struct addr at = loopback(family, host);
    socklen_t n = socket_address_of(&at, 0, &a);
    int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, &a.any, n), 0);
    assert_int_equal(getsockname(fd, &a.any, &n), 0);
    *port = ntohs(family == AF_INET ? a.v4.sin_port : a.v6.sin6_port);
    return fd;
}

static void stop(void *ctx) {
    struct world *w = ctx;
    w->loop->ops->stop(w->loop);
}

static void run(struct world *w, int64_t ns) {
    loop_timer_at(w->loop, &w->guard, loop_now(w->loop) + ns);
    w->loop->ops->run(w->loop);
}

static void on_opened(void *ctx) {
    struct world *w = ctx;
    assert_true(w->connector->ops->send(w->c, SLICE("ask")));
}

static void on_received(void *ctx, struct slice bytes) {
    struct world *w = ctx;
    w->n = ll_min_size(bytes.n, sizeof w->got);
    memcpy(w->got, bytes.p, w->n);
    stop(w);
}

static void on_ended(void *ctx, int os) {
    struct world *w = ctx;
    w->os = os;
    w->ended++;
    stop(w);
}

static const struct conn_events events = {on_opened, on_received, on_ended};

static void begin(struct world *w, int family, bool elsewhere) {
    struct err e;
    uint16_t unused;
    *w = (struct world){.family = family};
    w->server = bound(family, 1, &w->port);
    w->other = bound(family, 1, &unused);
    w->loop = loop_uv_create(&e);
    w->connector = conn_socket_create(w->loop, &e);
    loop_timer_init(&w->guard, stop, w);
    struct conn_request r = {.kind = CONN_UDP,
                             .dst = loopback(family, 1),
                             .dport = w->port,
                             .elsewhere = elsewhere,
                             .events = &events,
                             .ctx = w};
    w->c = w->connector->ops->open(w->connector, &r, &w->os);
    assert_non_null(w->c);
}

static void finish(struct world *w) {
    loop_timer_off(w->loop, &w->guard);
    w->connector->ops->close(w->c);
    w->connector->ops->destroy(w->connector);
    w->loop->ops->destroy(w->loop);
    if (w->server >= 0)
        close(w->server);
    close(w->other);
}

/* The peer hears the question, and `fd` says the answer. */
static void answer_from(struct world *w, int fd) {
    union socket_address from;
    socklen_t n = sizeof from;
    char ask[8];
    run(w, 20 * NS_PER_MS);
    assert_int_equal(recvfrom(w->server, ask, sizeof ask, 0, &from.any, &n), 3);
    assert_int_equal(sendto(fd, "answer", 6, 0, &from.any, n), 6);
    run(w, 50 * NS_PER_MS);
}

static void an_answer_from_another_port(void **state) {
    (void)state;
    static const int families[] = {AF_INET, AF_INET6};
    for (size_t i = 0; i < LL_COUNT(families) * 2; i++) {
        struct world w;
        bool elsewhere = i % 2 == 0;
        begin(&w, families[i / 2], elsewhere);
        answer_from(&w, w.other);
        assert_int_equal(w.n, elsewhere ? 6 : 0);
        assert_true(w.connector->ops->send(w.c, SLICE("ask"))); /* still to the port that was asked */
        answer_from(&w, w.server);
        assert_memory_equal(w.got, "answer", 6);
        assert_int_equal(w.ended, 0);
        finish(&w);
    }
}

static void another_host_is_not_heard(void **state) {
    (void)state;
    struct world w;
    uint16_t unused;
    int stranger = bound(AF_INET, 2, &unused);
    begin(&w, AF_INET, true);
    answer_from(&w, stranger);
    assert_int_equal(w.n, 0);
    assert_int_equal(w.ended, 0);
    finish(&w);
    close(stranger);
}

static void nobody_there_is_told(void **state) {
    (void)state;
    static const int families[] = {AF_INET, AF_INET6};
    for (size_t i = 0; i < LL_COUNT(families); i++) {
        struct world w;
        begin(&w, families[i], true);
        close(w.server);
        w.server = -1;
        run(&w, 200 * NS_PER_MS);
        assert_int_equal(w.ended, 1);
        assert_int_equal(w.os, ECONNREFUSED);
        finish(&w);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_from_another_port),
        cmocka_unit_test(another_host_is_not_heard),
        cmocka_unit_test(nobody_there_is_told),
    };
    return cmocka_run_group_tests_name("conn_elsewhere", tests, NULL, NULL);
}
