/* Arena: memory that ends together (a scan, a host, a step). Allocations are zeroed, aligned to 16, and freed only
 * by arena_finish or arena_reset. Every arena has a ceiling in bytes; beyond it, or without memory, allocation returns
 * NULL, which is an ordinary error for the caller. Not thread-safe. */
#ifndef LL_BASE_ARENA_H
#define LL_BASE_ARENA_H

#include "base/slice.h"

struct arena_block;
struct arena {
    const char *name; /* what ends with it; for messages */
    struct arena_block *head;
    size_t used;    /* bytes handed out */
    size_t ceiling; /* most bytes that may be handed out */
};

void arena_init(struct arena *a, const char *name, size_t ceiling);
void arena_finish(struct arena *a); /* frees all; the struct may be initialised again */
void arena_reset(struct arena *a);  /* forgets all allocations, keeps the first block */
void *arena_alloc(struct arena *a, size_t n) LL_MUST_USE;
void *arena_array(struct arena *a, size_t count, size_t size) LL_MUST_USE; /* checks the product */
/* Copy with a terminating NUL behind it (not counted). {NULL, 0} on failure. */
struct slice arena_copy(struct arena *a, struct slice s) LL_MUST_USE;
char *arena_string(struct arena *a, struct slice s) LL_MUST_USE; /* NUL-terminated; NULL on failure */

#endif
