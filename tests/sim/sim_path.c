/* Paths: bottlenecks, loss and time in both directions, and the packets that are under way to the scanner. */
#include <string.h>

#include "sim_parts.h"

/* Two sizes of memory for packets under way: nearly all answers are small. */
enum { SMALL = 200 };

struct sim_packet {
    struct loop_timer timer;
    struct sim_link *link;
    struct sim_packet *next;
    uint16_t n;
    bool small, queued; /* queued: has its place in the bottleneck of answers */
    uint8_t bytes[];
};

bool sim_chance(struct sim *s, double p) {
    return p > 0 && rng_real(&s->rng) < p;
}

/* A packet joins the queue of a bottleneck at time t; false: no place. *t becomes the time when it has been sent. */
static bool squeeze(const struct sim_pipe *pipe, int64_t *free_at, int64_t *t) {
    if (pipe->pps <= 0)
        return true;
    int64_t begin = ll_max_i64(*free_at, *t);
    if ((double)(begin - *t) * pipe->pps / (double)NS_PER_S > pipe->queue)
        return false;
    *free_at = begin + (int64_t)((double)NS_PER_S / pipe->pps);
    *t = *free_at;
    return true;
}

static int64_t half_trip(struct sim *s, const struct sim_manner *m) {
    int64_t t = m->rtt / 2;
    if (m->jitter > 0)
        t += (int64_t)(rng_real(&s->rng) * (double)m->jitter / 2);
    return t;
}

bool sim_path_there(struct sim *s, struct sim_host *h, const struct sim_manner *m, bool local, int64_t *at) {
    *at = sim_loop_time(s->loop);
    if (!local && !squeeze(&s->world->pipe_there, &s->there_free, at)) {
        s->count.lost_queue++;
        return false;
    }
    if (!m)
        return false;
    bool first = h && h->dropped < m->drop_first;
    h ? (void)(h->dropped += first) : (void)0;
    if (first || sim_chance(s, m->loss_there)) {
        s->count.lost_there++;
        return false;
    }
    *at += half_trip(s, m);
    return true;
}

bool sim_path_back(struct sim *s, const struct sim_manner *m, int64_t *at) {
    if (sim_chance(s, m->loss_back)) {
        s->count.lost_back++;
        return false;
    }
    *at += half_trip(s, m);
    if (sim_chance(s, m->late)) {
        s->count.late++;
        *at += m->late_by;
    }
    return true;
}

static void arrived(void *ctx) {
    struct sim_packet *p = ctx;
    struct sim_link *l = p->link;
    struct sim *s = l->sim;
    int64_t now = sim_loop_time(s->loop), sent = now;
    bool fits = true;
    if (!p->queued && l->interface->index != 1) {
        p->queued = true;
        fits = squeeze(&s->world->pipe_back, &s->back_free, &sent);
        s->count.lost_queue += !fits;
        if (fits && sent > now && loop_timer_at(sim_loop_face(s->loop), &p->timer, sent))
            return;
    }
    if (fits) {
        s->count.delivered++;
        l->face.count.received++;
        l->face.count.received_bytes += p->n;
        l->fn(l->ctx, p->bytes, p->n, now);
    }
    p->next = s->free_packets[p->small];
    s->free_packets[p->small] = p;
}

static struct sim_packet *take_packet(struct sim *s, bool small) {
    struct sim_packet *p = s->free_packets[small];
    if (p) {
        s->free_packets[small] = p->next;
        return p;
    }
    p = arena_alloc(&s->arena, sizeof *p + (small ? SMALL : LINK_FRAME_MAX));
    if (p)
        p->small = small;
    return p;
}

void sim_path_deliver(struct sim *s, struct sim_link *l, const uint8_t *bytes, size_t n, int64_t at) {
    struct sim_packet *p = n <= LINK_FRAME_MAX ? take_packet(s, n <= SMALL) : NULL;
    if (!p)
        return;
    loop_timer_init(&p->timer, arrived, p);
    p->link = l;
    p->n = (uint16_t)n;
    p->queued = false;
    memcpy(p->bytes, bytes, n);
    if (!loop_timer_at(sim_loop_face(s->loop), &p->timer, at)) {
        p->next = s->free_packets[p->small];
        s->free_packets[p->small] = p;
    }
}

void sim_path_answer(const struct sim_visit *v, const uint8_t *p, size_t n) {
    struct sim *s = v->sim;
    int64_t at = v->at;
    s->count.answers++;
    if (sim_path_back(s, v->m, &at))
        sim_path_deliver(s, v->link, p, n, at);
    if (sim_chance(s, v->m->dup)) {
        s->count.dups++;
        at = v->at + NS_PER_MS;
        if (sim_path_back(s, v->m, &at))
            sim_path_deliver(s, v->link, p, n, at);
    }
}
