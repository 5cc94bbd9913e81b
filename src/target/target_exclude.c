/* Target expressions as ranges to exclude; see target.h. */
#include "target/target.h"

#include "target/target_pattern.h"

enum { EXCLUDE_RANGES_MAX = 1 << 20 };

/* The octets before `split` are walked value by value, the runs of the octet at `split` become ranges, and everything
 * behind it is complete. */
static unsigned split_of(const struct target_pattern *p) {
    unsigned split = 3;
    while (split > 0 && p->counts[split] == 256)
        split--;
    return split;
}

static bool add_runs(struct rangeset *set, const struct target_pattern *p, unsigned split, uint32_t head) {
    unsigned shift = 8 * (3 - split);
    uint32_t tail = (UINT32_C(1) << shift) - 1;
    for (unsigned from = 0; from < p->counts[split];) {
        unsigned to = from;
        while (to + 1 < p->counts[split] && p->values[split][to + 1] == p->values[split][to] + 1)
            to++;
        struct addr first = addr_v4(head | (uint32_t)p->values[split][from] << shift);
        struct addr last = addr_v4(head | (uint32_t)p->values[split][to] << shift | tail);
        if (!rangeset_add(set, &first, &last))
            return false;
        from = to + 1;
    }
    return true;
}

static unsigned count_runs(const struct target_pattern *p, unsigned split) {
    unsigned runs = 1;
    for (unsigned i = 1; i < p->counts[split]; i++)
        if (p->values[split][i] != p->values[split][i - 1] + 1)
            runs++;
    return runs;
}

static bool no_memory(struct err *e) {
    return err_set(e, ERR_MEMORY, "not enough memory for the excluded targets");
}

static bool exclude_pattern(struct rangeset *set, const struct target_expr *x, struct err *e) {
    struct target_pattern p;
    target_pattern_make(x, &p);
    unsigned split = split_of(&p);
    struct target_pattern heads = p;
    for (unsigned k = split; k < 4; k++) {
        heads.counts[k] = 1;
        heads.values[k][0] = 0;
    }
    uint64_t n = target_pattern_size(&heads);
    if (n * count_runs(&p, split) > EXCLUDE_RANGES_MAX)
        return err_set(e, ERR_LIMIT, "an excluded pattern makes more than %d separate ranges: use prefixes instead",
                       EXCLUDE_RANGES_MAX);
    for (uint64_t i = 0; i < n; i++)
        if (!add_runs(set, &p, split, target_pattern_nth(&heads, i)))
            return no_memory(e);
    return true;
}

static bool exclude_prefix(struct rangeset *set, const struct addr *net, unsigned bits, struct err *e) {
    unsigned width = net->family == ADDR_V4 ? 32 : 128;
    if (bits > width)
        return err_set(e, ERR_INPUT, "/%u is above /%u, which is a single IPv%u address", bits, width, net->family);
    return rangeset_add_prefix(set, net, bits) || no_memory(e);
}

bool target_exclude_add(struct rangeset *set, const struct target_expr *x, const struct addr *addrs, size_t n_addrs,
                        struct err *e) {
    if (x->kind == TARGET_PATTERN)
        return exclude_pattern(set, x, e);
    if (x->kind == TARGET_PREFIX6)
        return exclude_prefix(set, &x->net, x->bits, e);
    if (n_addrs == 0)
        return err_set(e, ERR_RESOLVE, "the excluded name '" SLICE_FMT "' has no address", SLICE_ARG(x->name));
    for (size_t i = 0; i < n_addrs; i++) {
        unsigned bits = x->bits != 255 ? x->bits : addrs[i].family == ADDR_V4 ? 32 : 128;
        if (!exclude_prefix(set, &addrs[i], bits, e))
            return err_context(e, SLICE_FMT, SLICE_ARG(x->name));
    }
    return true;
}
