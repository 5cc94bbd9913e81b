/* Runs in a network namespace of its own, with a veth pair ll0 -- ll1. Needs root, else it is skipped and says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "io/loop_uv.h"
#include "io/privilege.h"
#include "link/network_linux.h"

#include <net/if.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct link_filter ports = {40000, 40999};

struct world {
    struct err e;
    struct log log;
    int warnings;
    struct loop *loop;
    struct loop_timer guard;
    struct network *net;
    int received;
    int wanted;
    uint8_t last[256];
    size_t last_n;
    int64_t last_t;
};

static bool ready;

static void count_warning(void *ctx, enum log_level level, const char *text) {
    (void)text;
    if (level == LOG_WARNING)
        ((struct world *)ctx)->warnings++;
}

static int enter_namespace(void **state) {
    (void)state;
    ready = geteuid() == 0 && unshare(CLONE_NEWNET) == 0 &&
            system("ip link set lo up && ip link add ll0 type veth peer name ll1 && "
                   "ip link set ll0 address 02:00:00:00:00:01 && ip link set ll1 address 02:00:00:00:00:02 && "
                   "ip addr add 10.77.0.1/24 dev ll0 && ip -6 addr add fd77::1/64 dev ll0 nodad && "
                   "ip link set ll1 addrgenmode none && ip link set ll0 up && ip link set ll1 up && "
                   "ip -6 addr add fe80::77/64 dev ll1 nodad && "
                   "ip route add 10.88.0.0/16 via 10.77.0.2 && ip route add unreachable 10.99.0.0/16 && "
                   "ip route add blackhole 10.98.0.0/16 && ip route add prohibit 10.97.0.0/16 && "
                   "ip -6 route add fd88::/64 via fe80::2 dev ll0 && ip -6 route add unreachable fd99::/64 && "
                   "ip route add 10.86.0.0/16 via inet6 fe80::3 dev ll0 && "
                   "ip neigh add 10.77.0.9 lladdr 02:00:00:00:00:09 dev ll0 nud permanent && "
                   "ip -6 neigh add fd77::9 lladdr 02:00:00:00:00:99 dev ll0 nud stale") == 0;
    if (!ready)
        print_message("SKIPPED: needs root, CLONE_NEWNET and ip(8) with veth\n");
    return 0;
}

static void timeout(void *ctx) {
    ((struct world *)ctx)->loop->ops->stop(((struct world *)ctx)->loop);
}

/* The kernels on both ends talk IPv6 to each other whenever they like: only TCP counts here. */
static bool is_noise(const uint8_t *p, size_t n) {
    struct frame f;
    bool bare = n > 0 && (p[0] >> 4 == 4 || p[0] >> 4 == 6); /* our Ethernet addresses begin with 02 */
    return frame_read(bare ? FRAME_RAW_IP : FRAME_ETHERNET, p, n, 0, &f) && f.kind != FRAME_TCP && f.kind != FRAME_ARP;
}

static void receive(void *ctx, const uint8_t *p, size_t n, int64_t t) {
    if (is_noise(p, n))
        return;
    struct world *w = (struct world *)ctx;
    w->last_n = n < sizeof w->last ? n : sizeof w->last;
    memcpy(w->last, p, w->last_n);
    w->last_t = t;
    if (++w->received == w->wanted)
        w->loop->ops->stop(w->loop);
}

static void open_world(struct world *w, const struct network_linux_options *o) {
    memset(w, 0, sizeof *w);
    w->log = (struct log){.emit = count_warning, .ctx = w};
    w->loop = loop_uv_create(&w->e);
    assert_non_null(w->loop);
    loop_timer_init(&w->guard, timeout, w);
    w->net = network_linux_create(w->loop, o, &w->log, &w->e);
    if (!w->net)
        fail_msg("%s", w->e.text);
}

static void close_world(struct world *w) {
    if (w->net)
        w->net->ops->destroy(w->net);
    w->loop->ops->destroy(w->loop);
}

/* The link to `dst`, whose way is put into *r. */
static struct link *open_link(struct world *w, const struct addr *dst, struct route *r) {
    if (!w->net->ops->route(w->net, dst, r, &w->e))
        fail_msg("%s", w->e.text);
    struct link *l = w->net->ops->open(w->net, r, &ports, receive, w, &w->e);
    assert_non_null(l);
    return l;
}

/* The other end of the link of `r`. */
static struct link *open_peer(struct world *w, const struct route *r, link_receive_fn fn) {
    struct route other = *r;
    other.ifindex = (int)if_nametoindex("ll1");
    memcpy(other.ifname, "ll1", 4);
    other.mac[5] = 2;
    struct link *l = w->net->ops->open(w->net, &other, &ports, fn, w, &w->e);
    assert_non_null(l);
    return l;
}

/* Runs until `wanted` packets came, or for `ms`. */
static void run(struct world *w, int wanted, int ms) {
    w->received = 0;
    w->wanted = wanted;
    loop_timer_at(w->loop, &w->guard, loop_now(w->loop) + ms * NS_PER_MS);
    w->loop->ops->run(w->loop);
    loop_timer_off(w->loop, &w->guard);
}

static struct addr address(const char *text) {
    struct addr a;
    if (!addr_parse(slice_of(text), &a))
        fail_msg("%s", text);
    return a;
}

#define NEED_NAMESPACE()                                                                                               \
    if (!ready)                                                                                                        \
    skip()

static const struct route_case {
    const char *dst, *ifname, *source, *next_hop; /* ifname NULL: no route */
    bool local, direct, ethernet;
} route_cases[] = {
    {"10.77.0.5", "ll0", "10.77.0.1", "10.77.0.5", false, true, true},
    {"10.88.1.2", "ll0", "10.77.0.1", "10.77.0.2", false, false, true},
    {"10.86.1.2", "ll0", "10.77.0.1", "fe80::3%ll0", false, false, true},
    {"10.77.0.1", "lo", "10.77.0.1", "10.77.0.1", true, true, false},
    {"127.0.0.1", "lo", "127.0.0.1", "127.0.0.1", true, true, false},
    {"fd77::5", "ll0", "fd77::1", "fd77::5", false, true, true},
    {"fd88::5", "ll0", "fd77::1", "fe80::2%ll0", false, false, true},
    {"fd77::1", "lo", "fd77::1", "fd77::1", true, true, false},
    {"::1", "lo", "::1", "::1", true, true, false},
    {"10.99.0.1", NULL, NULL, NULL, false, false, false},
    {"10.98.0.1", NULL, NULL, NULL, false, false, false},
    {"10.97.0.1", NULL, NULL, NULL, false, false, false},
    {"8.8.8.8", NULL, NULL, NULL, false, false, false},
    {"fd99::1", NULL, NULL, NULL, false, false, false},
    {"2001:db8::1", NULL, NULL, NULL, false, false, false},
    {"fe80::5", NULL, NULL, NULL, false, false, false},
};

static void routes_follow_the_kernel(void **state) {
    (void)state;
    NEED_NAMESPACE();
    struct world w;
    open_world(&w, NULL);
    for (size_t i = 0; i < 2 * LL_COUNT(route_cases); i++) { /* twice: the cache gives the same */
        const struct route_case *c = &route_cases[i % LL_COUNT(route_cases)];
        struct addr dst = address(c->dst);
        struct route r;
        err_clear(&w.e);
        bool ok = w.net->ops->route(w.net, &dst, &r, &w.e);
        if (ok != (c->ifname != NULL))
            fail_msg("%s: %s", c->dst, w.e.text);
        if (!ok) {
            assert_int_equal(w.e.code, ERR_NO_ROUTE);
            assert_non_null(strstr(w.e.text, c->dst));
            continue;
        }
        struct addr source = address(c->source), next_hop = address(c->next_hop);
        assert_string_equal(r.ifname, c->ifname);
        assert_int_equal(r.ifindex, if_nametoindex(c->ifname));
        assert_true(addr_eq(&r.source, &source));
        assert_true(addr_eq(&r.next_hop, &next_hop));
        assert_int_equal(r.local, c->local);
        assert_int_equal(r.direct, c->direct);
        assert_int_equal(r.ethernet, c->ethernet);
        assert_true(r.mtu >= 1500);
        if (c->ethernet)
            assert_int_equal(r.mac[5], 1);
    }
    close_world(&w);
}

static void interface_and_source_options_are_honoured(void **state) {
    (void)state;
    NEED_NAMESPACE();
    struct world w;
    struct addr source = address("192.0.2.9"), far = address("10.77.0.5"), linklocal = address("fe80::5");
    struct route r;
    open_world(&w, &(struct network_linux_options){.interface = "ll1", .source = &source});
    assert_true(w.net->ops->route(w.net, &far, &r, &w.e));
    assert_string_equal(r.ifname, "ll1");
    assert_true(addr_eq(&r.source, &source));
    assert_true(w.net->ops->route(w.net, &linklocal, &r, &w.e)); /* -e is the zone */
    assert_string_equal(r.ifname, "ll1");
    source = address("fe80::77%ll1");
    assert_true(addr_eq(&r.source, &source));
    close_world(&w);
    struct err e = {0};
    struct loop *loop = loop_uv_create(&e);
    assert_null(network_linux_create(loop, &(struct network_linux_options){.interface = "nix7"}, &w.log, &e));
    assert_int_equal(e.code, ERR_USAGE);
    assert_non_null(strstr(e.text, "nix7"));
    loop->ops->destroy(loop);
}

static void neighbors_come_from_the_kernel(void **state) {
    (void)state;
    NEED_NAMESPACE();
    struct world w;
    uint8_t mac[MAC_LEN];
    int ll0 = (int)if_nametoindex("ll0");
    struct addr v4 = address("10.77.0.9"), v6 = address("fd77::9"), none = address("10.77.0.10");
    open_world(&w, NULL);
    assert_true(w.net->ops->neighbor(w.net, ll0, &v4, mac));
    assert_int_equal(mac[5], 0x09);
    assert_true(w.net->ops->neighbor(w.net, ll0, &v6, mac));
    assert_int_equal(mac[5], 0x99);
    assert_false(w.net->ops->neighbor(w.net, ll0, &none, mac));
    assert_false(w.net->ops->neighbor(w.net, 9999, &v4, mac));
    assert_true(w.net->ops->raw_allowed(w.net, &w.e));
    close_world(&w);
}

static size_t write_syn(struct wr *out, const struct addr *src, const struct addr *dst, uint16_t sport,
                        uint16_t dport) {
    struct ip ip = {.src = *src, .dst = *dst, .proto = IP_PROTO_TCP, .ttl = 64, .id = 7, .payload = TCP_LEN};
    struct tcp tcp = {.sport = sport, .dport = dport, .seq = 0x01020304, .flags = TCP_SYN, .window = 1024};
    ip_write(out, &ip);
    tcp_write(out, &tcp, src, dst);
    assert_false(out->bad);
    return out->n;
}

static void send_frame(struct link *l, const uint8_t to[MAC_LEN], uint16_t dport) {
    struct addr src = address("10.77.0.1"), dst = address("10.77.0.2");
    uint8_t *p = l->ops->alloc(l);
    assert_non_null(p);
    struct wr out = wr_of(p, LINK_FRAME_MAX);
    struct eth eth = {.type = ETH_TYPE_IP4};
    memcpy(eth.dst, to, MAC_LEN);
    memcpy(eth.src, l->mac, MAC_LEN);
    eth_write(&out, &eth);
    l->ops->commit(l, write_syn(&out, &src, &dst, 1234, dport));
}

static void frames_pass_between_packet_links(void **state) {
    (void)state;
    NEED_NAMESPACE();
    struct world w;
    struct route r;
    struct addr dst = address("10.77.0.2");
    open_world(&w, NULL);
    struct link *a = open_link(&w, &dst, &r);
    assert_ptr_equal(a, w.net->ops->open(w.net, &r, &ports, receive, &w, &w.e));
    assert_string_equal(a->ops->name, "packet");
    struct link *b = open_peer(&w, &r, receive);
    int64_t before = loop_now(w.loop);
    for (uint16_t i = 0; i < 300; i++) /* several batches; every third is for us */
        send_frame(a, b->mac, i % 3 ? 80 : (uint16_t)(40000 + i));
    a->ops->flush(a);
    run(&w, 100, 2000);
    assert_int_equal(w.received, 100);
    for (int wait = 0; wait < 1000 && a->count.sent < 300; wait++) {
        usleep(1000);
        a->ops->flush(a);
    }
    assert_int_equal(a->count.sent, 300);
    assert_int_equal(a->count.send_errors, 0);
    assert_true(b->count.received >= 100); /* and own frames are not heard: 100 in all */
    assert_int_equal(b->count.kernel_drops, 0);
    assert_int_equal(w.last_n, ETH_LEN + IP4_LEN + TCP_LEN);
    assert_true(w.last_t >= before && w.last_t <= loop_now(w.loop));
    struct frame f;
    assert_true(frame_read(b->frame, w.last, w.last_n, 0, &f));
    assert_int_equal(f.dport % 3, 40297 % 3); /* two threads send: the last one may be another */
    run(&w, 1, 20);
    assert_int_equal(w.received, 0); /* nothing else came through the filter */
    close_world(&w);
}

#define MANY 900 /* more than all bundles hold, and each its own port of the block */

static uint8_t seen[MANY];

static void receive_once(void *ctx, const uint8_t *p, size_t n, int64_t t) {
    struct frame f;
    if (is_noise(p, n) || !frame_read(FRAME_ETHERNET, p, n, 0, &f) || f.dport < 40000 || f.dport >= 40000 + MANY)
        return;
    seen[f.dport - 40000]++;
    receive(ctx, p, n, t);
}

/* More than the queue of the sending thread holds: both threads send, and each frame goes out once. */
static void many_frames_go_out_once(void **state) {
    (void)state;
    NEED_NAMESPACE();
    struct world w;
    struct route r;
    struct addr dst = address("10.77.0.2");
    open_world(&w, NULL);
    assert_true(w.net->ops->raw_allowed(w.net, &w.e)); /* and its socket serves the first link */
    struct link *a = open_link(&w, &dst, &r);
    struct link *b = open_peer(&w, &r, receive_once);
    for (unsigned round = 1; round <= 5; round++) {
        for (uint16_t i = 0; i < MANY; i++) {
            for (int wait = 0; wait < 1000 && !a->ops->alloc(a); wait++)
                usleep(1000); /* the thread has it */
            send_frame(a, b->mac, (uint16_t)(40000 + i));
        }
        a->ops->flush(a);
        run(&w, MANY, 2000);
        assert_int_equal(w.received, MANY);
        for (size_t i = 0; i < MANY; i++)
            assert_int_equal(seen[i], round);
    }
    for (int wait = 0; wait < 1000 && a->count.sent < 5 * MANY; wait++) {
        usleep(1000);
        a->ops->flush(a);
    }
    assert_int_equal(a->count.sent, 5 * MANY);
    assert_int_equal(a->count.send_errors, 0);
    assert_int_equal(b->count.kernel_drops, 0);
    close_world(&w);
}

/* The kernel of this namespace answers a SYN to a closed port with an RST to the source port, which is in our block. */
static void the_kernel_answers_over_raw_ip(void **state) {
    (void)state;
    NEED_NAMESPACE();
    static const char *const targets[] = {"127.0.0.1", "10.77.0.1", "::1", "fd77::1"};
    struct world w;
    open_world(&w, NULL);
    for (size_t i = 0; i < LL_COUNT(targets); i++) {
        struct addr dst = address(targets[i]);
        struct route r;
        struct link *l = open_link(&w, &dst, &r);
        assert_string_equal(l->ops->name, "raw-ip");
        for (uint16_t k = 0; k < 10; k++) {
            struct wr out = wr_of(l->ops->alloc(l), LINK_FRAME_MAX);
            l->ops->commit(l, write_syn(&out, &r.source, &dst, (uint16_t)(40100 + k), 9));
        }
        l->ops->flush(l);
        run(&w, 10, 2000);
        struct frame f;
        assert_int_equal(w.received, 10);
        assert_true(frame_read(l->frame, w.last, w.last_n, 0, &f));
        assert_int_equal(f.kind, FRAME_TCP);
        assert_int_equal(f.dport, 40109);
        assert_int_equal(f.tcp.flags, TCP_RST | TCP_ACK);
        assert_int_equal(f.tcp.ack, 0x01020305);
        assert_true(addr_eq(&f.ip.src, &dst));
        assert_int_equal(l->count.send_errors, 0);
    }
    close_world(&w);
}

static void an_interface_without_arp_gets_raw_ip_and_garbage_is_refused(void **state) {
    (void)state;
    NEED_NAMESPACE();
    struct world w;
    struct route r;
    struct addr dst = address("10.77.0.2");
    open_world(&w, NULL);
    assert_true(w.net->ops->route(w.net, &dst, &r, &w.e));
    r.ethernet = false;
    struct link *l = w.net->ops->open(w.net, &r, &ports, receive, &w, &w.e);
    assert_non_null(l);
    assert_int_equal(l->frame, FRAME_RAW_IP);
    uint8_t *p = l->ops->alloc(l);
    memset(p, 0, 64);
    l->ops->commit(l, 64);
    assert_int_equal(l->count.send_errors, 1);
    /* A frame that comes in on the other end is delivered without its Ethernet header. */
    struct route other = r;
    other.ifindex = (int)if_nametoindex("ll1");
    memcpy(other.ifname, "ll1", 4);
    other.ethernet = true;
    struct link *b = w.net->ops->open(w.net, &other, &ports, receive, &w, &w.e);
    assert_non_null(b);
    static const uint8_t ll0_mac[MAC_LEN] = {2, 0, 0, 0, 0, 1};
    send_frame(b, ll0_mac, 40001);
    b->ops->flush(b);
    run(&w, 1, 2000);
    assert_int_equal(w.received, 1);
    assert_int_equal(w.last_n, IP4_LEN + TCP_LEN);
    close_world(&w);
}

static void a_link_survives_its_interface_going_down(void **state) {
    (void)state;
    NEED_NAMESPACE();
    struct world w;
    struct route r;
    struct addr dst = address("10.77.0.2");
    open_world(&w, NULL);
    struct link *a = open_link(&w, &dst, &r);
    assert_int_equal(system("ip link set ll0 down"), 0);
    for (int i = 0; i < 100; i++)
        send_frame(a, r.mac, 80);
    run(&w, 1, 20);
    a->ops->flush(a);
    assert_int_equal(a->count.send_errors, 100);
    run(&w, 1, 20);
    assert_int_equal(w.warnings, 2); /* one for sending, one for receiving */
    assert_int_equal(system("ip link set ll0 up"), 0);
    send_frame(a, r.mac, 80);
    a->ops->flush(a);
    assert_int_equal(a->count.sent, 1);
    /* Without carrier the kernel takes nothing; the batch is given up after a while, not kept for ever. */
    assert_int_equal(system("ip link set ll1 down"), 0);
    uint64_t errors = a->count.send_errors;
    for (int i = 0; i < 40 && a->count.send_errors == errors; i++) {
        if (a->ops->alloc(a))
            send_frame(a, r.mac, 80);
        a->ops->flush(a);
        run(&w, 1, 10);
    }
    assert_true(a->count.send_errors > errors);
    assert_int_equal(system("ip link set ll1 up"), 0);
    close_world(&w);
}

/* In a child, because the drop is for good: CAP_NET_RAW is enough for both links, and without it the error says so. */
static int open_after_drop(bool keep_net_raw) {
    static const char *const targets[] = {"127.0.0.1", "10.77.0.2", "fd77::1"};
    struct world w;
    open_world(&w, NULL);
    if (!privilege_drop(keep_net_raw, &w.e) || w.net->ops->raw_allowed(w.net, &w.e) != keep_net_raw)
        return 1;
    for (size_t i = 0; i < LL_COUNT(targets); i++) {
        struct addr dst = address(targets[i]);
        struct route r;
        if (!w.net->ops->route(w.net, &dst, &r, &w.e))
            return 2;
        err_clear(&w.e);
        bool opened = w.net->ops->open(w.net, &r, &ports, receive, &w, &w.e) != NULL;
        if (opened != keep_net_raw || (!opened && w.e.code != ERR_PRIVILEGE))
            return 3;
    }
    close_world(&w);
    return 0;
}

static void links_open_with_cap_net_raw_alone(void **state) {
    (void)state;
    NEED_NAMESPACE();
    for (int keep = 0; keep < 2; keep++) {
        pid_t child = fork();
        if (child == 0)
            _exit(open_after_drop(keep));
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(routes_follow_the_kernel),
        cmocka_unit_test(interface_and_source_options_are_honoured),
        cmocka_unit_test(neighbors_come_from_the_kernel),
        cmocka_unit_test(frames_pass_between_packet_links),
        cmocka_unit_test(many_frames_go_out_once),
        cmocka_unit_test(the_kernel_answers_over_raw_ip),
        cmocka_unit_test(an_interface_without_arp_gets_raw_ip_and_garbage_is_refused),
        cmocka_unit_test(links_open_with_cap_net_raw_alone),
        cmocka_unit_test(a_link_survives_its_interface_going_down),
    };
    return cmocka_run_group_tests(tests, enter_namespace, NULL);
}
