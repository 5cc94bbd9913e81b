#include "target/target_walk.h"

enum { NETS_MAX = 1 << 21, NET_BITS = 256, BITS_CEILING = NETS_MAX * (NET_BITS / 8) };

void target_walk_init(struct target_walk *w, const struct target_space *space, bool shuffle, bool unique,
                      uint64_t seed) {
    uint64_t keys[2] = {seed, ~seed};
    *w = (struct target_walk){.space = space, .shuffle = shuffle, .unique = unique, .seed = seed};
    map_init(&w->seen, sizeof(struct addr), NETS_MAX, keys);
    arena_init(&w->bits, "targets seen", BITS_CEILING);
}

void target_walk_finish(struct target_walk *w) {
    map_finish(&w->seen);
    arena_finish(&w->bits);
}

void target_walk_seal(struct target_walk *w) {
    w->sealed = true;
}

bool target_walk_more(const struct target_walk *w) {
    return w->space && w->next < target_space_size(w->space);
}

bool target_walk_ready(const struct target_walk *w) {
    if (!target_walk_more(w))
        return false;
    return !w->shuffle || w->sealed || w->next < w->end || target_space_size(w->space) - w->end >= TARGET_SHUFFLE_PART;
}

static u128 walk_index(struct target_walk *w) {
    u128 at = w->next++;
    if (!w->shuffle)
        return at;
    if (at == w->end) {
        w->begin = w->end;
        w->end = target_space_size(w->space);
        permutation_init(&w->order, w->end - w->begin, w->seed ^ (uint64_t)w->begin);
    }
    return w->begin + permutation_at(&w->order, at - w->begin);
}

/* Was it walked before? From now on it was. */
static bool walk_seen(struct target_walk *w, const struct addr *a) {
    struct addr net = *a;
    uint8_t last = a->b[addr_bytes(a) - 1];
    net.b[addr_bytes(a) - 1] = 0;
    uint8_t *bits = map_get(&w->seen, &net);
    if (!bits) {
        bits = arena_alloc(&w->bits, NET_BITS / 8);
        if (!bits || !map_put(&w->seen, &net, bits)) {
            w->forgets = true;
            return false;
        }
    }
    bool seen = bits[last / 8] >> last % 8 & 1;
    bits[last / 8] |= (uint8_t)(1U << last % 8);
    return seen;
}

bool target_walk_next(struct target_walk *w, struct target_at *out, u128 *index) {
    if (!target_walk_ready(w))
        return false;
    *index = walk_index(w);
    if (!target_space_nth(w->space, *index, out))
        return false;
    out->excluded = out->excluded || (w->unique && walk_seen(w, &out->addr));
    return true;
}
