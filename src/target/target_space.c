/* The space of targets; see target.h. A segment holds the index of its first address and what is needed to count on
 * from there; the segment of an index is found by bisection. Single IPv4 addresses in a row share one segment of four
 * bytes each, because long lists are made of them. */
#include "target/target.h"

#include "target/target_pattern.h"
#include "target/target_random.h"

#include <assert.h>

enum { SPACE_BITS_MAX = 100, SCAN_BITS_MAX = 64, ARENA_CEILING = 1 << 30 };

enum segment_kind { SEGMENT_RANGE, SEGMENT_LIST4, SEGMENT_PATTERN, SEGMENT_NAME, SEGMENT_RANDOM };

struct list4 {
    uint32_t *v;
    size_t n;
    size_t cap;
};

struct named {
    struct slice name;
    struct addr addr; /* what the name resolved to; with /bits only this one bears the name */
    struct addr *others;
    size_t n_others;
};

struct segment {
    u128 start; /* index in the space */
    u128 first; /* RANGE, NAME: number of the first address */
    union {
        struct list4 *list;
        struct target_pattern *pattern;
        struct named *named;
        struct target_random *random;
    };
    uint32_t zone;
    uint16_t family;
    uint16_t kind;
};

struct target_space {
    struct segment *v;
    size_t n;
    size_t cap;
    u128 size;
    const struct rangeset *excludes;
    struct arena arena; /* patterns, names */
};

struct target_space *target_space_create(void) {
    struct target_space *t = calloc(1, sizeof *t);
    if (t)
        arena_init(&t->arena, "target space", ARENA_CEILING);
    return t;
}

void target_space_destroy(struct target_space *t) {
    if (!t)
        return;
    for (size_t i = 0; i < t->n; i++)
        if (t->v[i].kind == SEGMENT_LIST4)
            free(t->v[i].list->v);
    free(t->v);
    arena_finish(&t->arena);
    free(t);
}

static bool no_memory(struct err *e) {
    return err_set(e, ERR_MEMORY, "not enough memory for the list of targets");
}

static bool check_size(const struct target_space *t, u128 count, struct err *e) {
    u128 limit = (u128)1 << SPACE_BITS_MAX;
    if (count > limit || t->size > limit - count)
        return err_set(e, ERR_LIMIT, "the targets together are more than 2^%d addresses", SPACE_BITS_MAX);
    return true;
}

static bool add_segment(struct target_space *t, struct segment s, u128 count, struct err *e) {
    if (!check_size(t, count, e))
        return false;
    if (t->n == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 4;
        struct segment *v = reallocarray(t->v, cap, sizeof *v);
        if (!v)
            return no_memory(e);
        t->v = v;
        t->cap = cap;
    }
    s.start = t->size;
    t->v[t->n++] = s;
    t->size += count;
    return true;
}

static bool list4_append(struct list4 *list, uint32_t address) {
    if (list->n == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 4;
        uint32_t *v = reallocarray(list->v, cap, sizeof *v);
        if (!v)
            return false;
        list->v = v;
        list->cap = cap;
    }
    list->v[list->n++] = address;
    return true;
}

static bool add_single4(struct target_space *t, uint32_t address, struct err *e) {
    if (!check_size(t, 1, e))
        return false;
    if (t->n == 0 || t->v[t->n - 1].kind != SEGMENT_LIST4) {
        struct list4 *list = arena_alloc(&t->arena, sizeof *list);
        if (!list)
            return no_memory(e);
        if (!add_segment(t, (struct segment){.kind = SEGMENT_LIST4, .family = ADDR_V4, .list = list}, 0, e))
            return false;
    }
    if (!list4_append(t->v[t->n - 1].list, address))
        return no_memory(e);
    t->size++;
    return true;
}

static bool add_pattern(struct target_space *t, const struct target_expr *x, struct err *e) {
    struct target_pattern p;
    target_pattern_make(x, &p);
    uint64_t count = target_pattern_size(&p);
    if (count == 0)
        return err_set(e, ERR_INPUT, "a target pattern has an octet without values");
    uint32_t first = target_pattern_nth(&p, 0), last = target_pattern_nth(&p, count - 1);
    if (count == 1)
        return add_single4(t, first, e);
    if (count == (uint64_t)(last - first) + 1)
        return add_segment(t, (struct segment){.kind = SEGMENT_RANGE, .family = ADDR_V4, .first = first}, count, e);
    struct target_pattern *kept = arena_alloc(&t->arena, sizeof *kept);
    if (!kept)
        return no_memory(e);
    *kept = p;
    return add_segment(t, (struct segment){.kind = SEGMENT_PATTERN, .family = ADDR_V4, .pattern = kept}, count, e);
}

/* The segment of net/bits. */
static bool add_prefix(struct target_space *t, struct segment s, const struct addr *net, unsigned bits, struct err *e) {
    unsigned width = net->family == ADDR_V4 ? 32 : 128;
    if (bits > width)
        return err_set(e, ERR_INPUT, "/%u is above /%u, which is a single IPv%u address", bits, width, net->family);
    unsigned host_bits = width - bits;
    if (host_bits > SCAN_BITS_MAX)
        return err_set(e, ERR_LIMIT,
                       "/%u is 2^%u addresses, which no scan could walk: /%u is the largest IPv6 prefix; a list of "
                       "addresses that are in use (-iL) is the way to scan larger networks",
                       bits, host_bits, 128 - SCAN_BITS_MAX);
    u128 count = (u128)1 << host_bits;
    s.first = addr_number(net) & ~(count - 1);
    s.family = (uint16_t)net->family;
    s.zone = net->zone;
    return add_segment(t, s, count, e);
}

static struct named *keep_name(struct target_space *t, struct slice name, const struct addr *others, size_t n_others) {
    struct named *kept = arena_alloc(&t->arena, sizeof *kept);
    if (!kept)
        return NULL;
    kept->name = arena_copy(&t->arena, name);
    kept->others = arena_array(&t->arena, n_others, sizeof *others);
    if (!kept->name.p || !kept->others)
        return NULL;
    if (n_others > 0)
        memcpy(kept->others, others, n_others * sizeof *others);
    kept->n_others = n_others;
    return kept;
}

static unsigned bits_of_name(const struct target_expr *x, const struct addr *a) {
    return x->bits != 255 ? x->bits : a->family == ADDR_V4 ? 32 : 128;
}

bool target_space_add(struct target_space *t, const struct target_expr *x, const struct addr *addrs, size_t n_addrs,
                      const struct addr *others, size_t n_others, struct err *e) {
    if (x->kind == TARGET_PATTERN)
        return add_pattern(t, x, e);
    if (x->kind == TARGET_PREFIX6)
        return add_prefix(t, (struct segment){.kind = SEGMENT_RANGE}, &x->net, x->bits, e);
    if (n_addrs == 0)
        return err_set(e, ERR_RESOLVE, "the name '" SLICE_FMT "' has no address", SLICE_ARG(x->name));
    for (size_t i = 0; i < n_addrs; i++) {
        struct named *named = keep_name(t, x->name, others, n_others);
        if (!named)
            return no_memory(e);
        named->addr = addrs[i];
        struct segment s = {.kind = SEGMENT_NAME, .named = named};
        if (!add_prefix(t, s, &addrs[i], bits_of_name(x, &addrs[i]), e))
            return err_context(e, SLICE_FMT, SLICE_ARG(x->name));
    }
    return true;
}

bool target_space_add_random(struct target_space *t, uint64_t count, const struct rangeset *excludes, uint64_t seed,
                             struct err *e) {
    struct target_random *r = arena_alloc(&t->arena, sizeof *r);
    if (!r)
        return no_memory(e);
    if (!target_random_make(r, excludes, seed, &t->arena, e))
        return false;
    if (count == 0 || count > r->size)
        count = r->size;
    return add_segment(t, (struct segment){.kind = SEGMENT_RANDOM, .family = ADDR_V4, .random = r}, count, e);
}

void target_space_exclude(struct target_space *t, const struct rangeset *excludes) {
    assert(!excludes || excludes->sealed);
    t->excludes = excludes;
}

u128 target_space_size(const struct target_space *t) {
    return t->size;
}

static const struct segment *segment_of(const struct target_space *t, u128 i) {
    size_t low = 0, high = t->n;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (t->v[middle].start <= i)
            low = middle;
        else
            high = middle;
    }
    return &t->v[low];
}

bool target_space_nth(const struct target_space *t, u128 i, struct target_at *out) {
    *out = (struct target_at){.excluded = false};
    if (i >= t->size)
        return false;
    const struct segment *s = segment_of(t, i);
    u128 offset = i - s->start;
    if (s->kind == SEGMENT_LIST4)
        out->addr = addr_v4(s->list->v[offset]);
    else if (s->kind == SEGMENT_RANDOM)
        out->addr = addr_v4(target_random_nth(s->random, (uint64_t)offset));
    else if (s->kind == SEGMENT_PATTERN)
        out->addr = addr_v4(target_pattern_nth(s->pattern, (uint64_t)offset));
    else
        out->addr = addr_from_number(s->family, s->first + offset, s->zone);
    if (s->kind == SEGMENT_NAME && addr_eq(&out->addr, &s->named->addr)) {
        out->given = s->named->name;
        out->others = s->named->others;
        out->n_others = s->named->n_others;
    }
    out->excluded = t->excludes && rangeset_has(t->excludes, &out->addr);
    return true;
}
