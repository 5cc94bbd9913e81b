/* Attempts whose end is awaited one by one: dialled connections, and frames when parallelism is limited. */
#include "engine/match.h"
#include "engine/state.h"

#include <errno.h>

static void flight_trace(struct engine *g, const struct flight *f, int result) {
    if (g->tracing)
        engine_trace(
            g, (struct trace){.kind = TRACE_DIALLED, .peer = &f->subject->addr, .port = f->port, .result = result},
            engine_now(g));
}

static struct flight *flight_new(struct engine *g, struct subject *s, const struct probe *p, uint16_t port,
                                 uint16_t tag, int64_t timeout) {
    struct flight *f = g->free_flights;
    if (f)
        g->free_flights = f->free_next;
    else
        f = malloc(sizeof *f);
    if (!f)
        return NULL;
    *f = (struct flight){.engine = g, .subject = s, .probe = p, .port = port, .tag = tag, .sent = engine_now(g)};
    if (!heap_set(&g->flights, &f->due, f->sent + timeout)) {
        free(f);
        return NULL;
    }
    g->n_flights++;
    if (s->kind == SUBJECT_HOST)
        ((struct host *)s)->flights++;
    else
        ((struct knock *)s)->flights++;
    return f;
}

/* Takes the flight away; whoever asked is told only by the caller. */
static struct subject *flight_drop(struct engine *g, struct flight *f) {
    struct subject *s = f->subject;
    heap_remove(&g->flights, &f->due);
    if (f->dial)
        g->c.door->dialer->ops->cancel(g->c.door->dialer, f->dial);
    if (s && s->kind == SUBJECT_HOST)
        ((struct host *)s)->flights--;
    else if (s)
        ((struct knock *)s)->flights--;
    g->n_flights--;
    f->subject = NULL;
    f->dial = NULL;
    f->free_next = g->free_flights;
    g->free_flights = f;
    return s;
}

static void flight_over(struct engine *g, struct subject *s) {
    if (s && s->kind == SUBJECT_HOST)
        ports_flight_over(g, (struct host *)s);
    else if (s)
        knock_flight_over(g, (struct knock *)s);
    engine_wake(g, engine_now(g));
}

static void flight_told(struct flight *f, int result) {
    struct engine *g = f->engine;
    struct flight copy = *f;
    flight_trace(g, f, result);
    struct subject *s = flight_drop(g, f);
    struct addr who = s->addr;
    copy.subject = s;
    match_dialled(g, &copy, result);
    /* The verdict may have ended or promoted the subject. */
    if (map_get(&g->subjects, &who) == s)
        flight_over(g, s);
    engine_wake(g, engine_now(g));
}

static void flight_dialled(void *ctx, int result) {
    struct flight *f = ctx;
    f->dial = NULL;
    flight_told(f, result);
}

bool flight_room(const struct engine *g) {
    return g->n_flights < g->flights_max;
}

bool flight_start(struct engine *g, struct subject *s, const struct path *path, const struct probe *p, uint16_t port,
                  uint16_t tag, int64_t timeout, bool canary) {
    if (!flight_room(g))
        return false;
    struct flight *f = flight_new(g, s, p, port, tag, timeout);
    if (!f)
        return false;
    f->canary = canary;
    const struct settings *set = g->c.settings;
    struct dial_request r = {.dst = s->addr,
                             .dport = port,
                             .source = set->source.n ? &path->route.source : NULL,
                             .sport = set->source_port,
                             .ttl = set->ttl,
                             .interface = set->interface.n ? path->route.ifname : NULL,
                             .fn = flight_dialled,
                             .ctx = f};
    int os = 0;
    f->dial = g->c.door->dialer->ops->start(g->c.door->dialer, &r, &os);
    if (f->dial) {
        g->dialled++;
        flight_trace(g, f, EINPROGRESS);
        return true;
    }
    if (os == EMFILE || os == ENFILE || os == EADDRNOTAVAIL || os == ENOBUFS || os == EAGAIN || os == ENOMEM) {
        flight_drop(g, f);
        return false;
    }
    /* Refused on the spot (no route, no permission): told in the next turn, as every other end. */
    f->result = os;
    return heap_set(&g->flights, &f->due, f->sent);
}

bool flight_frame(struct engine *g, struct subject *s, const struct probe *p, uint16_t port, uint16_t tag,
                  int64_t timeout) {
    return flight_new(g, s, p, port, tag, timeout) != NULL;
}

void flight_answered(struct engine *g, const struct subject *s, uint16_t port, uint16_t tag) {
    for (size_t i = 0; i < g->flights.n; i++) {
        struct flight *f = HEAP_OWNER(g->flights.v[i], struct flight, due);
        if (f->subject != s || f->dial || f->port != port || f->tag != tag)
            continue;
        flight_drop(g, f);
        engine_wake(g, engine_now(g));
        return;
    }
}

void flights_time_out(struct engine *g, int64_t now) {
    struct heap_entry *e;
    while ((e = heap_min(&g->flights)) && e->key <= now) {
        struct flight *f = HEAP_OWNER(e, struct flight, due);
        if (f->result)
            flight_told(f, f->result);
        else
            flight_over(g, flight_drop(g, f));
    }
}

void flights_forget(struct engine *g, const struct subject *s) {
    unsigned left = s->kind == SUBJECT_HOST ? ((const struct host *)s)->flights : ((const struct knock *)s)->flights;
    for (size_t i = g->flights.n; left && i-- > 0;) {
        if (i >= g->flights.n)
            continue;
        struct flight *f = HEAP_OWNER(g->flights.v[i], struct flight, due);
        if (f->subject != s)
            continue;
        flight_drop(g, f);
        left--;
        i = g->flights.n; /* the heap has been reordered */
    }
}

void flights_destroy(struct engine *g) {
    struct heap_entry *e;
    while ((e = heap_min(&g->flights))) {
        struct flight *f = HEAP_OWNER(e, struct flight, due);
        f->subject = NULL;
        flight_drop(g, f);
    }
    while (g->free_flights) {
        struct flight *f = g->free_flights;
        g->free_flights = f->free_next;
        free(f);
    }
}
