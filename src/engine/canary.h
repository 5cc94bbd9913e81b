/* Canaries of one host: questions that must be answered. */
#ifndef LL_ENGINE_CANARY_H
#define LL_ENGINE_CANARY_H

#include "engine/probe.h"

#define CANARY_RING 64

struct engine;
struct host;

struct canary {
    int64_t sent;
    const struct probe *probe;
    uint16_t port;
    uint16_t tag; /* own port or sequence number; unique among those outstanding of a host */
    bool answered;
    uint64_t packets[3]; /* of the host's, the prefix's and the run's rate when it was sent */
};

/* A question that has answered and may be asked again as a canary. */
struct canary_choice {
    const struct probe *probe;
    uint16_t port;
    unsigned value;
    bool open_port; /* at most one a second, ten in all */
};
#define CANARY_CHOICES 4

struct canaries {
    struct canary *ring; /* CANARY_RING; NULL before the first one: most hosts of a sweep need none */
    size_t first, n;     /* outstanding ones */
    uint16_t next_tag;
    struct canary_choice choice[CANARY_CHOICES]; /* best first */
    size_t choices;
    uint32_t mute;      /* canaries lost in a row by the first choice */
    double mute_trials; /* of choices that were given up: evidence to be taken back if another one answers */
    bool silent_host;   /* every choice has gone mute */
    unsigned open_used;
    int64_t next;     /* not before */
    uint32_t packets; /* since the last canary */
};

void canary_learn(struct engine *g, struct host *h, const struct probe *p, const struct verdict *v);
/* Looks for a first canary where a scan makes none itself: the answer is learnt like any other. */
void canary_first(struct engine *g, struct host *h, const struct probe *p);
/* Sends one if it is time. False: the link takes no more. */
bool canary_maybe(struct engine *g, struct host *h, int64_t now);
/* True when the verdict belongs to an outstanding canary. */
bool canary_verdict(struct engine *g, struct host *h, const struct probe *p, const struct verdict *v, int64_t t);
void canary_judge(struct engine *g, struct host *h, int64_t now);
void canary_finish(struct host *h);

#endif
