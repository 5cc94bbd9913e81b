/* Sorted address ranges; see prefix.h. */
#include "net/prefix.h"

#include <assert.h>

static int compare_ranges(const void *x, const void *y) {
    const struct addr_range *a = x, *b = y;
    return addr_cmp(&a->first, &b->first);
}

void rangeset_init(struct rangeset *s) {
    *s = (struct rangeset){.sealed = true};
}

void rangeset_finish(struct rangeset *s) {
    free(s->v);
    rangeset_init(s);
}

static bool grow(struct rangeset *s) {
    if (s->n < s->cap)
        return true;
    size_t cap = s->cap ? s->cap * 2 : 16;
    if (cap > RANGESET_MAX)
        return false;
    struct addr_range *v = realloc(s->v, cap * sizeof *v);
    if (!v)
        return false;
    s->v = v;
    s->cap = cap;
    return true;
}

bool rangeset_add(struct rangeset *s, const struct addr *first, const struct addr *last) {
    struct addr_range range = {*first, *last};
    range.first.zone = range.last.zone = 0;
    if (first->family != last->family || addr_bytes(first) == 0 || addr_cmp(&range.first, &range.last) > 0 || !grow(s))
        return false;
    s->v[s->n++] = range;
    s->sealed = false;
    return true;
}

bool rangeset_add_prefix(struct rangeset *s, const struct addr *net, unsigned bits) {
    unsigned width = (unsigned)addr_bytes(net) * 8;
    if (bits > width)
        return false;
    struct addr first = *net, last = *net;
    for (unsigned bit = bits; bit < width; bit++) {
        uint8_t mask = (uint8_t)(0x80 >> (bit % 8));
        first.b[bit / 8] &= (uint8_t)~mask;
        last.b[bit / 8] |= mask;
    }
    return rangeset_add(s, &first, &last);
}

/* `next` begins inside `range` or right behind it; both are of one order, range first. */
static bool touches(const struct addr_range *range, const struct addr_range *next) {
    if (range->last.family != next->first.family)
        return false;
    if (addr_cmp(&next->first, &range->last) <= 0)
        return true;
    return addr_number(&next->first) - addr_number(&range->last) == 1;
}

void rangeset_seal(struct rangeset *s) {
    if (s->n > 1)
        qsort(s->v, s->n, sizeof *s->v, compare_ranges);
    size_t kept = 0;
    for (size_t i = 0; i < s->n; i++) {
        struct addr_range *top = kept ? &s->v[kept - 1] : NULL;
        if (!top || !touches(top, &s->v[i]))
            s->v[kept++] = s->v[i];
        else if (addr_cmp(&s->v[i].last, &top->last) > 0)
            top->last = s->v[i].last;
    }
    s->n = kept;
    s->sealed = true;
}

bool rangeset_has(const struct rangeset *s, const struct addr *a) {
    assert(s->sealed || s->n == 0);
    struct addr key = *a;
    key.zone = 0;
    size_t low = 0, high = s->n; /* the first range that begins above the key is in [low, high] */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (addr_cmp(&s->v[middle].first, &key) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && addr_cmp(&key, &s->v[low - 1].last) <= 0;
}
