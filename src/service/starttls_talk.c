/* One connection that begins in clear and goes on in TLS, for what the handshake shows. */
#include "service/extra.h"
#include "service/state.h"

#include <stdlib.h>

#define ALL_TIME (10 * NS_PER_S)

struct starttls_talk {
    struct extra_request r;
    const struct starttls *way;
    struct stream *stream;
    struct loop_timer timer; /* the end */
    unsigned step;
    bool shaking;
    struct buf in; /* since the last word */
};

void starttls_cancel(struct starttls_talk *s) {
    loop_timer_off(s->r.scan->c.loop, &s->timer);
    if (s->stream)
        stream_close(s->stream);
    buf_finish(&s->in);
    free(s);
}

static void finish(struct starttls_talk *s) {
    struct extra_request r = s->r;
    const struct stream_tls *tls = s->stream ? stream_tls(s->stream) : NULL;
    if (tls)
        told_tls(r.told, r.arena, tls, s->way->parser);
    starttls_cancel(s);
    r.done(r.ctx);
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
    if (s->shaking)
        finish(s);
    else
        go_on(s);
}

static void on_received(void *ctx, struct slice bytes) {
    struct starttls_talk *s = ctx;
    service_trace_bytes(s->r.scan->c.trace, &s->r.stream, "starttls", '<', bytes);
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
