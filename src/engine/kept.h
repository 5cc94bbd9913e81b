/* Results of targets that had names, kept for a while: names share addresses, and an address is scanned once for all of
 * them, even when the next name is resolved after the scan. Bounded in bytes; the oldest go first, and an address that
 * has gone is scanned again. */
#ifndef LL_ENGINE_KEPT_H
#define LL_ENGINE_KEPT_H

#include "base/map.h"
#include "model/result.h"

struct kept_result;
struct kept_results {
    struct map by_addr;
    struct kept_result *first, *last; /* oldest first */
    size_t bytes;
};

void kept_init(struct kept_results *k, const uint64_t seed[2]);
void kept_finish(struct kept_results *k);
/* Copies a result whose target had a name; others, and those that do not fit, are not kept. */
void kept_add(struct kept_results *k, const struct host_result *r);
const struct host_result *kept_find(const struct kept_results *k, const struct addr *a); /* NULL: not kept */

#endif
