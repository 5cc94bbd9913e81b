/* Raw frames against simulated hosts: TCP, ICMP, neighbours, paths, limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <time.h>

#include "sim_rig.h"

static void assert_clean(const struct rig *r) {
    struct err e = {0};
    if (!sim_clean(r->sim, &e))
        fail_msg("%s", e.text);
}

/* One segment to a port of each kind, and what comes back. */
static void tcp_semantics(void **state) {
    (void)state;
    enum { NOTHING = 255 };
    static const struct {
        uint16_t port;
        uint8_t flags;
        uint8_t back;      /* TCP flags, or NOTHING */
        uint32_t seq, ack; /* of the answer; seq only for resets */
    } cases[] = {
        {22, TCP_SYN, TCP_SYN | TCP_ACK, 0, 1001},
        {23, TCP_SYN, TCP_RST | TCP_ACK, 0, 1001},
        {24, TCP_SYN, NOTHING, 0, 0},
        {25, TCP_SYN, TCP_RST | TCP_ACK, 0, 1001},
        {22, TCP_ACK, TCP_RST, 77, 0},
        {23, TCP_ACK, TCP_RST, 77, 0},
        {24, TCP_ACK, NOTHING, 0, 0},
        {22, TCP_FIN, NOTHING, 0, 0},
        {22, 0, NOTHING, 0, 0},
        {23, TCP_FIN, TCP_RST | TCP_ACK, 0, 1001},
        {23, 0, TCP_RST | TCP_ACK, 0, 1000},
        {23, TCP_FIN | TCP_PSH | TCP_URG, TCP_RST | TCP_ACK, 0, 1001},
        {22, TCP_SYN | TCP_ACK, TCP_RST, 77, 0},
        {23, TCP_RST, NOTHING, 0, 0},
    };
    static const char *hosts[] = {"10.0.0.5", "2001:db8::5"};
    for (size_t h = 0; h < 2; h++)
        for (size_t i = 0; i < LL_COUNT(cases); i++) {
            struct rig r;
            rig_init(&r, "host 10.0.0.5 2001:db8::5; open 22; filtered 24; reject 25 tcp-reset; repeats no; ttl 57", 1,
                     hosts[h]);
            rig_tcp(&r, hosts[h], RIG_SPORT, cases[i].port, 1000, 77, cases[i].flags);
            rig_run(&r);
            assert_int_equal(r.n, cases[i].back == NOTHING ? 0 : 1);
            if (r.n == 1) {
                const struct frame *f = &r.got[0].f;
                assert_int_equal(f->kind, FRAME_TCP);
                assert_int_equal(f->tcp.flags, cases[i].back);
                assert_int_equal(f->sport, cases[i].port);
                assert_int_equal(f->dport, RIG_SPORT);
                assert_int_equal(f->ip.ttl, 57);
                if (!(cases[i].back & TCP_SYN))
                    assert_int_equal(f->tcp.seq, cases[i].seq);
                assert_int_equal(f->tcp.ack, cases[i].ack);
            }
            assert_int_equal(sim_count(r.sim)->malformed, 0);
            rig_finish(&r);
        }
}

static void half_open_connections(void **state) {
    (void)state;
    struct rig r;
    struct err e;
    struct addr a = rig_addr("10.0.0.5");
    rig_init(&r, "host 10.0.0.5; open 22; latency 10ms", 1, "10.0.0.5");
    rig_syn(&r, "10.0.0.5", 22);
    rig_run_until(&r, 40 * NS_PER_S); /* at once, and after 1, 3, 7, 15, 31 s */
    assert_int_equal(r.n, 6);
    assert_int_equal(r.got[1].t / NS_PER_MS, 1010);
    assert_int_equal(r.got[5].t / NS_PER_MS, 31010);
    assert_int_equal(r.got[5].f.tcp.seq, r.got[0].f.tcp.seq);
    assert_int_equal(sim_half_open(r.sim), 1);
    assert_int_equal(sim_count_host(r.sim, &a).half_open, 1);
    assert_false(sim_clean(r.sim, &e));
    rig_run_until(&r, 64 * NS_PER_S);
    assert_int_equal(sim_half_open(r.sim), 0);
    assert_int_equal(sim_count(r.sim)->half_open_expired, 1);
    rig_finish(&r);

    rig_init(&r, "host 10.0.0.5; open 22; latency 10ms", 1, "10.0.0.5");
    rig_syn(&r, "10.0.0.5", 22);
    rig_run(&r);
    rig_tcp(&r, "10.0.0.5", RIG_SPORT, 22, 1000, 0, TCP_RST); /* not the next sequence number: ignored */
    assert_int_equal(sim_half_open(r.sim), 1);
    rig_tcp(&r, "10.0.0.5", RIG_SPORT, 22, 1000, 0, TCP_SYN); /* the same again: SYN/ACK again */
    rig_tcp(&r, "10.0.0.5", RIG_SPORT, 22, 5000, 0, TCP_SYN); /* another one: an ACK for the first */
    rig_run(&r);
    assert_int_equal(r.n, 3);
    assert_int_equal(r.got[1].f.tcp.flags, TCP_SYN | TCP_ACK);
    assert_int_equal(r.got[2].f.tcp.flags, TCP_ACK);
    assert_int_equal(r.got[2].f.tcp.ack, 1001);
    rig_tcp(&r, "10.0.0.5", RIG_SPORT, 22, 1001, 0, TCP_RST);
    rig_run_until(&r, 70 * NS_PER_S);
    assert_int_equal(r.n, 3);
    assert_int_equal(sim_count(r.sim)->rsts_matched, 1);
    assert_int_equal(sim_count_host(r.sim, &a).rsts, 2);
    assert_int_equal(sim_count_host(r.sim, &a).syns, 3);
    assert_clean(&r);
    rig_finish(&r);

    rig_init(&r, "host 10.0.0.5; default open; backlog 3", 1, "10.0.0.5");
    for (uint16_t p = 1; p <= 10; p++)
        rig_syn(&r, "10.0.0.5", p);
    rig_run(&r);
    assert_int_equal(r.n, 3);
    rig_finish(&r);
}

static void icmp_errors(void **state) {
    (void)state;
    static const struct {
        const char *code;
        uint8_t v4[2], v6[2];
    } cases[] = {{"port-unreach", {3, 3}, {1, 4}},     {"host-unreach", {3, 1}, {1, 3}},
                 {"net-unreach", {3, 0}, {1, 0}},      {"admin-prohibited", {3, 13}, {1, 1}},
                 {"host-prohibited", {3, 10}, {1, 1}}, {"net-prohibited", {3, 9}, {1, 1}},
                 {"proto-unreach", {3, 2}, {4, 1}}};
    for (size_t i = 0; i < LL_COUNT(cases); i++)
        for (int v6 = 0; v6 < 2; v6++) {
            const char *host = v6 ? "2001:db8::5" : "10.0.0.5", *router = v6 ? "2001:db8::1" : "10.1.1.1";
            char world[200];
            snprintf(world, sizeof world, "host %s; reject 100-110 %s from %s", host, cases[i].code, router);
            struct rig r;
            struct addr from = rig_addr(router), dst = rig_addr(host);
            rig_init(&r, world, 1, host);
            rig_syn(&r, host, 105);
            rig_syn(&r, host, 99);
            rig_run(&r);
            assert_int_equal(r.n, 2);
            const struct frame *f = &r.got[0].f;
            assert_int_equal(f->kind, FRAME_ICMP_ERROR);
            assert_true(addr_eq(&f->ip.src, &from));
            assert_int_equal(f->icmp.type, v6 ? cases[i].v6[0] : cases[i].v4[0]);
            assert_int_equal(f->icmp.code, v6 ? cases[i].v6[1] : cases[i].v4[1]);
            assert_true(f->quoted.ok);
            assert_true(addr_eq(&f->quoted.ip.dst, &dst));
            assert_int_equal(f->quoted.dport, 105);
            assert_int_equal(f->quoted.sport, RIG_SPORT);
            assert_int_equal(f->quoted.seq, 1000);
            assert_int_equal(f->length, v6 ? 40 + 8 + 60 : 20 + 8 + 28);
            assert_int_equal(r.got[1].f.tcp.flags, TCP_RST | TCP_ACK);
            assert_int_equal(sim_truth_port(r.sim, &dst, 105), PORT_FILTERED);
            assert_clean(&r);
            rig_finish(&r);
        }
    struct rig r;
    rig_init(&r, "host 10.0.0.5; quote full; default admin-prohibited; udp closed", 1, "10.0.0.5");
    rig_syn(&r, "10.0.0.5", 1);
    rig_run(&r);
    assert_int_equal(r.got[0].f.length, 20 + 8 + 40);
    rig_finish(&r);
}

static void pings(void **state) {
    (void)state;
    struct rig r;
    rig_init(&r, "host 10.0.0.5; echo yes; timestamp yes\nhost 10.0.0.6; echo no; timestamp no", 1, "10.0.0.5");
    rig_icmp(&r, "10.0.0.5", ICMP_ECHO, 0x1234, 9);
    rig_icmp(&r, "10.0.0.5", ICMP_TIMESTAMP, 0x4321, 8);
    rig_icmp(&r, "10.0.0.6", ICMP_ECHO, 1, 1);
    rig_icmp(&r, "10.0.0.6", ICMP_TIMESTAMP, 1, 1);
    rig_icmp(&r, "10.0.0.7", ICMP_ECHO, 1, 1);
    rig_run(&r);
    assert_int_equal(r.n, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct frame *f = &r.got[i].f;
        bool echo = f->icmp.type == ICMP_ECHO_REPLY;
        assert_int_equal(f->icmp.type, echo ? ICMP_ECHO_REPLY : ICMP_TIMESTAMP_REPLY);
        assert_int_equal(f->icmp.id, echo ? 0x1234 : 0x4321);
        assert_int_equal(f->icmp.seq, echo ? 9 : 8);
    }
    struct addr nobody = rig_addr("10.0.0.7");
    assert_int_equal(sim_count_host(r.sim, &nobody).frames, 1);
    assert_false(sim_host_up(r.sim, &nobody));
    assert_clean(&r);
    rig_finish(&r);
    rig_init(&r, "host 2001:db8::5", 1, "2001:db8::5");
    rig_icmp(&r, "2001:db8::5", ICMP6_ECHO, 7, 3);
    rig_run(&r);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.got[0].f.icmp.type, ICMP6_ECHO_REPLY);
    assert_int_equal(r.got[0].f.icmp.id, 7);
    assert_clean(&r);
    rig_finish(&r);
}

static void neighbors(void **state) {
    (void)state;
    static const char *world = "interface eth0 10.0.0.2/24 2001:db8::2/64\n"
                               "gateway 10.0.0.1 mac 02:00:00:00:00:99 unknown; gateway 2001:db8::1\n"
                               "host 10.0.0.5; mac 02:00:00:00:00:55; open 22; repeats no\n"
                               "host 10.0.0.6; arp no\nhost 2001:db8::5; mac 02:00:00:00:00:56\nhost 198.51.100.1";
    struct rig r;
    uint8_t mac[MAC_LEN] = {0};
    rig_init(&r, world, 1, "10.0.0.5");
    assert_true(r.route.direct && r.route.ethernet && !r.route.local);
    static const char *asked[] = {"10.0.0.6", "10.0.0.7", "198.51.100.1", "10.0.0.1", "10.0.0.5"};
    for (size_t i = 0; i < LL_COUNT(asked); i++)
        rig_arp(&r, asked[i]);
    rig_run(&r);
    assert_int_equal(r.n, 2);
    assert_int_equal(r.got[0].f.arp.sender_mac[5], 0x99);
    assert_int_equal(r.got[1].f.arp.sender_mac[5], 0x55);
    assert_int_equal(r.got[1].f.arp.op, ARP_REPLY);
    assert_int_equal(r.got[1].n, 60);
    rig_syn(&r, "10.0.0.5", 22); /* next_mac is that of 10.0.0.5 now */
    rig_run(&r);
    assert_int_equal(r.n, 3);
    assert_memory_equal(r.got[2].f.src_mac, r.got[1].f.arp.sender_mac, MAC_LEN);
    assert_int_equal(sim_count(r.sim)->misdirected, 0);
    rig_syn(&r, "10.0.0.6", 22); /* to the MAC of another host */
    rig_run(&r);
    assert_int_equal(r.n, 3);
    assert_int_equal(sim_count(r.sim)->misdirected, 1);
    struct addr gw4 = rig_addr("10.0.0.1"), gw6 = rig_addr("2001:db8::1");
    assert_false(r.door->network->ops->neighbor(r.door->network, r.route.ifindex, &gw4, mac));
    assert_true(r.door->network->ops->neighbor(r.door->network, r.route.ifindex, &gw6, mac));
    rig_finish(&r);

    rig_init(&r, world, 1, "2001:db8::5");
    rig_solicit(&r, "2001:db8::5");
    rig_solicit(&r, "2001:db8::6");
    rig_run(&r);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.got[0].f.icmp.type, ICMP6_NEIGHBOR_ADVERT);
    assert_true(r.got[0].f.nd_has_mac);
    assert_int_equal(r.got[0].f.nd_mac[5], 0x56);
    rig_syn(&r, "2001:db8::5", 9);
    rig_run(&r);
    assert_int_equal(r.n, 2);
    assert_clean(&r);
    rig_finish(&r);
}

static void paths(void **state) {
    (void)state;
    struct rig r;
    rig_init(&r,
             "host 10.0.0.5; latency 200ms jitter 50ms\nhost 10.0.0.6; loss 100% 0%\nhost 10.0.0.7; loss 0% 100%\n"
             "host 10.0.0.8; late 100% 1500ms\nhost 10.0.0.9; dup 100%\nhost 10.0.0.10; drop-first 1\n"
             "host 10.0.0.11; dies 2s; returns 4s",
             1, "10.0.0.5");
    for (uint16_t i = 0; i < 100; i++)
        rig_syn(&r, "10.0.0.5", (uint16_t)(1 + i));
    rig_run(&r);
    assert_int_equal(r.n, 100);
    int64_t low = INT64_MAX, high = 0;
    for (size_t i = 0; i < 100; i++) {
        low = ll_min_i64(low, r.got[i].t);
        high = ll_max_i64(high, r.got[i].t);
    }
    assert_in_range(low, 200 * NS_PER_MS, 215 * NS_PER_MS);
    assert_in_range(high, 235 * NS_PER_MS, 251 * NS_PER_MS);
    static const struct {
        const char *host;
        size_t answers;
    } cases[] = {{"10.0.0.6", 0}, {"10.0.0.7", 0}, {"10.0.0.8", 2}, {"10.0.0.9", 4}, {"10.0.0.10", 1}};
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        size_t before = r.n;
        int64_t begin = sim_elapsed(r.sim);
        rig_syn(&r, cases[i].host, 1);
        rig_syn(&r, cases[i].host, 2);
        rig_run(&r);
        assert_int_equal(r.n - before, cases[i].answers);
        if (i == 2)
            assert_in_range(r.got[r.n - 1].t - begin, 1500 * NS_PER_MS, 1502 * NS_PER_MS);
    }
    assert_int_equal(sim_count(r.sim)->lost_there, 3);
    assert_int_equal(sim_count(r.sim)->lost_back, 2);
    size_t before = r.n; /* about 1.8 s have passed */
    rig_syn(&r, "10.0.0.11", 1);
    rig_run_until(&r, 3 * NS_PER_S);
    rig_syn(&r, "10.0.0.11", 1);
    rig_run_until(&r, 5 * NS_PER_S);
    assert_int_equal(r.n - before, 1);
    rig_syn(&r, "10.0.0.11", 1);
    rig_run(&r);
    assert_int_equal(r.n - before, 2);
    assert_clean(&r);
    rig_finish(&r);
}

static void random_loss_is_near_its_share(void **state) {
    (void)state;
    struct rig r;
    rig_init(&r, "host 10.0.0.5; loss 3% 10%", 42, "10.0.0.5");
    for (uint16_t i = 0; i < 20000; i++)
        rig_syn(&r, "10.0.0.5", (uint16_t)(1 + i));
    rig_run(&r);
    assert_in_range(sim_count(r.sim)->lost_there, 500, 700);
    assert_in_range(sim_count(r.sim)->lost_back, 1800, 2100);
    assert_int_equal(r.n, 20000 - sim_count(r.sim)->lost_there - sim_count(r.sim)->lost_back);
    rig_finish(&r);
}

static void limits_and_bottlenecks(void **state) {
    (void)state;
    struct rig r;
    rig_init(&r,
             "host 10.0.0.5; rate-limit rst 100/s burst 50; rate-limit icmp 1/s burst 6; reject 5000-6000 port-unreach",
             1, "10.0.0.5");
    for (uint16_t i = 0; i < 200; i++)
        rig_syn(&r, "10.0.0.5", (uint16_t)(1 + i));
    rig_run(&r);
    assert_int_equal(r.n, 50);
    rig_run_until(&r, NS_PER_S);
    for (uint16_t i = 0; i < 200; i++)
        rig_syn(&r, "10.0.0.5", (uint16_t)(1 + i));
    rig_run(&r);
    assert_int_equal(r.n, 100); /* a second filled the bucket, not more */
    for (uint16_t i = 0; i < 20; i++)
        rig_syn(&r, "10.0.0.5", (uint16_t)(5000 + i));
    rig_run(&r);
    assert_int_equal(r.n, 106);
    assert_int_equal(sim_count(r.sim)->limited, 150 + 150 + 14);
    rig_finish(&r);

    rig_init(&r, "link 1000pps queue 100; host 10.0.0.5", 1, "10.0.0.5");
    for (uint16_t i = 0; i < 500; i++)
        rig_syn(&r, "10.0.0.5", (uint16_t)(1 + i));
    rig_run(&r);
    assert_in_range(r.n, 100, 102);
    assert_in_range(r.got[r.n - 1].t, 100 * NS_PER_MS, 104 * NS_PER_MS);
    assert_int_equal(sim_count(r.sim)->lost_queue, 500 - r.n);
    rig_finish(&r);

    rig_init(&r, "link-back 1000pps queue 50; host 10.0.0.5", 1, "10.0.0.5");
    for (uint16_t i = 0; i < 200; i++)
        rig_syn(&r, "10.0.0.5", (uint16_t)(1 + i));
    rig_run(&r);
    assert_in_range(r.n, 50, 52);
    rig_finish(&r);

    rig_init(&r, "nic 1000pps queue 10; host 10.0.0.5", 1, "10.0.0.5");
    size_t taken = 0;
    while (taken < 100 && r.link->ops->alloc(r.link)) {
        rig_syn(&r, "10.0.0.5", 1);
        taken++;
    }
    assert_in_range(taken, 9, 11);
    rig_run_until(&r, 50 * NS_PER_MS);
    assert_non_null(r.link->ops->alloc(r.link));
    rig_finish(&r);
}

static void rates_are_measured(void **state) {
    (void)state;
    struct rig r;
    struct addr a = rig_addr("10.0.0.5"), b = rig_addr("10.0.0.6");
    rig_init(&r, "host 10.0.0.5 10.0.0.6", 1, "10.0.0.5");
    for (int ms = 1; ms <= 500; ms++) {
        rig_syn(&r, "10.0.0.5", 1);
        if (ms % 10 == 0)
            rig_syn(&r, "10.0.0.6", 1);
        rig_run_until(&r, ms * NS_PER_MS);
    }
    assert_in_range(sim_count_host(r.sim, &a).max_100ms, 95, 101);
    assert_in_range(sim_count_host(r.sim, &b).max_100ms, 9, 11);
    assert_in_range(sim_count(r.sim)->max_100ms, 100, 112);
    rig_finish(&r);
}

static void broken_frames_are_noticed(void **state) {
    (void)state;
    static const struct {
        size_t at; /* byte of the frame, behind the Ethernet header unless smaller */
        const char *word;
    } cases[] = {{14 + 10, "IPv4 header checksum"},
                 {14 + 8, "IPv4 header checksum"},
                 {14 + 20 + 16, "TCP checksum"},
                 {14 + 20 + 4, "TCP checksum"},
                 {6, "source address"},
                 {14, "packet"}};
    struct addr a = rig_addr("10.0.0.5");
    struct tcp t = {.sport = RIG_SPORT, .dport = 22, .seq = 1, .flags = TCP_SYN, .window = 1024, .mss = 1460};
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct rig r;
        struct err e = {0};
        uint8_t bytes[LINK_FRAME_MAX];
        rig_init(&r, "host 10.0.0.5", 1, "10.0.0.5");
        size_t n = rig_write_tcp(&r, bytes, &a, &t);
        rig_raw(&r, bytes, n);
        assert_clean(&r);
        bytes[cases[i].at] ^= 0x80;
        rig_raw(&r, bytes, n);
        assert_int_equal(sim_count(r.sim)->malformed, 1);
        assert_false(sim_clean(r.sim, &e));
        assert_non_null(strstr(e.text, cases[i].word));
        rig_finish(&r);
    }
    struct rig r;
    rig_init(&r, "host 10.0.0.5", 1, "10.0.0.5");
    rig_tcp(&r, "10.0.0.5", 1, 22, 0, 0, TCP_SYN); /* own port outside the filter */
    rig_run(&r);
    assert_int_equal(sim_count(r.sim)->foreign, 1);
    assert_non_null(r.link->ops->alloc(r.link));
    uint8_t *place = r.link->ops->alloc(r.link);
    t.sport = RIG_SPORT;
    r.link->ops->commit(r.link, rig_write_tcp(&r, place, &a, &t));
    assert_int_equal(sim_unflushed(r.sim), 1);
    rig_finish(&r);
}

static void noise(void **state) {
    (void)state;
    struct rig r;
    rig_init(&r, "host 10.0.0.5; noise synack 1000/s; noise unreach 100/s; noise rst 100/s", 1, "10.0.0.5");
    rig_run_until(&r, NS_PER_S);
    assert_in_range(r.n, 1000, 1400);
    size_t errors = 0;
    for (size_t i = 0; i < r.n; i++) {
        uint16_t own = r.got[i].f.kind == FRAME_TCP ? r.got[i].f.dport : r.got[i].f.quoted.sport;
        assert_in_range(own, RIG_SPORT, RIG_SPORT_LAST);
        errors += r.got[i].f.kind == FRAME_ICMP_ERROR;
    }
    assert_in_range(errors, 70, 140);
    rig_run(&r); /* noise alone keeps nobody waiting */
    assert_int_equal(sim_elapsed(r.sim) / NS_PER_MS, 1000);
    rig_finish(&r);
}

static uint64_t story(uint64_t seed) {
    struct rig r;
    uint64_t sum = 0;
    rig_init(&r, "range 10.0.0.0/24 up 50%; open 1-1000 chance 20%; latency 30ms jitter 20ms; loss 5% 5%; dup 2%", seed,
             "10.0.0.5");
    r.polite = true;
    for (uint16_t i = 0; i < 2000; i++) {
        char host[32];
        snprintf(host, sizeof host, "10.0.0.%d", i % 256);
        rig_syn(&r, host, (uint16_t)(1 + i));
    }
    rig_run(&r);
    for (size_t i = 0; i < r.n && i < RIG_GOT_MAX; i++)
        sum = sum * 31 + (uint64_t)r.got[i].t + r.got[i].f.tcp.seq;
    rig_finish(&r);
    return sum;
}

static void same_seed_same_run(void **state) {
    (void)state;
    assert_int_equal(story(7), story(7));
    assert_true(story(7) != story(8));
}

static void a_million_probes_are_fast(void **state) {
    (void)state;
    struct rig r;
    rig_init(&r, "range 10.0.0.0/16 up 20% seed 7; open 22,80,443 chance 50%; loss 1%; latency 50ms jitter 20ms", 1,
             "10.0.0.5");
    r.polite = true;
    uint8_t bytes[LINK_FRAME_MAX];
    struct tcp t = {.sport = RIG_SPORT, .dport = 80, .seq = 1000, .flags = TCP_SYN, .window = 1024, .mss = 1460};
    clock_t begin = clock();
    for (uint32_t i = 0; i < 1000000; i++) {
        struct addr a = addr_v4(0x0a000000 + (i & 0xffff));
        t.dport = (uint16_t)(80 + (i >> 16));
        rig_raw(&r, bytes, rig_write_tcp(&r, bytes, &a, &t));
        if (i % 1000 == 0)
            rig_run_until(&r, i / 1000 * NS_PER_MS * 10);
    }
    rig_run(&r);
    double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
    print_message("a million probes: %.2f s, %llu answers\n", seconds, (unsigned long long)r.n);
    assert_in_range(r.n, 180000, 205000);
    assert_true(seconds < 30); /* sanitizers and busy machines; about 1 s without */
    rig_finish(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(tcp_semantics),
                                       cmocka_unit_test(half_open_connections),
                                       cmocka_unit_test(icmp_errors),
                                       cmocka_unit_test(pings),
                                       cmocka_unit_test(neighbors),
                                       cmocka_unit_test(paths),
                                       cmocka_unit_test(random_loss_is_near_its_share),
                                       cmocka_unit_test(limits_and_bottlenecks),
                                       cmocka_unit_test(rates_are_measured),
                                       cmocka_unit_test(broken_frames_are_noticed),
                                       cmocka_unit_test(noise),
                                       cmocka_unit_test(same_seed_same_run),
                                       cmocka_unit_test(a_million_probes_are_fast)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
