/* Binary min-heap of intrusive entries ordered by an int64 key (a time, an index). The entry remembers its place, so
 * removal and re-keying are O(log n). Entries belong to the caller. */
#ifndef LL_BASE_HEAP_H
#define LL_BASE_HEAP_H

#include "base/base.h"

struct heap_entry {
    int64_t key;
    size_t at; /* place + 1 in the heap; 0 = not in a heap */
};

struct heap {
    struct heap_entry **v;
    size_t n;
    size_t cap;
};

void heap_init(struct heap *h);
void heap_finish(struct heap *h); /* does not touch the entries */
/* Inserts, or moves if already inside. False only without memory (never when already inside). */
bool heap_set(struct heap *h, struct heap_entry *e, int64_t key) LL_MUST_USE;
void heap_remove(struct heap *h, struct heap_entry *e); /* nothing when not inside */
struct heap_entry *heap_min(const struct heap *h);      /* NULL when empty */

/* The struct around an entry. */
#define HEAP_OWNER(entry, type, member) ((type *)(void *)((char *)(entry)-offsetof(type, member)))

#endif
