/* Rate of one host, one prefix, or the whole run: a pace (when may the next packet go) and a control loop (how fast).
 *
 * Start-up doubles per clean round trip and is clocked by answers. Loss in excess of the path's own baseline cuts the
 * rate to what was delivered; if the loss is still the same there, slowing down does not cure it (random loss): it
 * becomes baseline and the old rate comes back. Otherwise the rate follows what is delivered and climbs slowly.
 *
 * Trials are canaries: each tells when it was sent, and how many packets this rate had let through by then, so that
 * loss is judged against the rate at which the packets really went, and evidence from before the last change is not
 * used twice. */
#ifndef LL_ENGINE_RATE_H
#define LL_ENGINE_RATE_H

#include "base/base.h"

enum rate_step { RATE_STARTUP, RATE_TEST, RATE_FOLLOW };

struct rate_trial {
    int64_t sent;     /* when */
    uint64_t packets; /* rate.packets at that moment */
    bool lost;
};

struct rate {
    double per_s, max; /* packets per second now, and the cap */
    double blind_max;  /* cap while nothing has answered */
    double min;        /* adaptation goes no lower */
    int64_t next;      /* earliest time of the next packet, ns */
    uint64_t packets;  /* let through so far */
    enum rate_step step;
    int64_t grow_at;             /* no growth before */
    int64_t blind_at;            /* no growth by time alone before; answers need not wait for it */
    int64_t changed;             /* time of the last cut or return: older trials say nothing about the present rate */
    uint32_t answers;            /* since the last growth */
    double baseline;             /* loss that slowing down does not cure */
    double recent;               /* loss of the last trials, faded */
    double test_loss, test_rate; /* before the cut that is being tested */
    uint32_t trials, lost;       /* since the last judgement */
    struct rate_trial first;     /* of those */
    bool many_trials;            /* judgements may wait for more of them: less is left to chance */
};

void rate_init(struct rate *r, double start, double max, double blind_max);
/* May a packet go at `now`? Takes nothing. */
static inline bool rate_open(const struct rate *r, int64_t now) {
    return r->next <= now;
}
/* A packet goes at `now`: moves `next`. Idle time is not saved up beyond `burst_ns`. */
void rate_take(struct rate *r, int64_t now, int64_t burst_ns);
/* An answer came (any packet of the peer that proves itself). `rtt` paces the growth. */
void rate_answer(struct rate *r, int64_t now, int64_t rtt);
/* A canary has been answered, or has not been. Trials come in the order of sending. `shared` (may be NULL) is the rate
 * of what this one is a part of: loss that all parts see is its business, not ours. True: a judgement was made, and
 * nothing is lost beyond the baseline. */
bool rate_judge(struct rate *r, int64_t now, int64_t rtt, const struct rate_trial *t, const struct rate *shared);
/* Growth without any answer: time alone, up to blind_max. */
void rate_blind(struct rate *r, int64_t now, int64_t step_ns);
/* Once a step: after a cut nobody judges this rate any more (the sweep is over), and finer ones stand below it: it
 * gives way to them. */
void rate_unwatched(struct rate *r, int64_t now, int64_t step_ns);
/* Back to the start: what was learnt no longer holds. */
void rate_restart(struct rate *r, int64_t now, double per_s);

#endif
