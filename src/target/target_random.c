#include "target/target_random.h"

#include "net/special.h"

static bool random_taken(struct rangeset *taken, const struct rangeset *excludes) {
    if (!special_add_v4(taken))
        return false;
    for (size_t i = 0; excludes && i < excludes->n; i++)
        if (excludes->v[i].first.family == ADDR_V4 && !rangeset_add(taken, &excludes->v[i].first, &excludes->v[i].last))
            return false;
    rangeset_seal(taken);
    return true;
}

static void random_keep(struct target_random *r, uint64_t first, uint64_t end) {
    if (first >= end)
        return;
    r->v[r->n] = (struct addr_range){addr_v4((uint32_t)first), addr_v4((uint32_t)(end - 1))};
    r->before[r->n++] = r->size;
    r->size += end - first;
}

static bool random_complement(struct target_random *r, const struct rangeset *taken, struct arena *arena) {
    r->v = arena_array(arena, taken->n + 1, sizeof *r->v);
    r->before = arena_array(arena, taken->n + 1, sizeof *r->before);
    if (!r->v || !r->before)
        return false;
    uint64_t at = 0;
    for (size_t i = 0; i < taken->n; i++) {
        random_keep(r, at, addr_v4_value(&taken->v[i].first));
        at = (uint64_t)addr_v4_value(&taken->v[i].last) + 1;
    }
    random_keep(r, at, UINT64_C(1) << 32);
    return true;
}

bool target_random_make(struct target_random *r, const struct rangeset *excludes, uint64_t seed, struct arena *arena,
                        struct err *e) {
    struct rangeset taken;
    *r = (struct target_random){.n = 0};
    rangeset_init(&taken);
    bool ok = random_taken(&taken, excludes) && random_complement(r, &taken, arena);
    rangeset_finish(&taken);
    permutation_init(&r->order, r->size, seed);
    return ok || err_set(e, ERR_MEMORY, "no memory for random addresses");
}

uint32_t target_random_nth(const struct target_random *r, uint64_t i) {
    uint64_t at = (uint64_t)permutation_at(&r->order, i);
    size_t low = 0, high = r->n;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (r->before[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    return addr_v4_value(&r->v[low].first) + (uint32_t)(at - r->before[low]);
}
