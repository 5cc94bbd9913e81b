#include "sim_words.h"
#include "base/num.h"

static bool wrong(struct err *e, struct slice w, const char *want) {
    return err_set(e, ERR_INPUT, "\"" SLICE_FMT "\" is not %s", SLICE_ARG(slice_sub(w, 0, 40)), want);
}

static bool drop_suffix(struct slice *w, struct slice suffix) {
    if (w->n <= suffix.n || !slice_eq(slice_skip(*w, w->n - suffix.n), suffix))
        return false;
    w->n -= suffix.n;
    return true;
}

bool sim_word_share(struct slice w, double *out, struct err *e) {
    struct slice digits = w;
    double v;
    if (!drop_suffix(&digits, SLICE("%")) || !num_real(digits, &v) || v < 0 || v > 100)
        return wrong(e, w, "a share like 3% or 0.5%");
    *out = v / 100;
    return true;
}

bool sim_word_time(struct slice w, int64_t *ns, struct err *e) {
    bool unit = false;
    if (!num_duration_ns(w, ns, &unit) || !unit || *ns < 0 || *ns > INT64_C(1000) * 3600 * NS_PER_S)
        return wrong(e, w, "a time like 200ms or 1.5s");
    return true;
}

bool sim_word_rate(struct slice w, double *per_s, struct err *e) {
    struct slice digits = w;
    if ((!drop_suffix(&digits, SLICE("/s")) && !drop_suffix(&digits, SLICE("pps"))) || !num_real(digits, per_s) ||
        *per_s < 0.001 || *per_s > 1e9)
        return wrong(e, w, "a rate like 100/s or 50000pps");
    return true;
}

bool sim_word_count(struct slice w, uint64_t max, uint64_t *out, struct err *e) {
    if (!num_u64_max(w, max, out))
        return err_set(e, ERR_INPUT, "\"" SLICE_FMT "\" is not a number up to %llu", SLICE_ARG(slice_sub(w, 0, 40)),
                       (unsigned long long)max);
    return true;
}

bool sim_word_flag(struct slice w, bool *out, struct err *e) {
    *out = slice_eq(w, SLICE("yes"));
    return *out || slice_eq(w, SLICE("no")) || wrong(e, w, "yes or no");
}

static int hex(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool sim_word_mac(struct slice w, uint8_t mac[MAC_LEN], struct err *e) {
    const char *want = "a MAC address like 02:00:00:00:00:01";
    if (w.n != MAC_LEN * 3 - 1)
        return wrong(e, w, want);
    for (size_t i = 0; i < MAC_LEN; i++) {
        int hi = hex(w.p[i * 3]), lo = hex(w.p[i * 3 + 1]);
        if (hi < 0 || lo < 0 || (i + 1 < MAC_LEN && w.p[i * 3 + 2] != ':'))
            return wrong(e, w, want);
        mac[i] = (uint8_t)(hi * 16 + lo);
    }
    return true;
}

bool sim_word_addr(struct slice w, struct addr *out, struct err *e) {
    if (!addr_parse(w, out))
        return wrong(e, w, "an address");
    out->zone = 0;
    return true;
}

bool sim_word_prefix(struct slice w, struct addr *out, unsigned *bits, struct err *e) {
    size_t at = slice_find(w, '/');
    uint64_t n;
    if (!sim_word_addr(slice_sub(w, 0, at), out, e))
        return false;
    if (at == w.n || !num_u64_max(slice_skip(w, at + 1), addr_bytes(out) * 8, &n))
        return wrong(e, w, "an address with a prefix length like 10.0.0.2/24");
    *bits = (unsigned)n;
    return true;
}

bool sim_word_range(struct slice w, struct addr *first, struct addr *last, struct err *e) {
    size_t dash = slice_find(w, '-');
    if (dash < w.n) {
        if (!sim_word_addr(slice_sub(w, 0, dash), first, e) || !sim_word_addr(slice_skip(w, dash + 1), last, e))
            return false;
        return (first->family == last->family && addr_cmp(first, last) <= 0) || wrong(e, w, "a range from low to high");
    }
    unsigned bits;
    if (!sim_word_prefix(w, first, &bits, e))
        return false;
    unsigned width = (unsigned)addr_bytes(first) * 8;
    u128 ones = bits == 0 ? (width == 128 ? ~(u128)0 : ((u128)1 << 32) - 1) : ((u128)1 << (width - bits)) - 1;
    u128 low = addr_number(first) & ~ones;
    *first = addr_from_number((enum addr_family)first->family, low, 0);
    *last = addr_from_number((enum addr_family)first->family, low | ones, 0);
    return true;
}

bool sim_word_ports(struct slice *rest, uint16_t *first, uint16_t *last, bool *bad, struct err *e) {
    struct slice item;
    uint64_t from = 1, to = 65535;
    *bad = false;
    if (!slice_split(rest, ',', &item))
        return false;
    size_t dash = slice_find(item, '-');
    struct slice low = slice_sub(item, 0, dash), high = slice_skip(item, dash + 1);
    bool ok = item.n > 0;
    if (ok && dash == item.n) {
        ok = num_u64_max(item, 65535, &from);
        to = from;
    } else if (ok) {
        ok = (low.n == 0 || num_u64_max(low, 65535, &from)) && (high.n == 0 || num_u64_max(high, 65535, &to));
    }
    if (!ok || from > to) {
        *bad = true;
        return wrong(e, item, "a port or a port range");
    }
    *first = (uint16_t)from;
    *last = (uint16_t)to;
    return true;
}
