#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "io/dial_socket.h"
#include "io/loop_uv.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

struct world {
    struct loop *loop;
    struct dialer *dialer;
    struct loop_timer guard;
    bool inside_start;
    int calls, wanted;
    int result;
    struct dial *victim; /* cancelled by the first callback */
    int redial;          /* port to dial from the callback; 0 = none */
};

static void timeout(void *ctx) {
    (void)ctx;
    fail_msg("nothing happened for 5 seconds");
}

static void open_world(struct world *w) {
    struct err e = {0};
    memset(w, 0, sizeof *w);
    w->loop = loop_uv_create(&e);
    assert_non_null(w->loop);
    w->dialer = dial_socket_create(w->loop, &e);
    assert_non_null(w->dialer);
    loop_timer_init(&w->guard, timeout, w);
    loop_timer_at(w->loop, &w->guard, loop_now(w->loop) + 5 * NS_PER_S);
    w->wanted = 1;
}

static void close_world(struct world *w) {
    w->dialer->ops->destroy(w->dialer);
    w->loop->ops->destroy(w->loop);
}

static void dial(struct world *w, struct dial_request r);

static void ended(void *ctx, int result) {
    struct world *w = (struct world *)ctx;
    assert_false(w->inside_start);
    w->result = result;
    if (w->victim) {
        w->dialer->ops->cancel(w->dialer, w->victim);
        w->victim = NULL;
    }
    if (++w->calls == w->wanted)
        w->loop->ops->stop(w->loop);
    else if (w->redial)
        dial(w, (struct dial_request){.dst = addr_v4(INADDR_LOOPBACK), .dport = (uint16_t)w->redial});
}

static struct dial *try_dial(struct world *w, struct dial_request r, int *os) {
    r.fn = ended;
    r.ctx = w;
    if (r.sport == 0)
        r.sport = -1;
    if (r.ttl == 0)
        r.ttl = -1;
    w->inside_start = true;
    struct dial *a = w->dialer->ops->start(w->dialer, &r, os);
    w->inside_start = false;
    return a;
}

static void dial(struct world *w, struct dial_request r) {
    int os = 0;
    if (!try_dial(w, r, &os))
        fail_msg("start: %s", strerror(os));
}

static int listen_somewhere(int family, uint16_t *port) {
    struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr_in at4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool v4 = family == AF_INET;
    struct sockaddr *p = v4 ? (struct sockaddr *)&at4 : (struct sockaddr *)&at;
    socklen_t n = v4 ? sizeof at4 : sizeof at;
    assert_int_equal(bind(fd, p, n), 0);
    assert_int_equal(listen(fd, 128), 0);
    assert_int_equal(getsockname(fd, p, &n), 0);
    *port = ntohs(v4 ? at4.sin_port : at.sin6_port);
    return fd;
}

static struct addr loopback(int family) {
    static const uint8_t one[16] = {[15] = 1};
    return family == AF_INET ? addr_v4(INADDR_LOOPBACK) : addr_v6(one, 0);
}

static void open_ports_connect_and_are_reset(void **state) {
    (void)state;
    static const int families[] = {AF_INET, AF_INET6};
    for (size_t i = 0; i < LL_COUNT(families); i++) {
        struct world w;
        uint16_t port;
        int server = listen_somewhere(families[i], &port);
        struct addr dst = loopback(families[i]);
        open_world(&w);
        dial(&w, (struct dial_request){.dst = dst, .dport = port, .source = &dst, .ttl = 9});
        w.loop->ops->run(w.loop);
        assert_int_equal(w.calls, 1);
        assert_int_equal(w.result, 0);
        int peer = accept(server, NULL, NULL);
        char c;
        assert_int_equal(recv(peer, &c, 1, 0), -1);
        assert_int_equal(errno, ECONNRESET);
        close(peer);
        close(server);
        close_world(&w);
    }
}

static void closed_ports_are_refused(void **state) {
    (void)state;
    static const int families[] = {AF_INET, AF_INET6};
    for (size_t i = 0; i < LL_COUNT(families); i++) {
        struct world w;
        uint16_t port;
        close(listen_somewhere(families[i], &port));
        open_world(&w);
        dial(&w, (struct dial_request){.dst = loopback(families[i]), .dport = port});
        w.loop->ops->run(w.loop);
        assert_int_equal(w.result, ECONNREFUSED);
        close_world(&w);
    }
}

static void a_socket_that_meets_itself_is_refused(void **state) {
    (void)state;
    struct world w;
    uint16_t port;
    close(listen_somewhere(AF_INET, &port));
    open_world(&w);
    dial(&w, (struct dial_request){.dst = loopback(AF_INET), .dport = port, .sport = port});
    w.loop->ops->run(w.loop);
    assert_int_equal(w.result, ECONNREFUSED);
    close_world(&w);
}

static void errors_at_once_come_from_the_loop(void **state) {
    (void)state;
    struct world w;
    open_world(&w);
    w.wanted = 2;
    /* Class E has no route anywhere; the limited broadcast is not for TCP. Both fail inside connect(). */
    dial(&w, (struct dial_request){.dst = addr_v4(0xffffffff), .dport = 1});
    dial(&w, (struct dial_request){.dst = addr_v4(0xffffffff), .dport = 2});
    int os;
    struct dial *a = try_dial(&w, (struct dial_request){.dst = addr_v4(0xffffffff), .dport = 3}, &os);
    assert_non_null(a);
    w.dialer->ops->cancel(w.dialer, a);
    assert_int_equal(w.calls, 0);
    w.loop->ops->run(w.loop);
    assert_int_equal(w.calls, 2);
    assert_int_not_equal(w.result, 0);
    close_world(&w);
}

static void cancelled_attempts_are_not_reported(void **state) {
    (void)state;
    struct world w;
    uint16_t port;
    int server = listen_somewhere(AF_INET, &port), os = 0;
    open_world(&w);
    w.wanted = 3;
    struct dial_request r = {.dst = loopback(AF_INET), .dport = port};
    dial(&w, r);
    /* Both are ready in the same batch of events: the first callback takes the next one away. */
    w.victim = try_dial(&w, r, &os);
    assert_non_null(w.victim);
    dial(&w, r);
    struct dial *a = try_dial(&w, r, &os);
    w.dialer->ops->cancel(w.dialer, a);
    dial(&w, r);
    w.loop->ops->run(w.loop);
    assert_int_equal(w.calls, 3);
    loop_timer_off(w.loop, &w.guard);
    w.loop->ops->run(w.loop); /* ends: no attempt, no watch */
    assert_int_equal(w.calls, 3);
    dial(&w, r); /* destroy closes it */
    close(server);
    close_world(&w);
}

static void many_in_a_row_from_the_callback(void **state) {
    (void)state;
    struct world w;
    uint16_t port;
    close(listen_somewhere(AF_INET, &port));
    open_world(&w);
    w.wanted = 2000;
    w.redial = port;
    for (int i = 0; i < 50; i++)
        dial(&w, (struct dial_request){.dst = loopback(AF_INET), .dport = port});
    w.loop->ops->run(w.loop);
    assert_int_equal(w.calls, 2000);
    close_world(&w);
}

static void capacity_is_a_temporary_refusal(void **state) {
    (void)state;
    struct rlimit old, small;
    struct world w;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    small = (struct rlimit){.rlim_cur = 70, .rlim_max = old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &small), 0);
    open_world(&w); /* raises the soft limit */
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &small), 0);
    assert_true(small.rlim_cur == old.rlim_max);
    assert_true(w.dialer->ops->capacity(w.dialer) <= 60000 && w.dialer->ops->capacity(w.dialer) > 0);
    /* An address that is not ours cannot be a source. */
    struct addr foreign = addr_v4(0xc6336401);
    int os = 0;
    assert_null(try_dial(&w, (struct dial_request){.dst = loopback(AF_INET), .dport = 9, .source = &foreign}, &os));
    assert_int_equal(os, EADDRNOTAVAIL);
    assert_null(try_dial(&w, (struct dial_request){.dst = loopback(AF_INET), .dport = 9, .interface = "nix7"}, &os));
    assert_int_equal(os, ENODEV);
    close_world(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open_ports_connect_and_are_reset),      cmocka_unit_test(closed_ports_are_refused),
        cmocka_unit_test(a_socket_that_meets_itself_is_refused), cmocka_unit_test(errors_at_once_come_from_the_loop),
        cmocka_unit_test(cancelled_attempts_are_not_reported),   cmocka_unit_test(many_in_a_row_from_the_callback),
        cmocka_unit_test(capacity_is_a_temporary_refusal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
