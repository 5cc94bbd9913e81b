/* Phases as counters. */
#ifndef LL_ENGINE_PHASE_H
#define LL_ENGINE_PHASE_H

#include "engine/engine.h"

struct phase_count {
    bool begun, ended;
    uint32_t inside, total;
    uint64_t ports;
    int64_t began;
};

void phase_enter(struct engine *g, enum phase p, uint64_t ports_per_host, const struct host_result *only);
void phase_leave(struct engine *g, enum phase p, uint64_t ports);
void phase_check(struct engine *g); /* ends phases that nobody can enter any more */

#endif
