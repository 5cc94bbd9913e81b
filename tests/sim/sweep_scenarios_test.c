/* Scenarios of sweeps: many addresses, each asked little. Silence must not make them slow, and loss that all addresses
 * share must be noticed although none of them is asked often enough to show it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <time.h>

#include "base/num.h"
#include "scenario.h"

#define S NS_PER_S
#define MS NS_PER_MS

struct expectation {
    const char *name;
    const char *world;
    const char *command;
    unsigned hosts, missed;      /* addresses, and live ones that may be missed */
    uint64_t open, missed_ports; /* the same for open ports */
    int64_t at_most;             /* virtual time */
    uint64_t frames_at_most;
    bool connect;
};

#define ALL_UP "range 10.64.0.0-10.64.15.255 up 100% seed 3; default closed; open 80; latency 5ms"
#define SPARSE "range 10.64.0.0-10.64.255.255 up 6% seed 3; latency 5ms"
#define FAR_AWAY "range 10.64.0.0/16 "
/* Whole sweeps need a tenth of it; hosts that look for room again and again, ten times as much. */
#define CPU_AT_MOST 4.0 /* seconds */
#define LIMIT "link 5000pps queue 20; "

static const struct expectation expectations[] = {
    {.name = "silence at the user's rate",
     .world = "range 10.64.0.0/24 up 0%",
     .command = "-n -sn -PS80 --max-retries 0 --min-rate 2000000 10.64.0.0/15",
     .hosts = 131072,
     .at_most = 2 * S,
     .frames_at_most = 131072},
    {.name = "silence at -T5",
     .world = "range 10.64.0.0/24 up 0%",
     .command = "-n -sn -PS80 -T5 --max-retries 0 10.64.0.0/15",
     .hosts = 131072,
     .at_most = 2 * S,
     .frames_at_most = 131072},
    {.name = "silence at no rate",
     .world = "range 10.64.0.0/24 up 0%",
     .command = "-n -sn -PS80 --max-retries 0 10.64.0.0/16",
     .hosts = 65536,
     .at_most = 5 * S,
     .frames_at_most = 65536},
    {.name = "silence at a cap",
     .world = "range 10.64.0.0/24 up 0%",
     .command = "-n -sn -PS80 --max-retries 0 --max-rate 10000 10.64.0.0/17",
     .hosts = 32768,
     .at_most = 5 * S,
     .frames_at_most = 32768},
    {.name = "one of sixteen is up",
     .world = SPARSE,
     .command = "-n -sn -PE 10.64.0.0/16",
     .hosts = 65536,
     .at_most = 3 * S},
    {.name = "one of sixteen is up, with loss",
     .world = SPARSE "; loss 5% 5%",
     .command = "-n -sn -PE 10.64.0.0/16",
     .hosts = 65536,
     .missed = 4,
     .at_most = 12 * S},
    {.name = "a hidden limit, echo",
     .world = LIMIT ALL_UP,
     .command = "-n -sn -PE 10.64.0-15.0-255",
     .hosts = 4096,
     .missed = 2,
     .at_most = 10 * S,
     .frames_at_most = 16000},
    {.name = "a hidden limit, one of sixteen is up",
     .world = LIMIT SPARSE,
     .command = "-n -sn -PE 10.64.0.0/16",
     .hosts = 65536,
     .missed = 2,
     .at_most = 150 * S},
    {.name = "a hidden limit, one port",
     .world = LIMIT ALL_UP,
     .command = "-n -Pn -sS -p80 10.64.0-15.0-255",
     .hosts = 4096,
     .open = 4096,
     .missed_ports = 8,
     .at_most = 10 * S,
     .frames_at_most = 30000},
    {.name = "a hidden limit, one port, at a cap above it",
     .world = LIMIT ALL_UP,
     .command = "-n -Pn -sS -p80 --max-rate 20000 10.64.0-15.0-255",
     .hosts = 4096,
     .open = 4096,
     .missed_ports = 8,
     .at_most = 10 * S,
     .frames_at_most = 30000},
    {.name = "loss each way, one port",
     .world = ALL_UP "; loss 5% 5%",
     .command = "-n -Pn -sS -p80 10.64.0-15.0-255",
     .hosts = 4096,
     .open = 4096,
     .missed_ports = 3,
     .at_most = 5 * S},
    {.name = "far hosts, one port, without discovery",
     .world = FAR_AWAY "up 100%; default closed; open 80; latency 300ms",
     .command = "-n -Pn -sS -p80 10.64.0.0/16",
     .hosts = 65536,
     .open = 65536,
     .at_most = 3 * S},
    {.name = "farther hosts, one port, without discovery",
     .world = FAR_AWAY "up 100%; default closed; open 80; latency 1s",
     .command = "-n -Pn -sS -p80 10.64.0.0/16",
     .hosts = 65536,
     .open = 65536,
     .at_most = 6 * S},
    {.name = "silence, one port, without discovery",
     .world = FAR_AWAY "up 0%",
     .command = "-n -Pn -sS -p80 10.64.0.0/16",
     .hosts = 65536,
     .at_most = 15 * S,
     .frames_at_most = 196608},
    {.name = "more than one turn of packets is due at once",
     .world = FAR_AWAY "up 0%",
     .command = "-n -Pn -sS -p80-90 -T5 10.64.0.0/18",
     .hosts = 16384,
     .at_most = 2 * S},
    {.name = "connections to many hosts, few at once",
     .world = "dials 500; range 10.64.0.0/18 up 50% seed 3; default closed; open 80; latency 30ms",
     .command = "-n -Pn -sT -p80 10.64.0.0/18",
     .hosts = 16384,
     .open = 8152,
     .at_most = 8 * S,
     .connect = true},
};

static uint64_t fresh_seed(void) {
    uint64_t seed = (uint64_t)time(NULL);
    const char *given = getenv("LL_SEED");
    if (given && num_u64(slice_of(given), &seed))
        return seed;
    return seed;
}

static void check(const struct expectation *x, uint64_t seed) {
    struct scenario s = {.world = x->world, .command = x->command, .seed = seed, .connect = x->connect};
    struct scenario_result r = {0};
    clock_t began = clock();
    if (!scenario_run(&s, &r))
        fail_msg("%s: %s", x->name, r.error.text);
    double cpu = (double)(clock() - began) / CLOCKS_PER_SEC;
    print_message("%s: %.3f s, %.2f s of CPU, %llu packets, %u of %u hosts and %llu of %llu ports missed\n", x->name,
                  (double)r.elapsed / 1e9, cpu, (unsigned long long)r.count.frames, r.hosts_missed, r.hosts,
                  (unsigned long long)r.open_missed, (unsigned long long)r.open_true);
    assert_true(cpu <= CPU_AT_MOST);
    assert_int_equal(r.end, RUN_COMPLETE);
    assert_int_equal(r.count.malformed, 0);
    assert_int_equal(r.hosts, x->hosts);
    assert_int_equal(r.open_true, x->open);
    assert_int_equal(r.hosts_false + r.open_false, 0);
    assert_true(r.hosts_missed <= x->missed);
    assert_true(r.open_missed <= x->missed_ports);
    assert_true(r.elapsed <= x->at_most);
    if (x->frames_at_most)
        assert_true(r.count.frames <= x->frames_at_most);
}

static void every_sweep_is_as_expected(void **state) {
    (void)state;
    uint64_t seed = fresh_seed();
    print_message("seed %llu\n", (unsigned long long)seed);
    for (size_t i = 0; i < LL_COUNT(expectations); i++)
        check(&expectations[i], seed + i);
}

/* The only host that is there is asked again for the sake of the others, but an open port no more than ten times. */
static void a_single_witness_is_spared(void **state) {
    (void)state;
    struct scenario s = {.world = "host 10.64.0.5; open 80; latency 5ms",
                         .command = "-n -sn -PS80 --max-rate 5000 10.64.0.0/16",
                         .seed = fresh_seed()};
    struct scenario_result r = {0};
    assert_true(scenario_run(&s, &r));
    print_message("%llu resets in %.3f s\n", (unsigned long long)r.count.rsts, (double)r.elapsed / 1e9);
    assert_int_equal(r.up, 1);
    assert_int_equal(r.unclean.code, 0);
    assert_in_range(r.count.rsts, 2, 12); /* one for each of its answers */
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_sweep_is_as_expected),
                                       cmocka_unit_test(a_single_witness_is_spared)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
