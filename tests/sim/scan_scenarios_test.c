/* Scenarios: the whole program inside simulated networks, held against the truth. A timing bug becomes a line here
 * before it is mended. Seeds are fresh and printed; LL_SEED repeats a run. */
#include <time.h>

#include "expectation.h"

/* Sanitizers cost a factor that says nothing about the program. */
#if defined(__has_feature)
#define SANITIZED __has_feature(address_sanitizer)
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif
#define SECONDS_MAX (SANITIZED ? 60 : 5)

static const struct expectation expectations[] = {
    {.name = "the article's host",
     .world = "host 10.0.0.5; default filtered; open 22,25,80; closed 995,3000,8080; latency 20ms; ptr www.example",
     .command = "10.0.0.5",
     .up = 1,
     .open = 3,
     .at_most = 1 * S},
    {.name = "everything closed",
     .world = "host 10.0.0.5; default closed; open 22,80,443",
     .command = "-n 10.0.0.5",
     .up = 1,
     .open = 3,
     .at_most = 500 * MS,
     .frames_at_most = 1200},
    {.name = "everything open",
     .world = "host 10.0.0.5; default open",
     .command = "-n -p 1-1000 10.0.0.5",
     .up = 1,
     .open = 1000,
     .at_most = 500 * MS},
    {.name = "doubled answers",
     .world = "host 10.0.0.5; open 22; dup 20%",
     .command = "-n -p 1-200 10.0.0.5",
     .up = 1,
     .open = 1,
     .at_most = 500 * MS},
    {.name = "forged answers",
     .world = "host 10.0.0.5; default filtered; open 22; noise synack 10000/s",
     .command = "-n -p 1-1000 10.0.0.5",
     .up = 1,
     .open = 1,
     .at_most = 1 * S},
    {.name = "a limit on RSTs",
     .world = "host 10.0.0.5; open 22; rate-limit rst 100/s burst 50",
     .command = "-n -p 1-1000 10.0.0.5",
     .up = 1,
     .open = 1,
     .at_most = 25 * S},
    {.name = "a limit on ICMP errors",
     .world = "host 10.0.0.5; default admin-prohibited; open 22; rate-limit icmp 1/s burst 6",
     .command = "-n -p 1-1000 10.0.0.5",
     .up = 1,
     .open = 1,
     .at_most = 2 * S},
    {.name = "a narrow way to one host",
     .world = "link 2000pps queue 50; host 10.0.0.5; default closed; open 1-50",
     .command = "-n -p 1-1000 10.0.0.5",
     .up = 1,
     .open = 50,
     .at_most = 3 * S,
     .half_open_may_stay = true},
    {.name = "a narrow way to a network",
     .world = "link 20000pps queue 50; range 10.0.0.0/26 up 50% seed 2; default filtered; open 22,80",
     .command = "-n -p 1-1000 10.0.0.0/26",
     .up = 33,
     .down = 31,
     .open = 66,
     .at_most = 30 * S,
     .half_open_may_stay = true},
    {.name = "a host that goes away",
     .world = "host 10.0.0.5; default filtered; open 22; closed 443; dies 60ms",
     .command = "-n -p 1-1000 10.0.0.5",
     .up = 1,
     .open = 1,
     .at_most = 10 * S,
     .gives_up = true,
     .half_open_may_stay = true},
    {.name = "the next hop must be asked for",
     .world = "gateway 192.0.2.254 unknown; host 10.0.0.5; open 22",
     .command = "-n -p 1-100 10.0.0.5",
     .up = 1,
     .open = 1,
     .at_most = 1 * S},
    {.name = "hosts on the link",
     .world = "host 192.0.2.7 192.0.2.9; open 22",
     .command = "-n -p 1-100 192.0.2.4-11",
     .up = 2,
     .down = 6,
     .open = 2,
     .at_most = 2 * S},
    {.name = "a host on the link that answers everything",
     .world = "host 192.0.2.7; default closed; open 22,80; latency 1ms",
     .command = "-n -p 1-65535 192.0.2.7",
     .up = 1,
     .open = 2,
     .at_most = 500 * MS,
     .frames_at_most = 67500},
    {.name = "a host on the link that copes with 50,000 a second",
     .world = "link 50000pps queue 200; host 192.0.2.7; default closed; open 22,80; latency 1ms",
     .command = "-n -p 1-65535 192.0.2.7",
     .up = 1,
     .open = 2,
     .at_most = 4 * S,
     .frames_at_most = 76000},
    {.name = "a long queue on the link",
     .world = "link-back 50000pps queue 20000; host 192.0.2.7; default closed; open 22,80; latency 1ms",
     .command = "-n -p 1-65535 192.0.2.7",
     .up = 1,
     .open = 2,
     .at_most = 4 * S,
     .frames_at_most = 67500},
    {.name = "a host on the link that limits its resets",
     .world = "host 192.0.2.7; default closed; open 22,80; latency 1ms; rate-limit rst 20000/s burst 500",
     .command = "-n -p 1-30000 192.0.2.7",
     .up = 1,
     .open = 2,
     .at_most = 8 * S},
    {.name = "IPv6 behind a router",
     .world = "host 2001:db8::7; open 22",
     .command = "-n -p 1-100 2001:db8::7 2001:db8::8",
     .up = 1,
     .down = 1,
     .open = 1,
     .at_most = 4 * S},
    {.name = "IPv6 on the link",
     .world = "host 2001:db8:ffff::7; open 22",
     .command = "-n -p 1-100 2001:db8:ffff::7",
     .up = 1,
     .open = 1,
     .at_most = 1 * S},
    {.name = "nobody there", .world = "host 10.0.0.5", .command = "-n 10.0.0.6", .down = 1, .at_most = 4 * S},
    {.name = "no way there",
     .world = "no-route 10.0.0.0/8; host 172.16.0.1; open 22",
     .command = "-n -p 22 10.0.0.6 172.16.0.1",
     .up = 1,
     .down = 1,
     .open = 1,
     .at_most = 2 * S},
    {.name = "both families and a name",
     .world = "host 10.0.0.5; open 22; host 2001:db8::7; open 80; name a.example 10.0.0.5 10.0.0.6; ptr *.example",
     .command = "-p 22,80 a.example 2001:db8::7",
     .up = 2,
     .open = 2,
     .at_most = 2 * S},
    {.name = "connect scan",
     .world = "host 10.0.0.5; default filtered; open 22,80; closed 443",
     .command = "-n -p 1-1000 10.0.0.5",
     .connect = true,
     .up = 1,
     .open = 2,
     .at_most = 2 * S},
    {.name = "connect scan with loss",
     .world = "host 10.0.0.5; default filtered; open 22,80; closed 443; loss 2% 2%",
     .command = "-n -p 1-1000 10.0.0.5",
     .connect = true,
     .up = 1,
     .open = 2,
     .at_most = 4 * S},
    {.name = "fixed source port",
     .world = "host 10.0.0.5; default filtered; open 22",
     .command = "-n -g 53 -p 1-1000 10.0.0.5",
     .up = 1,
     .open = 1,
     .at_most = 2 * S},
    {.name = "polite",
     .world = "host 10.0.0.5; open 22",
     .command = "-n -T2 -p 20-29 10.0.0.5",
     .up = 1,
     .open = 1,
     .at_most = 6 * S,
     .frames_at_most = 40},
    {.name = "paranoid",
     .world = "host 10.0.0.5; open 22",
     .command = "-n -T0 -p 22,23 10.0.0.5",
     .up = 1,
     .open = 1,
     .at_most = 1800 * S,
     .frames_at_most = 12},
    {.name = "a rate cap",
     .world = "host 10.0.0.5; open 22",
     .command = "-n --max-rate 100 -p 1-200 10.0.0.5",
     .up = 1,
     .open = 1,
     .at_most = 4 * S},
};

static void every_scenario_is_as_expected(void **state) {
    (void)state;
    expectation_check_all(expectations, LL_COUNT(expectations));
}

/* Trust in more than the template's caps is for the own link: behind a router they hold. */
static void routed_hosts_keep_their_caps(void **state) {
    (void)state;
    static const struct {
        const char *world, *command;
        int64_t at_least;
    } rows[] = {
        {"host 10.0.0.5; default closed; open 22; latency 1ms", "-n -Pn -p 1-65535 10.0.0.5", 65535 * NS_PER_S / 90000},
        {"range 10.0.0.0/28 up 100%; default closed; open 22; latency 1ms", "-n -Pn -p 1-20000 10.0.0.0/28",
         (16 * 20000 - 2000) * NS_PER_S / 100000},
    };
    for (size_t i = 0; i < LL_COUNT(rows); i++) {
        struct scenario s = {.world = rows[i].world, .command = rows[i].command, .seed = scenario_seed()};
        struct scenario_result r = {0};
        assert_true(scenario_run(&s, &r));
        print_message("%s: %.3f s\n", rows[i].command, (double)r.elapsed / 1e9);
        assert_int_equal(r.wrong, 0);
        assert_true(r.elapsed >= rows[i].at_least);
    }
}

struct tally {
    unsigned runs, wrong_runs;
    uint64_t open, missed;
};

static struct tally repeat(const char *world, const char *command, unsigned runs) {
    struct tally t = {0};
    uint64_t seed = scenario_seed() * 1000;
    print_message("seeds %llu and the next %u\n", (unsigned long long)seed, runs - 1);
    for (unsigned i = 0; i < runs; i++) {
        struct scenario s = {.world = world, .command = command, .seed = seed + i};
        struct scenario_result r = {0};
        assert_true(scenario_run(&s, &r));
        assert_int_equal(r.up, 1);
        t.runs++;
        t.wrong_runs += r.wrong > 0;
        t.open += r.open_true;
        t.missed += r.open_missed;
        if (r.wrong)
            print_message("seed %llu: %llu wrong\n", (unsigned long long)s.seed, (unsigned long long)r.wrong);
    }
    return t;
}

/* 3 % loss each way, 50 of 1,000 ports open: at most one open port missed of 5,000. */
static void loss_hides_no_open_port(void **state) {
    (void)state;
    struct tally t = repeat("host 10.0.0.5; default filtered; open 1-50; loss 3% 3%", "-n -p 1-1000 10.0.0.5", 100);
    assert_int_equal(t.open, 5000);
    assert_true(t.missed <= 1);
}

/* RTT 200 +- 50 ms, 1 % loss, 1 % of the answers 1.5 s late, the first packet lost: rows equal to the truth. */
static void a_far_host_is_told_as_it_is(void **state) {
    (void)state;
    struct tally t =
        repeat("host 10.0.0.5; default filtered; open 22,25,80,443; closed 100-119; latency 150ms jitter 100ms; "
               "loss 0.5% 0.5%; late 1% 1500ms; drop-first 1",
               "-n -p 1-1000 10.0.0.5", 100);
    assert_int_equal(t.runs, 100);
    assert_int_equal(t.wrong_runs, 0);
}

static void a_million_probes_take_less_than_five_seconds(void **state) {
    (void)state;
    struct scenario s = {.world = "range 10.0.0.0/22 up 40% seed 3; default filtered; open 22,80",
                         .command = "-n -p 1-1000 10.0.0.0/22",
                         .seed = 1};
    struct scenario_result r = {0};
    clock_t began = clock();
    assert_true(scenario_run(&s, &r));
    double cpu = (double)(clock() - began) / CLOCKS_PER_SEC;
    print_message("%llu packets in %.2f s of processor time\n", (unsigned long long)r.count.frames, cpu);
    assert_true(r.count.frames > 1000000);
    assert_int_equal(r.wrong, 0);
    assert_true(cpu < SECONDS_MAX);
}

static void an_end_in_the_middle_tells_what_is_known(void **state) {
    (void)state;
    struct scenario s = {.world = "host 10.0.0.5; default filtered; open 22,80; closed 443; latency 20ms",
                         .command = "-n -p 1-10000 10.0.0.5",
                         .seed = 1,
                         .stop_at = 400 * MS};
    struct scenario_result r = {0};
    assert_true(scenario_run(&s, &r));
    assert_int_equal(r.end, RUN_INTERRUPTED);
    assert_int_equal(r.up, 1);
    assert_true(r.open_true >= 1); /* the likeliest ports go first */
    assert_int_equal(r.open_missed + r.wrong, 0);
}

static void a_host_is_never_asked_faster_than_allowed(void **state) {
    (void)state;
    struct scenario s = {
        .world = "host 10.0.0.5; default filtered; open 22", .command = "-n -p 1-20000 10.0.0.5", .seed = 1};
    struct scenario_result r = {0};
    assert_true(scenario_run(&s, &r));
    assert_true(r.host_max_100ms <= 3300); /* 30,000 a second at -T3, within the granularity of the count */
    s.command = "-n -p 1-300 --max-rate 500 10.0.0.5";
    r = (struct scenario_result){0};
    assert_true(scenario_run(&s, &r));
    assert_true(r.host_max_100ms <= 60);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(routed_hosts_keep_their_caps),
        cmocka_unit_test(every_scenario_is_as_expected),
        cmocka_unit_test(loss_hides_no_open_port),
        cmocka_unit_test(a_far_host_is_told_as_it_is),
        cmocka_unit_test(a_million_probes_take_less_than_five_seconds),
        cmocka_unit_test(an_end_in_the_middle_tells_what_is_known),
        cmocka_unit_test(a_host_is_never_asked_faster_than_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
