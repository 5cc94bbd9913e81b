/* Hash map from fixed-size byte keys to a pointer-sized value, open addressing, keyed SipHash against collision
 * attacks. Keys are copied in. Ceiling in entries. */
#ifndef LL_BASE_MAP_H
#define LL_BASE_MAP_H

#include "base/base.h"

struct map {
    size_t key_size; /* 1..32 */
    size_t n;
    size_t cap; /* slots, a power of two, or 0 */
    size_t ceiling;
    uint64_t seed[2];
    uint8_t *keys;
    void **values; /* NULL = free slot */
};

void map_init(struct map *m, size_t key_size, size_t ceiling, const uint64_t seed[2]);
void map_finish(struct map *m);
void *map_get(const struct map *m, const void *key); /* NULL when absent */
bool map_put(struct map *m, const void *key,
             void *value) LL_MUST_USE;            /* value != NULL; replaces; false: ceiling or memory */
void *map_remove(struct map *m, const void *key); /* the value, or NULL */
/* Iterates in no order: start with *at = 0; false at the end. No changes while iterating. */
bool map_next(const struct map *m, size_t *at, const void **key, void **value);

#endif
