#include "engine/rate.h"

#include <math.h>

#define RATE_MIN 20.0
#define FOLLOW_KEEP 0.93     /* a little less than what was delivered, so that the queue drains */
#define FOLLOW_CLIMB 1.05
#define TEST_TRIALS 12.0     /* trials at the lower rate before the two are compared */
#define EXCESS_MIN 0.02
#define EXCESS_SIGMAS 2.5

void rate_init(struct rate *r, double start, double max, double blind_max) {
    *r = (struct rate){0};
    r->max = max;
    r->blind_max = fmin(blind_max, max);
    r->per_s = fmin(start, max);
}

void rate_take(struct rate *r, int64_t now, int64_t burst_ns) {
    int64_t step = (int64_t)(1e9 / r->per_s);
    if (r->next < now - burst_ns) r->next = now - burst_ns;
    r->next += step > 0 ? step : 1;
}

static void rate_grow(struct rate *r, int64_t now, int64_t rtt, double factor, double cap) {
    r->per_s = fmin(r->per_s * factor, fmax(cap, r->per_s));
    r->grow_at = now + ll_max_i64(rtt, NS_PER_MS);
    r->answers = 0;
}

void rate_answer(struct rate *r, int64_t now, int64_t rtt) {
    r->answers++;
    if (now < r->grow_at || r->per_s >= r->max) return;
    if (r->step == RATE_STARTUP) rate_grow(r, now, rtt, 2.0, r->max);
}

void rate_blind(struct rate *r, int64_t now, int64_t step_ns) {
    if (r->step != RATE_STARTUP || now < r->grow_at || r->per_s >= r->blind_max) return;
    rate_grow(r, now, step_ns, 2.0, r->blind_max);
}

static void rate_yield(struct rate *r, double loss) {
    double delivered = r->test_rate * (1 - loss);
    r->per_s = fmax(RATE_MIN, delivered * FOLLOW_KEEP);
    r->step = RATE_FOLLOW;
}

static void rate_finish_test(struct rate *r, double loss, double trials) {
    double sigma = sqrt(fmax(loss, 0.01) * (1 - fmin(loss, 0.99)) / trials);
    if (loss + 1.5 * sigma >= r->test_loss * 0.7 && r->test_loss < 0.5) {
        r->baseline = fmin(loss, r->test_loss);
        r->per_s = r->test_rate;
        r->step = RATE_STARTUP;
    } else {
        rate_yield(r, r->test_loss);
    }
}

void rate_judge(struct rate *r, int64_t now, int64_t rtt, double trials, double lost) {
    r->seen_trials += trials;
    r->seen_lost += lost;
    if (r->seen_trials < TEST_TRIALS) return;
    double n = r->seen_trials;
    double loss = r->seen_lost / n;
    double sigma = sqrt(fmax(r->baseline, 0.01) * 0.99 / n);
    bool excess = loss - r->baseline > EXCESS_MIN + EXCESS_SIGMAS * sigma;
    r->seen_trials = r->seen_lost = 0;
    if (r->step == RATE_TEST) {
        rate_finish_test(r, loss, n);
    } else if (excess && r->step == RATE_STARTUP) {
        r->test_loss = loss;
        r->test_rate = r->per_s;
        r->per_s = fmax(RATE_MIN, r->per_s / 2);
        r->step = RATE_TEST;
    } else if (excess) {
        r->test_rate = r->per_s;
        rate_yield(r, loss - r->baseline);
    } else if (r->step == RATE_FOLLOW && now >= r->grow_at) {
        rate_grow(r, now, rtt, FOLLOW_CLIMB, r->max);
    }
}
