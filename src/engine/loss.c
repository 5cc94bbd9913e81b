#include "engine/loss.h"

#include <math.h>

void loss_init(struct loss *l) {
    *l = (struct loss){0};
}

void loss_feed(struct loss *l, double trials, double lost) {
    if (trials <= 0)
        return;
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

#define UPPER_Z 1.645       /* one-sided 95 % */
#define RUN_TRIALS_MIN 20.0 /* before that the run's mean is worth nothing */

double loss_mean(const struct loss *l) {
    return l->trials > 0 ? l->lost / l->trials : 0;
}

/* Poisson upper limit in its square-root form: within a tenth of the exact one for any count, 2.2/n for none lost. */
double loss_upper(const struct loss *l, const struct loss *run) {
    double prior = run && run->trials >= RUN_TRIALS_MIN ? LOSS_PRIOR_TRIALS * loss_mean(run) : 0;
    double lost = l->lost + prior, n = l->trials + LOSS_PRIOR_TRIALS;
    double v = (lost + 1 + UPPER_Z * sqrt(lost + 0.5)) / n;
    return v < LOSS_FLOOR ? LOSS_FLOOR : v > 0.98 ? 0.98 : v;
}
