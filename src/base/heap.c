/* Binary min-heap; see heap.h. */
#include "base/heap.h"

#include <assert.h>

enum { HEAP_FIRST = 16 };

void heap_init(struct heap *h) {
    *h = (struct heap){0};
}

void heap_finish(struct heap *h) {
    free(h->v);
    *h = (struct heap){0};
}

static void place(struct heap *h, size_t at, struct heap_entry *e) {
    h->v[at] = e;
    e->at = at + 1;
}

/* Both move a hole instead of swapping: half the stores. */
static void sift_up(struct heap *h, size_t at, struct heap_entry *e) {
    while (at > 0) {
        size_t parent = (at - 1) / 2;
        if (h->v[parent]->key <= e->key)
            break;
        place(h, at, h->v[parent]);
        at = parent;
    }
    place(h, at, e);
}

static void sift_down(struct heap *h, size_t at, struct heap_entry *e) {
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= h->n)
            break;
        if (child + 1 < h->n && h->v[child + 1]->key < h->v[child]->key)
            child++;
        if (e->key <= h->v[child]->key)
            break;
        place(h, at, h->v[child]);
        at = child;
    }
    place(h, at, e);
}

static void settle(struct heap *h, size_t at, struct heap_entry *e) {
    if (at > 0 && e->key < h->v[(at - 1) / 2]->key)
        sift_up(h, at, e);
    else
        sift_down(h, at, e);
}

static bool grow(struct heap *h) {
    if (h->n < h->cap)
        return true;
    size_t cap = h->cap ? h->cap * 2 : HEAP_FIRST;
    struct heap_entry **v = reallocarray(h->v, cap, sizeof(void *));
    if (!v)
        return false;
    h->v = v;
    h->cap = cap;
    return true;
}

bool heap_set(struct heap *h, struct heap_entry *e, int64_t key) {
    if (e->at != 0) {
        assert(e->at <= h->n && h->v[e->at - 1] == e);
        e->key = key;
        settle(h, e->at - 1, e);
        return true;
    }
    if (!grow(h))
        return false;
    e->key = key;
    sift_up(h, h->n++, e);
    return true;
}

void heap_remove(struct heap *h, struct heap_entry *e) {
    if (e->at == 0)
        return;
    assert(e->at <= h->n && h->v[e->at - 1] == e);
    size_t at = e->at - 1;
    struct heap_entry *last = h->v[--h->n];
    if (last != e)
        settle(h, at, last);
    e->at = 0;
}

struct heap_entry *heap_min(const struct heap *h) {
    return h->n ? h->v[0] : NULL;
}
