/* Dialled connections, answered at the stream level: what the kernel would report, with its SYN retransmissions, each
 * of which travels the same paths and meets the same hosts and limits as frames do. */
#include <errno.h>
#include <string.h>

#include "sim_parts.h"

struct dial {
    struct loop_timer timer;
    struct sim *sim;
    struct dial *next; /* when free */
    struct dial_request request;
    int64_t begun;
    size_t tries;
    bool local, on_link;
    bool decided;
    int result;
};

/* Linux with tcp_syn_retries 6; and how long its neighbour discovery takes to give up. */
static const int64_t syn_at[] = {0, 1, 3, 7, 15, 31, 63};
enum { GIVE_UP_S = 127, NO_NEIGHBOR_MS = 3070 };

static struct sim *of(struct dialer *d) {
    return (struct sim *)(void *)((char *)d - offsetof(struct sim, dialer));
}

static int errno_of(const struct sim_action *a, uint32_t family) {
    return family == ADDR_V4 ? sim_codes[a->code].errno_v4 : sim_codes[a->code].errno_v6;
}

/* What one SYN meets: true when it brings an answer that arrives, then *at and *result. */
static bool syn_answered(struct dial *d, struct sim_host *h, const struct sim_block *absent, int64_t *at, int *result) {
    struct sim *s = d->sim;
    const struct sim_manner *m = h ? &h->block->m : absent ? &absent->m : NULL;
    struct sim_action a = m ? m->absent : (struct sim_action){.kind = SIM_DROP};
    if (!sim_path_there(s, h, m, d->local, at) || (h && !sim_host_alive(h, *at)))
        return false;
    if (h)
        a = sim_block_action(h->block, &h->addr, d->request.dport);
    switch ((enum sim_answer)a.kind) {
    case SIM_OPEN:
        *result = 0;
        break;
    case SIM_CLOSED:
    case SIM_RESET:
        *result = ECONNREFUSED;
        break;
    case SIM_ICMP:
        *result = errno_of(&a, d->request.dst.family);
        break;
    case SIM_ELSEWHERE: /* UDP only */
    case SIM_DROP:
        return false;
    }
    enum sim_limit limit = a.kind == SIM_OPEN ? SIM_LIMIT_SYNACK : a.kind == SIM_ICMP ? SIM_LIMIT_ICMP : SIM_LIMIT_RST;
    return (!h || sim_host_may(s, h, limit, *at)) && sim_path_back(s, m, at);
}

/* Sends one SYN and arms the timer for what comes first: its answer, the next try, or the end. */
static bool try_once(struct dial *d) {
    struct sim *s = d->sim;
    const struct sim_block *absent;
    struct sim_host *h = sim_host_at(s, &d->request.dst, &absent);
    int64_t at = 0;
    d->tries++;
    bool nobody = d->on_link && (!h || !h->block->m.arp || !sim_host_alive(h, sim_loop_time(s->loop)));
    if (nobody) {
        d->decided = true;
        d->result = EHOSTUNREACH;
        return loop_timer_at(sim_loop_face(s->loop), &d->timer, d->begun + NO_NEIGHBOR_MS * NS_PER_MS);
    }
    s->count.dial_tries++;
    sim_host_meter(s, h);
    if (h)
        h->dial_tries++;
    d->decided = syn_answered(d, h, absent, &at, &d->result);
    if (!d->decided)
        at = d->begun + (d->tries < LL_COUNT(syn_at) ? syn_at[d->tries] : GIVE_UP_S) * NS_PER_S;
    return loop_timer_at(sim_loop_face(s->loop), &d->timer, at);
}

static void release(struct dial *d) {
    struct sim *s = d->sim;
    loop_timer_off(sim_loop_face(s->loop), &d->timer);
    s->dials_open--;
    d->next = s->free_dials;
    s->free_dials = d;
}

static void due(void *ctx) {
    struct dial *d = ctx;
    if (!d->decided && d->tries < LL_COUNT(syn_at) && try_once(d))
        return;
    int result = d->decided ? d->result : ETIMEDOUT;
    struct dial_request r = d->request;
    d->sim->count.connected += result == 0;
    release(d);
    r.fn(r.ctx, result);
}

static struct dial *op_start(struct dialer *face, const struct dial_request *r, int *os) {
    struct sim *s = of(face);
    struct route route;
    struct err e;
    if (s->dials_open >= s->world->dials) {
        *os = EMFILE;
        return NULL;
    }
    if (!sim_net_route(s, &r->dst, &route, &e)) {
        *os = ENETUNREACH;
        return NULL;
    }
    struct dial *d = s->free_dials;
    if (d)
        s->free_dials = d->next;
    else
        d = arena_alloc(&s->arena, sizeof *d);
    if (!d) {
        *os = ENOBUFS;
        return NULL;
    }
    *d = (struct dial){.sim = s, .request = *r, .begun = sim_loop_time(s->loop), .local = route.local};
    d->on_link = route.direct && route.ethernet;
    d->request.source = NULL; /* borrowed for this call only */
    d->request.interface = NULL;
    loop_timer_init(&d->timer, due, d);
    s->dials_open++;
    s->count.dials++;
    if (!try_once(d)) {
        release(d);
        *os = ENOBUFS;
        return NULL;
    }
    return d;
}

static void op_cancel(struct dialer *face, struct dial *d) {
    (void)face;
    release(d);
}

static size_t op_capacity(struct dialer *d) {
    return of(d)->world->dials;
}

static void op_destroy(struct dialer *d) {
    (void)d; /* belongs to the simulation */
}

static const struct dialer_ops dialer_ops = {
    .start = op_start, .cancel = op_cancel, .capacity = op_capacity, .destroy = op_destroy};

void sim_dial_init(struct sim *s) {
    s->dialer.ops = &dialer_ops;
}
