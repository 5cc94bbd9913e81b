/* The same demands on every packet back-end (link/link.h): the simulated one, and those of Linux in a network namespace
 * of this process, where the kernel at the other end of a veth pair, or our own over loopback, answers SYNs to closed
 * ports with RSTs. The latter need root; without it they are skipped, and the output says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/loop_uv.h"
#include "link/network_linux.h"
#include "net/checksum.h"
#include "sim.h"

#define PORT_FIRST 40000
#define PORT_LAST 40999
#define SEQ 0x10203040U
#define PACKETS_MOST 300
#define WAIT (3 * NS_PER_S)
#define QUIET (30 * NS_PER_MS)

/* ---- where links come from */

static const char world[] = "interface eth0 10.77.0.1/24 fd77::1/64 fe80::1/64\n"
                            "interface tun0 raw 10.78.0.1/24 fd78::1/64\n";
static const char hosts[] = "host 10.77.0.2 fd77::2 fe80::2 10.78.0.2 fd78::2; default closed; mac 02:00:00:00:00:02\n";

static const struct fixture {
    const char *name, *more; /* of the simulated world; NULL: Linux */
    const char *dst, *ops;
} fixtures[] = {
    {"sim, Ethernet", "", "10.77.0.2", "sim"},
    {"sim, Ethernet, IPv6", "", "fd77::2", "sim"},
    {"sim, link-local", "", "fe80::2%2", "sim"},
    {"sim, raw IP", "", "10.78.0.2", "sim"},
    {"sim, raw IP, IPv6", "", "fd78::2", "sim"},
    {"sim, slow device", "nic 1000/s queue 10\n", "10.77.0.2", "sim"},
    {"packet", NULL, "10.77.0.2", "packet"},
    {"packet, IPv6", NULL, "fd77::2", "packet"},
    {"packet, link-local", NULL, "fe80::2%ll0", "packet"},
    {"raw IP", NULL, "127.0.0.1", "raw-ip"},
    {"raw IP, own address", NULL, "10.77.0.1", "raw-ip"},
    {"raw IP, IPv6", NULL, "::1", "raw-ip"},
};

static const uint8_t peer_mac[MAC_LEN] = {2, 0, 0, 0, 0, 2};
static bool linux_ready;
static pid_t peer; /* holds the other namespace */

static int run_shell(const char *format, int number) {
    char line[900];
    snprintf(line, sizeof line, format, number);
    return system(line);
}

/* A child in a namespace of its own: the other end of the veth pair. */
static bool start_peer(void) {
    int ready[2];
    char byte = 0;
    if (pipe(ready) != 0)
        return false;
    peer = fork();
    if (peer == 0) {
        byte = unshare(CLONE_NEWNET) == 0;
        if (write(ready[1], &byte, 1) == 1)
            for (;;)
                pause();
        _exit(1);
    }
    bool ok = peer > 0 && read(ready[0], &byte, 1) == 1 && byte;
    close(ready[0]);
    close(ready[1]);
    return ok;
}

static void start_linux(void) {
    linux_ready = geteuid() == 0 && unshare(CLONE_NEWNET) == 0 && start_peer() &&
                  run_shell("ip link set lo up && ip link add ll0 type veth peer name ll1 netns %d && "
                            "ip link set ll0 addrgenmode none && ip link set ll0 address 02:00:00:00:00:01 up && "
                            "ip addr add 10.77.0.1/24 dev ll0 && ip -6 addr add fd77::1/64 dev ll0 nodad && "
                            "ip -6 addr add fe80::1/64 dev ll0 nodad",
                            (int)peer) == 0 &&
                  run_shell("nsenter -t %d -n sh -c 'ip link set ll1 addrgenmode none && "
                            "ip link set ll1 address 02:00:00:00:00:02 up && ip addr add 10.77.0.2/24 dev ll1 && "
                            "ip -6 addr add fd77::2/64 dev ll1 nodad && ip -6 addr add fe80::2/64 dev ll1 nodad'",
                            (int)peer) == 0;
    if (!linux_ready)
        print_message("SKIPPED: the links of Linux need root, CLONE_NEWNET, ip(8) with veth, and nsenter(1)\n");
}

static void end_linux(void) {
    if (peer > 0) {
        kill(peer, SIGKILL);
        waitpid(peer, NULL, 0);
    }
}

/* ---- one link under test */

struct bench {
    const struct fixture *f;
    struct err e;
    struct log log;
    struct sim *sim;
    struct loop *loop;
    struct network *net;
    struct link *link;
    struct route route;
    struct addr dst;
    struct loop_timer guard;
    size_t wanted, n, bytes; /* received */
    unsigned answers[PACKETS_MOST];
    int64_t began;
};

static void bench_receive(void *ctx, const uint8_t *p, size_t n, int64_t t) {
    struct bench *b = ctx;
    struct frame f;
    assert_true(frame_read(b->link->frame, p, n, (uint32_t)b->link->ifindex, &f));
    assert_true(t >= b->began && t <= loop_now(b->loop));
    if (f.kind != FRAME_TCP) /* neighbour discovery of the other side */
        return;
    assert_true(addr_eq(&f.ip.src, &b->dst) && addr_eq(&f.ip.dst, &b->route.source));
    assert_true(f.dport >= PORT_FIRST && f.dport <= PORT_LAST);
    assert_int_equal(f.has_mac, b->link->frame == FRAME_ETHERNET);
    if (f.has_mac)
        assert_memory_equal(f.src_mac, peer_mac, MAC_LEN);
    assert_int_equal(f.tcp.flags, TCP_RST | TCP_ACK);
    assert_true(f.dport - PORT_FIRST < PACKETS_MOST);
    b->answers[f.dport - PORT_FIRST]++;
    b->bytes += n;
    if (++b->n == b->wanted)
        b->loop->ops->stop(b->loop);
}

static void bench_stop(void *ctx) {
    struct bench *b = ctx;
    b->loop->ops->stop(b->loop);
}

static void bench_log(void *ctx, enum log_level level, const char *text) {
    (void)ctx;
    (void)level;
    (void)text;
}

static void bench_open_world(struct bench *b) {
    char text[1000];
    b->log = (struct log){.emit = bench_log};
    if (b->f->more) {
        snprintf(text, sizeof text, "%s%s%s", world, b->f->more, hosts);
        b->sim = sim_create(text, 1, &b->e);
        b->loop = b->sim ? sim_door(b->sim)->loop : NULL;
        b->net = b->sim ? sim_door(b->sim)->network : NULL;
    } else {
        b->loop = loop_uv_create(&b->e);
        b->net = b->loop ? network_linux_create(b->loop, NULL, &b->log, &b->e) : NULL;
    }
    if (!b->net)
        fail_msg("%s: %s", b->f->name, b->e.text);
}

static void bench_open(struct bench *b, const struct fixture *f) {
    static const struct link_filter filter = {PORT_FIRST, PORT_LAST};
    memset(b, 0, sizeof *b);
    b->f = f;
    bench_open_world(b);
    loop_timer_init(&b->guard, bench_stop, b);
    b->began = loop_now(b->loop);
    assert_true(addr_parse(slice_of(f->dst), &b->dst));
    if (!b->net->ops->route(b->net, &b->dst, &b->route, &b->e))
        fail_msg("%s: %s", f->name, b->e.text);
    b->link = b->net->ops->open(b->net, &b->route, &filter, bench_receive, b, &b->e);
    if (!b->link)
        fail_msg("%s: %s", f->name, b->e.text);
    assert_string_equal(b->link->ops->name, f->ops);
}

static void bench_close(struct bench *b) {
    if (b->sim) {
        sim_destroy(b->sim);
    } else {
        b->net->ops->destroy(b->net);
        b->loop->ops->destroy(b->loop);
    }
}

/* Until `wanted` answers have come, or for `ns`. */
static void bench_run(struct bench *b, size_t wanted, int64_t ns) {
    b->wanted = wanted;
    if (wanted > 0 && b->n >= wanted)
        return;
    assert_true(loop_timer_at(b->loop, &b->guard, loop_now(b->loop) + ns));
    b->loop->ops->run(b->loop);
    loop_timer_off(b->loop, &b->guard);
}

/* A place, waited for when the device takes nothing at the moment. */
static uint8_t *bench_place(struct bench *b) {
    uint8_t *p = b->link->ops->alloc(b->link);
    for (int i = 0; i < 1000 && !p; i++) {
        b->link->ops->flush(b->link);
        bench_run(b, 0, 5 * NS_PER_MS);
        p = b->link->ops->alloc(b->link);
    }
    assert_non_null(p);
    return p;
}

static size_t bench_headers(const struct bench *b) {
    return (b->link->frame == FRAME_ETHERNET ? ETH_LEN : 0) + ip_header_len(&b->dst) + TCP_LEN;
}

/* A SYN that makes a packet of `size` bytes behind the link header; 0: the smallest one. */
static size_t bench_syn(struct bench *b, uint8_t *place, uint16_t sport, size_t size) {
    bool v6 = b->dst.family == ADDR_V6;
    size_t least = ip_header_len(&b->dst) + TCP_LEN, data = size > least ? size - least : 0;
    struct wr w = wr_of(place, LINK_FRAME_MAX);
    if (b->link->frame == FRAME_ETHERNET) {
        struct eth e = {.type = v6 ? ETH_TYPE_IP6 : ETH_TYPE_IP4};
        memcpy(e.src, b->link->mac, MAC_LEN);
        memcpy(e.dst, peer_mac, MAC_LEN);
        eth_write(&w, &e);
    }
    struct ip ip = {.src = b->route.source, .dst = b->dst, .proto = IP_PROTO_TCP, .ttl = 64, .df = true};
    ip.payload = (uint32_t)(TCP_LEN + data);
    ip_write(&w, &ip);
    size_t at = w.n;
    struct tcp t = {.sport = sport, .dport = 9, .seq = SEQ, .flags = TCP_SYN, .window = 1024};
    tcp_write(&w, &t, &ip.src, &ip.dst);
    wr_zero(&w, data); /* zeros change the sum by nothing but the length */
    wr_patch_u16(&w, at + 16, 0);
    uint32_t sum = checksum_pseudo(&ip.src, &ip.dst, IP_PROTO_TCP, ip.payload);
    wr_patch_u16(&w, at + 16, checksum_finish(checksum_add(sum, w.p + at, w.n - at)));
    assert_false(w.bad);
    return w.n;
}

static void expect_each_once(const struct bench *b, size_t n) {
    for (size_t i = 0; i < PACKETS_MOST; i++)
        if (b->answers[i] != (i < n))
            fail_msg("%s: %u answers to packet %zu of %zu", b->f->name, b->answers[i], i, n);
}

/* ---- the demands */

static void opens_once(struct bench *b) {
    static const struct link_filter filter = {PORT_FIRST, PORT_LAST};
    assert_ptr_equal(b->net->ops->open(b->net, &b->route, &filter, bench_receive, b, &b->e), b->link);
    assert_int_equal(b->link->ifindex, b->route.ifindex);
    assert_string_equal(b->link->ifname, b->route.ifname);
    assert_true(b->link->mtu >= 1280);
    if (b->link->frame == FRAME_ETHERNET)
        assert_memory_equal(b->link->mac, b->route.mac, MAC_LEN);
    assert_int_equal(b->link->count.sent + b->link->count.received, 0);
}

/* A thread of the link's own may still be at its books when the answers are here: what it has sent counts with the next
 * flush. */
static void expect_sent(struct bench *b, uint64_t sent) {
    for (int i = 0; i < 200 && b->link->count.sent != sent; i++) {
        bench_run(b, 0, NS_PER_MS);
        b->link->ops->flush(b->link);
    }
    assert_int_equal(b->link->count.sent, sent);
}

static void batches_of_every_size_arrive(struct bench *b) {
    static const size_t sizes[] = {1, 2, 3, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 255, 256, 257, 300};
    uint64_t sent = 0;
    for (size_t i = 0; i < LL_COUNT(sizes); i++) {
        size_t n = sizes[i];
        memset(b->answers, 0, sizeof b->answers);
        b->n = 0;
        for (size_t k = 0; k < n; k++) {
            uint8_t *place = bench_place(b);
            b->link->ops->commit(b->link, bench_syn(b, place, (uint16_t)(PORT_FIRST + k), 0));
        }
        b->link->ops->flush(b->link);
        bench_run(b, n, WAIT);
        expect_each_once(b, n);
        sent += n;
        expect_sent(b, sent);
        assert_int_equal(b->link->count.sent_bytes, sent * bench_headers(b));
        assert_int_equal(b->link->count.send_errors, 0);
    }
    bench_run(b, 0, QUIET);
    expect_each_once(b, PACKETS_MOST); /* no second answer, and our own packets are not heard */
    assert_true(b->link->count.received >= sent);
    assert_true(b->link->count.received_bytes >= b->bytes);
    assert_int_equal(b->link->count.kernel_drops, 0);
}

static void flush_without_packets_does_nothing(struct bench *b) {
    b->link->ops->flush(b->link);
    uint8_t *place = bench_place(b);
    memset(place, 0xee, LINK_FRAME_MAX);
    b->link->ops->flush(b->link); /* taken, but not committed */
    b->link->ops->flush(b->link);
    assert_int_equal(b->link->count.sent + b->link->count.send_errors, 0);
    place = bench_place(b);
    b->link->ops->commit(b->link, bench_syn(b, place, PORT_FIRST, 0));
    b->link->ops->flush(b->link);
    b->link->ops->flush(b->link);
    bench_run(b, 1, WAIT);
    bench_run(b, 0, QUIET);
    expect_each_once(b, 1);
    assert_int_equal(b->link->count.sent, 1);
}

/* A place holds the largest packet; what was in it before does not matter. */
static void packets_of_every_length_pass(struct bench *b) {
    static const size_t lengths[] = {0, 61, 62, 63, 64, 65, 128, 575, 576, 1279, 1280, 1499, 1500};
    uint64_t bytes = 0;
    size_t least = ip_header_len(&b->dst) + TCP_LEN, link_header = bench_headers(b) - least;
    for (size_t i = 0; i < LL_COUNT(lengths); i++) {
        uint8_t *place = bench_place(b);
        memset(place, (int)i * 17, LINK_FRAME_MAX);
        size_t n = bench_syn(b, place, (uint16_t)(PORT_FIRST + i), lengths[i]);
        assert_int_equal(n, link_header + ll_max_size(lengths[i], least));
        bytes += n;
        b->link->ops->commit(b->link, n);
    }
    b->link->ops->flush(b->link);
    bench_run(b, LL_COUNT(lengths), WAIT);
    expect_each_once(b, LL_COUNT(lengths));
    assert_int_equal(b->link->count.sent, LL_COUNT(lengths));
    assert_int_equal(b->link->count.sent_bytes, bytes);
}

/* The answers to other ports are somebody else's. */
static void the_filter_holds(struct bench *b) {
    static const uint16_t foreign[] = {1, 1234, PORT_FIRST - 1, PORT_LAST + 1, 65535};
    for (size_t i = 0; i < LL_COUNT(foreign); i++) {
        uint8_t *place = bench_place(b);
        b->link->ops->commit(b->link, bench_syn(b, place, foreign[i], 0));
    }
    uint8_t *place = bench_place(b);
    b->link->ops->commit(b->link, bench_syn(b, place, PORT_FIRST, 0));
    b->link->ops->flush(b->link);
    bench_run(b, 1, WAIT);
    bench_run(b, 0, QUIET); /* bench_receive refuses foreign ports */
    expect_each_once(b, 1);
    assert_int_equal(b->link->count.sent, LL_COUNT(foreign) + 1);
}

/* More than the link carries, or than a place holds sense: counted, and the next packet goes. */
static void a_refused_packet_harms_no_other(struct bench *b) {
    uint8_t *place = bench_place(b);
    memset(place, 0, LINK_FRAME_MAX);
    b->link->ops->commit(b->link, LINK_FRAME_MAX);
    b->link->ops->flush(b->link);
    assert_int_equal(b->link->count.sent + b->link->count.send_errors, 1);
    for (size_t k = 0; k < 10; k++) {
        place = bench_place(b);
        b->link->ops->commit(b->link, bench_syn(b, place, (uint16_t)(PORT_FIRST + k), 0));
    }
    b->link->ops->flush(b->link);
    bench_run(b, 10, WAIT);
    expect_each_once(b, 10);
    assert_int_equal(b->link->count.sent + b->link->count.send_errors, 11);
}

/* Filled without a pause, a link may say "not now": then nothing that was committed is lost, and it recovers. */
static void a_full_link_recovers(struct bench *b) {
    size_t n = 0;
    while (n < PACKETS_MOST) {
        uint8_t *place = b->link->ops->alloc(b->link);
        if (!place)
            break;
        b->link->ops->commit(b->link, bench_syn(b, place, (uint16_t)(PORT_FIRST + n++), 0));
    }
    assert_true(n > 0);
    if (strstr(b->f->name, "slow"))
        assert_true(n < 20);
    for (; n < PACKETS_MOST; n++) {
        uint8_t *place = bench_place(b);
        b->link->ops->commit(b->link, bench_syn(b, place, (uint16_t)(PORT_FIRST + n), 0));
    }
    b->link->ops->flush(b->link);
    bench_run(b, PACKETS_MOST, WAIT);
    expect_each_once(b, PACKETS_MOST);
    expect_sent(b, PACKETS_MOST);
}

#define DEMANDS(X)                                                                                                     \
    X(opens_once)                                                                                                      \
    X(batches_of_every_size_arrive)                                                                                    \
    X(flush_without_packets_does_nothing)                                                                              \
    X(packets_of_every_length_pass)                                                                                    \
    X(the_filter_holds)                                                                                                \
    X(a_refused_packet_harms_no_other)                                                                                 \
    X(a_full_link_recovers)

static const struct demand {
    const char *name;
    void (*check)(struct bench *b);
} demands[] = {
#define X(name) {#name, name},
    DEMANDS(X)
#undef X
};

struct pair {
    const struct fixture *f;
    const struct demand *d;
    char name[100];
};

static void stamp(void **state) {
    struct pair *p = *state;
    struct bench b;
    if (!p->f->more && !linux_ready)
        skip();
    bench_open(&b, p->f);
    p->d->check(&b);
    bench_close(&b);
}

int main(void) {
    static struct pair pairs[LL_COUNT(fixtures) * LL_COUNT(demands)];
    static struct CMUnitTest tests[LL_COUNT(pairs)];
    start_linux();
    for (size_t i = 0; i < LL_COUNT(pairs); i++) {
        struct pair *p = &pairs[i];
        p->f = &fixtures[i / LL_COUNT(demands)];
        p->d = &demands[i % LL_COUNT(demands)];
        snprintf(p->name, sizeof p->name, "%s: %s", p->f->name, p->d->name);
        tests[i] = (struct CMUnitTest){p->name, stamp, NULL, NULL, p};
    }
    int failed = cmocka_run_group_tests_name("links", tests, NULL, NULL);
    end_linux();
    return failed;
}
