/* From what arrives to the question that it answers. */
#ifndef LL_ENGINE_MATCH_H
#define LL_ENGINE_MATCH_H

#include "engine/flight.h"
#include "engine/path.h"

void match_receive(void *path_ctx, const uint8_t *p, size_t n, int64_t t);
/* A dialled attempt ended. */
void match_dialled(struct engine *g, struct flight *f, int result);

#endif
