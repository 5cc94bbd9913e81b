/* Rate of one host, one prefix, or the whole run: a pace (when may the next packet go) and a control loop (how fast).
 *
 * Start-up doubles per clean round trip and is clocked by answers. Loss in excess of the path's own baseline ends the
 * start-up; a two-rate test (half the rate: is the loss still there?) tells loss that slowing down does not cure, which becomes
 * baseline, from congestion, after which the rate follows what is delivered and climbs slowly. */
#ifndef LL_ENGINE_RATE_H
#define LL_ENGINE_RATE_H

#include "engine/loss.h"

enum rate_step { RATE_STARTUP, RATE_TEST, RATE_FOLLOW };

struct rate {
    double per_s, max;      /* packets per second now, and the cap */
    double blind_max;       /* cap while nothing has answered */
    int64_t next;           /* earliest time of the next packet, ns */
    enum rate_step step;
    int64_t grow_at;        /* no growth before */
    uint32_t answers;       /* since the last growth */
    double baseline;        /* loss that slowing down does not cure */
    double test_loss;       /* loss at the rate that is being tested against its half */
    double test_rate;
    double seen_trials, seen_lost; /* since the last judgement */
};

void rate_init(struct rate *r, double start, double max, double blind_max);
/* May a packet go at `now`? Takes nothing. */
static inline bool rate_open(const struct rate *r, int64_t now) { return r->next <= now; }
/* A packet goes at `now`: moves `next`. Idle time is not saved up beyond `burst_ns`. */
void rate_take(struct rate *r, int64_t now, int64_t burst_ns);
/* An answer came (any packet of the peer that proves itself). `rtt` paces the growth. */
void rate_answer(struct rate *r, int64_t now, int64_t rtt);
/* Judged trials (canaries, late tries) of packets sent at about the present rate. */
void rate_judge(struct rate *r, int64_t now, int64_t rtt, double trials, double lost);
/* Growth without any answer: time alone, up to blind_max. */
void rate_blind(struct rate *r, int64_t now, int64_t step_ns);

#endif
