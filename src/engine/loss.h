/* Loss of a path, estimated while scanning: two-way, from trials that had to be answered (canaries; ports that
 * answered only at a later try). Old evidence fades, so that the estimate follows the path.
 *
 * Decisions never rest on the mean but on an upper limit that holds with about 95 %: few trials prove little, and a
 * figure of 0 lost of 50 still allows 4 %. Before there is evidence, PRIOR_TRIALS trials at the run's own mean stand
 * in. */
#ifndef LL_ENGINE_LOSS_H
#define LL_ENGINE_LOSS_H

#include "base/base.h"

struct loss {
    double trials, lost;           /* faded evidence: what the path does now */
    uint64_t trials_all, lost_all; /* since the beginning: for the report */
};

#define LOSS_FLOOR 0.005 /* one lucky stretch must not prove a path perfect */
#define LOSS_PRIOR_TRIALS 50.0
#define LOSS_MEMORY 400.0 /* trials after which old ones have faded to 1/e */

void loss_init(struct loss *l);
void loss_feed(struct loss *l, double trials, double lost);
/* Takes back lost trials that turned out to say nothing. */
void loss_retract(struct loss *l, double lost);
/* Lost share of the faded evidence; 0 without any. */
double loss_mean(const struct loss *l);
/* Upper limit, within [LOSS_FLOOR, 0.98]. `run` (may be NULL) is the run's estimate, for the prior. */
double loss_upper(const struct loss *l, const struct loss *run);

#endif
