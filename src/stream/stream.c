/* A stream is a connection, and for TLS a session between it and its user. */
#include "stream/filter.h"

#include <errno.h>

#define CHUNK (16U << 10)

struct streams {
    struct loop *loop;
    struct connector *connector;
    struct tls_context *tls;
    char *chunk; /* for one call at a time */
};

struct stream {
    struct streams *owner;
    struct stream_request r;
    struct conn *conn;
    struct tls *tls;
    struct loop_timer repeat; /* DTLS: of what was not answered */
    struct loop_timer resume; /* TLS: what was decrypted before a pause */
    size_t raw;
    unsigned busy; /* callbacks of ours that are on the stack */
    bool closed, ended, connected, open, paused;
};

struct streams *streams_create(struct loop *loop, struct connector *connector, struct err *e) {
    struct streams *s = calloc(1, sizeof *s);
    if (s)
        s->chunk = malloc(CHUNK);
    if (!s || !s->chunk) {
        err_set(e, ERR_MEMORY, "no memory for streams");
        free(s);
        return NULL;
    }
    s->loop = loop;
    s->connector = connector;
    s->tls = tls_context_create(e);
    if (s->tls)
        return s;
    streams_destroy(s);
    return NULL;
}

void streams_destroy(struct streams *s) {
    tls_context_destroy(s->tls);
    free(s->chunk);
    free(s);
}

size_t streams_capacity(const struct streams *s) {
    return s->connector->ops->capacity(s->connector);
}

static bool is_tls(const struct stream *s) {
    return s->r.kind == STREAM_TLS || s->r.kind == STREAM_DTLS;
}

static void enter(struct stream *s) {
    s->busy++;
}

/* False: the user has closed it meanwhile, and it is gone. */
static bool leave(struct stream *s) {
    s->busy--;
    if (!s->closed)
        return true;
    if (s->busy == 0)
        free(s);
    return false;
}

static void end(struct stream *s, int os) {
    if (s->ended || s->closed)
        return;
    s->ended = true;
    s->r.events->ended(s->r.ctx, os);
}

static bool flush(struct stream *s) {
    char out[TLS_PIECE_MAX];
    size_t n;
    bool ok = true;
    while ((n = tls_pending(s->tls, out)) > 0)
        ok = s->conn->owner->ops->send(s->conn, (struct slice){out, n}) && ok;
    return ok;
}

static void wait_to_repeat(struct stream *s) {
    int64_t wait = tls_repeats_in(s->tls);
    if (wait < 0)
        loop_timer_off(s->owner->loop, &s->repeat);
    else
        loop_timer_at(s->owner->loop, &s->repeat, loop_now(s->owner->loop) + wait + NS_PER_MS);
}

static void on_repeat(void *ctx) {
    struct stream *s = ctx;
    if (s->ended)
        return;
    tls_again(s->tls);
    flush(s);
    wait_to_repeat(s);
}

static void on_opened(void *ctx) {
    struct stream *s = ctx;
    s->connected = true;
    if (is_tls(s)) {
        tls_feed(s->tls, (struct slice){NULL, 0});
        flush(s);
        wait_to_repeat(s);
        return;
    }
    s->open = true;
    s->r.events->opened(s->r.ctx);
}

static bool may_tell(const struct stream *s) {
    return s->open && !s->closed && !s->ended && !s->paused;
}

/* What TLS has for the user. */
static void tell_plain(struct stream *s) {
    size_t n;
    while (may_tell(s) && (n = tls_read(s->tls, s->owner->chunk, CHUNK)) > 0)
        s->r.events->received(s->r.ctx, (struct slice){s->owner->chunk, n});
    if (may_tell(s) && tls_feed(s->tls, (struct slice){NULL, 0}) == TLS_CLOSED)
        end(s, 0);
}

static void on_resume(void *ctx) {
    struct stream *s = ctx;
    enter(s);
    tell_plain(s);
    (void)leave(s);
}

static void on_received(void *ctx, struct slice bytes) {
    struct stream *s = ctx;
    if (s->ended)
        return;
    s->raw += bytes.n;
    if (!is_tls(s)) {
        s->r.events->received(s->r.ctx, bytes);
        return;
    }
    enter(s);
    enum tls_state state = tls_feed(s->tls, bytes);
    flush(s);
    wait_to_repeat(s);
    if (state == TLS_OPEN && !s->open) {
        s->open = true;
        s->r.events->opened(s->r.ctx);
    }
    if (state == TLS_OPEN && !s->closed)
        tell_plain(s);
    else if (state == TLS_NO)
        end(s, STREAM_NOT_TLS);
    else if (state == TLS_NO_ALPN)
        end(s, STREAM_NO_ALPN);
    else if (state == TLS_TOO_LONG)
        end(s, EMSGSIZE);
    (void)leave(s);
}

static void on_ended(void *ctx, int os) {
    struct stream *s = ctx;
    enter(s);
    if (is_tls(s)) /* what came before the end is told before it */
        tell_plain(s);
    end(s, is_tls(s) && !s->open && (os == 0 || os == ECONNRESET) ? STREAM_NOT_TLS : os);
    (void)leave(s);
}

static const struct conn_events events = {.opened = on_opened, .received = on_received, .ended = on_ended};

struct stream *stream_open(struct streams *owner, const struct stream_request *r, int *os) {
    struct stream *s = calloc(1, sizeof *s);
    if (!s) {
        *os = ENOBUFS;
        return NULL;
    }
    s->owner = owner;
    s->r = *r;
    loop_timer_init(&s->repeat, on_repeat, s);
    loop_timer_init(&s->resume, on_resume, s);
    bool datagrams = r->kind == STREAM_UDP || r->kind == STREAM_DTLS;
    struct conn_request c = {.kind = datagrams ? CONN_UDP : CONN_TCP,
                             .dst = r->dst,
                             .dport = r->dport,
                             .source = r->source,
                             .interface = r->interface,
                             .elsewhere = r->elsewhere && r->kind == STREAM_UDP,
                             .events = &events,
                             .ctx = s};
    *os = ENOBUFS;
    if (is_tls(s))
        s->tls = tls_create(owner->tls, datagrams, r->server_name, r->alpn);
    if (!is_tls(s) || s->tls)
        s->conn = owner->connector->ops->open(owner->connector, &c, os);
    s->r.source = NULL; /* borrowed for this call only */
    s->r.interface = NULL;
    if (s->conn)
        return s;
    tls_destroy(s->tls);
    free(s);
    return NULL;
}

bool stream_send(struct stream *s, struct slice bytes) {
    if (!s->open || s->ended)
        return false;
    if (!is_tls(s))
        return s->conn->owner->ops->send(s->conn, bytes);
    return tls_write(s->tls, bytes) && flush(s);
}

bool stream_start_tls(struct stream *s, struct slice server_name) {
    if (s->r.kind != STREAM_TCP || !s->open || s->ended)
        return false;
    s->tls = tls_create(s->owner->tls, false, server_name, (struct slice){NULL, 0});
    if (!s->tls)
        return false;
    s->r.kind = STREAM_TLS;
    s->open = false;
    tls_feed(s->tls, (struct slice){NULL, 0});
    return flush(s);
}

void stream_pause(struct stream *s, bool paused) {
    s->paused = paused;
    s->conn->owner->ops->pause(s->conn, paused);
    if (is_tls(s) && !paused)
        loop_timer_at(s->owner->loop, &s->resume, loop_now(s->owner->loop));
    else
        loop_timer_off(s->owner->loop, &s->resume);
}

const struct stream_tls *stream_tls(const struct stream *s) {
    return s->tls ? tls_facts(s->tls) : NULL;
}

bool stream_connected(const struct stream *s) {
    return s->connected;
}

size_t stream_raw_received(const struct stream *s) {
    return s->raw;
}

void stream_close(struct stream *s) {
    loop_timer_off(s->owner->loop, &s->repeat);
    loop_timer_off(s->owner->loop, &s->resume);
    if (s->open && !s->ended && is_tls(s)) { /* a server of datagrams has no other way to know */
        tls_bye(s->tls);
        flush(s);
    }
    s->conn->owner->ops->close(s->conn);
    tls_destroy(s->tls);
    s->tls = NULL;
    s->closed = true;
    if (s->busy == 0)
        free(s);
}
