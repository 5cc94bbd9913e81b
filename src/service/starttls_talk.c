/* One connection that begins in clear and goes on in TLS, for what the handshake shows, and the answer to one question
 * inside where the protocol has one (CredSSP of a remote desktop). */
#include "proto/list.h"
#include "service/extra.h"
#include "service/state.h"

#include <stdlib.h>

#define ALL_TIME (10 * NS_PER_S)
#define INSIDE_ARENA (64U << 10)

struct starttls_talk {
    struct extra_request r;
    const struct starttls *way;
    struct stream *stream;
    struct loop_timer timer; /* the end */
    unsigned step;
    bool shaking;
    struct buf in;               /* since the last word */
    const struct parser *inside; /* asked inside of TLS; NULL: not yet, or nothing */
    struct dialogue d;
};

void starttls_cancel(struct starttls_talk *s) {
    loop_timer_off(s->r.scan->c.loop, &s->timer);
    if (s->stream)
        stream_close(s->stream);
    buf_finish(&s->in);
    free(s);
}

/* The answer to the question inside. True: it is whole, or none; at the end its facts join those of the handshake. */
static bool inside_over(struct starttls_talk *s, bool end) {
    struct arena scratch;
    struct facts f;
    struct buf ask;
    buf_init(&ask, PARSER_ASK_MAX);
    arena_init(&scratch, "facts inside", INSIDE_ARENA);
    facts_init(&f, &scratch);
    enum parse got = s->inside->read(&s->d, buf_slice(&s->in), end, &f, &ask);
    if (end && got == PARSE_DONE)
        told_facts(s->r.told, s->r.arena, &f);
    arena_finish(&scratch);
    buf_finish(&ask);
    return got != PARSE_MORE;
}

static void finish(struct starttls_talk *s) {
    struct extra_request r = s->r;
    const struct stream_tls *tls = s->stream ? stream_tls(s->stream) : NULL;
    if (tls)
        told_tls(r.told, r.arena, tls, s->way->parser);
    if (s->inside)
        (void)inside_over(s, true);
    starttls_cancel(s);
    r.done(r.ctx);
}

static bool ask_inside(struct starttls_talk *s) {
    struct buf ask;
    s->inside = s->way->inside ? parser_find(slice_of(s->way->inside)) : NULL;
    if (!s->inside)
        return false;
    buf_init(&ask, PARSER_ASK_MAX);
    s->d = (struct dialogue){.peer = s->r.peer};
    s->inside->hello(&s->d, &ask);
    s->d.asked = 1;
    buf_clear(&s->in);
    service_trace_bytes(s->r.scan->c.trace, &s->r.stream, s->inside->name, '>', buf_slice(&ask));
    bool ok = !ask.failed && stream_send(s->stream, buf_slice(&ask));
    buf_finish(&ask);
    return ok;
}

static bool say(struct starttls_talk *s, const struct buf *word) {
    service_trace_bytes(s->r.scan->c.trace, &s->r.stream, "starttls", '>', buf_slice(word));
    buf_clear(&s->in);
    return !word->failed && stream_send(s->stream, buf_slice(word));
}

static bool shake(struct starttls_talk *s) {
    struct addr a;
    struct slice host = s->r.peer->host;
    s->shaking = true;
    return stream_start_tls(s->stream, addr_parse(host, &a) ? (struct slice){NULL, 0} : host);
}

static void go_on(struct starttls_talk *s) {
    struct buf word;
    bool ok = true;
    buf_init(&word, PARSER_ASK_MAX);
    switch (starttls_next(s->way, s->r.peer, &s->step, buf_slice(&s->in), &word)) {
    case STARTTLS_MORE:
        break;
    case STARTTLS_SAY:
        ok = say(s, &word);
        break;
    case STARTTLS_SAY_SHAKE:
        ok = say(s, &word) && shake(s);
        break;
    case STARTTLS_SHAKE:
        ok = shake(s);
        break;
    case STARTTLS_NO:
        ok = false;
        break;
    }
    buf_finish(&word);
    if (!ok)
        finish(s);
}

static void on_opened(void *ctx) {
    struct starttls_talk *s = ctx;
    if (s->shaking) {
        if (!ask_inside(s))
            finish(s);
    } else
        go_on(s);
}

static void on_received(void *ctx, struct slice bytes) {
    struct starttls_talk *s = ctx;
    service_trace_bytes(s->r.scan->c.trace, &s->r.stream, s->inside ? s->inside->name : "starttls", '<', bytes);
    if (s->inside) {
        if (!buf_put(&s->in, bytes) || inside_over(s, false))
            finish(s);
        return;
    }
    if (buf_put(&s->in, bytes))
        go_on(s);
    else
        finish(s);
}

static void on_ended(void *ctx, int os) {
    (void)os;
    finish(ctx);
}

static void on_due(void *ctx) {
    struct starttls_talk *s = ctx;
    finish(s);
}

static const struct stream_events events = {.opened = on_opened, .received = on_received, .ended = on_ended};

struct starttls_talk *starttls_begin(const struct extra_request *r) {
    struct starttls_talk *s = calloc(1, sizeof *s);
    int os = 0;
    if (!s)
        return NULL;
    s->r = *r;
    s->way = r->told->upgrade;
    s->r.stream.events = &events;
    s->r.stream.ctx = s;
    buf_init(&s->in, STARTTLS_ANSWER_MAX + 1);
    loop_timer_init(&s->timer, on_due, s);
    s->stream = stream_open(r->scan->streams, &s->r.stream, &os);
    if (!s->stream) {
        starttls_cancel(s);
        return NULL;
    }
    loop_timer_at(r->scan->c.loop, &s->timer, loop_now(r->scan->c.loop) + ALL_TIME + 8 * r->rtt);
    return s;
}
