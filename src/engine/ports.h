/* The host walk. */
#ifndef LL_ENGINE_PORTS_H
#define LL_ENGINE_PORTS_H

#include "engine/host.h"

bool ports_begin(struct engine *g, struct host *h) LL_MUST_USE;
void ports_run(struct engine *g, int64_t now);
void ports_verdict(struct engine *g, struct host *h, const struct probe *p, const struct verdict *v, int64_t t);
void ports_flight_over(struct engine *g, struct host *h);
/* Asks the next silent port from *place on, besides the walk. False: there is none near, or no room. */
bool ports_ask_silent(struct engine *g, struct host *h, size_t *place, int64_t now);
double ports_fraction(const struct engine *g, const struct host *h);
void ports_cut(struct engine *g, struct host *h);    /* ends the walk now; keeps what has answered */
void ports_settle(struct engine *g, struct host *h); /* silence becomes a state */

#endif
