/* From four bytes (a gram) to the patterns whose matches all have them. Each pattern stands under one gram of its
 * longest run of literals, the rarest one in the file, so that one walk over an answer finds the few patterns worth
 * trying. Letters have no case here. */
#include "service/versiondb_data.h"

enum { GRAM = 4 };

static uint32_t lower(char c) {
    return (uint8_t)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Multiplicative hashing (Knuth, The Art of Computer Programming 3, 6.4). */
static uint32_t place_of(uint32_t gram) {
    return gram * UINT32_C(2654435761) >> (32 - VDB_PLACE_BITS);
}

static bool has_bit(const uint64_t *bits, size_t i) {
    return bits[i / 64] >> i % 64 & 1;
}

static void set_bit(uint64_t *bits, size_t i) {
    bits[i / 64] |= UINT64_C(1) << i % 64;
}

/* All grams of the pattern's run. */
static size_t grams_of(struct slice text, char run[VDB_LINE_MAX], uint32_t grams[VDB_LINE_MAX]) {
    size_t n = vdb_run(text, run), found = 0;
    uint32_t gram = 0;
    for (size_t i = 0; i < n; i++) {
        gram = gram << 8 | lower(run[i]);
        if (i + 1 >= GRAM)
            grams[found++] = gram;
    }
    return found;
}

/* The slot of this gram, or the free one where it belongs; there is always a free one. */
static size_t slot_of(const struct vdb_index *x, uint32_t gram, uint32_t place) {
    size_t at = place & (x->n_slots - 1);
    while (x->slots[at].head && x->slots[at].gram != gram)
        at = (at + 1) & (x->n_slots - 1);
    return at;
}

static void add_pattern(struct vdb_index *x, size_t i, const uint32_t *grams, size_t n, const uint32_t *counts) {
    if (n == 0) {
        set_bit(x->always, i);
        return;
    }
    uint32_t rarest = grams[0];
    for (size_t k = 1; k < n; k++)
        if (counts[place_of(grams[k])] < counts[place_of(rarest)])
            rarest = grams[k];
    struct vdb_slot *slot = &x->slots[slot_of(x, rarest, place_of(rarest))];
    x->next[i] = slot->head;
    *slot = (struct vdb_slot){rarest, (uint32_t)i + 1};
    set_bit(x->any, place_of(rarest));
}

static bool make_room(struct vdb_index *x, size_t n) {
    x->n = n;
    x->n_slots = 64;
    while (x->n_slots < 2 * n)
        x->n_slots *= 2;
    x->slots = calloc(x->n_slots, sizeof *x->slots);
    x->seen = calloc(x->n_slots / 64, sizeof *x->seen);
    x->next = calloc(n + 1, sizeof *x->next);
    x->always = calloc(n / 64 + 1, sizeof *x->always);
    x->bits = calloc(n / 64 + 1, sizeof *x->bits);
    return x->slots && x->seen && x->next && x->always && x->bits;
}

bool vdb_index_build(struct vdb_index *x, const struct vdb_pattern *v, size_t n, struct err *e) {
    char run[VDB_LINE_MAX];
    uint32_t grams[VDB_LINE_MAX];
    uint32_t *counts = calloc(VDB_PLACES, sizeof *counts);
    bool ok = make_room(x, n) && counts;
    for (size_t i = 0; ok && i < n; i++) {
        size_t found = grams_of(v[i].text, run, grams);
        for (size_t k = 0; k < found; k++)
            counts[place_of(grams[k])]++;
    }
    for (size_t i = 0; ok && i < n; i++)
        add_pattern(x, i, grams, grams_of(v[i].text, run, grams), counts);
    free(counts);
    return ok || err_set(e, ERR_MEMORY, "no memory for the patterns");
}

void vdb_index_finish(struct vdb_index *x) {
    free(x->slots);
    free(x->seen);
    free(x->next);
    free(x->always);
    free(x->bits);
    *x = (struct vdb_index){.n = 0};
}

const uint64_t *vdb_index_find(struct vdb_index *x, struct slice answer) {
    uint32_t gram = 0;
    memset(x->seen, 0, x->n_slots / 8);
    memcpy(x->bits, x->always, (x->n / 64 + 1) * sizeof *x->bits);
    for (size_t i = 0; i < answer.n; i++) {
        gram = gram << 8 | lower(answer.p[i]);
        uint32_t place = place_of(gram);
        if (i + 1 < GRAM || !has_bit(x->any, place))
            continue;
        size_t slot = slot_of(x, gram, place);
        /* Each gram once, however often an answer repeats it. */
        if (!x->slots[slot].head || has_bit(x->seen, slot))
            continue;
        set_bit(x->seen, slot);
        for (uint32_t k = x->slots[slot].head; k; k = x->next[k - 1])
            set_bit(x->bits, k - 1);
    }
    return x->bits;
}
