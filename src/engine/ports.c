/* The host walk: asks the ports of each live host, hosts ordered by their next send time, until the ledger of each
 * host is closed. */
#include "engine/state.h"

#include <math.h>

#define BURST 16 /* packets of one host before the next host has its turn */
#define ROOM_POLL (500 * NS_PER_US)
#define TRIES_MIN_LOSSY 3
#define TRIES_SILENT 2 /* a host that answers nothing any more gets no more than this; the report says so */
#define FETCH_AHEAD 6  /* ports */
#define PORTS_FEW 16
#define LOOK 256 /* rows that are looked at for a silent port */
#define BLIND_STEP (100 * NS_PER_MS)

/* ---- begin and end */

/* --min-parallelism: so many probes are on the way at once, whatever adaptation would like. */
static void ports_least_parallel(const struct engine *g, struct host *h) {
    const struct timing *t = &g->c.settings->timing;
    if (!t->min_parallelism)
        return;
    int64_t rtt = ll_max_i64(h->rtt.measured ? h->rtt.srtt : t->initial_rtt, NS_PER_MS);
    double least = t->min_parallelism * 1e9 / (double)rtt;
    h->rate.min = least < h->rate.max ? least : h->rate.max;
    if (h->rate.per_s < h->rate.min)
        h->rate.per_s = h->rate.min;
}

static const struct walk *ports_walk(const struct engine *g, const struct host *h) {
    return &g->walks[h->scan];
}

static bool ports_first(struct engine *g, struct host *h) {
    size_t n = g->ports_all ? g->ports_all : 1;
    h->r.ports = calloc(n, sizeof *h->r.ports);
    h->last = calloc(n, sizeof *h->last);
    h->began = engine_now(g);
    return h->r.ports && h->last;
}

bool ports_begin(struct engine *g, struct host *h) {
    const struct walk *w = ports_walk(g, h);
    const struct probe *p = w->scan.probe;
    const struct timing *t = &g->c.settings->timing;
    size_t n = w->scan.n_ports;
    if (h->scan == 0 && !ports_first(g, h))
        return false;
    ledger_finish(&h->ledger);
    if (!ledger_init(&h->ledger, n, t->completeness, t->max_retries + 1))
        return false;
    h->base = h->r.n_ports;
    h->cursor = h->answered = h->open = 0;
    for (size_t i = 0; i < n; i++)
        h->r.ports[h->base + i] = (struct port_result){.port = w->sorted[i], .proto = (uint8_t)p->proto};
    h->r.n_ports += n;
    h->r.scanned = true;
    h->walking = true;
    h->prefix->walking++;
    ports_least_parallel(g, h);
    icmp_limit_begin(g, h);
    if (w->scan.canary)
        canary_first(g, h, w->scan.canary);
    phase_enter(g, p->phase, n, &h->r);
    int64_t now = engine_now(g);
    engine_wake(g, now);
    return heap_set(&g->hosts, &h->due, now);
}

void ports_settle(struct engine *g, struct host *h) {
    for (size_t i = h->base; i < h->r.n_ports; i++) {
        struct port_result *p = &h->r.ports[i];
        if (p->state != PORT_UNKNOWN)
            continue;
        p->state = (uint8_t)ports_walk(g, h)->scan.silence;
        p->reason = REASON_NO_RESPONSE;
    }
}

/* Ended before its time: what was not answered is not known, and is not reported as if it were. */
static void ports_keep_answered(struct host *h) {
    size_t kept = 0;
    for (size_t i = 0; i < h->r.n_ports; i++)
        if (h->r.ports[i].state != PORT_UNKNOWN)
            h->r.ports[kept++] = h->r.ports[i];
    h->r.n_ports = kept;
    h->r.partial = true;
}

/* Adds what this scan reached to what earlier ones did. */
static void ports_account(struct host *h) {
    struct completeness *c = &h->r.complete;
    c->measured = h->loss.trials_all > 0;
    c->loss = c->measured ? (double)h->loss.lost_all / (double)h->loss.trials_all : 0;
    uint32_t silent = ledger_silent(&h->ledger);
    double worst = silent ? ledger_worst(&h->ledger) : 0;
    c->silent += silent;
    c->fell_silent = h->canaries.silent_host;
    c->capped += ledger_capped(&h->ledger);
    c->miss_limit = worst > c->miss_limit ? worst : c->miss_limit;
}

static void ports_over(struct engine *g, struct host *h, bool complete) {
    heap_remove(&g->hosts, &h->due);
    flights_forget(g, &h->subject);
    ports_account(h);
    sample_drop(h);
    if (complete)
        ports_settle(g, h);
    else
        ports_keep_answered(h);
    h->walking = false;
    h->prefix->walking--;
    size_t answered = h->answered;
    const struct engine_scan *s = &ports_walk(g, h)->scan;
    h->scan = complete ? h->scan + 1 : (unsigned)g->c.n_scans;
    h->ports_done = h->scan == g->c.n_scans;
    phase_leave(g, s->probe->phase, complete ? s->n_ports : answered);
}

void ports_cut(struct engine *g, struct host *h) {
    if (h->walking)
        ports_over(g, h, false);
}

/* ---- the walk */

/* The figure that decides. A host that has fallen silent altogether gives none. */
static double ports_loss(const struct engine *g, const struct host *h) {
    static const struct loss nothing = {0};
    return loss_upper(h->canaries.silent_host ? &nothing : &h->loss, &g->loss);
}

static unsigned ports_tries_min(const struct host *h) {
    return h->loss.lost_all > 0 && !h->canaries.silent_host ? TRIES_MIN_LOSSY : 1;
}

/* Charges the pass that is out for window w, once its answers have had their time. */
static void ports_judge(struct engine *g, struct host *h, size_t i) {
    struct window *w = &h->ledger.v[i];
    uint32_t late = w->answered_now, early = w->answered_before;
    if (w->tries > 1)
        loss_feed(&h->loss, late + early, late);
    if (h->canaries.silent_host && w->tries >= TRIES_SILENT)
        ledger_give_up(&h->ledger, i);
    else
        ledger_judge(&h->ledger, i, ports_loss(g, h), ports_tries_min(h));
}

/* All windows are closed: does what is known by now support that for each of them? */
static bool ports_proven(const struct engine *g, struct host *h) {
    return ledger_review(&h->ledger, ports_loss(g, h), ports_tries_min(h));
}

/* The row of the port under the cursor. */
static size_t ports_row(const struct engine *g, const struct host *h) {
    return h->base + ports_walk(g, h)->place_at[h->cursor];
}

/* Finds the next silent port. Returns 0 when h->cursor stands on one, the time to look again, or -1 when all is done.
 */
static int64_t ports_seek(struct engine *g, struct host *h, int64_t now) {
    struct ledger *l = &h->ledger;
    while (l->finished < l->n || !ports_proven(g, h)) {
        size_t i = h->cursor / l->span, end = ll_min_size((i + 1) * l->span, l->ports);
        struct window *w = &l->v[i];
        if (w->state == WINDOW_SENT) {
            int64_t ripe = w->last_sent + engine_timeout(g, h);
            if (w->silent && ripe > now)
                return ripe;
            ports_judge(g, h, i);
            h->cursor = i * l->span;
        }
        if (w->state == WINDOW_OPEN)
            for (; h->cursor < end; h->cursor++)
                if (h->r.ports[ports_row(g, h)].state == PORT_UNKNOWN)
                    return 0;
        if (w->state == WINDOW_OPEN)
            ledger_sent(l, i, now); /* nothing silent is left in it */
        h->cursor = end >= l->ports ? 0 : end;
    }
    return -1;
}

/* The order of asking is not that of the rows: each is a miss of its own, which may as well begin early. */
static void ports_fetch_ahead(const struct engine *g, const struct host *h) {
    size_t at = h->cursor + FETCH_AHEAD;
    if (at >= h->ledger.ports)
        return;
    size_t row = h->base + ports_walk(g, h)->place_at[at];
    __builtin_prefetch(&h->r.ports[row], 1);
    __builtin_prefetch(&h->last[row], 1);
}

static void ports_step_cursor(const struct engine *g, struct host *h, int64_t now) {
    struct ledger *l = &h->ledger;
    ports_fetch_ahead(g, h);
    size_t i = h->cursor / l->span;
    h->cursor++;
    if (h->cursor % l->span == 0 || h->cursor >= l->ports)
        ledger_sent(l, i, now);
    if (h->cursor >= l->ports)
        h->cursor = 0;
}

/* So few that the host is done before canaries of its own could say anything. */
static bool ports_few(const struct engine *g, const struct host *h) {
    return ports_walk(g, h)->scan.n_ports < PORTS_FEW;
}

static bool ports_send(struct engine *g, struct host *h, size_t row, int64_t now) {
    struct port_result *pr = &h->r.ports[row];
    const struct probe *p = ports_walk(g, h)->scan.probe;
    uint16_t tag = wire_tag(g, now);
    int64_t wait = engine_timeout(g, h);
    if ((p->via == PROBE_DIAL || g->limited) && !flight_room(g))
        return false;
    if (p->via == PROBE_DIAL) {
        if (!flight_start(g, &h->subject, h->path, p, pr->port, tag, wait, false))
            return false;
    } else {
        if (!wire_ask(g, h->path, h->r.has_mac ? h->r.mac : NULL, p, &h->subject.addr, pr->port, tag))
            return false;
        if (g->limited && !flight_frame(g, &h->subject, p, pr->port, tag, wait))
            return false;
    }
    if (pr->tries < UINT8_MAX)
        pr->tries++;
    h->last[row] = (struct host_try){(uint32_t)(now / NS_PER_US), tag};
    h->canaries.packets++;
    engine_took(g, h->prefix, &h->rate, now);
    return true;
}

static bool ports_ask(struct engine *g, struct host *h, int64_t now) {
    if (!ports_send(g, h, ports_row(g, h), now))
        return false;
    icmp_limit_asked(h, now);
    ports_step_cursor(g, h, now);
    if (ports_few(g, h))
        witness_maybe(g, now);
    return true;
}

bool ports_ask_silent(struct engine *g, struct host *h, size_t *place, int64_t now) {
    size_t n = ports_walk(g, h)->scan.n_ports;
    for (size_t i = 0; i < LOOK && i < n; i++) {
        size_t row = h->base + (*place)++ % n;
        if (h->r.ports[row].state == PORT_UNKNOWN && h->r.ports[row].tries)
            return ports_send(g, h, row, now);
    }
    return false;
}

/* Sends what one host may have now. Returns the time of its next turn, or -1 when it is done; PORTS_LATER: the run's
 * rate lets nobody send now; PORTS_NO_ROOM: link or table of flights is full. */
#define PORTS_LATER INT64_MAX
#define PORTS_NO_ROOM (INT64_MAX - 1)
static int64_t ports_turn(struct engine *g, struct host *h, int64_t now) {
    canary_judge(g, h, now);
    trust_turn(g, h, now);
    if (h->answered == 0 && h->canaries.choices == 0)
        rate_blind(&h->rate, now, BLIND_STEP);
    for (unsigned i = 0; i < BURST; i++) {
        int64_t again = icmp_limit_turn(g, h, now);
        if (!again)
            again = ports_seek(g, h, now);
        if (again)
            return again < 0 ? icmp_limit_hold(g, h, now) : again;
        int64_t slot = engine_slot(g, h->prefix, &h->rate, now);
        if (slot > now)
            return engine_run_slot(g, now) > now ? PORTS_LATER : slot;
        if (!canary_maybe(g, h, now) || !ports_ask(g, h, now))
            return PORTS_NO_ROOM;
    }
    return now;
}

static bool ports_out_of_time(const struct engine *g, const struct host *h, int64_t now) {
    int64_t limit = g->c.settings->timing.host_timeout;
    return limit > 0 && now - h->began >= limit;
}

/* A turn is over: new hosts are taken when no old one is left whose turn it was. */
static void ports_hold(struct engine *g, bool held, int64_t now) {
    if (!held && g->hosts_held)
        engine_wake(g, now);
    g->hosts_held = held;
}

void ports_run(struct engine *g, int64_t now) {
    struct heap_entry *e;
    while ((e = heap_min(&g->hosts)) && e->key <= now && !engine_turn_over(g)) {
        struct host *h = HEAP_OWNER(e, struct host, due);
        if (ports_out_of_time(g, h, now)) {
            h->r.timed_out = true;
            ports_over(g, h, false);
            host_ports_over(g, h);
            continue;
        }
        int64_t again = ports_turn(g, h, now);
        if (again == PORTS_LATER || again == PORTS_NO_ROOM) {
            engine_wake(g, again == PORTS_LATER ? engine_run_slot(g, now) : now + ROOM_POLL);
            ports_hold(g, true, now);
            return;
        }
        if (again < 0) {
            ports_over(g, h, true);
            host_ports_over(g, h);
        } else if (!heap_set(&g->hosts, &h->due, again)) {
            return;
        }
        now = engine_now(g); /* sending takes its time, and round trips begin when it is done */
    }
    if (e)
        engine_wake(g, e->key);
    ports_hold(g, e && e->key <= now, now);
}

/* ---- answers */

/* The target itself spoke: an answer, or an ICMP error of its own that proves it up. */
static bool ports_heard(const struct verdict *v) {
    return v->kind == VERDICT_ANSWER || v->host == HOST_UP;
}

static bool ports_replaces(const struct port_result *old, const struct verdict *v) {
    if (old->state == PORT_UNKNOWN)
        return true;
    return old->state == PORT_FILTERED && v->state != PORT_FILTERED && ports_heard(v);
}

/* 1 + place of a third party in the host's list; 0 = the target itself, or the list is full. */
static uint8_t ports_from(struct host *h, const struct addr *from) {
    if (addr_eq(from, &h->subject.addr))
        return 0;
    for (size_t i = 0; i < h->r.n_from; i++)
        if (addr_eq(&h->r.from_list[i], from))
            return (uint8_t)(i + 1);
    if (h->r.n_from == HOST_FROM_MAX)
        return 0;
    h->r.from_list[h->r.n_from++] = *from;
    return (uint8_t)h->r.n_from;
}

static void ports_sample(struct engine *g, struct host *h, size_t row, int64_t t) {
    uint32_t us = (uint32_t)(t / NS_PER_US) - h->last[row].sent_us;
    if (us > 1000000000U)
        return; /* the clock of the packet lies before the send */
    int64_t rtt = (int64_t)us * NS_PER_US;
    rtt_sample(&h->rtt, rtt);
    rtt_sample(&g->rtt, rtt);
}

/* Some protocols answer from a port of the host's own choice (RFC 1350 4). Such an answer is the asked port's only
 * while that question is open: same host, same own port, still silent, and content that belongs to it. */
static uint16_t ports_asked(const struct engine *g, const struct host *h, const struct probe *p,
                            const struct verdict *v) {
    if (!p->payload || v->kind != VERDICT_ANSWER || !g->c.elsewhere_of)
        return v->port;
    uint16_t port = g->c.elsewhere_of(g->c.payload_ctx, v->said);
    size_t place = port ? walk_place(ports_walk(g, h), port) : 0;
    if (!place)
        return v->port;
    size_t row = h->base + place - 1;
    const struct port_result *pr = &h->r.ports[row];
    bool waits = pr->state == PORT_UNKNOWN && pr->tries > 0 && h->last[row].tag == v->sport;
    return waits ? port : v->port;
}

void ports_verdict(struct engine *g, struct host *h, const struct probe *p, const struct verdict *v, int64_t t) {
    const struct walk *w = ports_walk(g, h);
    uint16_t port = ports_asked(g, h, p, v);
    size_t place = walk_place(w, port);
    if (!place || v->state == PORT_UNKNOWN)
        return;
    size_t row = h->base + --place;
    struct port_result *pr = &h->r.ports[row];
    bool last = pr->tries > 0 && v->sport == h->last[row].tag;
    if (!v->has_echo && p->via == PROBE_FRAME && !last)
        return;
    if (g->limited)
        flight_answered(g, &h->subject, port, v->sport);
    bool answer = v->kind == VERDICT_ANSWER;
    bool unambiguous = last && (g->c.settings->source_port < 0 || pr->tries == 1); /* Karn, RFC 6298 3 */
    if (ports_heard(v) && unambiguous && pr->state == PORT_UNKNOWN)
        ports_sample(g, h, row, t);
    if (answer)
        engine_answered(g, h->prefix, &h->rate, t, h->rtt.srtt);
    if (answer && last && ports_few(g, h))
        witness_learn(g, h, p, v, h->rtt.srtt);
    if (!ports_replaces(pr, v))
        return;
    unsigned passes = 0;
    if (pr->state == PORT_UNKNOWN) {
        passes = ledger_passes(&h->ledger, w->position[place]);
        h->answered++;
        h->prefix->trust.answers++;
        unsigned tries = pr->tries;
        if (!last && tries > 0)
            tries--; /* an earlier try was answered late */
        ledger_answer(&h->ledger, w->position[place], tries, answer);
    }
    pr->state = (uint8_t)v->state;
    pr->reason = (uint8_t)v->reason;
    pr->ttl = v->ttl;
    pr->from = ports_from(h, &v->from);
    if (v->kind == VERDICT_ERROR && v->state == PORT_CLOSED)
        icmp_limit_heard(g, h, v->port, passes, t);
    if (v->state == PORT_OPEN) {
        if (++h->open == g->c.settings->max_open)
            sample_begin(g, h);
        struct event ev = {.kind = EVENT_PORT, .host = &h->r, .port = pr};
        engine_emit(g, &ev);
    }
    if (h->answered == w->scan.n_ports && heap_set(&g->hosts, &h->due, t))
        engine_wake(g, t);
}

void ports_flight_over(struct engine *g, struct host *h) {
    if (h->walking && g->limited && heap_set(&g->hosts, &h->due, engine_now(g)))
        engine_wake(g, engine_now(g));
}

double ports_fraction(const struct engine *g, const struct host *h) {
    if (h->ports_done || g->ports_all == 0)
        return h->ports_done;
    double done = (double)(h->base + h->answered);
    for (size_t i = 0; h->walking && i < h->ledger.n; i++) {
        const struct window *w = &h->ledger.v[i];
        double part = w->log_product / h->ledger.log_bound;
        done += w->silent * (part > 1 || w->state >= WINDOW_CLOSED ? 1 : part);
    }
    return done / (double)g->ports_all;
}
