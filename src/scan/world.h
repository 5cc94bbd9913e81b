/* The real world behind the door: loop, network, dialled connections, names, a seed. */
#ifndef LL_SCAN_WORLD_H
#define LL_SCAN_WORLD_H

#include "engine/door.h"
#include "model/settings.h"

struct world {
    struct door door;
    struct slice interface; /* the settings' */
};

/* Opens what a run with these settings needs. ERR_USAGE: no such interface. On failure everything is closed again. */
bool world_open(struct world *w, const struct settings *s, const struct log *log, struct err *e) LL_MUST_USE;
void world_close(struct world *w);
/* May this process send and receive packets? Tried, not assumed; *e says what is missing. */
bool world_raw_allowed(struct world *w, struct err *e);

#endif
