#include "engine/witness.h"

#include "engine/state.h"
#include <math.h>

/* Packets per trial: so many trials a second, within limits. */
#define TRIALS_PER_S 400.0
#define TRIALS_PER_S_TEST 2000.0 /* while a cut is judged */
#define EVERY_MIN 4
#define EVERY_MAX 50
#define MISSED_MAX 3             /* in a row: it may have gone, and is not asked again */
#define SWEEP_NS (5 * NS_PER_MS) /* after the last packet of a sweep */
#define LOOK 8                   /* witnesses that are looked at for one that may be asked now */
#define PAUSE (50 * NS_PER_MS)
#define OPEN_PORT_PAUSE NS_PER_S
#define OPEN_PORT_MAX 10
#define LATE (50 * NS_PER_MS)

static bool witness_usable(const struct engine *g, const struct probe *p, const struct verdict *v) {
    if (!p->canary_value || p->via != PROBE_FRAME || p->over != PROBE_OVER_IP || v->kind != VERDICT_ANSWER)
        return false;
    if (g->limited || g->c.settings->timing.scan_delay > 0)
        return false;
    /* With one fixed source port two questions to one TCP port could not be told apart. */
    return g->c.settings->source_port < 0 || p->proto == PROTO_IP;
}

void witness_learn(struct engine *g, const struct host *h, const struct probe *p, const struct verdict *v,
                   int64_t rtt) {
    if (!witness_usable(g, p, v))
        return;
    struct witness *w = &g->witnesses.v[g->witnesses.learnt++ % WITNESSES];
    *w = (struct witness){.addr = h->subject.addr,
                          .path = h->path,
                          .probe = p,
                          .rtt = rtt,
                          .port = v->port,
                          .has_mac = h->r.has_mac,
                          .open_port = v->state == PORT_OPEN};
    memcpy(w->mac, h->r.mac, MAC_LEN);
}

/* Half to one and a half times the mean, by lot: a queue that overflows once in a batch must not always, or never, hit
 * the trials. */
static uint32_t witness_gap(struct engine *g) {
    double every = g->rate.per_s / (g->rate.step == RATE_TEST ? TRIALS_PER_S_TEST : TRIALS_PER_S);
    uint32_t mean = (uint32_t)fmin(fmax(every, EVERY_MIN), EVERY_MAX);
    return mean / 2 + (uint32_t)rng_below(&g->rng, mean + 1);
}

/* The next one that may be asked now; WITNESSES = none near. */
static size_t witness_choose(struct engine *g, int64_t now) {
    struct witnesses *ws = &g->witnesses;
    size_t n = (size_t)(ws->learnt < WITNESSES ? ws->learnt : WITNESSES);
    for (size_t i = 0; i < LOOK && i < n; i++) {
        size_t at = ws->cursor++ % n;
        const struct witness *w = &ws->v[at];
        if (w->probe && now >= w->next && (!w->open_port || w->asked < OPEN_PORT_MAX))
            return at;
    }
    return WITNESSES;
}

static uint16_t witness_tag(const struct engine *g, const struct probe *p, uint64_t number) {
    if (p->proto == PROTO_IP)
        return (uint16_t)number; /* a sequence number of 16 bits */
    return (uint16_t)(g->c.port_base + WIRE_PORTS + number % WIRE_CANARY_PORTS);
}

/* Number of the trial that carries this tag, if it is out, modulo WITNESS_TRIALS. */
static size_t witness_place(const struct engine *g, const struct probe *p, uint16_t tag) {
    size_t number = p->proto == PROTO_IP ? tag : (size_t)tag - g->c.port_base - WIRE_PORTS;
    return number % WITNESS_TRIALS;
}

void witness_maybe(struct engine *g, int64_t now) {
    struct witnesses *ws = &g->witnesses;
    ws->swept = now;
    if (!ws->learnt || ++ws->packets < ws->gap || ws->end - ws->first >= WITNESS_TRIALS)
        return;
    size_t who = witness_choose(g, now);
    if (who == WITNESSES)
        return;
    struct witness *w = &ws->v[who];
    uint16_t tag = witness_tag(g, w->probe, ws->end);
    struct prefix *prefix = prefix_of(g, &w->addr);
    if (!prefix)
        return;
    if (wire_ask(g, w->path, w->has_mac ? w->mac : NULL, w->probe, &w->addr, w->port, tag)) {
        int64_t wait = ll_max_i64(engine_timeout(g, NULL), 2 * w->rtt + LATE);
        ws->trials[ws->end++ % WITNESS_TRIALS] = (struct witness_trial){.addr = w->addr,
                                                                        .probe = w->probe,
                                                                        .sent = now,
                                                                        .until = now + wait,
                                                                        .packets = g->rate.packets,
                                                                        .who = who,
                                                                        .port = w->port,
                                                                        .tag = tag};
        ws->packets = 0;
        ws->gap = witness_gap(g);
        w->next = now + (w->open_port ? OPEN_PORT_PAUSE : PAUSE);
        w->asked++;
        engine_took(g, prefix, NULL, now);
    }
    prefix_leave(g, prefix);
}

bool witness_verdict(struct engine *g, const struct probe *p, const struct verdict *v, int64_t t) {
    struct witnesses *ws = &g->witnesses;
    if (ws->first == ws->end || (p->proto != PROTO_IP && !wire_is_canary_tag(g, v->sport)))
        return false;
    struct witness_trial *one = &ws->trials[witness_place(g, p, v->sport)];
    if (one->probe != p || one->port != v->port || one->tag != v->sport || !addr_eq(&one->addr, &v->peer))
        return false;
    if (one->answered)
        return false; /* a canary of the host itself may carry the same number */
    if (v->kind == VERDICT_ANSWER) {
        one->answered = true;
        rtt_sample(&g->rtt, t - one->sent);
        engine_wake(g, t);
    }
    return true;
}

static void witness_count(struct engine *g, const struct witness_trial *one, int64_t now) {
    struct witness *w = &g->witnesses.v[one->who];
    if (addr_eq(&w->addr, &one->addr)) {
        w->missed = one->answered ? 0 : (uint8_t)(w->missed + 1);
        if (w->missed == MISSED_MAX)
            w->probe = NULL;
    }
    loss_feed(&g->loss, 1, !one->answered);
    struct rate_trial t = {.sent = one->sent, .packets = one->packets, .lost = !one->answered};
    if (rate_judge(&g->rate, now, g->rtt.srtt, &t, NULL))
        rate_answer(&g->rate, now, g->rtt.srtt);
}

void witness_judge(struct engine *g, int64_t now) {
    struct witnesses *ws = &g->witnesses;
    while (ws->first != ws->end) {
        struct witness_trial *one = &ws->trials[ws->first % WITNESS_TRIALS];
        if (!one->answered && now < one->until)
            break;
        ws->first++;
        witness_count(g, one, now);
        one->probe = NULL;
    }
}

bool witness_awaited(const struct engine *g) {
    const struct witnesses *ws = &g->witnesses;
    return ws->first != ws->end || (ws->learnt && engine_now(g) - ws->swept < SWEEP_NS);
}
