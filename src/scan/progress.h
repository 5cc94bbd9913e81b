/* How far the run is: --stats-every, and with -v now and then by itself. */
#ifndef LL_SCAN_PROGRESS_H
#define LL_SCAN_PROGRESS_H

#include "engine/engine.h"

struct progress_meter {
    struct loop *loop;
    const struct engine *engine;
    struct loop_timer timer;
    int64_t started, every;
    void (*tell)(void *ctx, struct event *ev);
    void *ctx;
};

/* every: ns, 0 = only automatic. */
void progress_start(struct progress_meter *m, struct loop *loop, const struct engine *g, int64_t every, bool automatic);
struct progress progress_estimate(const struct progress_meter *m, const struct engine_totals *t);
void progress_now(struct progress_meter *m, bool status); /* tells at once; status: with the Stats line */
void progress_stop(struct progress_meter *m);

#endif
