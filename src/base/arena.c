/* Arena: see arena.h. Blocks form a list, newest first; the last in the list is the first that was made. */
#include "base/arena.h"

enum { ARENA_ALIGN = 16, ARENA_FIRST_BLOCK = 4096, ARENA_LARGEST_STEP = 256 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t cap;
    size_t used;
    size_t pad; /* keeps the data aligned */
};

_Static_assert(sizeof(struct arena_block) % ARENA_ALIGN == 0, "data behind the block header must be aligned");

void arena_init(struct arena *a, const char *name, size_t ceiling) {
    *a = (struct arena){.name = name, .ceiling = ceiling};
}

static void free_down_to(struct arena *a, struct arena_block *keep) {
    while (a->head != keep) {
        struct arena_block *next = a->head->next;
        free(a->head);
        a->head = next;
    }
}

void arena_finish(struct arena *a) {
    free_down_to(a, NULL);
    a->used = 0;
}

void arena_reset(struct arena *a) {
    struct arena_block *first = a->head;
    while (first && first->next)
        first = first->next;
    free_down_to(a, first);
    if (first)
        first->used = 0;
    a->used = 0;
}

static bool add_block(struct arena *a, size_t n) {
    size_t cap = a->head ? ll_min_size(a->head->cap * 2, ARENA_LARGEST_STEP) : ARENA_FIRST_BLOCK;
    cap = ll_max_size(ll_min_size(cap, a->ceiling - a->used), n);
    struct arena_block *block = malloc(sizeof *block + cap);
    if (!block)
        return false;
    *block = (struct arena_block){.next = a->head, .cap = cap};
    a->head = block;
    return true;
}

void *arena_alloc(struct arena *a, size_t n) {
    if (n > a->ceiling)
        return NULL;
    n = n == 0 ? ARENA_ALIGN : (n + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
    if (n > a->ceiling - a->used)
        return NULL;
    if ((!a->head || n > a->head->cap - a->head->used) && !add_block(a, n))
        return NULL;
    char *p = (char *)(a->head + 1) + a->head->used;
    a->head->used += n;
    a->used += n;
    return memset(p, 0, n);
}

void *arena_array(struct arena *a, size_t count, size_t size) {
    size_t n;
    return __builtin_mul_overflow(count, size, &n) ? NULL : arena_alloc(a, n);
}

struct slice arena_copy(struct arena *a, struct slice s) {
    char *p = s.n < SIZE_MAX ? arena_alloc(a, s.n + 1) : NULL;
    if (!p)
        return (struct slice){NULL, 0};
    if (s.n > 0)
        memcpy(p, s.p, s.n);
    return (struct slice){p, s.n};
}

char *arena_string(struct arena *a, struct slice s) {
    struct slice copy = arena_copy(a, s);
    return copy.p ? (char *)(uintptr_t)copy.p : NULL;
}
