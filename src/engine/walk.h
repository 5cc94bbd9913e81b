/* The ports of one scan in the two orders that matter: ascending, as they are reported, and as they are asked. */
#ifndef LL_ENGINE_WALK_H
#define LL_ENGINE_WALK_H

#include "engine/engine.h"

struct walk {
    struct engine_scan scan;
    uint32_t *place;    /* port -> place in the ascending order + 1; 0 = not scanned */
    uint16_t *sorted;   /* ports ascending */
    uint16_t *place_at; /* position in the walk -> place */
    uint16_t *position; /* place -> position in the walk */
};

bool walk_init(struct walk *w, const struct engine_scan *s) LL_MUST_USE;
void walk_finish(struct walk *w);

#endif
