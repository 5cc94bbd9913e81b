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
    bool dense;         /* no port is left out between the first and the last: places need no table */
};

bool walk_init(struct walk *w, const struct engine_scan *s) LL_MUST_USE;
/* Place in the ascending order + 1; 0 = not scanned. */
static inline size_t walk_place(const struct walk *w, uint16_t port) {
    if (!w->dense)
        return w->place[port];
    size_t place = (size_t)port - w->sorted[0]; /* below the first one: huge */
    return place < w->scan.n_ports ? place + 1 : 0;
}
void walk_finish(struct walk *w);

#endif
