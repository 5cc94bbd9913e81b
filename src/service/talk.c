#include "service/talk.h"

#include "base/fnv.h"

#include <errno.h>
#include <stdlib.h>

#define FACTS_ARENA (192U << 10)
#define CONNECT_TIME (5 * NS_PER_S)
#define QUIET_LOOSE (250 * NS_PER_MS)   /* of bytes that nobody recognised */
#define QUIET_WITHIN (1500 * NS_PER_MS) /* inside of a message that has not ended */
#define QUIET_SLOW (3 * NS_PER_S)       /* from a peer that is known to take long */
#define QUIET_EXTRA (500 * NS_PER_MS)   /* for more than is known already */
#define QUIET_TINY (1500 * NS_PER_MS)   /* after a few bytes: more may drip */
#define TINY 16
#define STEPS_MAX 24
#define ALPN_MAX 16
#define UDP_TRIES 3 /* a datagram may be lost */

struct talk {
    struct talk_request r;
    struct stream *stream;
    struct loop_timer timer;
    struct dialogue d;
    const struct parser *parser; /* reads; the asking one, or the one that recognised a greeting */
    struct arena arena;
    struct facts facts;
    struct buf in;                       /* since the last question */
    size_t untraced;                     /* of `in` */
    int64_t begun, opened, spoke, heard; /* loop time; spoke: last question or connection */
    int64_t rtt_first;
    uint64_t total, hash;
    size_t charged;  /* of the bytes of the stream */
    size_t answered; /* facts of answers that have ended */
    struct buf said; /* the last question */
    struct buf next; /* the question that a new connection is for */
    bool reopening;  /* that one is not there yet */
    bool listening;  /* the question waits for listen_first to be over */
    bool fits;       /* what came is the beginning of somebody's message */
    unsigned tries;  /* UDP: how often the question was sent */
};

const struct talk_request *talk_asked(const struct talk *t) {
    return &t->r;
}

int64_t talk_begun(const struct talk *t) {
    return t->begun;
}

int64_t talk_connected(const struct talk *t) {
    return t->opened;
}

bool talk_shakes(const struct talk *t) {
    return !t->opened && t->stream && stream_connected(t->stream);
}

int64_t talk_heard(const struct talk *t) {
    return t->heard;
}

bool talk_has_bytes(const struct talk *t) {
    return t->total > 0 || (!t->opened && t->stream && stream_raw_received(t->stream) > 0);
}

bool talk_is_known(const struct talk *t) {
    return t->answered > 0 || t->d.slow;
}

bool talk_is_read(const struct talk *t) {
    return t->in.n > 0 && t->fits;
}

/* ---- traces */

static const struct parser *talk_recognise(struct slice in) {
    for (size_t i = 0; parser_list[i]; i++)
        if (parser_list[i]->recognise && parser_list[i]->recognise(in))
            return parser_list[i];
    return NULL;
}

static void talk_trace(const struct talk *t, const struct parser *p, char direction, struct slice bytes) {
    service_trace_bytes(t->r.trace, &t->r.stream, p ? p->name : t->r.name, direction, bytes);
}

/* Nobody knows yet whose it is: kept until somebody recognises it, or until the end. */
static void talk_trace_rest(struct talk *t) {
    if (t->untraced)
        talk_trace(t, t->parser, '<', slice_sub(buf_slice(&t->in), 0, t->untraced));
    t->untraced = 0;
}

/* A greeting stands under the name of who reads it, though it came before that was known. */
static void talk_trace_heard(struct talk *t, struct slice bytes) {
    const struct parser *p = t->parser;
    if (!t->r.trace)
        return;
    if (p || t->d.asked > 0) {
        talk_trace(t, p, '<', bytes);
        return;
    }
    p = talk_recognise(buf_slice(&t->in));
    t->untraced = t->in.n;
    if (p && p->greets) {
        talk_trace(t, p, '<', buf_slice(&t->in));
        t->untraced = 0;
    }
}

/* ---- the end */

/* What has come through the connection counts, also what it needed for TLS. */
static bool talk_charge(struct talk *t) {
    size_t raw = t->stream ? stream_raw_received(t->stream) : t->charged;
    size_t n = raw - t->charged;
    t->charged = raw;
    return budget_take(t->r.budget, n);
}

static void talk_free(struct talk *t) {
    talk_trace_rest(t);
    loop_timer_off(t->r.loop, &t->timer);
    (void)talk_charge(t);
    if (t->stream)
        stream_close(t->stream);
    buf_finish(&t->in);
    buf_finish(&t->said);
    buf_finish(&t->next);
    arena_finish(&t->arena);
    free(t);
}

void talk_cancel(struct talk *t) {
    talk_free(t);
}

static struct slice talk_alpn(const struct talk *t, char *room, size_t size) {
    const struct stream_tls *tls = t->stream ? stream_tls(t->stream) : NULL;
    size_t n = tls ? ll_min_size(tls->alpn.n, size) : 0;
    if (n)
        memcpy(room, tls->alpn.p, n);
    return (struct slice){room, n};
}

static void talk_finish(struct talk *t, enum talk_end end, int os) {
    char alpn[ALPN_MAX];
    struct talk_result r = {.end = end,
                            .os = os,
                            .parser = t->parser,
                            .facts = &t->facts,
                            .tls = t->stream ? stream_tls(t->stream) : NULL,
                            .bytes = buf_slice(&t->in),
                            .asked = t->d.asked > 0,
                            .alpn = talk_alpn(t, alpn, sizeof alpn),
                            .total = t->total,
                            .hash = t->hash,
                            .rtt = t->rtt_first,
                            .connected = t->opened ? t->opened - t->begun : 0};
    (void)talk_charge(t);
    loop_timer_off(t->r.loop, &t->timer);
    t->r.budget = NULL; /* may be gone after that call, as the port may be */
    t->r.done(t->r.ctx, t, &r);
    talk_free(t);
}

/* ---- time */

static void talk_wait(struct talk *t, int64_t until) {
    int64_t last = t->begun + TALK_TIME_MAX + (t->opened ? t->opened - t->begun : 0);
    loop_timer_at(t->r.loop, &t->timer, until < last ? until : last);
}

static int64_t talk_now(const struct talk *t) {
    return loop_now(t->r.loop);
}

static int64_t talk_rtt(const struct talk *t) {
    int64_t connected = t->opened ? t->opened - t->begun : 0;
    return connected > t->r.rtt ? connected : t->r.rtt;
}

/* ---- sending */

static bool talk_say(struct talk *t, struct slice bytes) {
    if (!bytes.n)
        return true;
    talk_trace(t, t->parser, '>', bytes);
    t->d.asked++;
    t->spoke = talk_now(t);
    buf_clear(&t->said);
    buf_put(&t->said, bytes);
    return stream_send(t->stream, bytes);
}

static bool talk_is_udp(const struct talk *t) {
    return t->r.stream.kind == STREAM_UDP || t->r.stream.kind == STREAM_DTLS;
}

static bool talk_open_question(struct talk *t) {
    struct buf ask;
    bool ok = true;
    t->tries++;
    t->d.asked = 0;
    if (t->r.payload.n)
        return talk_say(t, t->r.payload);
    if (!t->r.parser || !t->r.parser->hello)
        return true;
    t->d = (struct dialogue){.peer = t->r.peer};
    buf_init(&ask, PARSER_ASK_MAX);
    t->r.parser->hello(&t->d, &ask);
    ok = !ask.failed && talk_say(t, buf_slice(&ask));
    buf_finish(&ask);
    return ok;
}

static void talk_ask(struct talk *t) {
    t->listening = false;
    t->parser = t->r.parser;
    if (!talk_open_question(t))
        talk_finish(t, TALK_CLOSED, 0);
    else
        talk_wait(t, t->spoke + (talk_is_udp(t) ? t->r.patience / UDP_TRIES : t->r.patience));
}

static void talk_opened(void *ctx) {
    struct talk *t = ctx;
    if (t->reopening) {
        t->reopening = false;
        if (talk_say(t, buf_slice(&t->next)))
            talk_wait(t, t->spoke + QUIET_WITHIN + 3 * talk_rtt(t));
        else
            talk_finish(t, TALK_UNDERSTOOD, 0);
        return;
    }
    t->opened = t->spoke = talk_now(t);
    if (t->r.only_handshake) {
        talk_finish(t, TALK_TUNNEL, 0);
        return;
    }
    if (t->r.listen_first > 0) {
        t->listening = true;
        t->parser = NULL;
        talk_wait(t, t->opened + t->r.listen_first);
        return;
    }
    talk_ask(t);
}

/* ---- reading */

/* What a parser put and took back; memory only comes back as a whole. */
static void talk_forget(struct talk *t, size_t kept) {
    t->facts.n = kept;
    if (kept == 0)
        arena_reset(&t->arena);
}

/* The next question has a connection of its own; the old one is closed first, as some servers serve one at a time. */
static bool talk_reopen(struct talk *t, const struct buf *ask) {
    int os;
    (void)talk_charge(t);
    t->charged = 0;
    stream_close(t->stream);
    t->stream = stream_open(t->r.streams, &t->r.stream, &os);
    buf_clear(&t->next);
    t->reopening = t->stream && buf_put(&t->next, buf_slice(ask));
    t->spoke = talk_now(t);
    return t->reopening;
}

/* The parser wants to ask on: false when that cannot be. */
static bool talk_ask_on(struct talk *t, const struct buf *ask) {
    struct slice in = buf_slice(&t->in);
    size_t used = t->d.used && t->d.used < in.n ? t->d.used : in.n;
    if (ask->failed || t->d.asked >= STEPS_MAX)
        return false;
    if (t->d.fresh ? !talk_reopen(t, ask) : !talk_say(t, buf_slice(ask)))
        return false;
    buf_drop_front(&t->in, used);
    t->answered = t->facts.n;
    return true;
}

/* One reading; true when the talk is over (and gone). */
static bool talk_read_once(struct talk *t, bool end, bool *again) {
    struct buf ask;
    buf_init(&ask, PARSER_ASK_MAX);
    t->d.used = 0;
    t->d.fresh = false;
    enum parse got = t->parser->read(&t->d, buf_slice(&t->in), end, &t->facts, &ask);
    t->fits = got == PARSE_MORE && !end;
    bool asked = got == PARSE_ASK && (!end || t->d.fresh) && talk_ask_on(t, &ask);
    buf_finish(&ask);
    *again = asked && t->in.n > 0;
    if (asked || (got == PARSE_MORE && !end)) {
        if (got == PARSE_MORE)
            talk_forget(t, t->answered);
        int64_t quiet = t->d.slow ? QUIET_SLOW : t->answered ? QUIET_EXTRA : QUIET_WITHIN;
        talk_wait(t, (asked ? t->spoke : t->heard) + quiet + 3 * talk_rtt(t));
        return false;
    }
    /* Whoever asked on and was not answered keeps what it was told before. */
    bool unanswered = t->answered > 0 && (got == PARSE_MORE || !t->in.n);
    if (got == PARSE_DONE || got == PARSE_ASK || unanswered) {
        if (got != PARSE_DONE && got != PARSE_ASK)
            talk_forget(t, t->answered);
        talk_finish(t, TALK_UNDERSTOOD, 0);
        return true;
    }
    talk_forget(t, 0);
    t->parser = NULL;
    return false;
}

static bool talk_read(struct talk *t, bool end) {
    bool again = true;
    while (again)
        if (talk_read_once(t, end, &again))
            return true;
    return false;
}

/* Another parser recognises it: is that its whole message? */
static bool talk_wants_more(struct talk *t, const struct parser *p) {
    struct dialogue d = {.peer = t->r.peer, .asked = 1};
    struct buf ask;
    buf_init(&ask, PARSER_ASK_MAX);
    bool more = p->read(&d, buf_slice(&t->in), false, &t->facts, &ask) == PARSE_MORE;
    buf_finish(&ask);
    talk_forget(t, 0);
    return more;
}

/* Bytes came: who reads them? True when the talk is over. */
static bool talk_listen(struct talk *t, bool end) {
    if (t->parser && talk_read(t, end))
        return true;
    if (t->parser || !t->in.n)
        return false;
    const struct parser *p = talk_recognise(buf_slice(&t->in));
    if (p && p != t->r.parser && p->greets && t->d.asked == 0) {
        t->d = (struct dialogue){.peer = t->r.peer};
        t->parser = p;
        return talk_read(t, end);
    }
    bool other = p && p != t->r.parser;
    t->fits = other && !end && talk_wants_more(t, p);
    if (other && !t->fits) {
        t->parser = p;
        talk_finish(t, TALK_OTHER, 0);
        return true;
    }
    int64_t quiet = t->fits ? QUIET_WITHIN : t->total < TINY ? QUIET_TINY : QUIET_LOOSE;
    talk_wait(t, t->heard + quiet + 3 * talk_rtt(t));
    return false;
}

/* RFC 862: no parser should take its own words for an answer. */
static bool talk_is_echo(const struct talk *t) {
    return t->said.n >= 4 && t->in.n >= t->said.n && slice_starts(buf_slice(&t->in), buf_slice(&t->said));
}

static void talk_received(void *ctx, struct slice bytes) {
    struct talk *t = ctx;
    t->heard = talk_now(t);
    if (!t->total)
        t->rtt_first = t->heard - t->spoke > 0 ? t->heard - t->spoke : 1;
    for (size_t i = 0; i < bytes.n; i++)
        t->hash = fnv_step(t->hash, (uint8_t)bytes.p[i]);
    t->total += bytes.n;
    if (talk_is_udp(t)) /* a datagram is a message */
        buf_clear(&t->in);
    bool over = !talk_charge(t);
    bool full = t->total > TALK_BYTES_MAX || !buf_put(&t->in, bytes) || over;
    talk_trace_heard(t, bytes);
    if (talk_is_echo(t)) {
        talk_finish(t, TALK_ECHO, 0);
        return;
    }
    if (talk_listen(t, full) || !full || t->reopening)
        return;
    talk_finish(t, TALK_TOO_MUCH, 0);
}

static void talk_ended(void *ctx, int os) {
    struct talk *t = ctx;
    if (!t->opened) {
        talk_finish(t, os == STREAM_NOT_TLS || os == STREAM_NO_ALPN ? TALK_NO_TLS : TALK_FAILED, os);
        return;
    }
    t->reopening = false;
    if (t->total && (talk_listen(t, true) || t->reopening))
        return;
    talk_finish(t, t->total ? TALK_BYTES : TALK_CLOSED, os);
}

static void talk_due(void *ctx) {
    struct talk *t = ctx;
    if (!t->opened) {
        bool stuck = stream_raw_received(t->stream) > 0;
        bool tls = t->r.stream.kind == STREAM_TLS || t->r.stream.kind == STREAM_DTLS;
        talk_finish(t, stuck && !talk_is_udp(t) ? TALK_TOO_SLOW : tls ? TALK_NO_TLS : TALK_FAILED, ETIMEDOUT);
        return;
    }
    bool late = talk_now(t) >= t->opened + TALK_TIME_MAX;
    if (t->listening && !t->total) {
        talk_ask(t);
        return;
    }
    if (!t->total && talk_is_udp(t) && t->tries < UDP_TRIES && talk_open_question(t)) {
        talk_wait(t, t->spoke + t->r.patience / UDP_TRIES);
        return;
    }
    if (!t->total) {
        talk_finish(t, TALK_SILENT, 0);
        return;
    }
    t->reopening = false;
    if (talk_listen(t, true) || t->reopening)
        return;
    talk_finish(t, late ? TALK_TOO_SLOW : TALK_BYTES, 0);
}

static const struct stream_events talk_events = {.opened = talk_opened, .received = talk_received, .ended = talk_ended};

struct talk *talk_start(const struct talk_request *r, int *os) {
    struct talk *t = calloc(1, sizeof *t);
    if (!t) {
        *os = ENOMEM;
        return NULL;
    }
    t->r = *r;
    t->parser = r->parser;
    t->d.peer = r->peer;
    t->hash = FNV_START;
    t->begun = loop_now(r->loop);
    arena_init(&t->arena, "talk", FACTS_ARENA);
    facts_init(&t->facts, &t->arena);
    buf_init(&t->in, TALK_BYTES_MAX);
    buf_init(&t->said, PARSER_ASK_MAX);
    buf_init(&t->next, PARSER_ASK_MAX);
    loop_timer_init(&t->timer, talk_due, t);
    t->r.stream.events = &talk_events;
    t->r.stream.ctx = t;
    t->stream = stream_open(r->streams, &t->r.stream, os);
    if (!t->stream) {
        talk_free(t);
        return NULL;
    }
    loop_timer_at(r->loop, &t->timer, t->begun + CONNECT_TIME);
    return t;
}
