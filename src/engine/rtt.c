#include "engine/rtt.h"

#define VAR_MIN (5 * NS_PER_MS)
#define VAR_MAX (2 * NS_PER_S)
#define VAR_CUT (2300 * NS_PER_MS)
#define SAMPLE_MAX (8 * NS_PER_S)

void rtt_init(struct rtt *r) {
    *r = (struct rtt){0};
}

static int64_t rtt_box(int64_t v, int64_t low, int64_t high) {
    return v < low ? low : v > high ? high : v;
}

void rtt_sample(struct rtt *r, int64_t d) {
    if (d < 0)
        return;
    if (!r->measured) {
        r->measured = true;
        r->srtt = d;
        r->rttvar = rtt_box(d, VAR_MIN, VAR_MAX);
        return;
    }
    int64_t delta = d - r->srtt;
    if (d >= SAMPLE_MAX)
        return;
    if (delta > 1500 * NS_PER_MS && delta > 3 * r->srtt + 2 * r->rttvar)
        return;
    r->srtt += delta / 8;
    r->rttvar += ((delta < 0 ? -delta : delta) - r->rttvar) / 4;
    if (r->rttvar > VAR_CUT)
        r->rttvar = VAR_MAX;
}

int64_t rtt_timeout(const struct rtt *r, const struct rtt_limits *l) {
    if (!r->measured)
        return rtt_box(l->initial, l->min, l->max);
    return rtt_box(r->srtt + 4 * r->rttvar, l->min, l->max);
}
