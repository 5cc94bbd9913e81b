/* Contract: a stage is a conversation about one host that runs beside or behind the port scan (names now; services,
 * OS detection, routes and scripts later). A stage never blocks, reads no clock and asks the engine nothing: it is
 * started when the facts that it needs are final, and says when it is done. */
#ifndef LL_ENGINE_STAGE_H
#define LL_ENGINE_STAGE_H

#include "base/arena.h"
#include "model/event.h"

enum stage_need { STAGE_NEEDS_ADDRESS, STAGE_NEEDS_UP, STAGE_NEEDS_PORTS };

/* What a stage may see and change of a host: the result itself, and memory that ends with the host. */
struct stage_host {
    struct host_result *result;
    struct arena *arena;
    void *engine_host; /* for stage_done */
};

struct stage {
    const char *name;
    enum phase phase;
    enum stage_need needs;
    /* Does this host need it? Called once, when the need is met. */
    bool (*wanted)(void *ctx, const struct stage_host *h);
    /* Begins. Must lead to exactly one stage_done(h->engine_host, stage), now or later, unless cancel comes first. The
     * stage_host is copied by whoever needs it longer. */
    void (*start)(void *ctx, const struct stage_host *h);
    /* The host ends without waiting any longer: forget it. */
    void (*cancel)(void *ctx, const struct stage_host *h);
};

void stage_done(void *engine_host, const struct stage *s);

#endif
