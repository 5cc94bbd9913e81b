/* Spans as numbers; and against the kernel in a network namespace of its own (needs root, else skipped). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "io/loop_uv.h"
#include "link/network_linux.h"
#include "link/route_spans.h"

#include <sched.h>
#include <unistd.h>

static struct addr address(const char *text) {
    struct addr a;
    if (!addr_parse(slice_of(text), &a))
        fail_msg("%s", text);
    return a;
}

static void spans_begin_at_borders(void **state) {
    (void)state;
    static const struct {
        const char *net;
        unsigned bits;
    } nets[] = {{"0.0.0.0", 0},          {"10.0.0.0", 8},    {"10.1.2.0", 24},       {"10.1.2.128", 25},
                {"255.255.255.255", 32}, {"2001:db8::", 32}, {"2001:db8::1:0", 112}, {"ffff::", 16}};
    static const struct {
        const char *a, *first;
    } cases[] = {{"9.255.255.255", "0.0.0.0"},       {"10.0.0.0", "10.0.0.0"},
                 {"10.1.1.255", "10.0.0.0"},         {"10.1.2.5", "10.1.2.0"},
                 {"10.1.2.200", "10.1.2.128"},       {"10.1.3.0", "10.1.3.0"},
                 {"10.255.0.1", "10.1.3.0"},         {"11.2.3.4", "11.0.0.0"},
                 {"255.255.255.254", "11.0.0.0"},    {"255.255.255.255", "255.255.255.255"},
                 {"2001:db7::1", "2001:db7::"},      {"2001:db8:0:7::1", "2001:db8:0:7::"},
                 {"2001:db8::ffff", "2001:db8::"},   {"2001:db8::1:7", "2001:db8::1:0"},
                 {"2001:db8::2:7", "2001:db8::2:0"}, {"ffff::1", "ffff::"}};
    struct route_spans s;
    route_spans_init(&s);
    for (size_t i = 0; i < LL_COUNT(nets); i++) {
        struct addr net = address(nets[i].net);
        assert_true(route_spans_add(&s, &net, nets[i].bits));
    }
    route_spans_seal(&s);
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct addr a = address(cases[i].a), want = address(cases[i].first), got = route_spans_first(&s, &a);
        char text[ADDR_TEXT_MAX];
        if (!addr_eq(&got, &want))
            fail_msg("%s begins at %s", cases[i].a, addr_format(&got, text));
    }
    route_spans_finish(&s);
}

static void borders_have_a_ceiling(void **state) {
    (void)state;
    struct route_spans s;
    route_spans_init(&s);
    uint32_t i = 0;
    for (; i < ROUTE_SPANS_MAX; i++) {
        struct addr a = addr_v4(i << 8);
        if (!route_spans_add(&s, &a, 24))
            break;
    }
    assert_int_equal(i, ROUTE_SPANS_MAX / 2);
    route_spans_finish(&s);
}

/* ---- against the kernel */

static bool ready;

static int enter_namespace(void **state) {
    (void)state;
    ready = geteuid() == 0 && unshare(CLONE_NEWNET) == 0 &&
            system("ip link set lo up && ip link add ll0 type veth peer name ll1 && ip link set ll0 up && "
                   "ip link set ll1 up && ip addr add 10.77.0.1/24 dev ll0 && ip addr add 10.78.0.1/24 dev ll0 && "
                   "ip -6 addr add fd77::1/64 dev ll0 nodad && ip route add default via 10.77.0.6 && "
                   "ip route add 10.88.0.0/16 via 10.77.0.2 && ip route add 10.88.7.0/24 via 10.77.0.3 && "
                   "ip route add 10.88.7.9 via 10.77.0.4 && ip route add 10.88.9.0/28 via 10.78.0.9 && "
                   "ip route add blackhole 10.88.5.0/24 && ip route add local 10.88.6.0/24 dev lo && "
                   "ip route add 10.88.20.0/24 via 10.77.0.5 table 77 && "
                   "ip rule add to 10.88.20.0/25 table 77 && ip -6 route add fd88::/32 via fd77::2 && "
                   "ip -6 route add fd88::8:0/112 via fd77::3") == 0;
    if (!ready)
        print_message("SKIPPED: needs root, CLONE_NEWNET and ip(8) with veth\n");
    return 0;
}

#define NEED_NAMESPACE()                                                                                               \
    if (!ready)                                                                                                        \
    skip()

struct world {
    struct err e;
    struct log log;
    struct loop *loop;
    struct network *net;
};

static void silent(void *ctx, enum log_level level, const char *text) {
    (void)ctx;
    (void)level;
    (void)text;
}

static void open_world(struct world *w) {
    *w = (struct world){.log = {.emit = silent}};
    w->loop = loop_uv_create(&w->e);
    assert_non_null(w->loop);
    w->net = network_linux_create(w->loop, NULL, &w->log, &w->e);
    assert_non_null(w->net);
}

static void close_world(struct world *w) {
    w->net->ops->destroy(w->net);
    w->loop->ops->destroy(w->loop);
}

/* What a network that has been asked for thousands of addresses says, and what one says that knows nothing. */
static void check_same(struct world *warm, const struct addr *a) {
    struct world cold;
    struct route x = {0}, y = {0};
    char text[ADDR_TEXT_MAX];
    open_world(&cold);
    err_clear(&warm->e);
    bool one = warm->net->ops->route(warm->net, a, &x, &warm->e),
         other = cold.net->ops->route(cold.net, a, &y, &cold.e);
    if (one != other || (one && (x.ifindex != y.ifindex || x.local != y.local || x.direct != y.direct ||
                                 !addr_eq(&x.source, &y.source) || !addr_eq(&x.next_hop, &y.next_hop))))
        fail_msg("%s: %d/%d, interface %d/%d, local %d/%d %s %s", addr_format(a, text), one, other, x.ifindex,
                 y.ifindex, x.local, y.local, warm->e.text, cold.e.text);
    close_world(&cold);
}

static void warm_up(struct world *w, const char *first, uint32_t n) {
    struct addr a = address(first);
    u128 number = addr_number(&a);
    for (uint32_t i = 0; i < n; i++) {
        struct route r;
        struct addr one = addr_from_number((enum addr_family)a.family, number + i, 0);
        err_clear(&w->e);
        (void)w->net->ops->route(w->net, &one, &r, &w->e);
    }
}

static void a_sweep_asks_the_kernel_few_times(void **state) {
    (void)state;
    NEED_NAMESPACE();
    struct world w;
    open_world(&w);
    warm_up(&w, "10.88.128.0", 4096);
    warm_up(&w, "fd88:0:0:9::", 4096);
    assert_in_range(network_linux_asked(w.net), 1, 200);
    close_world(&w);
}

static void spans_say_what_the_kernel_says(void **state) {
    (void)state;
    NEED_NAMESPACE();
    static const char *const ask[] = {
        "10.88.0.1",    "10.88.6.255", "10.88.7.0",       "10.88.7.8", "10.88.7.9", "10.88.7.10", "10.88.8.0",
        "10.88.9.15",   "10.88.9.16",  "10.88.5.1",       "10.88.6.7", "10.88.6.8", "10.77.0.9",  "10.77.0.200",
        "10.77.0.1",    "10.77.0.255", "10.78.0.9",       "127.0.0.1", "127.0.0.2", "10.88.20.1", "10.88.20.127",
        "10.88.20.128", "8.8.8.8",     "255.255.255.255", "0.0.0.0",   "0.0.0.1",   "1.2.3.4",    "224.0.0.1",
        "fd88::1",      "fd88::8:1",   "fd88::9:1",       "fd77::1",   "fd77::9"};
    struct world w;
    open_world(&w);
    warm_up(&w, "10.88.0.0", 8192);
    warm_up(&w, "0.0.0.0", 4);
    warm_up(&w, "10.77.0.0", 256);
    warm_up(&w, "127.0.0.0", 256);
    warm_up(&w, "fd88::7:f000", 8192);
    for (int twice = 0; twice < 2; twice++)
        for (size_t i = 0; i < LL_COUNT(ask); i++) {
            struct addr a = address(ask[i]);
            check_same(&w, &a);
        }
    close_world(&w);
}

/* The kernel spreads destinations over several next hops: each is asked for. */
static void several_next_hops_are_asked_for(void **state) {
    (void)state;
    NEED_NAMESPACE();
    struct world w;
    assert_int_equal(system("ip route add 10.89.0.0/16 nexthop via 10.77.0.2 nexthop via 10.77.0.3"), 0);
    open_world(&w);
    warm_up(&w, "10.89.0.0", 1024);
    assert_true(network_linux_asked(w.net) >= 1024);
    close_world(&w);
    assert_int_equal(system("ip route del 10.89.0.0/16"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_begin_at_borders),
        cmocka_unit_test(borders_have_a_ceiling),
        cmocka_unit_test(a_sweep_asks_the_kernel_few_times),
        cmocka_unit_test(spans_say_what_the_kernel_says),
        cmocka_unit_test(several_next_hops_are_asked_for),
    };
    return cmocka_run_group_tests(tests, enter_namespace, NULL);
}
