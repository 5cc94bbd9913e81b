/* Canaries: questions that a host has already answered, asked again among the others. They must be answered, so the
 * share that is not measures the loss of the path independently of how many ports are open. */
#include "engine/state.h"

#define CANARY_EVERY 50        /* packets per canary once the rate has settled */
#define CANARY_EVERY_SMALL 16  /* for scans of few ports, which could not be judged otherwise */
#define SMALL_SCAN 400
#define CANARY_EVERY_TEST 3
#define OPEN_PORT_PAUSE NS_PER_S
#define OPEN_PORT_MAX 10

static bool canary_usable(const struct engine *g, const struct probe *p) {
    if (!p->canary_value) return false;
    /* With one fixed source port two canaries to one TCP port could not be told apart. */
    return g->c.settings->source_port < 0 || p->proto == PROTO_IP;
}

void canary_learn(struct engine *g, struct host *h, const struct probe *p, const struct verdict *v) {
    struct canaries *c = &h->canaries;
    if (!canary_usable(g, p) || v->kind != VERDICT_ANSWER) return;
    bool open = v->state == PORT_OPEN;
    unsigned value = open ? p->canary_value / 2 : p->canary_value;
    if (value <= c->value) return;
    c->probe = p;
    c->port = v->port;
    c->value = value;
    c->open_port = open;
}

static uint32_t canary_every(const struct engine *g, const struct host *h) {
    if (h->rate.step == RATE_TEST) return CANARY_EVERY_TEST;
    return g->c.n_ports <= SMALL_SCAN ? CANARY_EVERY_SMALL : CANARY_EVERY;
}

static bool canary_due(const struct engine *g, const struct host *h, int64_t now) {
    const struct canaries *c = &h->canaries;
    if (!c->probe || c->n >= CANARY_RING || now < c->next) return false;
    if (c->open_port && c->open_used >= OPEN_PORT_MAX) return false;
    const struct rate *r = &h->rate;
    bool growing = r->step == RATE_STARTUP && r->per_s < r->max && now >= r->grow_at && r->answers == 0;
    if (growing && c->packets > 0 && c->n == 0) return true;
    return c->packets >= canary_every(g, h);
}

static uint16_t canary_tag(struct engine *g, struct canaries *c, const struct probe *p) {
    uint16_t n = c->next_tag++;
    if (p->proto == PROTO_IP) return n; /* a sequence number of 16 bits */
    return (uint16_t)(g->c.port_base + WIRE_PORTS + n % WIRE_CANARY_PORTS);
}

bool canary_maybe(struct engine *g, struct host *h, int64_t now) {
    struct canaries *c = &h->canaries;
    if (!canary_due(g, h, now)) return true;
    uint16_t tag = canary_tag(g, c, c->probe);
    if (c->probe->via == PROBE_DIAL) {
        if (!flight_start(g, &h->subject, h->path, c->probe, c->port, tag, engine_timeout(g, h), true)) return false;
    } else if (!wire_ask(g, h->path, h->r.has_mac ? h->r.mac : NULL, c->probe, &h->subject.addr, c->port, tag)) {
        return false;
    }
    c->ring[(c->first + c->n++) % CANARY_RING] = (struct canary){.sent = now, .probe = c->probe, .port = c->port, .tag = tag};
    c->packets = 0;
    if (c->open_port) {
        c->open_used++;
        c->next = now + OPEN_PORT_PAUSE;
    }
    engine_took(g, h->prefix, &h->rate, now);
    return true;
}

static struct canary *canary_find(struct canaries *c, const struct probe *p, const struct verdict *v) {
    for (size_t i = 0; i < c->n; i++) {
        struct canary *one = &c->ring[(c->first + i) % CANARY_RING];
        if (one->probe == p && one->port == v->port && one->tag == v->sport) return one;
    }
    return NULL;
}

bool canary_verdict(struct engine *g, struct host *h, const struct probe *p, const struct verdict *v, int64_t t) {
    struct canary *one = canary_find(&h->canaries, p, v);
    if (!one) return wire_is_canary_tag(g, v->sport) && p->proto != PROTO_IP; /* a late one */
    if (v->kind != VERDICT_ANSWER) return true;
    if (!one->answered) {
        one->answered = true;
        int64_t rtt = t - one->sent;
        rtt_sample(&h->rtt, rtt);
        engine_answered(g, h->prefix, &h->rate, t, rtt);
    }
    return true;
}

void canary_judge(struct engine *g, struct host *h, int64_t now) {
    struct canaries *c = &h->canaries;
    int64_t wait = engine_timeout(g, h);
    double trials = 0, lost = 0;
    while (c->n) {
        struct canary *one = &c->ring[c->first];
        if (!one->answered && now < one->sent + wait) break;
        trials++;
        lost += !one->answered;
        c->first = (c->first + 1) % CANARY_RING;
        c->n--;
    }
    if (trials == 0) return;
    loss_feed(&h->loss, trials, lost);
    rate_judge(&h->rate, now, h->rtt.srtt, trials, lost);
    /* One host that drowns says nothing about the way to the others. */
    if (loss_mean(&h->loss, NULL) < 0.5) loss_feed(&g->loss, trials, lost);
}
