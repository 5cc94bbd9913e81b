/* Witnesses of a sweep: hosts that have answered are asked once more among the others. They must answer, so the share
 * that does not is the loss of what all addresses of the run share, although each of them is asked too seldom to have
 * canaries of its own (canary.h). It goes to the run's rate and to the run's loss estimate. */
#ifndef LL_ENGINE_WITNESS_H
#define LL_ENGINE_WITNESS_H

#include "engine/path.h"
#include "engine/probe.h"

#define WITNESSES 256
#define WITNESS_TRIALS 512 /* outstanding; one for each own port of canaries */

struct engine;
struct host;

struct witness {
    struct addr addr;
    struct path *path;
    const struct probe *probe;
    int64_t rtt;
    int64_t next; /* not before */
    uint16_t port;
    bool has_mac, open_port;
    uint8_t asked, missed;
    uint8_t mac[MAC_LEN];
};

struct witness_trial {
    struct addr addr;
    const struct probe *probe;
    int64_t sent, until;
    uint64_t packets; /* of the run's rate when it was sent */
    size_t who;
    uint16_t port, tag;
    bool answered;
};

struct witnesses {
    struct witness v[WITNESSES]; /* the latest ones */
    uint64_t learnt;
    size_t cursor;
    struct witness_trial trials[WITNESS_TRIALS]; /* in order of sending */
    uint64_t first, end;                         /* numbers of trials that are out */
    uint32_t packets;                            /* since the last trial */
    uint32_t gap;                                /* so many until the next one */
    int64_t swept;                               /* when the last packet of a sweep went */
};

/* The host has answered this question, a round trip of `rtt` after it was asked. */
void witness_learn(struct engine *g, const struct host *h, const struct probe *p, const struct verdict *v, int64_t rtt);
/* One packet of a sweep has gone: asks a witness if it is time. */
void witness_maybe(struct engine *g, int64_t now);
/* True when the verdict belongs to an outstanding trial. */
bool witness_verdict(struct engine *g, const struct probe *p, const struct verdict *v, int64_t t);
void witness_judge(struct engine *g, int64_t now);
/* Is it a sweep with witnesses? Then the run's rate grows by what they prove, and not by answers alone or by time. */
bool witness_awaited(const struct engine *g);

#endif
