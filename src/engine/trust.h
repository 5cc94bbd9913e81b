/* Trust: how much more than the template's cap a host may be sent that has shown what it copes with. What counts is
 * what it has answered, not what it was sent. docs/decisions/0014-trusted-hosts.md has the reasons. */
#ifndef LL_ENGINE_TRUST_H
#define LL_ENGINE_TRUST_H

#include "base/base.h"

struct engine;
struct host;
struct prefix;

/* First answers of one host, or of all hosts of a prefix, in slices of time. */
struct trust {
    uint64_t answers; /* so far */
    uint64_t before;  /* at the beginning of this slice */
    int64_t since;    /* beginning of this slice; 0 = none */
    double per_s;     /* of the last slice */
    int64_t rtt_low;  /* of a host: the shortest smoothed round trip */
    uint64_t lost;    /* of a host: losses that have been paid for */
    uint64_t penalty; /* answers that the last one cost */
    uint64_t least;   /* nothing is given before so many answers */
};

/* One turn of a host: gives more, or takes back. */
void trust_turn(struct engine *g, struct host *h, int64_t now);

#endif
