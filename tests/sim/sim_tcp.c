/* The TCP of simulated hosts, as far as a scanner can see it: listening and closed ports (RFC 9293 3.10.7.1, 3.10.7.2),
 * and half-open connections, which repeat their SYN/ACK and hold their place until an RST or the end of their time. */
#include <string.h>

#include "sim_parts.h"

enum { WINDOW = 64240 };

/* Linux with tcp_synack_retries 5: repeats after 1, 3, 7, 15, 31 s, gone after 63 s. */
static const int64_t repeat_at[] = {1 * NS_PER_S, 3 * NS_PER_S, 7 * NS_PER_S, 15 * NS_PER_S, 31 * NS_PER_S};
static const int64_t half_life = 63 * NS_PER_S;

struct half_key { /* no padding: a map key */
    uint32_t host;
    uint16_t port, peer_port;
};

struct sim_half {
    struct loop_timer timer;
    struct sim_half *next; /* when free */
    struct sim_link *link;
    struct sim_host *host;
    struct addr peer;
    struct half_key key;
    uint32_t peer_seq, seq;
    int64_t begun;
    size_t repeats;
};

static void send_segment(const struct sim_visit *v, const struct addr *to, const struct tcp *t) {
    uint8_t bytes[128];
    struct wr w = wr_of(bytes, sizeof bytes);
    struct ip ip = {.src = v->host->addr,
                    .dst = *to,
                    .proto = IP_PROTO_TCP,
                    .ttl = v->m->ttl,
                    .df = true,
                    .payload = t->mss ? TCP_LEN + 4 : TCP_LEN};
    sim_answer_headers(v->link, &w, &ip);
    tcp_write(&w, t, &ip.src, &ip.dst);
    if (v->link->face.frame == FRAME_ETHERNET && w.n < 60)
        wr_zero(&w, 60 - w.n);
    if (!w.bad)
        sim_path_answer(v, w.p, w.n);
}

static void send_reset(const struct sim_visit *v) {
    const struct tcp *in = &v->f->tcp;
    struct tcp t = {.sport = in->dport, .dport = in->sport};
    if (!sim_host_may(v->sim, v->host, SIM_LIMIT_RST, v->at))
        return;
    if (in->flags & TCP_ACK) {
        t.seq = in->ack;
        t.flags = TCP_RST;
    } else {
        uint32_t length = (uint32_t)v->f->payload.n + !!(in->flags & TCP_SYN) + !!(in->flags & TCP_FIN);
        t.ack = in->seq + length;
        t.flags = TCP_RST | TCP_ACK;
    }
    send_segment(v, &v->f->ip.src, &t);
}

static void send_synack(const struct sim_visit *v, const struct sim_half *h) {
    struct tcp t = {.sport = h->key.port,
                    .dport = h->key.peer_port,
                    .seq = h->seq,
                    .ack = h->peer_seq + 1,
                    .flags = TCP_SYN | TCP_ACK,
                    .window = WINDOW,
                    .mss = h->peer.family == ADDR_V4 ? 1460 : 1440};
    send_segment(v, &h->peer, &t);
}

static void drop_half(struct sim_half *h) {
    struct sim *s = h->link->sim;
    sim_loop_background_off(s->loop, &h->timer);
    map_remove(&s->halves, &h->key);
    h->host->half_open--;
    h->next = s->free_halves;
    s->free_halves = h;
}

static bool arm(struct sim_half *h) {
    bool more = h->host->block->m.repeats && h->repeats < LL_COUNT(repeat_at);
    return sim_loop_background_at(h->link->sim->loop, &h->timer, h->begun + (more ? repeat_at[h->repeats] : half_life));
}

static void half_due(void *ctx) {
    struct sim_half *h = ctx;
    struct sim *s = h->link->sim;
    int64_t now = sim_loop_time(s->loop);
    if (now >= h->begun + half_life) {
        s->count.half_open_expired++;
        drop_half(h);
        return;
    }
    h->repeats++;
    if (sim_host_alive(h->host, now)) {
        struct sim_visit v = {.sim = s, .link = h->link, .host = h->host, .m = &h->host->block->m, .at = now};
        s->count.repeats++;
        send_synack(&v, h);
    }
    if (!arm(h))
        drop_half(h);
}

static struct half_key key_of(const struct sim_visit *v) {
    return (struct half_key){v->host->id, v->f->tcp.dport, v->f->tcp.sport};
}

static struct sim_half *make_half(const struct sim_visit *v) {
    struct sim *s = v->sim;
    struct half_key key = key_of(v);
    struct sim_half *h = s->free_halves;
    if (h)
        s->free_halves = h->next;
    else
        h = arena_alloc(&s->arena, sizeof *h);
    if (!h)
        return NULL;
    *h = (struct sim_half){.link = v->link,
                           .host = v->host,
                           .peer = v->f->ip.src,
                           .key = key,
                           .peer_seq = v->f->tcp.seq,
                           .seq = (uint32_t)rng_u64(&s->rng),
                           .begun = v->at};
    loop_timer_init(&h->timer, half_due, h);
    if (!map_put(&s->halves, &key, h) || !arm(h)) {
        map_remove(&s->halves, &key);
        h->next = s->free_halves;
        s->free_halves = h;
        return NULL;
    }
    v->host->half_open++;
    s->count.half_open_made++;
    return h;
}

static void syn_to_open(const struct sim_visit *v, struct sim_half *h) {
    const struct tcp *in = &v->f->tcp;
    if (h && h->peer_seq != in->seq) {
        /* Another SYN for the same connection: an ACK for the first one (RFC 9293 3.10.7.4, and Linux). */
        struct tcp t = {.sport = in->dport,
                        .dport = in->sport,
                        .seq = h->seq + 1,
                        .ack = h->peer_seq + 1,
                        .flags = TCP_ACK,
                        .window = WINDOW};
        send_segment(v, &v->f->ip.src, &t);
        return;
    }
    if (!sim_host_may(v->sim, v->host, SIM_LIMIT_SYNACK, v->at))
        return;
    if (!h && (v->m->backlog == 0 || v->host->half_open < v->m->backlog))
        h = make_half(v);
    if (h)
        send_synack(v, h);
}

static void segment_to_open(const struct sim_visit *v, struct sim_half *h) {
    const struct tcp *in = &v->f->tcp;
    if (in->flags & TCP_ACK) {
        if (h && !(in->flags & TCP_SYN) && in->ack == h->seq + 1)
            drop_half(h); /* established: no longer half-open; what the connection would say is not simulated */
        else
            send_reset(v);
    } else if (in->flags & TCP_SYN) {
        syn_to_open(v, h);
    } /* FIN, NULL and the like to a listening port: dropped (RFC 9293 3.10.7.2) */
}

void sim_tcp_segment(const struct sim_visit *v) {
    struct sim *s = v->sim;
    const struct tcp *in = &v->f->tcp;
    struct sim_action a = sim_block_action(v->host->block, &v->host->addr, in->dport);
    struct half_key key = key_of(v);
    struct sim_half *h = a.kind == SIM_OPEN ? map_get(&s->halves, &key) : NULL;
    if (in->flags & TCP_RST) {
        if (h && in->seq == h->peer_seq + 1) {
            s->count.rsts_matched++;
            drop_half(h);
        }
        return;
    }
    switch ((enum sim_answer)a.kind) {
    case SIM_OPEN:
        segment_to_open(v, h);
        break;
    case SIM_CLOSED:
    case SIM_RESET:
        send_reset(v);
        break;
    case SIM_ICMP:
        sim_answer_error(v, &a);
        break;
    case SIM_ELSEWHERE: /* UDP only */
    case SIM_DROP:
        break;
    }
}
