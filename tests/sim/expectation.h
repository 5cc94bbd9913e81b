/* Rows of scenarios, each held against the truth: what scan_scenarios_test.c and sweep_scenarios_test.c have in common.
 */
#ifndef EXPECTATION_H
#define EXPECTATION_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <time.h>

#include "scenario.h"

#define S NS_PER_S
#define MS NS_PER_MS

struct expectation {
    const char *name;
    const char *world;
    const char *command;
    bool connect;
    unsigned hosts;          /* of a sweep: all addresses; not checked then: up, down, states; 0 = no sweep */
    unsigned up, down;       /* of them reported */
    unsigned missed;         /* live hosts that may be missed */
    uint64_t open;           /* true open ports among the scanned ones */
    uint64_t missed_ports;   /* open ports that may be missed */
    int64_t at_most;         /* virtual time */
    uint64_t frames_at_most; /* 0 = not checked */
    unsigned cpu_at_most;    /* seconds of this process; 0 = not checked */
    bool gives_up;           /* states of ports that are silent, or of hosts that are not there, are not checked */
    bool half_open_may_stay; /* lost RSTs: the peer's next SYN/ACK meets the kernel's */
};

static inline void expectation_check_clean(const struct expectation *x, const struct scenario_result *r) {
    bool half_open = strstr(r->unclean.text, "half-open") != NULL;
    if (r->unclean.code && !(half_open && x->half_open_may_stay))
        fail_msg("%s: %s", x->name, r->unclean.text);
}

static inline void expectation_check_hosts(const struct expectation *x, const struct scenario_result *r) {
    if (x->hosts) {
        assert_int_equal(r->hosts, x->hosts);
    } else {
        assert_int_equal(r->up, x->up);
        assert_int_equal(r->down, x->down);
    }
    assert_int_equal(r->hosts_false, 0);
    assert_true(r->hosts_missed <= x->missed);
}

static inline void expectation_check(const struct expectation *x, uint64_t seed) {
    struct scenario s = {.world = x->world, .command = x->command, .seed = seed, .connect = x->connect};
    struct scenario_result r = {0};
    clock_t began = clock();
    if (!scenario_run(&s, &r))
        fail_msg("%s: %s", x->name, r.error.text);
    double cpu = (double)(clock() - began) / CLOCKS_PER_SEC;
    print_message("%s: %.3f s, %.2f s of CPU, %llu packets, %u of %u hosts and %llu of %llu ports missed\n", x->name,
                  (double)r.elapsed / 1e9, cpu, (unsigned long long)r.count.frames, r.hosts_missed, r.hosts,
                  (unsigned long long)r.open_missed, (unsigned long long)r.open_true);
    if (x->cpu_at_most)
        assert_true(cpu <= x->cpu_at_most);
    expectation_check_clean(x, &r);
    assert_int_equal(r.end, RUN_COMPLETE);
    assert_int_equal(r.count.malformed, 0);
    expectation_check_hosts(x, &r);
    assert_int_equal(r.open_true, x->open);
    assert_int_equal(r.open_false, 0);
    assert_true(r.open_missed <= x->missed_ports);
    if (!x->hosts && !x->gives_up)
        assert_int_equal(r.wrong, 0);
    assert_true(r.elapsed <= x->at_most);
    if (x->frames_at_most)
        assert_true(r.count.frames <= x->frames_at_most);
}

/* Each row with a seed of its own. */
static inline void expectation_check_all(const struct expectation *rows, size_t n) {
    uint64_t seed = scenario_seed();
    print_message("seed %llu\n", (unsigned long long)seed);
    for (size_t i = 0; i < n; i++)
        expectation_check(&rows[i], seed + i);
}

#endif
