/* The world format, the loop, routes, dialled connections, names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <glob.h>
#include <string.h>

#include "sim_loop.h"
#include "sim_rig.h"

static void wrong_texts_say_why(void **state) {
    (void)state;
    static const struct {
        const char *text, *word;
    } cases[] = {{"host", "address is missing"},
                 {"host 10.0.0.300", "line 1: \"10.0.0.300\" is not an address"},
                 {"host 10.0.0.5\nopen 22,x", "line 2: \"x\""},
                 {"open 70000", "70000"},
                 {"open 30-20", "30-20"},
                 {"open 22 chance", "chance P%"},
                 {"open 22 chance 101%", "not a share"},
                 {"loss 3", "not a share"},
                 {"latency 200", "not a time"},
                 {"latency 1s jitter", "jitter TIME"},
                 {"rate-limit rst 100", "not a rate"},
                 {"rate-limit foo 100/s", "rst, icmp"},
                 {"noise hum 1/s", "synack, rst"},
                 {"reject 1-9 maybe", "\"maybe\" is not an answer"},
                 {"reject 1-9 host-unreach by 10.0.0.1", "from ADDRESS"},
                 {"default", "number of words"},
                 {"mac 02:00", "MAC"},
                 {"echo perhaps", "yes or no"},
                 {"ttl 256", "up to 255"},
                 {"range 10.0.0.9-10.0.0.1", "low to high"},
                 {"range 10.0.0.0/33", "prefix length"},
                 {"range 10.0.0.0/24 up", "up P%"},
                 {"range 10.0.0.0/24 down 3%", "up and seed"},
                 {"link 100pps", "queue N"},
                 {"name x", "ADDRESS"},
                 {"dns latency", "pairs"},
                 {"dns colour red", "latency, jitter"},
                 {"gateway 10.0.0.1 hello", "mac M"},
                 {"frobnicate 1", "unknown line \"frobnicate\""}};
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct err e = {0};
        assert_null(sim_create(cases[i].text, 1, &e));
        if (!strstr(e.text, cases[i].word))
            fail_msg("\"%s\" said: %s", cases[i].text, e.text);
    }
}

static void truth(void **state) {
    (void)state;
    struct err e = {0};
    struct sim *s = sim_create("filtered 9 # for all\n"
                               "host 10.0.0.5 10.0.0.6; closed 1-1000; open 22,80-82; default filtered\n"
                               "reject 500-510 tcp-reset; reject 600 admin-prohibited; closed 81\n"
                               "host 10.0.0.7; default open\nhost 2001:db8::7; filtered; open -\n"
                               "range 10.0.0.0/24; open 25\nrange 10.1.0.0/16 up 20% seed 3; open 1-1000 chance 2%",
                               1, &e);
    if (!s)
        fail_msg("%s", e.text);
    static const struct {
        const char *host;
        uint16_t port;
        enum port_state state;
    } cases[] = {{"10.0.0.5", 22, PORT_OPEN},      {"10.0.0.6", 82, PORT_OPEN},       {"10.0.0.5", 81, PORT_CLOSED},
                 {"10.0.0.5", 9, PORT_CLOSED},     {"10.0.0.5", 1001, PORT_FILTERED}, {"10.0.0.5", 505, PORT_CLOSED},
                 {"10.0.0.5", 600, PORT_FILTERED}, {"10.0.0.7", 9, PORT_FILTERED},    {"10.0.0.7", 65535, PORT_OPEN},
                 {"2001:db8::7", 1, PORT_OPEN},    {"10.0.0.99", 25, PORT_OPEN},      {"10.0.0.99", 9, PORT_FILTERED},
                 {"10.0.0.99", 24, PORT_CLOSED},   {"10.0.1.0", 25, PORT_UNKNOWN},    {"127.0.0.1", 1, PORT_CLOSED}};
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct addr a = rig_addr(cases[i].host);
        if (sim_truth_port(s, &a, cases[i].port) != cases[i].state)
            fail_msg("%s port %u", cases[i].host, cases[i].port);
    }
    unsigned up = 0, open = 0;
    for (uint32_t i = 0; i < 65536; i++) {
        struct addr a = addr_v4(0x0a010000 + i);
        if (!sim_host_up(s, &a))
            continue;
        up++;
        for (uint16_t p = 1; p <= 100; p++)
            open += sim_truth_port(s, &a, p) == PORT_OPEN;
    }
    assert_in_range(up, 12600, 13600);
    assert_in_range(open, up * 2 - up / 5, up * 2 + up / 5);
    sim_destroy(s);
}

static void routes(void **state) {
    (void)state;
    struct rig r;
    rig_init(&r,
             "interface eth0 mac 02:00:00:00:00:07 10.0.0.2/24 fe80::2/64 2001:db8::2/64\n"
             "interface tun0 raw mtu 1400 172.16.0.2/16\ngateway 10.0.0.1\nno-route 198.18.0.0/15 10.0.0.66-10.0.0.67",
             1, "10.0.0.5");
    static const struct {
        const char *dst, *interface, *source, *next_hop; /* interface NULL: none */
        bool local, direct, ethernet;
    } cases[] = {{"10.0.0.5", "eth0", "10.0.0.2", "10.0.0.5", false, true, true},
                 {"192.0.2.1", "eth0", "10.0.0.2", "10.0.0.1", false, false, true},
                 {"172.16.9.9", "tun0", "172.16.0.2", "172.16.9.9", false, true, false},
                 {"127.0.0.1", "lo", "127.0.0.1", "127.0.0.1", true, true, false},
                 {"::1", "lo", "::1", "::1", true, true, false},
                 {"10.0.0.2", "lo", "10.0.0.2", "10.0.0.2", true, true, false},
                 {"fe80::9", "eth0", "fe80::2", "fe80::9", false, true, true},
                 {"2001:db8::9", "eth0", "2001:db8::2", "2001:db8::9", false, true, true},
                 {"2001:db9::9", NULL, NULL, NULL, false, false, false},
                 {"198.19.0.1", NULL, NULL, NULL, false, false, false},
                 {"10.0.0.66", NULL, NULL, NULL, false, false, false}};
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct addr dst = rig_addr(cases[i].dst);
        struct route out;
        struct err e = {0};
        bool ok = r.door->network->ops->route(r.door->network, &dst, &out, &e);
        assert_int_equal(ok, cases[i].interface != NULL);
        if (!ok) {
            assert_int_equal(e.code, ERR_NO_ROUTE);
            continue;
        }
        struct addr source = rig_addr(cases[i].source), next = rig_addr(cases[i].next_hop);
        out.source.zone = 0;
        assert_string_equal(out.ifname, cases[i].interface);
        assert_true(addr_eq(&out.source, &source) && addr_eq(&out.next_hop, &next));
        assert_true(out.local == cases[i].local && out.direct == cases[i].direct && out.ethernet == cases[i].ethernet);
    }
    rig_finish(&r);
    rig_init(&r, "host 127.0.0.1; open 22; repeats no", 1, "127.0.0.1");
    rig_syn(&r, "127.0.0.1", 22);
    rig_syn(&r, "127.0.0.1", 23);
    rig_run(&r);
    assert_int_equal(r.n, 2);
    assert_int_equal(r.link->frame, FRAME_RAW_IP);
    rig_finish(&r);
    struct err e = {0};
    struct sim *s = sim_create("raw no", 1, &e);
    assert_non_null(s);
    assert_false(sim_door(s)->network->ops->raw_allowed(sim_door(s)->network, &e));
    assert_int_equal(e.code, ERR_PRIVILEGE);
    sim_destroy(s);
}

struct clockwork {
    struct loop *loop;
    struct loop_timer a, b;
    unsigned rings, posts;
    int64_t last;
};

static void ring(void *ctx) {
    struct clockwork *c = ctx;
    c->rings++;
    c->last = loop_now(c->loop) - SIM_LOOP_START;
    if (c->rings < 5)
        assert_true(loop_timer_at(c->loop, &c->a, loop_now(c->loop) + NS_PER_S));
}

static void spin(void *ctx) {
    struct clockwork *c = ctx;
    c->posts++;
    assert_true(loop_timer_at(c->loop, &c->b, 0)); /* always overdue */
}

static void post_again(void *ctx) {
    struct clockwork *c = ctx;
    if (++c->posts < 3)
        assert_true(c->loop->ops->post(c->loop, post_again, c));
}

static void virtual_time(void **state) {
    (void)state;
    struct clockwork c = {0};
    struct sim *s = sim_create("", 1, NULL);
    c.loop = sim_door(s)->loop;
    assert_int_equal(loop_wall_s(c.loop), 1767323045);
    loop_timer_init(&c.a, ring, &c);
    loop_timer_init(&c.b, ring, &c);
    assert_true(loop_timer_at(c.loop, &c.a, loop_now(c.loop) + NS_PER_S));
    assert_true(loop_timer_at(c.loop, &c.b, loop_now(c.loop) + 500 * NS_PER_S));
    loop_timer_off(c.loop, &c.b);
    assert_true(c.loop->ops->post(c.loop, post_again, &c));
    c.loop->ops->run(c.loop);
    assert_int_equal(c.rings, 5);
    assert_int_equal(c.posts, 3);
    assert_int_equal(c.last, 5 * NS_PER_S);
    assert_int_equal(loop_wall_s(c.loop), 1767323050);
    assert_null(c.loop->ops->watch(c.loop, 0, LOOP_READ, ring, &c));
    assert_false(sim_world_hit_bound(s));
    loop_timer_init(&c.b, spin, &c);
    assert_true(loop_timer_at(c.loop, &c.b, 0));
    sim_set_bounds(s, 3600 * NS_PER_S, 1000);
    c.loop->ops->run(c.loop);
    assert_true(sim_world_hit_bound(s));
    assert_in_range(sim_turns(s), 1000, 1001);
    loop_timer_off(c.loop, &c.b);
    sim_destroy(s);
    s = sim_create("", 1, NULL);
    c = (struct clockwork){.loop = sim_door(s)->loop};
    loop_timer_init(&c.a, ring, &c);
    assert_true(loop_timer_at(c.loop, &c.a, SIM_LOOP_START + 49 * 3600 * NS_PER_S));
    c.loop->ops->run(c.loop);
    assert_true(sim_world_hit_bound(s) && c.rings == 0);
    sim_destroy(s);
}

struct call {
    struct loop *loop;
    int result;
    unsigned times;
    int64_t at;
};

static void dialled(void *ctx, int result) {
    struct call *c = ctx;
    c->result = result;
    c->times++;
    c->at = (loop_now(c->loop) - SIM_LOOP_START) / NS_PER_MS;
}

static void dials(void **state) {
    (void)state;
    static const char *world =
        "interface eth0 10.9.0.2/24 2001:db8::2/64; gateway 10.9.0.1; gateway 2001:db8::1; no-route 198.18.0.0/15\n"
        "latency 20ms\nhost 10.0.0.5 2001:db9::5; open 22; filtered 24; reject 25 host-unreach; reject 26 "
        "port-unreach\n"
        "reject 27 admin-prohibited; reject 28 net-unreach\nhost 10.0.0.6; drop-first 2\nhost 10.9.0.5";
    static const struct {
        const char *dst;
        uint16_t port;
        int result;
        int64_t ms;
    } cases[] = {{"10.0.0.5", 22, 0, 20},
                 {"10.0.0.5", 23, ECONNREFUSED, 20},
                 {"10.0.0.5", 24, ETIMEDOUT, 127000},
                 {"10.0.0.5", 25, EHOSTUNREACH, 20},
                 {"10.0.0.5", 26, ECONNREFUSED, 20},
                 {"10.0.0.5", 27, EHOSTUNREACH, 20},
                 {"10.0.0.5", 28, ENETUNREACH, 20},
                 {"2001:db9::5", 22, 0, 20},
                 {"2001:db9::5", 27, EACCES, 20},
                 {"10.0.0.6", 1, ECONNREFUSED, 3020},
                 {"10.0.0.7", 1, ETIMEDOUT, 127000},
                 {"10.9.0.5", 1, ECONNREFUSED, 20},
                 {"10.9.0.6", 1, EHOSTUNREACH, 3070},
                 {"127.0.0.1", 1, ECONNREFUSED, 0}};
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct err e = {0};
        struct sim *s = sim_create(world, 1, &e);
        assert_non_null(s);
        struct dialer *d = sim_door(s)->dialer;
        struct call c = {.loop = sim_door(s)->loop};
        struct dial_request q = {
            .dst = rig_addr(cases[i].dst), .dport = cases[i].port, .sport = -1, .ttl = -1, .fn = dialled, .ctx = &c};
        int os = 0;
        assert_non_null(d->ops->start(d, &q, &os));
        assert_int_equal(c.times, 0);
        c.loop->ops->run(c.loop);
        assert_int_equal(c.times, 1);
        assert_int_equal(c.result, cases[i].result);
        assert_int_equal(c.at, cases[i].ms);
        sim_destroy(s);
    }
}

static void dial_limits(void **state) {
    (void)state;
    struct sim *s = sim_create("dials 2; no-route 198.18.0.0/15; host 10.0.0.5; filtered", 1, NULL);
    struct dialer *d = sim_door(s)->dialer;
    struct call c = {.loop = sim_door(s)->loop};
    struct dial_request q = {
        .dst = rig_addr("198.18.0.1"), .dport = 1, .sport = -1, .ttl = -1, .fn = dialled, .ctx = &c};
    int os = 0;
    assert_null(d->ops->start(d, &q, &os));
    assert_int_equal(os, ENETUNREACH);
    q.dst = rig_addr("10.0.0.5");
    assert_int_equal(d->ops->capacity(d), 2);
    struct dial *first = d->ops->start(d, &q, &os), *second = d->ops->start(d, &q, &os);
    assert_true(first && second && !d->ops->start(d, &q, &os));
    assert_int_equal(os, EMFILE);
    d->ops->cancel(d, first);
    d->ops->cancel(d, second);
    c.loop->ops->run(c.loop);
    assert_int_equal(c.times, 0);
    sim_destroy(s);
}

struct heard {
    unsigned times;
    bool ok;
    size_t n;
    char name[256], error[64];
};

static void heard(void *ctx, const struct name_answer *a) {
    struct heard *h = ctx;
    h->times++;
    h->ok = a->ok;
    h->n = a->n_addrs;
    snprintf(h->name, sizeof h->name, SLICE_FMT, SLICE_ARG(a->name));
    snprintf(h->error, sizeof h->error, "%s", a->error ? a->error : "");
}

static void names(void **state) {
    (void)state;
    struct err e = {0};
    struct sim *s = sim_create("name example.com 10.0.0.5 10.0.0.6 2001:db8::5; name slow.test timeout\n"
                               "name bad.test servfail; dns latency 20ms timeout 2s tries 2\n"
                               "host 10.0.0.5; ptr www.example.com\nhost 10.0.0.6\nrange 10.1.0.0/16; ptr *.pool.test",
                               1, &e);
    assert_non_null(s);
    struct names *n = sim_door(s)->names;
    struct loop *loop = sim_door(s)->loop;
    static const struct {
        const char *question;
        enum addr_family family;
        bool ok;
        size_t n;
        const char *name, *error;
        int64_t ms;
    } cases[] = {{"example.com", ADDR_NONE, true, 3, "", "", 20},
                 {"EXAMPLE.com.", ADDR_V4, true, 2, "", "", 20},
                 {"example.com", ADDR_V6, true, 1, "", "", 20},
                 {"nothing.test", ADDR_NONE, false, 0, "", "no such name", 20},
                 {"slow.test", ADDR_NONE, false, 0, "", "the name servers did not answer", 4000},
                 {"bad.test", ADDR_NONE, false, 0, "", "the name server failed", 20},
                 {"10.0.0.5", ADDR_NONE, true, 0, "www.example.com", "", 20},
                 {"10.0.0.6", ADDR_NONE, false, 0, "", "no such name", 20},
                 {"10.1.2.3", ADDR_NONE, true, 0, "10-1-2-3.pool.test", "", 20}};
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct heard h = {0};
        struct addr a;
        int64_t begin = loop_now(loop);
        if (addr_parse(slice_of(cases[i].question), &a))
            assert_true(n->ops->reverse(n, &a, heard, &h));
        else
            assert_true(n->ops->forward(n, slice_of(cases[i].question), cases[i].family, heard, &h));
        assert_int_equal(h.times, 0);
        loop->ops->run(loop);
        assert_int_equal(h.times, 1);
        assert_int_equal(h.ok, cases[i].ok);
        assert_int_equal(h.n, cases[i].n);
        assert_string_equal(h.name, cases[i].name);
        assert_string_equal(h.error, cases[i].error);
        assert_int_equal((loop_now(loop) - begin) / NS_PER_MS, cases[i].ms);
    }
    struct heard h = {0};
    assert_true(n->ops->forward(n, SLICE("example.com"), ADDR_NONE, heard, &h));
    n->ops->cancel_all(n);
    loop->ops->run(loop);
    assert_int_equal(h.times, 0);
    sim_destroy(s);
}

/* The worlds that are kept as files can all be read; the folder is the argument of this program. */
static void world_files(void **state) {
    const char *folder = *state;
    char pattern[1024];
    glob_t found;
    if (!folder)
        skip();
    snprintf(pattern, sizeof pattern, "%s/*.sim", folder);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct err e = {0};
        struct sim *s = sim_create_file(found.gl_pathv[i], 1, &e);
        if (!s)
            fail_msg("%s", e.text);
        sim_destroy(s);
    }
    globfree(&found);
    assert_null(sim_create_file("/nonexistent.sim", 1, NULL));
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(world_files, argc > 1 ? argv[1] : NULL),

                                       cmocka_unit_test(wrong_texts_say_why),
                                       cmocka_unit_test(truth),
                                       cmocka_unit_test(routes),
                                       cmocka_unit_test(virtual_time),
                                       cmocka_unit_test(dials),
                                       cmocka_unit_test(dial_limits),
                                       cmocka_unit_test(names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
