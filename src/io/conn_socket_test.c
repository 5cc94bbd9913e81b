#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "io/conn_socket.h"
#include "io/loop_uv.h"
#include "io/socket.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum at { NEVER, IN_OPENED, IN_RECEIVED, IN_ENDED };

struct world {
    struct loop *loop;
    struct connector *connector;
    struct loop_timer guard, soon;
    struct conn *c;
    bool inside; /* of open, send, close */
    enum at close_in;
    unsigned opened, received, ended;
    int os;
    size_t bytes, largest;
    unsigned char sum;
    unsigned wanted; /* `ended` calls that stop the loop */
    size_t stop_bytes;
    struct slice hello;
    struct conn *victim; /* closed by the first callback */
};

static void timeout(void *ctx) {
    (void)ctx;
    fail_msg("nothing happened for 5 seconds");
}

static void stop_soon(void *ctx) {
    struct world *w = ctx;
    w->loop->ops->stop(w->loop);
}

static void run(struct world *w) {
    loop_timer_at(w->loop, &w->guard, loop_now(w->loop) + 5 * NS_PER_S);
    w->loop->ops->run(w->loop);
    loop_timer_off(w->loop, &w->guard);
}

static void run_for(struct world *w, int64_t ns) {
    loop_timer_at(w->loop, &w->soon, loop_now(w->loop) + ns);
    w->loop->ops->run(w->loop);
}

static void open_world(struct world *w) {
    struct err e = {0};
    *w = (struct world){.wanted = 1};
    w->loop = loop_uv_create(&e);
    assert_non_null(w->loop);
    w->connector = conn_socket_create(w->loop, &e);
    assert_non_null(w->connector);
    loop_timer_init(&w->guard, timeout, w);
    loop_timer_init(&w->soon, stop_soon, w);
}

static void close_it(struct world *w) {
    struct conn *c = w->c;
    w->c = NULL;
    w->inside = true;
    c->owner->ops->close(c);
    w->inside = false;
    w->loop->ops->stop(w->loop);
}

static void close_world(struct world *w) {
    if (w->c)
        close_it(w);
    w->connector->ops->destroy(w->connector);
    w->loop->ops->destroy(w->loop);
}

static void close_victim(struct world *w) {
    struct conn *c = w->victim;
    w->victim = NULL;
    if (c)
        c->owner->ops->close(c);
}

static bool say(struct world *w, struct slice s) {
    w->inside = true;
    bool ok = w->c->owner->ops->send(w->c, s);
    w->inside = false;
    return ok;
}

static void on_opened(void *ctx) {
    struct world *w = ctx;
    assert_false(w->inside);
    w->opened++;
    close_victim(w);
    if (w->hello.n)
        assert_true(say(w, w->hello));
    if (w->close_in == IN_OPENED)
        close_it(w);
}

static void on_received(void *ctx, struct slice bytes) {
    struct world *w = ctx;
    assert_false(w->inside);
    assert_int_equal(w->ended, 0);
    w->received++;
    w->bytes += bytes.n;
    w->largest = bytes.n > w->largest ? bytes.n : w->largest;
    for (size_t i = 0; i < bytes.n; i++)
        w->sum = (unsigned char)(w->sum + (unsigned char)bytes.p[i]);
    if (w->close_in == IN_RECEIVED)
        close_it(w);
    else if (w->stop_bytes && w->bytes >= w->stop_bytes)
        w->loop->ops->stop(w->loop);
}

static void on_ended(void *ctx, int os) {
    struct world *w = ctx;
    assert_false(w->inside);
    w->os = os;
    if (w->close_in == IN_ENDED)
        close_it(w);
    if (++w->ended >= w->wanted)
        w->loop->ops->stop(w->loop);
}

static const struct conn_events events = {on_opened, on_received, on_ended};

static struct conn *try_open(struct world *w, enum conn_kind kind, const struct addr *dst, uint16_t port, int *os) {
    struct conn_request r = {.kind = kind, .dst = *dst, .dport = port, .events = &events, .ctx = w};
    w->inside = true;
    struct conn *c = w->connector->ops->open(w->connector, &r, os);
    w->inside = false;
    return c;
}

static struct addr loopback(int family) {
    static const uint8_t one[16] = {[15] = 1};
    return family == AF_INET ? addr_v4(INADDR_LOOPBACK) : addr_v6(one, 0);
}

/* A socket of ours on loopback; TCP: listening. */
static int server(int family, int type, uint16_t *port) {
    union socket_address at;
    struct addr a = loopback(family);
    socklen_t n = socket_address_of(&a, 0, &at);
    int fd = socket(family, type | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, &at.any, n), 0);
    assert_true(type == SOCK_DGRAM || listen(fd, 16) == 0);
    assert_int_equal(getsockname(fd, &at.any, &n), 0);
    *port = ntohs(family == AF_INET ? at.v4.sin_port : at.v6.sin6_port);
    return fd;
}

static void open_to(struct world *w, enum conn_kind kind, int family, uint16_t port) {
    struct addr dst = loopback(family);
    int os = 0;
    w->c = try_open(w, kind, &dst, port, &os);
    if (!w->c)
        fail_msg("open: %s", strerror(os));
}

/* A connection to a server of ours, established at both ends; returns the peer's. */
static int pair(struct world *w, int family) {
    uint16_t port;
    int listener = server(family, SOCK_STREAM, &port);
    open_to(w, CONN_TCP, family, port);
    while (!w->opened)
        run_for(w, NS_PER_MS);
    int peer = accept(listener, NULL, NULL);
    assert_true(peer >= 0);
    close(listener);
    return peer;
}

static const int families[] = {AF_INET, AF_INET6};

static void bytes_go_both_ways(void **state) {
    (void)state;
    for (size_t i = 0; i < LL_COUNT(families); i++) {
        struct world w;
        char got[8];
        open_world(&w);
        int peer = pair(&w, families[i]);
        assert_true(say(&w, SLICE("question")));
        assert_int_equal(recv(peer, got, sizeof got, MSG_WAITALL), 8);
        assert_memory_equal(got, "question", 8);
        assert_int_equal(send(peer, "answer", 6, 0), 6);
        close(peer); /* the bytes come first, then the end */
        run(&w);
        assert_int_equal(w.bytes, 6);
        assert_int_equal(w.ended, 1);
        assert_int_equal(w.os, 0);
        assert_false(say(&w, SLICE("more")));
        close_world(&w);
    }
}

static void closed_ports_are_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < LL_COUNT(families); i++) {
        struct world w;
        uint16_t port;
        close(server(families[i], SOCK_STREAM, &port));
        open_world(&w);
        open_to(&w, CONN_TCP, families[i], port);
        assert_false(say(&w, SLICE("early")));
        run(&w);
        assert_int_equal(w.os, ECONNREFUSED);
        assert_int_equal(w.opened, 0);
        close_world(&w);
    }
}

static void errors_at_once_come_from_the_loop(void **state) {
    (void)state;
    struct world w;
    struct addr broadcast = addr_v4(0xffffffff); /* not for TCP: fails inside connect() */
    int os = 0;
    open_world(&w);
    w.c = try_open(&w, CONN_TCP, &broadcast, 1, &os);
    assert_non_null(w.c);
    struct conn *gone = try_open(&w, CONN_TCP, &broadcast, 1, &os);
    w.connector->ops->close(gone); /* nothing of it is told */
    assert_int_equal(w.ended, 0);
    run(&w);
    assert_int_equal(w.ended, 1);
    assert_int_not_equal(w.os, 0);
    close_world(&w);
}

static void reset(int fd) {
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(fd);
}

static void a_reset_is_told(void **state) {
    (void)state;
    struct world w;
    for (int sends = 0; sends < 2; sends++) { /* with `sends`, it is send() that the kernel tells first */
        open_world(&w);
        reset(pair(&w, AF_INET));
        if (sends)
            assert_true(say(&w, SLICE("into the void")));
        run(&w);
        assert_int_equal(w.os, ECONNRESET);
        close_world(&w);
    }
}

static void an_end_is_told_while_paused_only_by_error(void **state) {
    (void)state;
    struct world w;
    open_world(&w);
    int peer = pair(&w, AF_INET);
    w.connector->ops->pause(w.c, true);
    assert_int_equal(send(peer, "unread", 6, 0), 6);
    run_for(&w, 30 * NS_PER_MS);
    assert_int_equal(w.received + w.ended, 0);
    shutdown(peer, SHUT_WR);
    run_for(&w, 30 * NS_PER_MS);
    assert_int_equal(w.received + w.ended, 0);
    w.connector->ops->pause(w.c, false);
    run(&w);
    assert_int_equal(w.bytes, 6);
    assert_int_equal(w.os, 0);
    close(peer);
    close_world(&w);
    open_world(&w);
    peer = pair(&w, AF_INET);
    w.connector->ops->pause(w.c, true);
    reset(peer);
    run(&w);
    assert_int_equal(w.os, ECONNRESET);
    close_world(&w);
}

/* The peer reads nothing: the kernel's buffers fill, then ours up to its ceiling, then `send` refuses. */
static void a_slow_reader_fills_the_buffer(void **state) {
    (void)state;
    static char block[8192];
    struct world w;
    size_t sent = 0, got = 0;
    memset(block, 'b', sizeof block);
    open_world(&w);
    int peer = pair(&w, AF_INET);
    while (say(&w, (struct slice){block, sizeof block})) {
        sent += sizeof block;
        assert_true(sent < 64 << 20);
    }
    assert_true(sent >= CONN_SEND_MAX);
    for (int i = 0; got < sent && i < 10000; i++) {
        ssize_t n = recv(peer, block, sizeof block, MSG_DONTWAIT);
        if (n > 0)
            got += (size_t)n;
        else
            run_for(&w, NS_PER_MS);
    }
    assert_int_equal(got, sent); /* what was taken arrives, what was refused does not */
    assert_true(say(&w, SLICE("again")));
    close(peer);
    close_world(&w);
}

static void much_comes_in_pieces(void **state) {
    (void)state;
    static char block[100000];
    struct world w;
    open_world(&w);
    int peer = pair(&w, AF_INET6);
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = (char)(i * 7);
    unsigned char sum = 0;
    for (size_t i = 0; i < sizeof block; i++)
        sum = (unsigned char)(sum + (unsigned char)block[i]);
    w.stop_bytes = sizeof block;
    assert_int_equal(send(peer, block, sizeof block, 0), sizeof block);
    run(&w);
    assert_int_equal(w.bytes, sizeof block);
    assert_int_equal(w.sum, sum);
    assert_true(w.largest <= CONN_RECEIVE_MAX);
    close(peer);
    close_world(&w);
}

static void any_callback_may_close(void **state) {
    (void)state;
    for (enum at where = IN_OPENED; where <= IN_ENDED; where++) {
        struct world w;
        uint16_t port;
        open_world(&w);
        int listener = server(AF_INET, SOCK_STREAM, &port);
        w.close_in = where;
        open_to(&w, CONN_TCP, AF_INET, port);
        int peer = accept(listener, NULL, NULL);
        assert_int_equal(send(peer, "hello", 5, 0), 5);
        close(peer);
        run(&w);
        assert_null(w.c);
        assert_int_equal(w.opened, 1);
        assert_int_equal(w.received, where >= IN_RECEIVED);
        assert_int_equal(w.ended, where >= IN_ENDED);
        close(listener);
        w.loop->ops->run(w.loop); /* ends at once: no connection, no watch */
        close_world(&w);
    }
}

static void a_callback_may_close_another(void **state) {
    (void)state;
    struct world w;
    uint16_t port;
    struct addr dst = loopback(AF_INET);
    int os = 0, listener = server(AF_INET, SOCK_STREAM, &port);
    open_world(&w);
    open_to(&w, CONN_TCP, AF_INET, port);
    w.victim = try_open(&w, CONN_TCP, &dst, port, &os);
    struct conn *third = try_open(&w, CONN_TCP, &dst, port, &os);
    run_for(&w, 50 * NS_PER_MS); /* all are ready in one batch */
    assert_null(w.victim);
    assert_true(w.opened >= 2);
    w.connector->ops->close(third);
    close(listener);
    close_world(&w);
}

static void datagrams_come_whole(void **state) {
    (void)state;
    static char big[60000], huge[70000];
    for (size_t i = 0; i < LL_COUNT(families); i++) {
        struct world w;
        uint16_t port;
        union socket_address from;
        socklen_t n = sizeof from;
        char got[16];
        int peer = server(families[i], SOCK_DGRAM, &port);
        open_world(&w);
        w.hello = SLICE("who is there");
        w.stop_bytes = sizeof big;
        open_to(&w, CONN_UDP, families[i], port);
        run_for(&w, 20 * NS_PER_MS);
        assert_int_equal(recvfrom(peer, got, sizeof got, MSG_DONTWAIT, &from.any, &n), 12);
        assert_int_equal(sendto(peer, "", 0, 0, &from.any, n), 0);
        assert_int_equal(sendto(peer, big, sizeof big, 0, &from.any, n), sizeof big);
        run(&w);
        assert_int_equal(w.received, 2); /* an empty one is one too */
        assert_int_equal(w.largest, sizeof big);
        assert_false(say(&w, (struct slice){huge, sizeof huge}));
        assert_true(say(&w, SLICE("small")));
        assert_int_equal(w.ended, 0);
        close(peer);
        close_world(&w);
    }
}

static void nobody_at_a_udp_port_is_told(void **state) {
    (void)state;
    for (size_t i = 0; i < LL_COUNT(families); i++)
        for (int twice = 0; twice < 2; twice++) { /* the second send() eats the kernel's error */
            struct world w;
            uint16_t port;
            close(server(families[i], SOCK_DGRAM, &port));
            open_world(&w);
            w.hello = SLICE("who is there");
            open_to(&w, CONN_UDP, families[i], port);
            while (!w.opened)
                run_for(&w, NS_PER_US);
            if (twice && !w.ended)
                assert_true(say(&w, SLICE("hello?")));
            if (!w.ended)
                run(&w);
            assert_int_equal(w.os, ECONNREFUSED);
            close_world(&w);
        }
}

static void the_source_is_bound(void **state) {
    (void)state;
    struct world w;
    uint16_t port;
    union socket_address peer;
    socklen_t n = sizeof peer;
    struct addr dst = loopback(AF_INET), source = addr_v4(0x7f000005);
    struct conn_request r = {
        .dst = dst, .dport = 0, .source = &source, .interface = "lo", .events = &events, .ctx = &w};
    int os = 0, listener = server(AF_INET, SOCK_STREAM, &port);
    r.dport = port;
    open_world(&w);
    w.c = w.connector->ops->open(w.connector, &r, &os);
    if (!w.c && os == EPERM) { /* binding to a device may want a privilege */
        r.interface = NULL;
        w.c = w.connector->ops->open(w.connector, &r, &os);
    }
    assert_non_null(w.c);
    int fd = accept(listener, &peer.any, &n);
    assert_int_equal(ntohl(peer.v4.sin_addr.s_addr), 0x7f000005);
    close(fd);
    close(listener);
    close_world(&w);
}

static void capacity_is_kept(void **state) {
    (void)state;
    struct rlimit before, few = {.rlim_cur = 70, .rlim_max = 70};
    struct world w;
    uint16_t port;
    struct addr dst = loopback(AF_INET);
    struct conn *all[64];
    int os = 0, n = 0, peer = server(AF_INET, SOCK_DGRAM, &port);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    few.rlim_max = before.rlim_max; /* only who may raise it again could */
    open_world(&w);
    assert_true(w.connector->ops->capacity(w.connector) >= 1);
    assert_true(w.connector->ops->capacity(w.connector) <= 60000);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    while (n < 64 && (all[n] = try_open(&w, CONN_UDP, &dst, port, &os)))
        n++;
    assert_true(n > 8 && n < 64);
    assert_int_equal(os, EMFILE);
    w.connector->ops->close(all[--n]);
    all[n] = try_open(&w, CONN_UDP, &dst, port, &os);
    assert_non_null(all[n++]);
    while (n > 0)
        w.connector->ops->close(all[--n]);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    close(peer);
    close_world(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_go_both_ways),
        cmocka_unit_test(closed_ports_are_refused),
        cmocka_unit_test(errors_at_once_come_from_the_loop),
        cmocka_unit_test(a_reset_is_told),
        cmocka_unit_test(an_end_is_told_while_paused_only_by_error),
        cmocka_unit_test(a_slow_reader_fills_the_buffer),
        cmocka_unit_test(much_comes_in_pieces),
        cmocka_unit_test(any_callback_may_close),
        cmocka_unit_test(a_callback_may_close_another),
        cmocka_unit_test(datagrams_come_whole),
        cmocka_unit_test(nobody_at_a_udp_port_is_told),
        cmocka_unit_test(the_source_is_bound),
        cmocka_unit_test(capacity_is_kept),
    };
    return cmocka_run_group_tests_name("conn_socket", tests, NULL, NULL);
}
