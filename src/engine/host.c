/* Live hosts: from the first answer to the finished result. */
#include "engine/state.h"

#include <math.h>

#define HOST_RATE_START 1000.0
#define HOST_RATE_BLIND 5000.0
#define PREFIXES_KEEP 4096

/* ---- prefixes */

static struct addr prefix_net(const struct addr *a) {
    unsigned shift = a->family == ADDR_V6 ? 64 : 8;
    return addr_from_number((enum addr_family)a->family, addr_number(a) >> shift << shift, 0);
}

struct prefix *prefix_of(struct engine *g, const struct addr *a) {
    struct addr net = prefix_net(a);
    struct prefix *p = map_get(&g->prefixes, &net);
    if (!p) {
        p = calloc(1, sizeof *p);
        if (!p)
            return NULL;
        p->net = net;
        double max = g->c.settings->timing.prefix_rate_max;
        rate_init(&p->rate, max, max, max);
        if (!map_put(&g->prefixes, &net, p)) {
            free(p);
            return NULL;
        }
    }
    p->users++;
    return p;
}

void prefix_leave(struct engine *g, struct prefix *p) {
    if (--p->users || g->prefixes.n < PREFIXES_KEEP)
        return;
    map_remove(&g->prefixes, &p->net);
    free(p);
}

/* ---- twins */

bool twin_add(struct twin **list, uint64_t index, const struct target_at *at) {
    struct twin *t = calloc(1, sizeof *t);
    if (!t)
        return false;
    *t = (struct twin){.index = index, .given = at->given, .others = at->others, .n_others = at->n_others};
    while (*list)
        list = &(*list)->next;
    *list = t;
    return true;
}

static void host_tell(struct engine *g, struct host_result *r) {
    if (r->state == HOST_UP)
        g->up++;
    else
        g->down++;
    struct event ev = {.kind = EVENT_HOST, .host = r};
    engine_emit(g, &ev);
    if (!g->stopping) /* what was cut short is not the whole truth */
        kept_add(&g->kept, r);
}

/* Tells a result once for its own target and once for each twin; frees the twins. */
static void host_tell_all(struct engine *g, struct host_result *r, struct twin *twins) {
    host_tell(g, r);
    while (twins) {
        struct twin *t = twins;
        r->index = t->index;
        r->given = t->given;
        r->others = t->others;
        r->n_others = t->n_others;
        host_tell(g, r);
        twins = t->next;
        free(t);
    }
}

bool host_tell_again(struct engine *g, uint64_t index, const struct target_at *at) {
    const struct host_result *kept = kept_find(&g->kept, &at->addr);
    if (!kept)
        return false;
    struct host_result r = *kept;
    r.index = index;
    r.given = at->given;
    r.others = at->others;
    r.n_others = at->n_others;
    host_tell(g, &r);
    return true;
}

void host_tell_unscanned(struct engine *g, struct knock *k, enum host_state state, enum reason reason) {
    struct host_result r = {.index = k->index,
                            .addr = k->subject.addr,
                            .given = k->given,
                            .others = k->others,
                            .n_others = k->n_others,
                            .state = state,
                            .reason = reason,
                            .ttl = k->ttl,
                            .from = k->from,
                            .wall_start = k->wall_start,
                            .wall_end = loop_wall_s(g->c.door->loop)};
    host_tell_all(g, &r, k->twins);
    k->twins = NULL;
}

/* ---- birth */

static void host_rate(struct engine *g, struct host *h) {
    const struct timing *t = &g->c.settings->timing;
    double start = HOST_RATE_START, max = t->host_rate_max, blind = HOST_RATE_BLIND;
    if (t->scan_delay > 0)
        max = 1e9 / (double)t->scan_delay;
    if (t->template_level >= 5)
        start = blind = 4 * HOST_RATE_BLIND;
    rate_init(&h->rate, start, max, blind);
    /* --max-scan-delay: adaptation puts at most so much between two probes. */
    if (t->max_scan_delay > 0)
        h->rate.min = fmin(max, fmax(h->rate.min, 1e9 / (double)t->max_scan_delay));
}

static void host_patience_over(void *ctx);

struct host *host_create(struct engine *g, const struct addr *a, struct path *path, struct prefix *prefix) {
    struct host *h = calloc(1, sizeof *h);
    if (!h || !map_put(&g->subjects, a, h)) {
        prefix_leave(g, prefix);
        free(h);
        return NULL;
    }
    h->subject = (struct subject){.kind = SUBJECT_HOST, .addr = *a};
    h->engine = g;
    h->path = path;
    h->prefix = prefix;
    h->r.addr = *a;
    h->r.state = HOST_UP;
    h->began = engine_now(g);
    arena_init(&h->arena, "host", HOST_ARENA_CEILING);
    rtt_init(&h->rtt);
    loss_init(&h->loss);
    host_rate(g, h);
    loop_timer_init(&h->patience, host_patience_over, h);
    h->next = g->work;
    if (g->work)
        g->work->prev = h;
    g->work = h;
    g->n_work++;
    return h;
}

static void host_free(struct engine *g, struct host *h) {
    heap_remove(&g->hosts, &h->due);
    loop_timer_off(g->c.door->loop, &h->patience);
    flights_forget(g, &h->subject);
    map_remove(&g->subjects, &h->subject.addr);
    prefix_leave(g, h->prefix);
    if (h->prev)
        h->prev->next = h->next;
    else
        g->work = h->next;
    if (h->next)
        h->next->prev = h->prev;
    g->n_work--;
    g->n_late -= h->late;
    ledger_finish(&h->ledger);
    canary_finish(h);
    free(h->r.ports);
    free(h->last);
    arena_finish(&h->arena);
    free(h);
}

/* ---- stages */

static struct stage_host host_face(struct host *h) {
    return (struct stage_host){.result = &h->r, .arena = &h->arena, .engine_host = h};
}

/* A stage may be done before `start` returns; `finishing` keeps the host alive until all have been started. */
static void host_start_stages(struct engine *g, struct host *h, bool ports_final) {
    struct stage_host face = host_face(h);
    for (size_t i = 0; i < g->c.n_stages; i++) {
        const struct stage *s = g->c.stages[i];
        if (h->stages_started >> i & 1 || (s->needs == STAGE_NEEDS_PORTS && !ports_final))
            continue;
        h->stages_started |= 1U << i;
        if (!s->wanted(g->c.stage_ctx[i], &face))
            continue;
        h->stages_open |= 1U << i;
        phase_enter(g, s->phase, 0, &h->r);
        s->start(g->c.stage_ctx[i], &face);
    }
}

static void host_try_finish(struct host *h) {
    if (h->ports_done && !h->stages_open && !h->finishing)
        host_finish(h->engine, h);
}

static void host_begin_ports(struct host *h) {
    struct engine *g = h->engine;
    if (h->walking || h->ports_done || h->finishing)
        return;
    loop_timer_off(g->c.door->loop, &h->patience);
    if (!ports_begin(g, h)) {
        log_message(g->c.log, LOG_ERROR, "no memory for the ports of a host: they were not scanned");
        h->ports_done = true;
        host_try_finish(h);
    }
}

/* The names were waited for long enough; or, behind the ports, the host's own time is over. */
static void host_patience_over(void *ctx) {
    struct host *h = ctx;
    if (h->ports_done && !h->finishing) {
        h->r.timed_out = true;
        host_finish(h->engine, h);
    } else {
        host_begin_ports(h);
    }
}

void stage_done(void *engine_host, const struct stage *s) {
    struct host *h = engine_host;
    struct engine *g = h->engine;
    for (size_t i = 0; i < g->c.n_stages; i++) {
        if (g->c.stages[i] != s || !(h->stages_open >> i & 1))
            continue;
        h->stages_open &= ~(1U << i);
        phase_leave(g, s->phase, 0);
    }
    if (loop_timer_armed(&h->patience) && !h->stages_open && !h->ports_done)
        host_begin_ports(h); /* may end the host */
    else
        host_try_finish(h);
}

void host_up(struct engine *g, struct host *h) {
    bool scanned = g->c.n_scans > 0;
    if (scanned) {
        struct event ev = {.kind = EVENT_HOST_UP, .host = &h->r};
        engine_emit(g, &ev);
    }
    h->ports_done = !scanned;
    h->finishing = true; /* not while stages are being started */
    host_start_stages(g, h, h->ports_done);
    h->finishing = false;
    if (!scanned) {
        host_try_finish(h);
    } else if (h->stages_open && g->c.stage_patience > 0) {
        loop_timer_at(g->c.door->loop, &h->patience, engine_now(g) + g->c.stage_patience);
    } else {
        host_begin_ports(h);
    }
}

void host_ports_over(struct engine *g, struct host *h) {
    if (!h->ports_done) {
        host_begin_ports(h);
        return;
    }
    int64_t limit = g->c.settings->timing.host_timeout;
    h->finishing = true;
    if (!h->r.timed_out)
        host_start_stages(g, h, true);
    h->finishing = false;
    h->late = h->stages_open != 0;
    g->n_late += h->late;
    if (h->stages_open && limit > 0)
        loop_timer_at(g->c.door->loop, &h->patience, h->began + limit);
    host_try_finish(h);
}

/* ---- end */

static void host_cancel_stages(struct engine *g, struct host *h) {
    struct stage_host face = host_face(h);
    for (size_t i = 0; i < g->c.n_stages; i++) {
        if (!(h->stages_open >> i & 1))
            continue;
        g->c.stages[i]->cancel(g->c.stage_ctx[i], &face);
        phase_leave(g, g->c.stages[i]->phase, 0);
    }
    h->stages_open = 0;
}

static void host_times(struct engine *g, struct host *h) {
    h->r.wall_end = loop_wall_s(g->c.door->loop);
    if (!h->rtt.measured)
        return;
    h->r.timed = true;
    h->r.srtt_us = (uint32_t)(h->rtt.srtt / NS_PER_US);
    h->r.rttvar_us = (uint32_t)(h->rtt.rttvar / NS_PER_US);
    h->r.timeout_us = (uint32_t)(engine_timeout(g, h) / NS_PER_US);
}

void host_finish(struct engine *g, struct host *h) {
    h->finishing = true;
    host_cancel_stages(g, h);
    host_times(g, h);
    struct twin *twins = h->twins;
    h->twins = NULL;
    host_tell_all(g, &h->r, twins);
    host_free(g, h);
    engine_check_done(g);
}
