/* Live hosts. */
#ifndef LL_ENGINE_HOST_H
#define LL_ENGINE_HOST_H

#include "base/arena.h"
#include "base/heap.h"
#include "engine/canary.h"
#include "engine/icmp_limit.h"
#include "engine/ledger.h"
#include "engine/loss.h"
#include "engine/path.h"
#include "engine/rtt.h"
#include "engine/subject.h"
#include "engine/walk.h"
#include "io/loop.h"

#define HOST_ARENA_CEILING (8U << 20)

struct knock;

/* Of one port: when it was asked last, and from which own port. */
struct host_try {
    uint32_t sent_us; /* low 32 bits of microseconds */
    uint16_t tag;
};

/* A live host. */
struct host {
    struct subject subject;
    struct engine *engine;
    struct host *next, *prev; /* all hosts at work */
    struct heap_entry due;
    struct arena arena;
    struct host_result r;
    struct path *path;
    struct prefix *prefix;
    struct twin *twins;
    struct rtt rtt;
    struct loss loss;
    struct rate rate;
    struct trust trust;
    struct canaries canaries;
    struct icmp_limit limit;
    struct ledger ledger;
    unsigned scan;         /* which one is running, or is next */
    size_t base;           /* its first row in r.ports */
    struct host_try *last; /* try of each port, by row in r.ports */
    size_t cursor;         /* place in the walk */
    size_t answered;       /* ports of this scan */
    size_t open;           /* of these */
    unsigned flights;      /* attempts that are out */
    bool walking;          /* the port scan runs */
    bool ports_done;       /* all scans are over */
    bool late;             /* and stages are not: counted in n_late */
    bool finishing;
    unsigned stages_open;    /* bit per stage that was started and is not done */
    unsigned stages_started; /* bit per stage: start was decided */
    int64_t began;           /* ns; for the host time-out */
    int64_t ports_after;     /* the port scan waits for stages until then */
    struct loop_timer patience;
};

/* Takes over one use of `prefix`, also on failure. */
struct host *host_create(struct engine *g, const struct addr *a, struct path *path, struct prefix *prefix);
void host_up(struct engine *g, struct host *h);         /* discovery is over: stages, then ports */
void host_ports_over(struct engine *g, struct host *h); /* the next scan, or what comes behind all of them */
void host_finish(struct engine *g, struct host *h);     /* tells it and frees it */
/* Tells the result of an address that was worked on under another name. False: it is not kept. */
bool host_tell_again(struct engine *g, uint64_t index, const struct target_at *at);
void host_tell_unscanned(struct engine *g, struct knock *k, enum host_state state, enum reason reason);

#endif
