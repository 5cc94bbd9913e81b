#include "engine/trust.h"

#include "engine/state.h"

#include <math.h>

/* Any host: after so many answers twice the template's cap, after twice as many three times. */
#define PROVEN_ANSWERS 5000
#define PROVEN_STEPS 2
#define PROVEN_SHARE 0.9
/* A host on our own link: after so many answers twice what it has just answered, measured over this time. Nothing lies
 * between that could break first, and round trips show its queue. */
#define DIRECT_ANSWERS 1000
#define DIRECT_SLICE (5 * NS_PER_MS)
#define DIRECT_FACTOR 2.0
#define DIRECT_CEILING 10.0  /* times the template's cap */
#define DIRECT_PENALTY 10000 /* answers without loss after a first loss; doubled each time */
#define FLYING (20 * NS_PER_MS)
/* A queue is growing, at the host or on our side: no more than what was answered, a little less. */
#define QUEUE_NS (10 * NS_PER_MS)
#define QUEUE_KEEP 0.8

static void trust_cap(struct rate *r, int64_t now, double max) {
    r->max = max;
    if (r->per_s <= max)
        return;
    r->per_s = max;
    r->next = ll_min_i64(r->next, now + (int64_t)(1e9 / max));
}

/* True at the end of a slice. */
static bool trust_slice(struct trust *t, int64_t now) {
    if (t->since && now - t->since < DIRECT_SLICE)
        return false;
    if (t->since)
        t->per_s = (double)(t->answers - t->before) * 1e9 / (double)(now - t->since);
    t->before = t->answers;
    bool whole = t->since != 0;
    t->since = now;
    return whole;
}

static double trust_flying(const struct rate *r) {
    return r->per_s * (double)FLYING / (double)NS_PER_S;
}

/* Nearly everything that it got and had the time to answer. */
static bool trust_earned(const struct host *h, uint64_t least, double flying) {
    return h->answered >= least && (double)h->answered >= PROVEN_SHARE * ((double)h->rate.packets - flying);
}

static bool trust_lost(struct host *h) {
    struct trust *t = &h->trust;
    if (h->loss.lost_all <= t->lost)
        return false;
    t->lost = h->loss.lost_all;
    t->penalty = t->penalty ? 2 * t->penalty : DIRECT_PENALTY;
    t->least = h->answered + t->penalty;
    return true;
}

static bool trust_queue(struct host *h) {
    struct trust *t = &h->trust;
    if (t->rtt_low == 0 || h->rtt.srtt < t->rtt_low)
        t->rtt_low = h->rtt.srtt;
    return h->rtt.srtt > 2 * t->rtt_low + QUEUE_NS;
}

/* A network of hosts on the own link is judged by what all of them answer. */
static void trust_prefix(struct prefix *p, double cap, int64_t now) {
    if (!trust_slice(&p->trust, now))
        return;
    double asked = (double)p->rate.packets - trust_flying(&p->rate);
    if (p->trust.answers >= DIRECT_ANSWERS && (double)p->trust.answers >= PROVEN_SHARE * asked)
        trust_cap(&p->rate, now, fmax(cap, fmin(DIRECT_FACTOR * p->trust.per_s, DIRECT_CEILING * cap)));
}

static void trust_direct(struct engine *g, struct host *h, int64_t now) {
    const struct timing *t = &g->c.settings->timing;
    bool queue = trust_queue(h);
    h->trust.answers = h->answered;
    if (trust_lost(h))
        trust_cap(&h->rate, now, t->host_rate_max);
    else if (h->loss.lost_all == 0)
        trust_prefix(h->prefix, t->prefix_rate_max, now);
    uint64_t least = ll_max_size(DIRECT_ANSWERS, h->trust.least);
    if (!trust_slice(&h->trust, now) || !trust_earned(h, least, trust_flying(&h->rate)))
        return;
    double factor = queue ? QUEUE_KEEP : DIRECT_FACTOR, ceiling = DIRECT_CEILING * t->host_rate_max;
    trust_cap(&h->rate, now, fmax(t->host_rate_max, fmin(factor * h->trust.per_s, ceiling)));
}

static void trust_routed(const struct engine *g, struct host *h, int64_t now) {
    if (h->loss.lost_all > 0)
        return;
    size_t steps = ll_min_size(h->answered / PROVEN_ANSWERS, PROVEN_STEPS);
    double max = g->c.settings->timing.host_rate_max * (double)(1 + steps);
    if (max > h->rate.max && trust_earned(h, PROVEN_ANSWERS, 0))
        trust_cap(&h->rate, now, max);
}

void trust_turn(struct engine *g, struct host *h, int64_t now) {
    const struct timing *t = &g->c.settings->timing;
    if (t->scan_delay > 0 || t->template_level >= 5)
        return;
    if (h->path->route.direct)
        trust_direct(g, h, now);
    else
        trust_routed(g, h, now);
}
