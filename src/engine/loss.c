#include "engine/loss.h"

#include <math.h>

void loss_init(struct loss *l) { *l = (struct loss){0}; }

void loss_feed(struct loss *l, double trials, double lost) {
    if (trials <= 0) return;
    double keep = exp(-trials / LOSS_MEMORY);
    l->trials = l->trials * keep + trials;
    l->lost = l->lost * keep + lost;
    l->trials_all += (uint64_t)trials;
    l->lost_all += (uint64_t)lost;
}

void loss_retract(struct loss *l, double lost) {
    l->trials = fmax(0, l->trials - lost);
    l->lost = fmax(0, l->lost - lost);
    uint64_t n = (uint64_t)lost;
    l->trials_all -= n < l->trials_all ? n : l->trials_all;
    l->lost_all -= n < l->lost_all ? n : l->lost_all;
}

static double loss_prior_mean(const struct loss *prior) {
    if (!prior || prior->trials < 1) return LOSS_PRIOR_MEAN;
    return (prior->lost + LOSS_PRIOR_MEAN * LOSS_PRIOR_WEIGHT) / (prior->trials + LOSS_PRIOR_WEIGHT);
}

double loss_mean(const struct loss *l, const struct loss *prior) {
    return (l->lost + loss_prior_mean(prior) * LOSS_PRIOR_WEIGHT) / (l->trials + LOSS_PRIOR_WEIGHT);
}

double loss_sigma(const struct loss *l, const struct loss *prior) {
    double p = loss_mean(l, prior);
    return sqrt(p * (1 - p) / (l->trials + LOSS_PRIOR_WEIGHT));
}

double loss_upper(const struct loss *l, const struct loss *prior, double sigmas) {
    /* Without trials there is only the prior mean: a deviation computed from it would be a deviation of nothing. */
    double v = loss_mean(l, prior);
    if (l->trials >= 1) v += sigmas * loss_sigma(l, prior);
    return v < LOSS_FLOOR ? LOSS_FLOOR : v > 0.98 ? 0.98 : v;
}
