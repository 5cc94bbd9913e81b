/* Scenarios of sweeps: many addresses, each asked little. Silence must not make them slow, and loss that all addresses
 * share must be noticed although none of them is asked often enough to show it. */
#include "expectation.h"

#define ALL_UP "range 10.64.0.0-10.64.15.255 up 100% seed 3; default closed; open 80; latency 5ms"
#define SPARSE "range 10.64.0.0-10.64.255.255 up 6% seed 3; latency 5ms"
#define FAR_AWAY "range 10.64.0.0/16 "
/* Whole sweeps need a tenth of it; hosts that look for room again and again, ten times as much. */
#define CPU_AT_MOST 4 /* seconds */
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
     .frames_at_most = 30000,
     .half_open_may_stay = true},
    {.name = "a hidden limit, one port, at a cap above it",
     .world = LIMIT ALL_UP,
     .command = "-n -Pn -sS -p80 --max-rate 20000 10.64.0-15.0-255",
     .hosts = 4096,
     .open = 4096,
     .missed_ports = 8,
     .at_most = 10 * S,
     .frames_at_most = 30000,
     .half_open_may_stay = true},
    {.name = "loss each way, one port",
     .world = ALL_UP "; loss 5% 5%",
     .command = "-n -Pn -sS -p80 10.64.0-15.0-255",
     .hosts = 4096,
     .open = 4096,
     .missed_ports = 3,
     .at_most = 5 * S,
     .half_open_may_stay = true},
    {.name = "far hosts, one port, without discovery",
     .world = FAR_AWAY "up 100%; default closed; open 80; latency 300ms",
     .command = "-n -Pn -sS -p80 10.64.0.0/16",
     .cpu_at_most = CPU_AT_MOST,
     .hosts = 65536,
     .open = 65536,
     .at_most = 3 * S},
    {.name = "farther hosts, one port, without discovery",
     .world = FAR_AWAY "up 100%; default closed; open 80; latency 1s",
     .command = "-n -Pn -sS -p80 10.64.0.0/16",
     .cpu_at_most = CPU_AT_MOST,
     .hosts = 65536,
     .open = 65536,
     .at_most = 6 * S},
    {.name = "silence, one port, without discovery",
     .gives_up = true,
     .world = FAR_AWAY "up 0%",
     .command = "-n -Pn -sS -p80 10.64.0.0/16",
     .cpu_at_most = CPU_AT_MOST,
     .hosts = 65536,
     .at_most = 15 * S,
     .frames_at_most = 196608},
    {.name = "more than one turn of packets is due at once",
     .world = FAR_AWAY "up 0%",
     .command = "-n -Pn -sS -p80-90 -T5 10.64.0.0/18",
     .hosts = 16384,
     .at_most = 2 * S},
    {.name = "connections to many hosts, few at once",
     .gives_up = true,
     .world = "dials 500; range 10.64.0.0/18 up 50% seed 3; default closed; open 80; latency 30ms",
     .command = "-n -Pn -sT -p80 10.64.0.0/18",
     .cpu_at_most = CPU_AT_MOST,
     .hosts = 16384,
     .open = 8152,
     .at_most = 8 * S,
     .connect = true},
};

static void every_sweep_is_as_expected(void **state) {
    (void)state;
    expectation_check_all(expectations, LL_COUNT(expectations));
}

/* The only host that is there is asked again for the sake of the others, but an open port no more than ten times. */
static void a_single_witness_is_spared(void **state) {
    (void)state;
    struct scenario s = {.world = "host 10.64.0.5; open 80; latency 5ms",
                         .command = "-n -sn -PS80 --max-rate 5000 10.64.0.0/16",
                         .seed = scenario_seed()};
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
