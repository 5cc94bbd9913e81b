/* The pump: one timer that runs whatever is due, the run's own rate, and the beginning and the end. */
#include "engine/state.h"

#define TICK (250 * NS_PER_US) /* sends are gathered into slices of this length */
#define BURST_NS (8 * NS_PER_MS)
/* Packets and connections of one turn of the pump. Then answers have their turn, or a rate without a cap would fill the
 * receive ring with some that nobody reads, and find connections late that had ended in time. */
#define TURN_PACKETS 512
#define RUN_RATE_START 5000.0
#define RUN_RATE_BLIND 20000.0
#define RUN_RATE_MAX 1e6
#define RUN_RATE_UNBOUND 1e9
#define SUBJECTS_MAX (1U << 22)
#define HOSTS_MEMORY (96U << 20)
#define HOSTS_MIN 16
#define HOST_TABLES 320 /* bytes of one host in the map and the heap, and what small blocks of memory cost */

int64_t engine_now(const struct engine *g) {
    return loop_now(g->c.door->loop);
}

void engine_emit(struct engine *g, struct event *ev) {
    ev->wall = loop_wall_s(g->c.door->loop);
    g->c.emit(g->c.ctx, ev);
}

void engine_set_tracing(struct engine *g, bool on) {
    g->tracing = on && g->c.trace;
}

void engine_trace(struct engine *g, struct trace t, int64_t at) {
    t.t = at - g->started;
    g->c.trace(g->c.ctx, &t);
}

void engine_wake(struct engine *g, int64_t at) {
    if (g->in_pump || g->done_told) {
        if (at < g->wake_at)
            g->wake_at = at;
        return;
    }
    if (loop_timer_armed(&g->timer) && g->timer.entry.key <= at)
        return;
    loop_timer_at(g->c.door->loop, &g->timer, at);
}

/* ---- rate of the run */

int64_t engine_run_slot(const struct engine *g, int64_t now) {
    int64_t at = g->rate.next;
    if (g->min_step && g->min_next < at)
        at = g->min_next;
    return ll_max_i64(at, now);
}

int64_t engine_slot(const struct engine *g, const struct prefix *p, const struct rate *own, int64_t now) {
    int64_t at = ll_max_i64(g->rate.next, p->rate.next);
    if (own)
        at = ll_max_i64(at, own->next);
    if (g->min_step && g->min_next < at)
        at = g->min_next;
    return ll_max_i64(at, now);
}

void engine_took(struct engine *g, struct prefix *p, struct rate *own, int64_t now) {
    rate_take(&g->rate, now, BURST_NS);
    rate_take(&p->rate, now, BURST_NS);
    if (own)
        rate_take(own, now, g->c.settings->timing.scan_delay ? 0 : BURST_NS);
    if (g->min_step)
        g->min_next = ll_max_i64(g->min_next, now - BURST_NS) + g->min_step;
}

void engine_answered(struct engine *g, struct prefix *p, struct rate *own, int64_t now, int64_t rtt) {
    if (!witness_awaited(g)) /* else the run's rate grows when they prove that it is carried */
        rate_answer(&g->rate, now, rtt);
    rate_answer(&p->rate, now, rtt);
    if (own)
        rate_answer(own, now, rtt);
}

int64_t engine_timeout(const struct engine *g, const struct host *h) {
    const struct rtt *r = h && h->rtt.measured ? &h->rtt : &g->rtt;
    return ll_max_i64(rtt_timeout(r, &g->rtt_limits), g->c.settings->timing.scan_delay);
}

/* ---- pump */

bool engine_turn_over(const struct engine *g) {
    return g->sent_packets + g->dialled >= g->turn_end;
}

static void engine_pump(void *ctx) {
    struct engine *g = ctx;
    int64_t now = engine_now(g);
    g->in_pump = true;
    g->wake_at = INT64_MAX;
    g->turn_end = g->sent_packets + g->dialled + TURN_PACKETS;
    witness_judge(g, now);
    if (!witness_awaited(g)) {
        rate_blind(&g->rate, now, 100 * NS_PER_MS);
        rate_unwatched(&g->rate, now, 100 * NS_PER_MS);
    }
    flights_time_out(g, now);
    knock_run(g, now);
    knock_walk(g, now);
    now = engine_now(g); /* opening a link takes long, and a probe's round trip begins when it is sent */
    knock_run(g, now);
    ports_run(g, now);
    wire_flush(g);
    g->in_pump = false;
    struct heap_entry *e = heap_min(&g->flights);
    int64_t at = e ? ll_min_i64(g->wake_at, e->key) : g->wake_at;
    if (at != INT64_MAX && !g->done_told)
        engine_wake(g, engine_turn_over(g) ? now : ll_max_i64(at, now + TICK));
    engine_check_done(g);
}

static void engine_finish(void *ctx) {
    struct engine *g = ctx;
    g->c.done(g->c.ctx);
}

void engine_check_done(struct engine *g) {
    if (g->done_told || g->in_pump)
        return;
    phase_check(g);
    if (knock_more(g) || g->n_work)
        return;
    g->done_told = true;
    loop_timer_off(g->c.door->loop, &g->timer);
    loop_timer_at(g->c.door->loop, &g->finish_timer, engine_now(g));
}

/* ---- set-up */

static bool engine_add_probe(struct engine *g, const struct probe *p) {
    if (!p)
        return true;
    for (size_t i = 0; i < g->n_probes; i++)
        if (g->probes[i] == p)
            return true;
    if (g->n_probes == PROBES_MAX)
        return false;
    g->probes[g->n_probes++] = p;
    return true;
}

static bool engine_gather_probes(struct engine *g) {
    bool ok = engine_add_probe(g, g->c.neighbor4) && engine_add_probe(g, g->c.neighbor6);
    for (size_t i = 0; ok && i < g->c.n_scans; i++)
        ok = engine_add_probe(g, g->c.scans[i].probe) && engine_add_probe(g, g->c.scans[i].canary);
    for (size_t i = 0; ok && i < g->c.n_pings; i++)
        ok = engine_add_probe(g, g->c.pings[i].probe);
    return ok;
}

static bool engine_order_ports(struct engine *g) {
    for (size_t i = 0; i < g->c.n_scans; i++) {
        if (!walk_init(&g->walks[i], &g->c.scans[i]))
            return false;
        g->ports_all += g->c.scans[i].n_ports;
    }
    return true;
}

/* What one live host costs. A silent one is waited for up to a second, often three times: how many may be in work at
 * once is what bounds a sweep without discovery. */
static size_t engine_host_bytes(const struct engine *g) {
    bool one_question =
        g->ports_all <= 1 && g->c.settings->discovery == DISCOVER_NONE; /* nothing to make canaries of */
    size_t canaries = one_question ? 0 : CANARY_RING * sizeof(struct canary);
    return sizeof(struct host) + HOST_TABLES + canaries + g->ports_all * 16;
}

static void engine_rates(struct engine *g) {
    const struct timing *t = &g->c.settings->timing;
    double max = RUN_RATE_MAX, start = RUN_RATE_START, blind = RUN_RATE_BLIND;
    if (t->template_level >= 5) /* what the path carries, also before anybody has answered */
        max = start = blind = RUN_RATE_UNBOUND;
    if (t->max_rate > 0) {
        max = t->max_rate;
        start = blind = t->max_rate;
    }
    rate_init(&g->rate, start, max, blind);
    g->rate.many_trials = true;
    if (t->min_rate > 0)
        g->min_step = ll_max_i64(1, (int64_t)(1e9 / t->min_rate));
    g->rtt_limits = (struct rtt_limits){.initial = t->initial_rtt, .min = t->min_rtt, .max = t->max_rtt};
    g->limited = t->max_parallelism > 0;
    g->flights_max = g->c.door->dialer->ops->capacity(g->c.door->dialer);
    if (g->limited)
        g->flights_max = ll_min_size(g->flights_max, t->max_parallelism);
    g->host_limit = ll_max_size(HOSTS_MIN, HOSTS_MEMORY / engine_host_bytes(g));
}

static void engine_seed(struct engine *g) {
    const uint64_t *secret = g->c.door->secret;
    rng_seed(&g->rng, g->c.door->seed);
    g->key = (struct cookie_key){{secret[0], secret[1]}};
    map_init(&g->subjects, sizeof(struct addr), SUBJECTS_MAX, secret);
    map_init(&g->prefixes, sizeof(struct addr), SUBJECTS_MAX, secret);
    kept_init(&g->kept, secret);
}

struct engine *engine_create(const struct engine_config *c, struct err *e) {
    struct engine *g = calloc(1, sizeof *g);
    if (!g) {
        err_set(e, ERR_MEMORY, "no memory for the engine");
        return NULL;
    }
    g->c = *c;
    g->started = engine_now(g);
    engine_seed(g);
    loss_init(&g->loss);
    rtt_init(&g->rtt);
    heap_init(&g->knocks);
    heap_init(&g->hosts);
    heap_init(&g->flights);
    loop_timer_init(&g->timer, engine_pump, g);
    loop_timer_init(&g->finish_timer, engine_finish, g);
    if (!engine_gather_probes(g) || !engine_order_ports(g)) {
        err_set(e, ERR_MEMORY, "no memory for the port lists");
        engine_destroy(g);
        return NULL;
    }
    engine_rates(g);
    return g;
}

void engine_start(struct engine *g) {
    engine_wake(g, engine_now(g));
}

void engine_targets_added(struct engine *g) {
    engine_wake(g, engine_now(g));
}

void engine_targets_sealed(struct engine *g) {
    g->sealed = true;
    engine_wake(g, engine_now(g));
}

/* ---- end */

void engine_stop(struct engine *g) {
    if (g->stopping || g->done_told)
        return;
    g->stopping = true;
    g->sealed = true;
    g->in_pump = true; /* nothing is declared finished while hosts are being ended */
    knock_stop(g);
    while (g->work) {
        struct host *h = g->work;
        h->finishing = true;
        ports_cut(g, h);
        host_finish(g, h);
    }
    g->in_pump = false;
    engine_check_done(g);
}

void engine_totals(const struct engine *g, struct engine_totals *out) {
    *out = (struct engine_totals){.hosts_up = g->up,
                                  .hosts_down = g->down,
                                  .hosts_total = g->total,
                                  .hosts_working = g->n_work + g->n_knocks,
                                  .sent_packets = g->sent_packets,
                                  .sent_bytes = g->sent_bytes,
                                  .received_packets = g->received_packets,
                                  .received_bytes = g->received_bytes,
                                  .dialled = g->dialled,
                                  .forged = g->forged,
                                  .loss = loss_mean(&g->loss)};
    u128 size = target_space_size(g->c.space);
    double hosts = (double)(g->up + g->down), inside = 0;
    for (const struct host *h = g->work; h; h = h->next)
        inside += ports_fraction(g, h);
    if (size)
        out->fraction_done = (hosts + inside) / (double)size;
    uint32_t most = 0;
    for (int p = 0; p < PHASE_COUNT; p++)
        if (g->phases[p].inside > most) {
            most = g->phases[p].inside;
            out->phase = (enum phase)p;
        }
}

static void engine_drop_all(struct engine *g) {
    g->done_told = true;
    size_t at = 0;
    const void *key;
    void *value;
    flights_destroy(g);
    while (map_next(&g->prefixes, &at, &key, &value))
        free(value);
    paths_destroy(g);
}

void engine_destroy(struct engine *g) {
    if (!g)
        return;
    if (g->n_work || g->n_knocks)
        engine_stop(g);
    engine_drop_all(g);
    loop_timer_off(g->c.door->loop, &g->timer);
    loop_timer_off(g->c.door->loop, &g->finish_timer);
    map_finish(&g->subjects);
    map_finish(&g->prefixes);
    kept_finish(&g->kept);
    heap_finish(&g->knocks);
    heap_finish(&g->hosts);
    heap_finish(&g->flights);
    for (size_t i = 0; i < g->c.n_scans; i++)
        walk_finish(&g->walks[i]);
    free(g);
}
