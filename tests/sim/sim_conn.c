/* Conversations at the stream level: connections that carry bytes (io/conn.h), and the services behind them. TCP is
 * opened by the simulated dialer, so that its SYNs meet what all SYNs meet; lost segments come late, lost datagrams
 * not at all. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "io/dial.h"
#include "sim_parts.h"
#include "sim_service.h"
#include "sim_tls.h"

enum { HEARD_MAX = 4096, SAID_MAX = 1 << 20, CHUNK = 8192, TRIES = 6, ENDLESS_BYTES = 1400 };
#define RTO (200 * NS_PER_MS) /* and the round trip */
#define ENDLESS_GAP NS_PER_MS

enum what { ARRIVES_THERE, ARRIVES_HERE, ENDS_HERE };

struct sim_conn;
struct under_way {
    struct loop_timer timer;
    struct under_way *prev, *next;
    struct sim_conn *conn;
    enum what what;
    int os;
    size_t n;
    char bytes[];
};

struct sim_conn {
    struct conn base;
    struct sim *sim;
    struct sim_conn *prev, *next;
    struct conn_request r;
    struct dial *dial;
    struct under_way *ways;
    const struct sim_service *service; /* NULL: takes the connection and is mute */
    struct sim_host *host;
    const struct sim_manner *m;
    struct loop_timer opens; /* UDP */
    struct loop_timer tick;  /* the service speaks */
    struct buf out;          /* what it has still to say */
    struct sim_tls *tls;     /* NULL: plain */
    size_t n_heard;          /* since its last answer */
    int64_t last_there, last_here;
    bool local, open, served, greeted, answered, finished, paused, ended;
    char heard[HEARD_MAX];
};

static struct sim_conn *of(struct conn *c) {
    return (struct sim_conn *)(void *)c;
}

static struct sim *sim_of(struct connector *c) {
    return (struct sim *)(void *)((char *)c - offsetof(struct sim, connector));
}

static struct loop *loop_of(const struct sim_conn *c) {
    return sim_loop_face(c->sim->loop);
}

static bool is_udp(const struct sim_conn *c) {
    return c->r.kind == CONN_UDP;
}

/* ---- under way */

static void way_free(struct under_way *w) {
    struct sim_conn *c = w->conn;
    loop_timer_off(loop_of(c), &w->timer);
    if (w->prev)
        w->prev->next = w->next;
    else
        c->ways = w->next;
    if (w->next)
        w->next->prev = w->prev;
    free(w);
}

static void hear(struct sim_conn *c, struct slice bytes);
static void hear_sealed(struct sim_conn *c, struct slice bytes);
static void hear_plain(struct sim_conn *c, struct slice bytes);

static void arrived(void *ctx) {
    struct under_way *w = ctx;
    struct sim_conn *c = w->conn;
    if (w->what != ARRIVES_THERE && c->paused && !w->os) {
        loop_timer_at(loop_of(c), &w->timer, loop_now(loop_of(c)) + NS_PER_MS);
        return;
    }
    struct under_way now = *w;
    char bytes[CHUNK];
    memcpy(bytes, w->bytes, w->n);
    way_free(w);
    if (now.what == ARRIVES_THERE) {
        hear(c, (struct slice){bytes, now.n});
    } else if (now.what == ARRIVES_HERE && !c->ended) {
        c->r.events->received(c->r.ctx, (struct slice){bytes, now.n});
    } else if (now.what == ENDS_HERE && !c->ended) {
        c->ended = true;
        c->r.events->ended(c->r.ctx, now.os);
    }
}

static void set_out(struct sim_conn *c, enum what what, struct slice bytes, int os, int64_t at) {
    struct under_way *w = calloc(1, sizeof *w + bytes.n);
    if (!w)
        return;
    int64_t *last = what == ARRIVES_THERE ? &c->last_there : &c->last_here;
    if (!is_udp(c) || what == ENDS_HERE)
        at = ll_max_i64(at, *last + 1); /* a stream keeps its order */
    *last = at;
    *w = (struct under_way){.conn = c, .what = what, .os = os, .n = bytes.n, .next = c->ways};
    if (bytes.n)
        memcpy(w->bytes, bytes.p, bytes.n);
    if (c->ways)
        c->ways->prev = w;
    c->ways = w;
    loop_timer_init(&w->timer, arrived, w);
    loop_timer_at(loop_of(c), &w->timer, at);
}

/* One segment or datagram on its way; TCP repeats what is lost. */
static void travel(struct sim_conn *c, enum what what, struct slice bytes, int os) {
    struct sim *s = c->sim;
    int64_t late = what == ARRIVES_THERE && c->service && !c->last_there ? c->service->shakes : 0, at;
    for (int i = 0; i < (is_udp(c) ? 1 : TRIES); i++) {
        at = loop_now(loop_of(c));
        bool there = what == ARRIVES_THERE;
        if (there ? sim_path_there(s, c->host, c->m, c->local, &at) : sim_path_back(s, c->m, &at)) {
            set_out(c, what, bytes, os, at + late);
            return;
        }
        late += (RTO + c->m->rtt) << i;
    }
}

static void travel_all(struct sim_conn *c, enum what what, struct slice bytes) {
    while (bytes.n) {
        travel(c, what, slice_sub(bytes, 0, CHUNK), 0);
        bytes = slice_skip(bytes, ll_min_size(bytes.n, CHUNK));
    }
}

/* ---- the service */

static bool is_done(const struct sim_conn *c) {
    bool spoken = c->service->rules ? c->answered : c->greeted;
    return c->service->closes && spoken && !c->out.n && !c->finished;
}

static void speak_at(struct sim_conn *c, int64_t delay) {
    if (!loop_timer_armed(&c->tick))
        loop_timer_at(loop_of(c), &c->tick, loop_now(loop_of(c)) + delay);
}

/* The next rule that what it has heard begins with. */
static void answer(struct sim_conn *c) {
    struct slice heard = {c->heard, c->n_heard};
    for (const struct sim_words_rule *r = c->service->rules; r && heard.n; r = r->next)
        if (slice_starts(heard, r->to)) {
            buf_put(&c->out, r->text);
            c->answered = true;
            c->n_heard = 0;
            speak_at(c, c->service->says.n ? 0 : c->service->after);
            return;
        }
}

static void say(struct sim_conn *c, struct slice plain) {
    struct buf sealed;
    if (!c->tls || !plain.n) {
        travel_all(c, ARRIVES_HERE, plain);
        return;
    }
    buf_init(&sealed, SAID_MAX);
    sim_tls_seal(c->tls, plain, &sealed);
    travel_all(c, ARRIVES_HERE, buf_slice(&sealed));
    buf_finish(&sealed);
}

static void speak(void *ctx) {
    struct sim_conn *c = ctx;
    const struct sim_service *v = c->service;
    if (!sim_host_alive(c->host, loop_now(loop_of(c))))
        return;
    if (!c->greeted && !is_udp(c)) {
        c->greeted = true;
        buf_put(&c->out, v->says);
        answer(c);
    }
    size_t n = v->drip ? ll_min_size(c->out.n, 1) : c->out.n;
    while (v->endless.n && c->out.n < ENDLESS_BYTES)
        buf_put(&c->out, v->endless);
    n = v->endless.n && !v->drip ? c->out.n : n;
    if (is_udp(c) && v->elsewhere && !c->r.elsewhere)
        buf_clear(&c->out); /* not from where the socket is connected to */
    else if (is_udp(c))
        travel(c, ARRIVES_HERE, slice_sub(buf_slice(&c->out), 0, CHUNK), 0);
    else
        say(c, slice_sub(buf_slice(&c->out), 0, n));
    buf_drop_front(&c->out, n);
    if (c->out.n || v->endless.n)
        speak_at(c, v->drip ? v->drip : ENDLESS_GAP);
    if (is_done(c)) {
        c->finished = true;
        travel(c, ENDS_HERE, (struct slice){0}, 0);
    }
}

/* Datagrams to ports where nobody is: RFC 1122 4.1.3.1. */
static void refuse(struct sim_conn *c) {
    struct sim_action a = sim_block_udp(c->host->block, c->r.dport);
    if (a.kind == SIM_CLOSED && sim_host_may(c->sim, c->host, SIM_LIMIT_ICMP, loop_now(loop_of(c))))
        travel(c, ENDS_HERE, (struct slice){0}, ECONNREFUSED);
}

static void hear(struct sim_conn *c, struct slice bytes) {
    if (!c->host || !sim_host_alive(c->host, loop_now(loop_of(c))))
        return;
    if (!c->service) {
        if (is_udp(c))
            refuse(c);
        return;
    }
    if (c->finished)
        return;
    if (c->service->tls)
        hear_sealed(c, bytes);
    else
        hear_plain(c, bytes);
}

static void hear_sealed(struct sim_conn *c, struct slice bytes) {
    struct buf plain, out;
    buf_init(&plain, SAID_MAX);
    buf_init(&out, SAID_MAX);
    c->tls = c->tls ? c->tls : sim_tls_create(c->service);
    bool goes_on = c->tls && sim_tls_feed(c->tls, bytes, &plain, &out);
    travel_all(c, ARRIVES_HERE, buf_slice(&out));
    if (goes_on && plain.n)
        hear_plain(c, buf_slice(&plain));
    c->finished = c->finished || !goes_on;
    if (!goes_on)
        travel(c, ENDS_HERE, (struct slice){0}, 0);
    buf_finish(&plain);
    buf_finish(&out);
}

static void hear_plain(struct sim_conn *c, struct slice bytes) {
    if (is_udp(c))
        c->n_heard = 0;
    size_t n = ll_min_size(bytes.n, HEARD_MAX - c->n_heard);
    memcpy(c->heard + c->n_heard, bytes.p, n);
    c->n_heard += n;
    if (c->greeted || is_udp(c))
        answer(c);
}

static bool same_port(const struct sim_conn *a, const struct sim_conn *b) {
    return a->r.dport == b->r.dport && a->r.kind == b->r.kind && a->host == b->host;
}

/* Does the service attend to this connection now? Some take one at a time. */
static void serve(struct sim_conn *c) {
    for (const struct sim_conn *o = c->service->once ? c->sim->conns : NULL; o; o = o->next)
        if (o != c && o->served && same_port(o, c))
            return;
    c->served = true;
    speak_at(c, c->m->rtt / 2 + c->service->after);
}

static void serve_next(struct sim *s, const struct sim_conn *gone) {
    struct sim_conn *first = NULL; /* the list has the latest in front */
    for (struct sim_conn *o = s->conns; o; o = o->next)
        if (o->open && o->service && !o->served && same_port(o, gone))
            first = o;
    if (first)
        serve(first);
}

/* ---- the connector */

static void opened(struct sim_conn *c) {
    const struct sim_block *absent;
    c->host = sim_host_at(c->sim, &c->r.dst, &absent);
    c->m = c->host ? &c->host->block->m : absent ? &absent->m : NULL;
    c->service = c->host ? sim_block_service(c->host->block, is_udp(c), c->r.dport) : NULL;
    c->open = true;
    if (c->service && !is_udp(c))
        serve(c);
    c->r.events->opened(c->r.ctx);
}

static void dialled(void *ctx, int os) {
    struct sim_conn *c = ctx;
    c->dial = NULL;
    if (os == 0) {
        opened(c);
        return;
    }
    c->ended = true;
    c->r.events->ended(c->r.ctx, os);
}

static void udp_opens(void *ctx) {
    opened(ctx);
}

static bool begin(struct sim_conn *c, int *os) {
    struct sim *s = c->sim;
    struct route route;
    struct err e;
    struct dial_request d = {.dst = c->r.dst, .dport = c->r.dport, .sport = -1, .ttl = -1, .fn = dialled, .ctx = c};
    *os = ENETUNREACH;
    if (!sim_net_route(s, &c->r.dst, &route, &e))
        return false;
    c->local = route.local;
    if (is_udp(c))
        return loop_timer_at(loop_of(c), &c->opens, loop_now(loop_of(c)));
    c->dial = s->dialer.ops->start(&s->dialer, &d, os);
    return c->dial != NULL;
}

static struct conn *op_open(struct connector *face, const struct conn_request *r, int *os) {
    struct sim *s = sim_of(face);
    struct sim_conn *c = s->count.conns_open < s->world->dials ? calloc(1, sizeof *c) : NULL;
    *os = EMFILE;
    if (!c)
        return NULL;
    c->base.owner = face;
    c->sim = s;
    c->r = *r;
    c->r.source = NULL; /* borrowed for this call only */
    c->r.interface = NULL;
    buf_init(&c->out, SAID_MAX);
    loop_timer_init(&c->opens, udp_opens, c);
    loop_timer_init(&c->tick, speak, c);
    if (!begin(c, os)) {
        free(c);
        return NULL;
    }
    c->next = s->conns;
    if (s->conns)
        s->conns->prev = c;
    s->conns = c;
    s->count.conns++;
    s->count.conns_open++;
    if (s->count.conns_open > s->count.conns_most)
        s->count.conns_most = s->count.conns_open;
    return &c->base;
}

static bool op_send(struct conn *face, struct slice bytes) {
    struct sim_conn *c = of(face);
    if (!c->open || c->ended || bytes.n > CONN_SEND_MAX)
        return false;
    if (is_udp(c) && c->m)
        travel(c, ARRIVES_THERE, slice_sub(bytes, 0, CHUNK), 0);
    else if (c->m)
        travel_all(c, ARRIVES_THERE, bytes);
    return true;
}

static void op_pause(struct conn *face, bool paused) {
    of(face)->paused = paused;
}

static void op_close(struct conn *face) {
    struct sim_conn *c = of(face);
    struct sim *s = c->sim;
    if (c->dial)
        s->dialer.ops->cancel(&s->dialer, c->dial);
    while (c->ways)
        way_free(c->ways);
    loop_timer_off(loop_of(c), &c->opens);
    loop_timer_off(loop_of(c), &c->tick);
    if (c->prev)
        c->prev->next = c->next;
    else
        s->conns = c->next;
    if (c->next)
        c->next->prev = c->prev;
    s->count.conns_open--;
    if (c->service && c->service->once && c->served)
        serve_next(s, c);
    buf_finish(&c->out);
    sim_tls_destroy(c->tls);
    free(c);
}

static size_t op_capacity(struct connector *face) {
    return sim_of(face)->world->dials;
}

static void op_destroy(struct connector *face) {
    (void)face; /* belongs to the simulation */
}

static const struct connector_ops connector_ops = {.open = op_open,
                                                   .send = op_send,
                                                   .pause = op_pause,
                                                   .close = op_close,
                                                   .capacity = op_capacity,
                                                   .destroy = op_destroy};

void sim_conn_init(struct sim *s) {
    s->connector.ops = &connector_ops;
}

void sim_conn_finish(struct sim *s) {
    while (s->conns)
        op_close(&s->conns->base);
}
