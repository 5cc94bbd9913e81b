/* Scenarios of the UDP scan: what silence means, and hosts that limit their port unreachables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scenario.h"

#define S NS_PER_S
#define MS NS_PER_MS
#define LIMITED "rate-limit icmp 1/s burst 6" /* as Linux has it */

static const struct expectation {
    const char *name, *world, *command;
    uint64_t ports, open, silent;
    int64_t at_most;         /* virtual time */
    uint64_t frames_at_most; /* 0 = not checked */
    bool gives_up;           /* states of silent ports are not checked */
} expectations[] = {
    {.name = "every kind of answer",
     .world = "host 10.0.0.5; udp closed; udp open 53,123; udp filtered 161; udp admin-prohibited 500",
     .command = "-n -sU 10.0.0.5",
     .ports = 1000,
     .open = 2,
     .silent = 1,
     .at_most = 1 * S,
     .frames_at_most = 1300},
    {.name = "the same over IPv6",
     .world = "host 2001:db8::5; udp closed; udp open 53,123; udp filtered 161; udp admin-prohibited 500",
     .command = "-n -sU -p 1-1000 2001:db8::5",
     .ports = 1000,
     .open = 2,
     .silent = 1,
     .at_most = 1 * S},
    {.name = "an answer from a port of the host's own choice",
     .world = "host 10.0.0.5; udp closed; udp elsewhere 69; udp filtered 70-80,40123",
     .command = "-n -sU -p 60-100,40123 10.0.0.5",
     .ports = 42,
     .open = 1,
     .silent = 12,
     .at_most = 2 * S},
    {.name = "an error of somebody else's is a filter",
     .world = "host 10.0.0.5; udp port-unreach 10-20; udp closed 30-40; udp host-unreach 41",
     .command = "-n -sU -p 10-41 10.0.0.5",
     .ports = 32,
     .silent = 9,
     .at_most = 1 * S},
    {.name = "everything dropped",
     .world = "host 10.0.0.5; udp filtered; udp open 53",
     .command = "-n -sU -p 1-1000 10.0.0.5",
     .ports = 1000,
     .open = 1,
     .silent = 999,
     .at_most = 1 * S},
    {.name = "loss without a limit",
     .world = "host 10.0.0.5; udp closed; udp open 53,123; loss 10%; udp filtered 100-110",
     .command = "-n -sU -p 1-400 10.0.0.5",
     .ports = 400,
     .open = 2,
     .silent = 11,
     .at_most = 15 * S},
    {.name = "a limit and few ports",
     .world = "host 10.0.0.5; udp closed; udp open 7; udp filtered 9; " LIMITED,
     .command = "-n -sU -p 1-10 10.0.0.5",
     .ports = 10,
     .open = 1,
     .silent = 1,
     .at_most = 20 * S},
    {.name = "a limit and twenty closed ports: fourteen seconds at best",
     .world = "host 10.0.0.5; udp closed; latency 1ms; " LIMITED,
     .command = "-n -sU -p 20001-20020 10.0.0.5",
     .ports = 20,
     .at_most = 17 * S},
    {.name = "a limit and a hundred closed ports: 94 seconds at best",
     .world = "host 10.0.0.5; udp closed; latency 1ms; " LIMITED,
     .command = "-n -sU -p 20001-20100 10.0.0.5",
     .ports = 100,
     .at_most = 97 * S},
    {.name = "a limit below the usual one, and ports that say nothing",
     .world = "host 10.0.0.5; udp closed; udp filtered 20020-20040; latency 20ms jitter 10ms; loss 3%; "
              "rate-limit icmp 0.8/s burst 6",
     .command = "-n -sU -p 20001-20100 10.0.0.5",
     .ports = 100,
     .silent = 21,
     .at_most = 400 * S},
    {.name = "a limit and fifty ports",
     .world = "host 10.0.0.5; udp closed; udp open 7,43; " LIMITED,
     .command = "-n -sU -p 1-50 10.0.0.5",
     .ports = 50,
     .open = 2,
     .at_most = 60 * S,
     .frames_at_most = 300},
    {.name = "a limit far away",
     .world = "host 10.0.0.5; udp closed; udp open 7; latency 150ms jitter 20ms; " LIMITED,
     .command = "-n -sU -p 1-50 10.0.0.5",
     .ports = 50,
     .open = 1,
     .at_most = 75 * S},
    {.name = "a limit where nothing else answers",
     .world = "host 10.0.0.5; udp closed; udp open 53; echo no; timestamp no; " LIMITED,
     .command = "-n -sU -Pn -p 1-60 10.0.0.5",
     .ports = 60,
     .open = 1,
     .at_most = 80 * S},
    {.name = "a limit that is higher",
     .world = "host 10.0.0.5; udp closed; udp open 53; udp filtered 500; rate-limit icmp 100/s burst 50",
     .command = "-n -sU -p 1-1000 10.0.0.5",
     .ports = 1000,
     .open = 1,
     .silent = 1,
     .at_most = 20 * S},
    {.name = "a limit under a scan delay",
     .world = "host 10.0.0.5; udp closed; udp open 7; " LIMITED,
     .command = "-n -sU -T2 -p 1-30 10.0.0.5",
     .ports = 30,
     .open = 1,
     .at_most = 60 * S},
    {.name = "many hosts with a limit do not wait for one another",
     .world = "range 10.0.0.0/28; udp closed; udp open 7; " LIMITED,
     .command = "-n -sU -p 1-50 10.0.0.0/28",
     .ports = 800,
     .open = 16,
     .at_most = 65 * S},
    {.name = "a limit that is not waited for",
     .world = "host 10.0.0.5; udp closed; udp open 7; " LIMITED,
     .command = "-n -sU --defeat-icmp-ratelimit -p 1-50 10.0.0.5",
     .ports = 50,
     .open = 1,
     .silent = 43,
     .at_most = 2 * S,
     .gives_up = true},
    {.name = "a host that goes away",
     .world = "host 10.0.0.5; udp closed; udp open 7; dies 10s; " LIMITED,
     .command = "-n -sU -p 1-100 10.0.0.5",
     .ports = 100,
     .open = 1,
     .silent = 88,
     .at_most = 150 * S,
     .gives_up = true},
    {.name = "TCP and UDP",
     .world = "host 10.0.0.5; open 22; udp closed; udp open 53; " LIMITED,
     .command = "-n -sS -sU -p T:1-1000,U:40-70 10.0.0.5",
     .ports = 1031,
     .open = 2,
     .at_most = 50 * S},
};

struct watch {
    unsigned phases, hosts;
    bool rows_in_order;
    enum phase last;
    enum port_state silence; /* of UDP ports */
};

static void look(void *ctx, const struct event *ev, struct sim *sim) {
    struct watch *w = ctx;
    (void)sim;
    if (ev->kind == EVENT_PHASE_BEGIN && phase_is_scan(ev->phase)) {
        w->phases++;
        w->last = ev->phase;
    }
    if (ev->kind != EVENT_HOST)
        return;
    w->rows_in_order = w->hosts++ == 0 || w->rows_in_order;
    for (size_t i = 0; i < ev->host->n_ports; i++) {
        const struct port_result *p = &ev->host->ports[i], *next = p + 1;
        if (p->proto == PROTO_UDP && p->reason == REASON_NO_RESPONSE)
            w->silence = (enum port_state)p->state;
        if (i + 1 < ev->host->n_ports && p->proto * 65536 + p->port >= next->proto * 65536 + next->port)
            w->rows_in_order = false;
    }
}

static void play(const struct scenario *s, struct scenario_result *r, struct watch *w) {
    *w = (struct watch){0};
    *r = (struct scenario_result){.on_event = look, .ctx = w};
    if (!scenario_run(s, r))
        fail_msg("%s: %s", s->command, r->error.text);
    if (r->unclean.code)
        fail_msg("%s: %s", s->command, r->unclean.text);
    assert_true(r->end == RUN_COMPLETE && w->rows_in_order);
}

static uint64_t seed_of_run(void) {
    uint64_t seed = scenario_seed();
    print_message("LL_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}

static void scenarios(void **state) {
    (void)state;
    uint64_t seed = seed_of_run();
    for (size_t i = 0; i < LL_COUNT(expectations); i++) {
        const struct expectation *x = &expectations[i];
        struct scenario s = {.world = x->world, .command = x->command, .seed = seed + i};
        struct scenario_result r;
        struct watch w;
        play(&s, &r, &w);
        bool states = x->gives_up || r.wrong == 0;
        bool silent = x->gives_up ? r.silent + 12 >= x->silent && r.silent <= x->silent + 12 : r.silent == x->silent;
        bool fast = r.elapsed <= x->at_most && (!x->frames_at_most || r.count.frames <= x->frames_at_most);
        if (!states || !silent || !fast || r.ports != x->ports || r.open_true != x->open || r.open_missed ||
            r.open_false)
            fail_msg("%s: %llu ports, %llu open, %llu missed, %llu false, %llu wrong, %llu silent, %.1f s, %llu frames",
                     x->name, (unsigned long long)r.ports, (unsigned long long)r.open_true,
                     (unsigned long long)r.open_missed, (unsigned long long)r.open_false, (unsigned long long)r.wrong,
                     (unsigned long long)r.silent, (double)r.elapsed / 1e9, (unsigned long long)r.count.frames);
    }
}

/* TCP rows first, a phase each, and the word for silence that the user asked for. */
static void two_scans(void **state) {
    (void)state;
    struct scenario s = {.world = "range 10.0.0.0/30; open 22; udp closed; udp open 53; udp filtered 54",
                         .command = "-n -sS -sU -p 20-60 10.0.0.0/30",
                         .seed = 3};
    struct scenario_result r;
    struct watch w;
    play(&s, &r, &w);
    assert_int_equal(r.ports, 4 * 82);
    assert_int_equal(w.phases, 2);
    assert_int_equal(w.last, PHASE_UDP);
    assert_int_equal(w.silence, PORT_OPEN_FILTERED);
    s.command = "-n -sU --defeat-icmp-ratelimit -p 20-60 10.0.0.1";
    play(&s, &r, &w);
    assert_int_equal(w.silence, PORT_CLOSED_FILTERED);
    assert_int_equal(w.phases, 1);
}

static void without_privilege(void **state) {
    (void)state;
    struct scenario s = {.world = "host 10.0.0.5", .command = "-n -sU -p 53 10.0.0.5", .seed = 1, .connect = true};
    struct scenario_result r = {0};
    assert_true(scenario_run(&s, &r));
    assert_int_equal(r.end, RUN_FAILED);
    assert_int_equal(r.error.code, ERR_PRIVILEGE);
}

/* Stopped or out of time in the second scan: what answered stays, of both. */
static void cut_short(void **state) {
    (void)state;
    struct scenario s = {.world = "host 10.0.0.5; open 22; udp closed; udp open 53; " LIMITED,
                         .command = "-n -sS -sU -p 1-100 --host-timeout 10s 10.0.0.5",
                         .seed = 1};
    struct scenario_result r;
    struct watch w;
    play(&s, &r, &w);
    assert_int_equal(r.open_true, 2);
    assert_true(r.ports > 100 && r.ports < 140 && r.wrong == 0);
    s.command = "-n -sS -sU -p 1-100 10.0.0.5";
    s.stop_at = 10 * S;
    r = (struct scenario_result){0};
    assert_true(scenario_run(&s, &r));
    assert_int_equal(r.end, RUN_INTERRUPTED);
    assert_true(r.ports > 100 && r.ports < 140 && r.wrong == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(scenarios), cmocka_unit_test(two_scans),
                                       cmocka_unit_test(without_privilege), cmocka_unit_test(cut_short)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
