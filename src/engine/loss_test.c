#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "base/rng.h"
#include "engine/loss.h"

#define SEED 5

static void near(double got, double want, double within) {
    if (!(fabs(got - want) <= within))
        fail_msg("%.6f instead of %.6f", got, want);
}

static void nothing_known_allows_a_few_percent(void **state) {
    (void)state;
    struct loss l;
    loss_init(&l);
    near(loss_mean(&l), 0, 0);
    /* Fifty imagined trials of which none was lost: the rule of three says 6 %, the form used 4.3 %. */
    near(loss_upper(&l, NULL), (1 + 1.645 * sqrt(0.5)) / LOSS_PRIOR_TRIALS, 1e-9);
}

static void few_trials_fade_nothing(void **state) {
    (void)state;
    struct loss l;
    loss_init(&l);
    loss_feed(&l, 10, 1);
    loss_feed(&l, 0, 5); /* no trials, no evidence */
    loss_feed(&l, -1, 1);
    near(l.trials, 10, 1e-9);
    near(l.lost, 1, 1e-9);
    near(loss_mean(&l), 0.1, 1e-9);
    assert_int_equal(l.trials_all, 10);
    assert_int_equal(l.lost_all, 1);
    loss_feed(&l, 10, 0);
    near(l.trials, 10 * exp(-10 / LOSS_MEMORY) + 10, 1e-9);
    near(l.lost, exp(-10 / LOSS_MEMORY), 1e-9);
}

/* What is said at the end counts everything; decisions follow the last few hundred trials. */
static void old_evidence_fades(void **state) {
    (void)state;
    struct loss l;
    loss_init(&l);
    for (int i = 0; i < 1000; i++)
        loss_feed(&l, 1, 1);
    for (int i = 0; i < (int)LOSS_MEMORY; i++)
        loss_feed(&l, 1, 0);
    near(loss_mean(&l), exp(-1.0), 0.03);
    for (int i = 0; i < 5 * (int)LOSS_MEMORY; i++)
        loss_feed(&l, 1, 0);
    assert_true(loss_mean(&l) < 0.01);
    assert_int_equal(l.trials_all, 1000 + 6 * (int)LOSS_MEMORY);
    assert_int_equal(l.lost_all, 1000);
    near(l.trials, LOSS_MEMORY, 2); /* the memory is bounded */
}

static void retracted_trials_leave_no_trace(void **state) {
    (void)state;
    struct loss l, clean;
    loss_init(&l);
    loss_init(&clean);
    loss_feed(&l, 20, 1);
    loss_feed(&clean, 20, 1);
    loss_feed(&l, 12, 12);
    loss_retract(&l, 12);
    assert_int_equal(l.trials_all, 20);
    assert_int_equal(l.lost_all, 1);
    near(loss_mean(&l), loss_mean(&clean), 0.01);
    near(loss_upper(&l, NULL), loss_upper(&clean, NULL), 0.02);
    loss_retract(&l, 1000); /* more than there was: nothing left, nothing negative */
    assert_true(l.trials >= 0 && l.lost >= 0);
    assert_int_equal(l.trials_all, 0);
    assert_int_equal(l.lost_all, 0);
    assert_true(loss_upper(&l, NULL) > 0 && loss_upper(&l, NULL) < 0.1);
}

static void limits_have_a_floor_and_a_ceiling(void **state) {
    (void)state;
    struct loss l;
    loss_init(&l);
    for (int i = 0; i < 100000; i++)
        loss_feed(&l, 1, 0);
    near(loss_upper(&l, NULL), LOSS_FLOOR, 1e-12);
    loss_init(&l);
    for (int i = 0; i < 100000; i++)
        loss_feed(&l, 1, 1);
    assert_true(loss_upper(&l, &l) <= 0.98);
    near(loss_mean(&l), 1, 1e-9);
}

/* A host of which nothing is known takes over what the run has seen, once that is something. */
static void the_run_lends_its_experience(void **state) {
    (void)state;
    struct loss l, run;
    loss_init(&l);
    loss_init(&run);
    loss_feed(&run, 10, 5);
    near(loss_upper(&l, &run), loss_upper(&l, NULL), 1e-12); /* ten trials are nothing yet */
    loss_init(&run);
    for (int i = 0; i < 300; i++)
        loss_feed(&run, 1, i % 5 == 0);
    assert_true(loss_upper(&l, &run) > 0.2);
    double before = loss_upper(&l, &run);
    for (int i = 0; i < 400; i++) {
        loss_feed(&l, 1, 0);
        double now = loss_upper(&l, &run);
        assert_true(now <= before + 1e-9); /* own clean trials push it down, one by one */
        before = now;
    }
    assert_true(before < 0.07);
}

/* The limit holds at about 95 %, also for small counts: at worst where a handful of losses is expected. */
static void limit_covers_the_truth(void **state) {
    (void)state;
    static const double truths[] = {0.01, 0.05, 0.1, 0.3};
    static const int counts[] = {20, 100, 300};
    struct rng rng;
    rng_seed(&rng, SEED);
    print_message("seed %d\n", SEED);
    for (size_t i = 0; i < LL_COUNT(truths); i++)
        for (size_t k = 0; k < LL_COUNT(counts); k++) {
            int covered = 0;
            for (int run = 0; run < 1000; run++) {
                struct loss l, others;
                loss_init(&l);
                loss_init(&others);
                for (int n = 0; n < 400; n++)
                    loss_feed(&others, 1, rng_real(&rng) < truths[i]);
                for (int n = 0; n < counts[k]; n++)
                    loss_feed(&l, 1, rng_real(&rng) < truths[i]);
                covered += loss_upper(&l, &others) >= truths[i];
            }
            if (covered < 900)
                fail_msg("truth %.2f, %d trials: covered %d of 1000", truths[i], counts[k], covered);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_known_allows_a_few_percent),
        cmocka_unit_test(few_trials_fade_nothing),
        cmocka_unit_test(old_evidence_fades),
        cmocka_unit_test(retracted_trials_leave_no_trace),
        cmocka_unit_test(limits_have_a_floor_and_a_ceiling),
        cmocka_unit_test(the_run_lends_its_experience),
        cmocka_unit_test(limit_covers_the_truth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
