/* From a received packet to the question that it answers. Nothing counts that does not prove itself: by the echoed
 * cookie, or where a protocol echoes nothing by being asked for at this moment. */
#include "engine/match.h"
#include "engine/state.h"

static bool match_echo(const struct engine *g, const struct probe *p, const struct verdict *v) {
    uint64_t mask = p->echo_bits >= 32 ? UINT32_MAX : (UINT64_C(1) << p->echo_bits) - 1;
    return (wire_cookie(g, p, &v->peer, v->port, v->sport) & mask) == (v->echo & mask);
}

static void match_host(struct engine *g, struct host *h, const struct probe *p, const struct verdict *v, int64_t t) {
    if (h->finishing)
        return;
    bool scanning = h->walking && p == g->walks[h->scan].scan.probe;
    if (scanning && icmp_limit_verdict(g, h, v, t))
        return;
    if (canary_verdict(g, h, p, v, t))
        return;
    if (v->kind == VERDICT_ANSWER)
        canary_learn(g, h, p, v);
    if (scanning)
        ports_verdict(g, h, p, v, t);
}

static void match_subject(struct engine *g, struct subject *s, const struct probe *p, const struct verdict *v,
                          int64_t t) {
    if (s->kind == SUBJECT_KNOCK)
        knock_verdict(g, (struct knock *)s, p, v, t);
    else
        match_host(g, (struct host *)s, p, v, t);
}

/* The half-open connection of an answer that no stage adopts must end, whether or not anybody still waits for it. */
static void match_reset(struct engine *g, const struct path *on, const struct frame *f, const struct verdict *v) {
    wire_reset(g, on->link, &f->ip.dst, f->has_mac ? f->src_mac : NULL, v);
    engine_wake(g, f->t); /* to be flushed */
}

/* On the loopback interface our own SYNs come back, and one from port A to port B, both of our block, looks like the
 * answer of port A to a question from B. It carries the cookie of its own question. */
static bool match_own(const struct engine *g, const struct probe *p, const struct frame *f) {
    return f->kind == FRAME_TCP && (uint32_t)wire_cookie(g, p, &f->ip.dst, f->dport, f->sport) == f->tcp.seq;
}

static bool match_accept(struct engine *g, struct path *on, const struct probe *p, const struct verdict *v,
                         const struct frame *f) {
    if (v->has_echo && !match_echo(g, p, v))
        return false;
    if (!v->has_echo && match_own(g, p, f))
        return true;
    g->received_packets++;
    g->received_bytes += f->length;
    if (v->rst_due && v->has_echo)
        match_reset(g, on, f, v);
    if (v->has_mac)
        path_neighbor_answer(g, v, on);
    if (witness_verdict(g, p, v, f->t))
        return true;
    struct subject *s = map_get(&g->subjects, &v->peer);
    if (s)
        match_subject(g, s, p, v, f->t);
    return true;
}

static void match_trace(struct engine *g, enum frame_link link, const uint8_t *bytes, size_t n, const struct frame *f) {
    struct rd r = rd_of(bytes, n);
    struct eth e;
    if (link == FRAME_ETHERNET && !eth_read(&r, &e))
        return;
    engine_trace(g, (struct trace){.kind = TRACE_RECEIVED, .packet = r.p, .n = r.n}, f->t);
}

void match_receive(void *ctx, const uint8_t *bytes, size_t n, int64_t t) {
    struct path *on = ctx;
    struct engine *g = on->engine;
    struct frame f;
    if (g->done_told || !frame_read(on->link->frame, bytes, n, (uint32_t)on->link->ifindex, &f))
        return;
    f.t = t;
    if (g->tracing)
        match_trace(g, on->link->frame, bytes, n, &f);
    bool claimed = false;
    for (size_t i = 0; i < g->n_probes; i++) {
        const struct probe *p = g->probes[i];
        struct verdict v = {0};
        if (p->via != PROBE_FRAME || !p->classify(&f, &v))
            continue;
        claimed = true;
        if (match_accept(g, on, p, &v, &f))
            return;
    }
    if (claimed)
        g->forged++;
}

void match_dialled(struct engine *g, struct flight *f, int result) {
    struct verdict v = {.peer = f->subject->addr, .from = f->subject->addr, .port = f->port, .sport = f->tag};
    f->probe->dialled(result, &v);
    if (v.kind != VERDICT_NONE)
        match_subject(g, f->subject, f->probe, &v, engine_now(g));
}
