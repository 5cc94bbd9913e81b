/* Limits on ICMP errors (RFC 1812 4.3.2.8, RFC 4443 2.4 f): a host that sends port unreachables at a limited rate makes
 * closed UDP ports look silent. They are recognised by control questions: a port that was closed a moment ago must be
 * closed again. When controls stay unanswered more often than the loss of the path explains, the rate of the answers is
 * measured with controls and silent ports in turns, the host is asked no faster than that, and what was silent so far
 * is asked anew. Each port that turns out closed then says whether the pace holds; controls are left for silent
 * stretches. */
#ifndef LL_ENGINE_ICMP_LIMIT_H
#define LL_ENGINE_ICMP_LIMIT_H

#include "engine/probe.h"

struct engine;
struct host;

enum icmp_limit_step {
    ICMP_LIMIT_OFF,     /* not asked for, or the answers make no sense */
    ICMP_LIMIT_WATCH,   /* no sign of a limit so far */
    ICMP_LIMIT_MEASURE, /* no port is asked for its own sake */
    ICMP_LIMIT_PACED
};

struct icmp_limit {
    enum icmp_limit_step step;
    bool known; /* a closed port to ask again */
    uint16_t port;
    uint32_t questions;      /* since the last controls; those that showed a closed port do not count */
    unsigned want;           /* controls of the present volley that are still to be sent */
    unsigned sent, answered; /* of the volley, or controls of this measurement */
    unsigned out, heard;     /* packets of this measurement, and port unreachables, also those of silent ports */
    size_t place;            /* of the silent port that a measurement asks next */
    double trials, lost;     /* controls that have been judged; old ones fade */
    bool proven;             /* controls were answered after the last question */
    int64_t asked;           /* when the last control went out */
    int64_t began;           /* of this measurement */
    int64_t first, last;     /* heard in this measurement */
    double per_s;            /* packets of this measurement */
    int64_t gap;             /* between questions; 0 = none */
    int64_t next;            /* no question before */
};

void icmp_limit_begin(struct engine *g, struct host *h);
/* A port has answered a question with a port unreachable, for the first time after it was asked in so many `passes`
 * since the ledger was begun; 0: not for the first time. */
void icmp_limit_heard(struct engine *g, struct host *h, uint16_t port, unsigned passes, int64_t t);
/* True when the verdict is the answer to a control. */
bool icmp_limit_verdict(struct engine *g, struct host *h, const struct verdict *v, int64_t t);
/* What is due. Returns 0 when ports may be asked, else the time of the next turn. */
int64_t icmp_limit_turn(struct engine *g, struct host *h, int64_t now);
void icmp_limit_asked(struct host *h, int64_t now); /* a port has been asked */
/* All windows are closed. Returns -1 when silence may be believed, else the time of the next turn. */
int64_t icmp_limit_hold(struct engine *g, struct host *h, int64_t now);

#endif
