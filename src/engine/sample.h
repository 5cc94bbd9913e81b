/* --max-open: of a host that seems to answer on every port, only some of the rest are asked. */
#ifndef LL_ENGINE_SAMPLE_H
#define LL_ENGINE_SAMPLE_H

#include "engine/host.h"

void sample_begin(struct engine *g, struct host *h); /* leaves ports out that were not asked yet */
void sample_drop(struct host *h);                    /* takes them out of the result */

#endif
