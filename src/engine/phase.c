/* Phases: a phase begins with the first host in it and ends when the last has left and none can enter any more.
 * Phases overlap; with one target they follow one another. */
#include "engine/state.h"

void phase_enter(struct engine *g, enum phase p, uint64_t ports_per_host, const struct host_result *only) {
    struct phase_count *c = &g->phases[p];
    bool first = !c->begun;
    bool single = g->sealed && target_space_size(g->c.space) == 1;
    c->inside++;
    c->total++;
    if (!first)
        return;
    c->begun = true;
    c->began = engine_now(g);
    u128 size = target_space_size(g->c.space);
    struct event ev = {.kind = EVENT_PHASE_BEGIN, .phase = p, .hosts = p == PHASE_DNS ? c->inside : 0};
    engine_emit(g, &ev);
    if (p == PHASE_DNS)
        return;
    ev.kind = EVENT_PHASE_SCANNING;
    ev.ports = ports_per_host;
    ev.hosts = single ? 1 : size > UINT32_MAX ? 0 : (uint32_t)size;
    ev.host = single ? only : NULL;
    engine_emit(g, &ev);
}

static bool phase_may_grow(const struct engine *g, enum phase p) {
    if (knock_more(g))
        return true;
    if (p == PHASE_PING || p == PHASE_ARP_PING || p == PHASE_ND_PING)
        return false;
    if (p == PHASE_DNS)
        return false;
    /* A host may wait for an early stage before its ports are scanned, or for an earlier scan. */
    for (const struct host *h = g->work; h; h = h->next)
        for (size_t i = h->scan + h->walking; !h->ports_done && !h->finishing && i < g->c.n_scans; i++)
            if (g->walks[i].scan.probe->phase == p)
                return true;
    return false;
}

static void phase_end(struct engine *g, enum phase p) {
    struct phase_count *c = &g->phases[p];
    if (!c->begun || c->ended || c->inside || phase_may_grow(g, p))
        return;
    c->ended = true;
    struct event ev = {.kind = EVENT_PHASE_END,
                       .phase = p,
                       .hosts = c->total,
                       .ports = c->ports,
                       .elapsed_s = (double)(engine_now(g) - c->began) / 1e9};
    engine_emit(g, &ev);
}

void phase_check(struct engine *g) {
    for (int p = 0; p < PHASE_COUNT; p++)
        phase_end(g, (enum phase)p);
}

void phase_leave(struct engine *g, enum phase p, uint64_t ports) {
    struct phase_count *c = &g->phases[p];
    if (c->inside)
        c->inside--;
    c->ports += ports;
    if (!c->inside)
        phase_check(g);
}
