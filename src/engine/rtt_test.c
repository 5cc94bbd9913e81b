#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/rtt.h"

#define MS NS_PER_MS
#define SAMPLES_MAX 4

static const struct rtt_limits wide = {.initial = 1000 * MS, .min = 0, .max = 100000 * MS};

/* Computed by hand: first srtt = d, rttvar = d in [5 ms, 2 s]; then srtt += err / 8, rttvar += (|err| - rttvar) / 4. */
static const struct row {
    int64_t samples[SAMPLES_MAX]; /* 0 ends */
    int64_t srtt, rttvar;
} rows[] = {
    {{100 * MS}, 100 * MS, 100 * MS},
    {{100 * MS, 100 * MS}, 100 * MS, 75 * MS},
    {{100 * MS, 180 * MS}, 110 * MS, 95 * MS},
    {{100 * MS, 20 * MS}, 90 * MS, 95 * MS},
    {{100 * MS, 180 * MS, 110 * MS}, 110 * MS, 71250000},
    {{1 * MS}, 1 * MS, 5 * MS},
    {{1 * MS, 1 * MS}, 1 * MS, 3750000},
    {{3000 * MS}, 3000 * MS, 2000 * MS},
    {{9000 * MS}, 9000 * MS, 2000 * MS},            /* the first sample may be anything */
    {{9000 * MS, 8000 * MS}, 9000 * MS, 2000 * MS}, /* 8 s and more: discarded */
    {{9000 * MS, 7999 * MS}, 8874875000, 1750250000},
    {{100 * MS, 1600 * MS}, 287500000, 450 * MS}, /* 1.5 s late: still believed */
    {{100 * MS, 1601 * MS}, 100 * MS, 100 * MS},  /* more, and more than 3 srtt + 2 rttvar: not */
    {{600 * MS, 3600 * MS}, 975 * MS, 1200 * MS}, /* late, but not by more than 3 srtt + 2 rttvar */
    {{600 * MS, 3601 * MS}, 600 * MS, 600 * MS},
    {{100 * MS, -1}, 100 * MS, 100 * MS},
    {{8500 * MS, 1 * MS}, 7437625000, 2000 * MS}, /* 3.62 s of variance are cut to 2 s */
};

static void samples_give_the_figures_of_the_reference(void **state) {
    (void)state;
    for (size_t i = 0; i < LL_COUNT(rows); i++) {
        struct rtt r;
        rtt_init(&r);
        assert_false(r.measured);
        for (size_t k = 0; k < SAMPLES_MAX && rows[i].samples[k]; k++)
            rtt_sample(&r, rows[i].samples[k]);
        assert_true(r.measured);
        if (r.srtt != rows[i].srtt || r.rttvar != rows[i].rttvar)
            fail_msg("row %zu: srtt %lld rttvar %lld", i, (long long)r.srtt, (long long)r.rttvar);
        assert_int_equal(rtt_timeout(&r, &wide), r.srtt + 4 * r.rttvar);
    }
}

static void negative_samples_do_not_start_an_estimate(void **state) {
    (void)state;
    struct rtt r;
    rtt_init(&r);
    rtt_sample(&r, -1);
    rtt_sample(&r, -50 * MS);
    assert_false(r.measured);
    assert_int_equal(rtt_timeout(&r, &wide), wide.initial);
}

/* The templates of docs/options/timing-template.md. */
static void timeouts_stay_in_their_box(void **state) {
    (void)state;
    static const struct {
        struct rtt_limits limits;
        int64_t sample, timeout;
    } boxes[] = {
        {{1000 * MS, 100 * MS, 10000 * MS}, 1 * MS, 100 * MS},
        {{1000 * MS, 100 * MS, 10000 * MS}, 50 * MS, 250 * MS},
        {{1000 * MS, 100 * MS, 10000 * MS}, 4000 * MS, 10000 * MS},
        {{500 * MS, 100 * MS, 1250 * MS}, 400 * MS, 1250 * MS},
        {{250 * MS, 50 * MS, 300 * MS}, 2 * MS, 50 * MS},
        {{250 * MS, 50 * MS, 300 * MS}, 80 * MS, 300 * MS},
    };
    for (size_t i = 0; i < LL_COUNT(boxes); i++) {
        struct rtt r;
        rtt_init(&r);
        assert_int_equal(rtt_timeout(&r, &boxes[i].limits), boxes[i].limits.initial);
        rtt_sample(&r, boxes[i].sample);
        assert_int_equal(rtt_timeout(&r, &boxes[i].limits), boxes[i].timeout);
    }
    struct rtt none = {0};
    struct rtt_limits odd = {.initial = 9000 * MS, .min = 10 * MS, .max = 300 * MS};
    assert_int_equal(rtt_timeout(&none, &odd), 300 * MS);
}

/* A steady path is learnt, whatever the first sample was. */
static void estimate_converges(void **state) {
    (void)state;
    static const int64_t firsts[] = {1, 1 * MS, 500 * MS, 7999 * MS, 60000 * MS};
    for (size_t i = 0; i < LL_COUNT(firsts); i++) {
        struct rtt r;
        rtt_init(&r);
        rtt_sample(&r, firsts[i]);
        for (int k = 0; k < 200; k++) {
            rtt_sample(&r, 30 * MS);
            assert_true(r.srtt >= 0 && r.rttvar >= 0 && r.rttvar <= 2300 * MS);
        }
        assert_true(r.srtt > 29 * MS && r.srtt < 31 * MS && r.rttvar < MS);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_give_the_figures_of_the_reference),
        cmocka_unit_test(negative_samples_do_not_start_an_estimate),
        cmocka_unit_test(timeouts_stay_in_their_box),
        cmocka_unit_test(estimate_converges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
