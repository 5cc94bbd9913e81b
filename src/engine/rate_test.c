/* The control loop against a small model of a path: a queue in front of a bottleneck, and random loss. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "base/rng.h"
#include "engine/rate.h"

#define MS NS_PER_MS
#define SEED 11
#define BURST_NS (2 * MS)
#define PENDING 4096
#define RUNS 8

/* ---- the pace */

static void packets_leave_at_the_rate(void **state) {
    (void)state;
    static const double rates[] = {0.5, 3, 20, 333, 1000, 7777, 30000, 100000};
    for (size_t i = 0; i < LL_COUNT(rates); i++) {
        struct rate r;
        rate_init(&r, rates[i], 1e6, 1e6);
        assert_true(rate_open(&r, 0));
        int64_t now = 0;
        uint64_t packets = 0, wanted = 5000;
        for (; packets < wanted; packets++) {
            now = ll_max_i64(now, r.next);
            assert_true(rate_open(&r, now));
            rate_take(&r, now, BURST_NS);
        }
        double expected = (double)(wanted - 1) * 1e9 / rates[i];
        if (fabs((double)now - expected) > expected * 2e-4)
            fail_msg("%g/s: %.6f s for %u packets instead of %.6f", rates[i], (double)now / 1e9, (unsigned)wanted,
                     expected / 1e9);
        assert_int_equal(r.packets, wanted);
    }
}

/* A late turn of the loop catches up, but no more than the burst; idle time is not saved up. */
static void idle_time_is_not_saved_up(void **state) {
    (void)state;
    static const int64_t bursts[] = {0, BURST_NS, 20 * MS};
    for (size_t i = 0; i < LL_COUNT(bursts); i++) {
        struct rate r;
        rate_init(&r, 1000, 1e6, 1e6);
        rate_take(&r, 0, bursts[i]);
        assert_false(rate_open(&r, MS - 1));
        int64_t now = 60 * NS_PER_S;
        int at_once = 0;
        for (; rate_open(&r, now) && at_once < 1000; at_once++)
            rate_take(&r, now, bursts[i]);
        assert_int_equal(at_once, bursts[i] / MS + 1);
    }
}

/* ---- growth */

static void start_up_is_clocked_by_answers(void **state) {
    (void)state;
    struct rate r;
    rate_init(&r, 1000, 30000, 1000);
    for (int64_t t = 0; t < 10 * NS_PER_S; t += MS)
        rate_blind(&r, t, 100 * MS);
    assert_true(r.per_s <= 1000); /* time alone gives nothing */
    int64_t rtt = 50 * MS;
    double last = r.per_s;
    int doublings = 0;
    for (int64_t t = 0; t < 4 * rtt; t += MS / 10) { /* many answers in each round trip */
        rate_answer(&r, t, rtt);
        assert_true(r.per_s == last || r.per_s == 2 * last);
        doublings += r.per_s > last;
        last = r.per_s;
    }
    assert_int_equal(doublings, 4);
    for (int64_t t = NS_PER_S; t < 3 * NS_PER_S; t += MS)
        rate_answer(&r, t, rtt);
    assert_true(r.per_s == 30000);
}

static void answers_need_not_wait_for_growth_by_time(void **state) {
    (void)state;
    struct rate r;
    rate_init(&r, 1000, 30000, 5000);
    rate_blind(&r, 0, 100 * MS);
    assert_true(r.per_s == 2000);
    rate_blind(&r, 50 * MS, 100 * MS);
    assert_true(r.per_s == 2000); /* time alone does */
    rate_answer(&r, 50 * MS, MS);
    assert_true(r.per_s == 4000);
    rate_blind(&r, 50 * MS, 100 * MS);
    assert_true(r.per_s == 4000);
}

static void blind_growth_has_its_own_cap(void **state) {
    (void)state;
    struct rate r;
    rate_init(&r, 1000, 30000, 5000);
    for (int64_t t = 0; t <= 2 * NS_PER_S; t += MS)
        rate_blind(&r, t, 100 * MS);
    assert_true(r.per_s == 5000);
    rate_init(&r, 1000, 3000, 5000); /* the cap of all growth is above it */
    for (int64_t t = 0; t <= 2 * NS_PER_S; t += MS)
        rate_blind(&r, t, 100 * MS);
    assert_true(r.per_s == 3000);
    rate_init(&r, 9000, 3000, 5000);
    assert_true(r.per_s == 3000);
}

/* Without judges a rate that was cut climbs by a quarter a step, up to its cap; one in start-up has rate_blind. */
static void an_unwatched_rate_climbs_in_steps(void **state) {
    (void)state;
    static const struct {
        int64_t at;
        double per_s;
    } rows[] = {{0, 2000},        {MS / 2, 2000},      {99 * MS, 2000},     {100 * MS, 2500},  {150 * MS, 2500},
                {200 * MS, 3125}, {900 * MS, 3906.25}, {950 * MS, 3906.25}, {1000 * MS, 4000}, {1100 * MS, 4000}};
    struct rate r;
    rate_init(&r, 1600, 4000, 4000);
    rate_unwatched(&r, 0, 100 * MS);
    assert_true(r.per_s == 1600); /* in start-up */
    r.step = RATE_FOLLOW;
    for (size_t i = 0; i < LL_COUNT(rows); i++) {
        rate_unwatched(&r, rows[i].at, 100 * MS);
        if (r.per_s != rows[i].per_s)
            fail_msg("at %lld ms: %g/s, not %g", (long long)(rows[i].at / MS), r.per_s, rows[i].per_s);
    }
    rate_init(&r, 1600, 4000, 4000);
    r.step = RATE_TEST;
    r.grow_at = 30 * MS;
    rate_unwatched(&r, 29 * MS, 100 * MS);
    assert_true(r.per_s == 1600); /* the wait after the last growth holds */
    rate_unwatched(&r, 30 * MS, 100 * MS);
    assert_true(r.per_s == 2000);
}

/* ---- the model */

struct path {
    double bottleneck; /* packets per second; 0 = none */
    double queue_max;  /* packets */
    double loss;
    int64_t rtt;
    struct rng rng;
    struct rate r;
    double queue;
    int64_t drained; /* `queue` is as of then */
    int64_t now;
    struct rate_trial pending[PENDING]; /* canaries in order of sending */
    int64_t told[PENDING];              /* when their end is known */
    size_t first, n;
    unsigned since; /* packets since the last canary */
    uint64_t sent, delivered;
};

static void path_init(struct path *p, double bottleneck, double loss, double max) {
    memset(p, 0, sizeof *p);
    p->bottleneck = bottleneck;
    p->queue_max = 60;
    p->loss = loss;
    p->rtt = 30 * MS;
    rng_seed(&p->rng, SEED);
    rate_init(&p->r, 1000, max, 5000);
}

static bool path_carries(struct path *p) {
    if (rng_real(&p->rng) < p->loss)
        return false;
    if (p->bottleneck <= 0)
        return true;
    p->queue = fmax(0, p->queue - (double)(p->now - p->drained) * p->bottleneck / 1e9);
    p->drained = p->now;
    if (p->queue >= p->queue_max)
        return false;
    p->queue += 1;
    return true;
}

/* Ends that are known by now, in order of sending, as the engine tells them. */
static void path_tell(struct path *p) {
    while (p->n && p->told[p->first] <= p->now) {
        const struct rate_trial t = p->pending[p->first];
        p->first = (p->first + 1) % PENDING;
        p->n--;
        if (!t.lost)
            rate_answer(&p->r, p->now, p->rtt);
        rate_judge(&p->r, p->now, p->rtt, &t, NULL);
    }
}

static void path_send(struct path *p) {
    p->now = ll_max_i64(p->now, p->r.next);
    path_tell(p);
    rate_take(&p->r, p->now, BURST_NS);
    bool carried = path_carries(p);
    p->sent++;
    p->delivered += carried;
    unsigned every = p->r.step == RATE_TEST ? 3 : p->r.step == RATE_STARTUP ? 10 : 50;
    if (++p->since < every || p->n == PENDING)
        return;
    p->since = 0;
    size_t at = (p->first + p->n++) % PENDING;
    p->pending[at] = (struct rate_trial){.sent = p->now, .packets = p->r.packets, .lost = !carried};
    p->told[at] = p->now + (carried ? p->rtt : 3 * p->rtt);
}

/* Runs until `until`; gives the mean rate of sending and the share that was lost in that time. */
static double path_run(struct path *p, int64_t until, double *lost) {
    int64_t from = p->now;
    uint64_t sent = p->sent, delivered = p->delivered;
    while (p->now < until)
        path_send(p);
    sent = p->sent - sent;
    *lost = 1 - (double)(p->delivered - delivered) / (double)sent;
    return (double)sent * 1e9 / (double)(p->now - from);
}

/* The mean of a few runs, as chance alone brings cuts. */
static void random_loss_does_not_slow_down(void **state) {
    (void)state;
    static const double losses[] = {0, 0.01, 0.05, 0.1, 0.2};
    static struct path p;
    for (size_t i = 0; i < LL_COUNT(losses); i++) {
        double rate = 0, baseline = 0, lost;
        for (uint64_t seed = 0; seed < RUNS; seed++) {
            path_init(&p, 0, losses[i], 30000);
            rng_seed(&p.rng, SEED + seed);
            path_run(&p, 5 * NS_PER_S, &lost);
            rate += path_run(&p, 15 * NS_PER_S, &lost) / RUNS;
            baseline += p.r.baseline / RUNS;
        }
        print_message("random loss %.2f: %.0f/s, baseline %.3f\n", losses[i], rate, baseline);
        if (rate < 0.6 * 30000 || baseline > losses[i] + 0.1)
            fail_msg("random loss %.2f: %.0f/s of 30000, baseline %.3f", losses[i], rate, baseline);
    }
}

static void a_bottleneck_is_followed(void **state) {
    (void)state;
    static const struct {
        double bottleneck, loss;
    } rows[] = {{500, 0}, {2000, 0}, {5000, 0}, {15000, 0}, {5000, 0.02}, {5000, 0.1}};
    static struct path p;
    for (size_t i = 0; i < LL_COUNT(rows); i++) {
        double lost;
        path_init(&p, rows[i].bottleneck, rows[i].loss, 30000);
        path_run(&p, 8 * NS_PER_S, &lost);
        double rate = path_run(&p, 30 * NS_PER_S, &lost);
        print_message("bottleneck %.0f/s, loss %.2f: %.0f/s, lost %.3f\n", rows[i].bottleneck, rows[i].loss, rate,
                      lost);
        if (rate < 0.7 * rows[i].bottleneck || rate > 1.4 * rows[i].bottleneck)
            fail_msg("bottleneck %.0f/s, loss %.2f: %.0f/s", rows[i].bottleneck, rows[i].loss, rate);
    }
}

/* A path that gets better is used again. */
static void a_wider_path_is_noticed(void **state) {
    (void)state;
    static struct path p;
    double lost;
    path_init(&p, 2000, 0, 30000);
    double before = path_run(&p, 10 * NS_PER_S, &lost);
    p.bottleneck = 8000;
    path_run(&p, 20 * NS_PER_S, &lost);
    double after = path_run(&p, 25 * NS_PER_S, &lost);
    print_message("2000/s, then 8000/s: %.0f/s, then %.0f/s\n", before, after);
    assert_true(after > 5000);
}

/* Loss that all hosts of a prefix see is the prefix's business: it slows down, they do not. */
static void shared_loss_is_blamed_on_what_is_shared(void **state) {
    (void)state;
    struct rate own, shared;
    rate_init(&own, 1000, 30000, 5000);
    rate_init(&shared, 100000, 100000, 100000);
    int64_t now = 0;
    for (int i = 0; i < 400; i++) {
        now += 10 * MS;
        struct rate_trial t = {.sent = now - 5 * MS, .packets = (uint64_t)i, .lost = i % 4 == 0};
        rate_judge(&shared, now, 5 * MS, &t, NULL);
        rate_judge(&own, now, 5 * MS, &t, &shared);
    }
    assert_true(shared.recent > 0.15 && shared.recent < 0.35);
    assert_true(own.per_s >= 900);
    /* The same without anybody to blame. */
    rate_init(&own, 1000, 30000, 5000);
    struct rate_trial t = {.lost = true};
    for (int i = 0; i < 12; i++)
        rate_judge(&own, 1, 5 * MS, &t, NULL);
    assert_true(own.per_s < 900);
    rate_restart(&own, 2, 700);
    assert_true(own.per_s == 700 && own.step == RATE_STARTUP);
    for (int i = 0; i < 100; i++) /* sent before the restart: no evidence against the new rate */
        rate_judge(&own, 3, 5 * MS, &t, NULL);
    assert_true(own.per_s == 700);
}

/* ---- whatever happens */

static void no_call_exceeds_the_cap(void **state) {
    (void)state;
    static const double caps[] = {0.5, 5, 19, 20, 100, 30000, 1e6};
    struct rng rng;
    rng_seed(&rng, SEED);
    print_message("seed %d\n", SEED);
    for (size_t i = 0; i < LL_COUNT(caps); i++) {
        struct rate r, shared;
        rate_init(&r, rng_real(&rng) * 2 * caps[i] + 0.1, caps[i], rng_real(&rng) * 2 * caps[i]);
        rate_init(&shared, 1000, 30000, 5000);
        int64_t now = 0;
        double chance = 0.1;
        for (int k = 0; k < 20000; k++) {
            now += (int64_t)rng_below(&rng, 20 * MS);
            if (k % 500 == 0)
                chance = rng_real(&rng);
            struct rate_trial t = {
                .sent = now - (int64_t)rng_below(&rng, 90 * MS), .packets = r.packets, .lost = rng_real(&rng) < chance};
            switch (rng_below(&rng, 6)) {
            case 0:
                rate_answer(&r, now, (int64_t)rng_below(&rng, 200 * MS));
                break;
            case 1:
                rate_blind(&r, now, 100 * MS);
                break;
            case 2:
                rate_take(&r, now, BURST_NS);
                break;
            default:
                rate_judge(&r, now, (int64_t)rng_below(&rng, 200 * MS), &t, k % 2 ? &shared : NULL);
                break;
            }
            if (k % 5000 == 4999)
                rate_restart(&r, now, 1000);
            if (!(r.per_s > 0 && r.per_s <= r.max) || r.max > caps[i])
                fail_msg("cap %g/s: %g/s in step %d", caps[i], r.per_s, (int)r.step);
            assert_true(r.baseline >= 0 && r.baseline <= 1 && r.recent >= 0 && r.recent <= 1);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_leave_at_the_rate),
        cmocka_unit_test(idle_time_is_not_saved_up),
        cmocka_unit_test(start_up_is_clocked_by_answers),
        cmocka_unit_test(answers_need_not_wait_for_growth_by_time),
        cmocka_unit_test(blind_growth_has_its_own_cap),
        cmocka_unit_test(an_unwatched_rate_climbs_in_steps),
        cmocka_unit_test(random_loss_does_not_slow_down),
        cmocka_unit_test(a_bottleneck_is_followed),
        cmocka_unit_test(a_wider_path_is_noticed),
        cmocka_unit_test(no_call_exceeds_the_cap),
        cmocka_unit_test(shared_loss_is_blamed_on_what_is_shared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
