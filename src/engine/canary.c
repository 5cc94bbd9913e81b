/* Canaries: questions that a host has already answered, asked again among the others. They must be answered, so the
 * share that is not measures the loss of the path independently of how many ports are open. */
#include "engine/state.h"

#define CANARY_EVERY 50       /* packets per canary once the rate has settled */
#define CANARY_EVERY_SMALL 16 /* for scans of few ports, which could not be judged otherwise */
#define SMALL_SCAN 400
#define CANARY_EVERY_TEST 3
#define CANARY_EVERY_PACED 2 /* questions are rare then, and a host that has gone must not go unnoticed */
#define PACED_SLOW (100 * NS_PER_MS)
#define OPEN_PORT_PAUSE NS_PER_S
#define OPEN_PORT_MAX 10
#define SHARED_MIN 4 /* hosts */
#define SILENT_RATE 1000.0
#define MUTE_NEXT 6 /* the same for the second choice and on */
#define MUTE_OPEN 2 /* open ports are asked once a second only */
#define MUTE_MAX 12 /* lost in a row: at 30 % loss once in two million */

static bool canary_usable(const struct engine *g, const struct probe *p) {
    if (!p->canary_value)
        return false;
    /* With one fixed source port two canaries to one TCP port could not be told apart. */
    return g->c.settings->source_port < 0 || p->proto == PROTO_IP;
}

void canary_learn(struct engine *g, struct host *h, const struct probe *p, const struct verdict *v) {
    struct canaries *c = &h->canaries;
    if (!canary_usable(g, p) || v->kind != VERDICT_ANSWER)
        return;
    bool open = v->state == PORT_OPEN;
    struct canary_choice one = {p, v->port, open ? p->canary_value / 2 : p->canary_value, open};
    for (size_t i = 0; i < c->choices; i++)
        if (c->choice[i].probe == p && c->choice[i].port == v->port)
            return;
    if (c->choices == CANARY_CHOICES) {
        if (c->choice[c->choices - 1].value >= one.value)
            return;
        c->choices--;
    }
    size_t at = c->choices++;
    for (; at > 0 && c->choice[at - 1].value < one.value; at--)
        c->choice[at] = c->choice[at - 1];
    c->choice[at] = one;
    c->silent_host = false;
}

static uint32_t canary_every(const struct engine *g, const struct host *h) {
    if (h->rate.step == RATE_TEST)
        return CANARY_EVERY_TEST;
    if (h->limit.step == ICMP_LIMIT_PACED && h->limit.gap > PACED_SLOW)
        return CANARY_EVERY_PACED;
    return g->walks[h->scan].scan.n_ports <= SMALL_SCAN ? CANARY_EVERY_SMALL : CANARY_EVERY;
}

static bool canary_due(const struct engine *g, const struct host *h, int64_t now) {
    const struct canaries *c = &h->canaries;
    if (!c->choices || c->silent_host || c->n >= CANARY_RING || now < c->next)
        return false;
    if (c->choice[0].open_port && c->open_used >= OPEN_PORT_MAX)
        return false;
    const struct rate *r = &h->rate;
    bool growing = r->step == RATE_STARTUP && r->per_s < r->max && now >= r->grow_at && r->answers == 0;
    if (growing && c->packets > 0 && c->n == 0)
        return true;
    return c->packets >= canary_every(g, h);
}

static uint16_t canary_tag(struct engine *g, struct canaries *c, const struct probe *p) {
    uint16_t n = c->next_tag++;
    if (p->proto == PROTO_IP)
        return n; /* a sequence number of 16 bits */
    return (uint16_t)(g->c.port_base + WIRE_PORTS + n % WIRE_CANARY_PORTS);
}

void canary_first(struct engine *g, struct host *h, const struct probe *p) {
    bool fits = h->subject.addr.family == ADDR_V6 ? p->v6 : p->v4;
    if (h->canaries.choices || !fits || p->via != PROBE_FRAME)
        return;
    wire_ask(g, h->path, h->r.has_mac ? h->r.mac : NULL, p, &h->subject.addr, 0, canary_tag(g, &h->canaries, p));
}

bool canary_maybe(struct engine *g, struct host *h, int64_t now) {
    struct canaries *c = &h->canaries;
    if (!canary_due(g, h, now))
        return true;
    if (!c->ring && !(c->ring = calloc(CANARY_RING, sizeof *c->ring)))
        return true;
    const struct canary_choice *ask = &c->choice[0];
    uint16_t tag = canary_tag(g, c, ask->probe);
    if (ask->probe->via == PROBE_DIAL) {
        if (!flight_start(g, &h->subject, h->path, ask->probe, ask->port, tag, engine_timeout(g, h), true))
            return false;
    } else if (!wire_ask(g, h->path, h->r.has_mac ? h->r.mac : NULL, ask->probe, &h->subject.addr, ask->port, tag)) {
        return false;
    }
    c->ring[(c->first + c->n++) % CANARY_RING] =
        (struct canary){.sent = now,
                        .probe = ask->probe,
                        .port = ask->port,
                        .tag = tag,
                        .packets = {h->rate.packets, h->prefix->rate.packets, g->rate.packets}};
    c->packets = 0;
    if (ask->open_port) {
        c->open_used++;
        c->next = now + OPEN_PORT_PAUSE;
    }
    engine_took(g, h->prefix, &h->rate, now);
    return true;
}

static struct canary *canary_find(struct canaries *c, const struct probe *p, const struct verdict *v) {
    for (size_t i = 0; i < c->n; i++) {
        struct canary *one = &c->ring[(c->first + i) % CANARY_RING];
        if (one->probe == p && one->port == v->port && one->tag == v->sport)
            return one;
    }
    return NULL;
}

bool canary_verdict(struct engine *g, struct host *h, const struct probe *p, const struct verdict *v, int64_t t) {
    struct canary *one = canary_find(&h->canaries, p, v);
    if (!one)
        return wire_is_canary_tag(g, v->sport) && p->proto != PROTO_IP; /* a late one */
    if (v->kind != VERDICT_ANSWER)
        return true;
    if (!one->answered) {
        one->answered = true;
        int64_t rtt = t - one->sent;
        rtt_sample(&h->rtt, rtt);
        engine_answered(g, h->prefix, &h->rate, t, rtt);
    }
    return true;
}

/* A question that has stopped answering says nothing about loss as long as another one answers. */
static void canary_give_up(struct host *h, int64_t now) {
    struct canaries *c = &h->canaries;
    c->mute_trials += c->mute;
    c->mute = 0;
    c->choices--;
    for (size_t i = 0; i < c->choices; i++)
        c->choice[i] = c->choice[i + 1];
    if (c->choices > 0)
        return;
    /* Nothing answers any more: the host has gone, or shuts us out. Going slower proves nothing now. */
    c->silent_host = true;
    rate_restart(&h->rate, now, SILENT_RATE);
}

static void canary_take_back(struct engine *g, struct host *h) {
    struct canaries *c = &h->canaries;
    if (c->mute_trials <= 0)
        return;
    loss_retract(&h->loss, c->mute_trials);
    loss_retract(&g->loss, c->mute_trials);
    c->mute_trials = 0;
    c->silent_host = false;
}

static uint32_t canary_mute_limit(const struct canaries *c) {
    if (c->mute_trials <= 0)
        return MUTE_MAX;
    return c->choice[0].open_port ? MUTE_OPEN : MUTE_NEXT;
}

static void canary_count(struct engine *g, struct host *h, const struct canary *one, int64_t now) {
    struct canaries *c = &h->canaries;
    bool current = c->choices && one->probe == c->choice[0].probe && one->port == c->choice[0].port;
    if (one->answered) {
        c->mute = 0;
        canary_take_back(g, h);
    } else if (current && ++c->mute >= canary_mute_limit(c)) {
        canary_give_up(h, now);
    }
}

/* One canary's end is evidence for the host; and where several hosts share a prefix, or the run, for that: then loss
 * that all of them see is blamed on what they share. */
static void canary_tell(struct engine *g, struct host *h, const struct canary *one, int64_t now) {
    struct rate *prefix = h->prefix->walking >= SHARED_MIN ? &h->prefix->rate : NULL;
    struct rate *run = g->phases[g->walks[h->scan].scan.probe->phase].inside >= SHARED_MIN ? &g->rate : NULL;
    struct rate_trial t = {.sent = one->sent, .lost = !one->answered};
    int64_t rtt = h->rtt.srtt;
    if (run) {
        t.packets = one->packets[2];
        rate_judge(run, now, rtt, &t, NULL);
    }
    if (prefix) {
        t.packets = one->packets[1];
        rate_judge(prefix, now, rtt, &t, h->prefix->walking < g->n_work ? run : NULL);
    }
    t.packets = one->packets[0];
    rate_judge(&h->rate, now, rtt, &t, prefix ? prefix : run);
    loss_feed(&h->loss, 1, !one->answered);
    /* One host that drowns says nothing about the way to the others. */
    if (loss_mean(&h->loss) < 0.5)
        loss_feed(&g->loss, 1, !one->answered);
}

void canary_judge(struct engine *g, struct host *h, int64_t now) {
    struct canaries *c = &h->canaries;
    int64_t wait = engine_timeout(g, h);
    while (c->n) {
        struct canary one = c->ring[c->first];
        if (!one.answered && now < one.sent + wait)
            break;
        c->first = (c->first + 1) % CANARY_RING;
        c->n--;
        canary_tell(g, h, &one, now);
        canary_count(g, h, &one, now);
    }
}

void canary_finish(struct host *h) {
    free(h->canaries.ring);
    h->canaries.ring = NULL;
}
