/* Which discovery probes a run sends: those that were asked for or the default set, as far as the privilege goes. */
#ifndef LL_SCAN_PLAN_PINGS_H
#define LL_SCAN_PLAN_PINGS_H

#include "engine/engine.h"

/* Fills in c->pings. ERR_LIMIT: more than an address can be asked. */
bool plan_pings(const struct settings *s, bool raw, struct engine_config *c, struct err *e) LL_MUST_USE;
void plan_pings_warn(const struct settings *s, bool raw, const struct log *log); /* of what is asked instead */

#endif
