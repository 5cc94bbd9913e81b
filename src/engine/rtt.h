/* Round-trip time estimate of one host or of the whole run (RFC 6298 with the boxes of the timing templates). Times in
 * ns. */
#ifndef LL_ENGINE_RTT_H
#define LL_ENGINE_RTT_H

#include "base/base.h"

struct rtt_limits {
    int64_t initial, min, max; /* of the time-out */
};

struct rtt {
    bool measured;
    int64_t srtt, rttvar;
};

void rtt_init(struct rtt *r);
/* One sample; absurd ones (negative, 8 s and more after the first, far outliers) are ignored. */
void rtt_sample(struct rtt *r, int64_t d);
/* How long to wait for an answer: srtt + 4 rttvar within the limits; `initial` before the first sample. */
int64_t rtt_timeout(const struct rtt *r, const struct rtt_limits *l);

#endif
