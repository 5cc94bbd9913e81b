/* Loss of a path, estimated while scanning: two-way, from trials that had to be answered (canaries; ports that
 * answered only at a later try). Old evidence fades, so that the estimate follows the path.
 *
 * A trial count below a handful says little; therefore an estimate leans on a prior (the run's own estimate, or a guess at the start)
 * and the figure used for decisions lies one standard deviation above the mean. */
#ifndef LL_ENGINE_LOSS_H
#define LL_ENGINE_LOSS_H

#include "base/base.h"

struct loss {
    double trials, lost;             /* faded evidence: what the path does now */
    uint64_t trials_all, lost_all;   /* since the beginning: for the report */
};

#define LOSS_FLOOR 0.005     /* one lucky stretch must not prove a path perfect */
#define LOSS_PRIOR_MEAN 0.02 /* before anything is known */
#define LOSS_PRIOR_WEIGHT 4.0
#define LOSS_MEMORY 400.0    /* trials after which old ones have faded to 1/e */

void loss_init(struct loss *l);
void loss_feed(struct loss *l, double trials, double lost);
/* Takes back lost trials that turned out to say nothing. */
void loss_retract(struct loss *l, double lost);
/* Mean with the prior mixed in. `prior` may be NULL. */
double loss_mean(const struct loss *l, const struct loss *prior);
/* Mean + `sigmas` standard deviations, within [LOSS_FLOOR, 0.98]. */
double loss_upper(const struct loss *l, const struct loss *prior, double sigmas);
/* Standard deviation of the mean. */
double loss_sigma(const struct loss *l, const struct loss *prior);

#endif
