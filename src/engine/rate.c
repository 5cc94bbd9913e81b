#include "engine/rate.h"

#include <math.h>

#define RATE_MIN 20.0
#define FOLLOW_KEEP 0.93 /* a little less than what was delivered, so that the queue drains */
#define FOLLOW_CLIMB 1.08
#define UNWATCHED_CLIMB 1.25
#define TRIALS_MIN 12 /* before a judgement */
#define TRIALS_TEST 8 /* the same after a cut, where canaries are dense and time is dear */
#define EXCESS_MIN 0.02
#define EXCESS_SIGMAS 2.5
#define SAME_LOSS 0.6 /* this share of the loss is still there at the lower rate: it is random */
#define RANDOM_LOSS_MAX 0.5
#define BASELINE_GAIN 0.05
#define RECENT_GAIN 0.03
#define TRIALS_FOLLOW 24
#define TRIALS_MANY 24 /* in place of the first two, where trials are plenty */
#define FOLLOW_STEP (50 * NS_PER_MS)

void rate_init(struct rate *r, double start, double max, double blind_max) {
    *r = (struct rate){0};
    r->max = max;
    r->blind_max = fmin(blind_max, max);
    r->min = fmin(RATE_MIN, max);
    r->per_s = fmin(start, max);
}

void rate_take(struct rate *r, int64_t now, int64_t burst_ns) {
    int64_t step = (int64_t)ceil(1e9 / r->per_s); /* up: a cap is a cap */
    if (r->next < now - burst_ns)
        r->next = now - burst_ns;
    r->next += step > 0 ? step : 1;
    r->packets++;
}

static void rate_grow(struct rate *r, int64_t now, int64_t rtt, double factor, double cap) {
    r->per_s = fmin(r->per_s * factor, fmax(cap, r->per_s));
    r->grow_at = now + ll_max_i64(rtt, NS_PER_MS);
    r->answers = 0;
}

void rate_answer(struct rate *r, int64_t now, int64_t rtt) {
    r->answers++;
    if (now < r->grow_at || r->per_s >= r->max)
        return;
    if (r->step == RATE_STARTUP)
        rate_grow(r, now, rtt, 2.0, r->max);
}

void rate_blind(struct rate *r, int64_t now, int64_t step_ns) {
    if (r->step != RATE_STARTUP || now < r->grow_at || now < r->blind_at || r->per_s >= r->blind_max)
        return;
    rate_grow(r, now, 0, 2.0, r->blind_max);
    r->blind_at = now + step_ns;
}

void rate_unwatched(struct rate *r, int64_t now, int64_t step_ns) {
    if (r->step == RATE_STARTUP || now < r->grow_at || now < r->blind_at || r->per_s >= r->max)
        return;
    rate_grow(r, now, 0, UNWATCHED_CLIMB, r->max);
    r->blind_at = now + step_ns;
}

static void rate_change(struct rate *r, int64_t now, double per_s, enum rate_step step) {
    r->per_s = fmax(r->min, fmin(per_s, r->max));
    r->step = step;
    r->changed = now;
    r->next = now; /* a slot far away belonged to the old rate */
    r->trials = r->lost = 0;
}

void rate_restart(struct rate *r, int64_t now, double per_s) {
    rate_change(r, now, per_s, RATE_STARTUP);
}

/* Rate at which the packets of this batch really went: other limits may have held them back. */
static double rate_real(const struct rate *r, const struct rate_trial *last) {
    int64_t ns = last->sent - r->first.sent;
    if (ns < NS_PER_MS || last->packets <= r->first.packets)
        return r->per_s;
    return fmin(r->per_s, (double)(last->packets - r->first.packets) * 1e9 / (double)ns);
}

static void rate_cut(struct rate *r, int64_t now, double real, double loss) {
    r->test_loss = loss;
    r->test_rate = r->per_s;
    /* Nothing came through at all: that measures no bottleneck, so only half is yielded at a time. */
    double keep = loss >= 1 ? 0.5 : (1 - loss) * FOLLOW_KEEP;
    rate_change(r, now, real * keep, RATE_TEST);
}

static void rate_after_cut(struct rate *r, int64_t now, double real, double loss, bool excess) {
    double sigma = sqrt(fmax(loss, 0.01) * (1 - fmin(loss, 0.99)) / r->trials);
    if (excess && loss + sigma >= r->test_loss * SAME_LOSS && r->test_loss < RANDOM_LOSS_MAX) {
        r->baseline = fmin(loss, r->test_loss);
        rate_change(r, now, r->test_rate, RATE_STARTUP);
    } else if (excess) {
        rate_cut(r, now, real, loss);
    } else {
        rate_change(r, now, r->per_s, RATE_FOLLOW);
    }
}

static uint32_t rate_trials_wanted(const struct rate *r) {
    if (r->step == RATE_STARTUP)
        return r->many_trials ? TRIALS_MANY : TRIALS_MIN;
    if (r->step == RATE_TEST)
        return r->many_trials ? TRIALS_MANY : TRIALS_TEST;
    return TRIALS_FOLLOW;
}

static void rate_clean(struct rate *r, int64_t now, int64_t rtt, double loss) {
    r->baseline += (loss - r->baseline) * BASELINE_GAIN;
    if (r->step == RATE_FOLLOW && now >= r->grow_at)
        rate_grow(r, now, ll_max_i64(4 * rtt, FOLLOW_STEP), FOLLOW_CLIMB, r->max);
}

bool rate_judge(struct rate *r, int64_t now, int64_t rtt, const struct rate_trial *t, const struct rate *shared) {
    r->recent += ((double)t->lost - r->recent) * RECENT_GAIN;
    if (t->sent < r->changed || (shared && t->sent < shared->changed))
        return false;
    if (r->trials++ == 0)
        r->first = *t;
    r->lost += t->lost;
    if (r->trials < rate_trials_wanted(r))
        return false;
    double base = shared ? fmax(r->baseline, shared->recent) : r->baseline;
    double loss = (double)r->lost / r->trials, real = rate_real(r, t);
    double sigma = sqrt(fmax(base, 0.01) * (1 - fmin(base, 0.9)) / r->trials);
    bool excess = loss - base > EXCESS_MIN + EXCESS_SIGMAS * sigma;
    if (r->step == RATE_TEST)
        rate_after_cut(r, now, real, loss, excess);
    else if (excess)
        rate_cut(r, now, real, loss);
    else
        rate_clean(r, now, rtt, loss);
    r->trials = r->lost = 0;
    return !excess;
}
