/* Hash map with linear probing; see map.h. A removed slot is closed by moving later entries back, so there are no
 * tombstones and a map that is used for hours does not slow down. */
#include "base/map.h"

#include "base/siphash.h"

#include <assert.h>

enum { MAP_FIRST = 16, MAP_KEY_MAX = 32 };

void map_init(struct map *m, size_t key_size, size_t ceiling, const uint64_t seed[2]) {
    assert(key_size >= 1 && key_size <= MAP_KEY_MAX);
    *m = (struct map){.key_size = key_size, .ceiling = ceiling, .seed = {seed[0], seed[1]}};
}

void map_finish(struct map *m) {
    free(m->keys);
    free(m->values);
    m->keys = NULL;
    m->values = NULL;
    m->n = m->cap = 0;
}

static uint8_t *key_at(const struct map *m, size_t slot) {
    return m->keys + slot * m->key_size;
}

static size_t home_of(const struct map *m, const void *key) {
    return (size_t)siphash(m->seed, key, m->key_size) & (m->cap - 1);
}

/* The slot of the key, or the free slot where it would go. The map has a free slot always. */
static size_t find(const struct map *m, const void *key) {
    size_t slot = home_of(m, key);
    while (m->values[slot] && memcmp(key_at(m, slot), key, m->key_size) != 0)
        slot = (slot + 1) & (m->cap - 1);
    return slot;
}

void *map_get(const struct map *m, const void *key) {
    return m->n ? m->values[find(m, key)] : NULL;
}

static bool grow(struct map *m) {
    struct map bigger = *m;
    bigger.cap = m->cap ? m->cap * 2 : MAP_FIRST;
    bigger.keys = calloc(bigger.cap, m->key_size);
    bigger.values = calloc(bigger.cap, sizeof(void *));
    if (!bigger.keys || !bigger.values) {
        map_finish(&bigger);
        return false;
    }
    for (size_t i = 0; i < m->cap; i++) {
        if (!m->values[i])
            continue;
        size_t slot = find(&bigger, key_at(m, i));
        memcpy(key_at(&bigger, slot), key_at(m, i), m->key_size);
        bigger.values[slot] = m->values[i];
    }
    free(m->keys);
    free(m->values);
    m->keys = bigger.keys;
    m->values = bigger.values;
    m->cap = bigger.cap;
    return true;
}

bool map_put(struct map *m, const void *key, void *value) {
    assert(value);
    size_t slot = m->cap ? find(m, key) : 0;
    if (m->cap && m->values[slot]) {
        m->values[slot] = value;
        return true;
    }
    if (m->n >= m->ceiling)
        return false;
    if (m->n + 1 > m->cap / 4 * 3) {
        if (!grow(m))
            return false;
        slot = find(m, key);
    }
    memcpy(key_at(m, slot), key, m->key_size);
    m->values[slot] = value;
    m->n++;
    return true;
}

/* An entry may move into the hole when its home does not lie behind the hole, seen along the ring. */
static void close_hole(struct map *m, size_t hole) {
    size_t mask = m->cap - 1;
    for (size_t slot = (hole + 1) & mask; m->values[slot]; slot = (slot + 1) & mask) {
        size_t home = home_of(m, key_at(m, slot));
        if (((slot - home) & mask) < ((slot - hole) & mask))
            continue;
        memcpy(key_at(m, hole), key_at(m, slot), m->key_size);
        m->values[hole] = m->values[slot];
        hole = slot;
    }
    m->values[hole] = NULL;
}

void *map_remove(struct map *m, const void *key) {
    if (m->n == 0)
        return NULL;
    size_t slot = find(m, key);
    void *value = m->values[slot];
    if (value) {
        close_hole(m, slot);
        m->n--;
    }
    return value;
}

bool map_next(const struct map *m, size_t *at, const void **key, void **value) {
    for (; *at < m->cap; (*at)++) {
        if (!m->values[*at])
            continue;
        *key = key_at(m, *at);
        *value = m->values[*at];
        (*at)++;
        return true;
    }
    return false;
}
