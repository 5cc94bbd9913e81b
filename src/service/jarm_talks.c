/* JARM (proto/jarm.h): ten connections one after the other. One that fails or stays silent is made once more; then
 * there is no fingerprint, as one of a server that was not heard would be wrong. */
#include "proto/jarm.h"
#include "proto/tls_version.h"
#include "service/extra.h"
#include "service/state.h"

#include <stdlib.h>

#define HELLO_TIME (5 * NS_PER_S) /* of a connection, and again of its answer */
#define ALL_TIME (30 * NS_PER_S)
#define RETRY_DELAY (20 * NS_PER_MS) /* when no connection could be had */
#define TRIES 2

struct jarm_talks {
    struct extra_request r;
    struct stream *stream;
    struct loop_timer timer; /* without a stream: the next one is due */
    unsigned number, tries;
    unsigned versions; /* bit n: 0x0300 + n was chosen */
    bool opened;
    struct buf in, raw;
    int64_t end;
};

static int64_t now_of(const struct jarm_talks *j) {
    return loop_now(j->r.scan->c.loop);
}

static void wait_for(struct jarm_talks *j, int64_t ns) {
    loop_timer_at(j->r.scan->c.loop, &j->timer, now_of(j) + ns);
}

static void hang_up(struct jarm_talks *j) {
    if (j->stream)
        stream_close(j->stream);
    j->stream = NULL;
}

void jarm_cancel(struct jarm_talks *j) {
    hang_up(j);
    loop_timer_off(j->r.scan->c.loop, &j->timer);
    buf_finish(&j->in);
    buf_finish(&j->raw);
    free(j);
}

static void put_versions(const struct jarm_talks *j, struct facts *f) {
    struct buf text;
    buf_init(&text, 64);
    for (uint16_t v = TLS_VERSION_FIRST; v <= TLS_VERSION_LAST; v++) {
        struct slice name = slice_of(tls_version_text(v)), family = SLICE("TLSv");
        if (j->versions & 1U << (v - TLS_VERSION_FIRST))
            buf_printf(&text, "%s" SLICE_FMT, text.n ? "," : "",
                       SLICE_ARG(slice_starts(name, family) ? slice_skip(name, family.n) : name));
    }
    if (text.n)
        facts_put(f, "tls.versions", buf_slice(&text));
    buf_finish(&text);
}

static void finish(struct jarm_talks *j) {
    struct extra_request r = j->r;
    struct arena scratch;
    struct facts f;
    char print[JARM_PRINT + 1];
    arena_init(&scratch, "facts of JARM", 4096);
    facts_init(&f, &scratch);
    put_versions(j, &f);
    if (!j->raw.failed && jarm_print(buf_slice(&j->raw), print))
        facts_put_str(&f, "tls.jarm", print);
    told_facts(r.told, r.arena, &f);
    arena_finish(&scratch);
    jarm_cancel(j);
    r.done(r.ctx);
}

static void next(struct jarm_talks *j, enum jarm_answer got, uint16_t version) {
    hang_up(j);
    if (got == JARM_CHOSE)
        j->versions |= 1U << (version & 7U);
    j->tries = 0;
    if (++j->number == JARM_HELLOS) {
        finish(j);
        return;
    }
    buf_put_char(&j->raw, ',');
    wait_for(j, 0);
}

static void again(struct jarm_talks *j) {
    hang_up(j);
    if (++j->tries < TRIES)
        wait_for(j, 0);
    else
        finish(j);
}

static void read_answer(struct jarm_talks *j, bool end) {
    uint16_t version = 0;
    enum jarm_answer got = jarm_read(buf_slice(&j->in), end, &j->raw, &version);
    if (got != JARM_MORE)
        next(j, got, version);
}

static void on_opened(void *ctx) {
    struct jarm_talks *j = ctx;
    struct buf hello;
    buf_init(&hello, PARSER_ASK_MAX);
    jarm_hello(j->number, j->r.peer->host, &hello);
    j->opened = true;
    service_trace_bytes(j->r.scan->c.trace, &j->r.stream, "jarm", '>', buf_slice(&hello));
    bool said = !hello.failed && stream_send(j->stream, buf_slice(&hello));
    buf_finish(&hello);
    if (said)
        wait_for(j, HELLO_TIME + 4 * j->r.rtt);
    else
        again(j);
}

static void on_received(void *ctx, struct slice bytes) {
    struct jarm_talks *j = ctx;
    service_trace_bytes(j->r.scan->c.trace, &j->r.stream, "jarm", '<', bytes);
    buf_put(&j->in, slice_sub(bytes, 0, JARM_ANSWER_MAX - j->in.n));
    read_answer(j, false);
}

static void on_ended(void *ctx, int os) {
    struct jarm_talks *j = ctx;
    (void)os;
    if (j->opened) /* closed and reset connections are refusals */
        read_answer(j, true);
    else
        again(j);
}

static const struct stream_events events = {.opened = on_opened, .received = on_received, .ended = on_ended};

static void dial(struct jarm_talks *j) {
    int os = 0;
    j->opened = false;
    buf_clear(&j->in);
    j->stream = stream_open(j->r.scan->streams, &j->r.stream, &os);
    wait_for(j, j->stream ? HELLO_TIME : RETRY_DELAY);
}

static void on_due(void *ctx) {
    struct jarm_talks *j = ctx;
    if (now_of(j) >= j->end)
        finish(j);
    else if (j->stream)
        again(j);
    else
        dial(j);
}

struct jarm_talks *jarm_begin(const struct extra_request *r) {
    struct jarm_talks *j = calloc(1, sizeof *j);
    if (!j)
        return NULL;
    j->r = *r;
    j->r.stream.events = &events;
    j->r.stream.ctx = j;
    j->end = now_of(j) + ALL_TIME;
    buf_init(&j->in, JARM_ANSWER_MAX);
    buf_init(&j->raw, JARM_RAW_MAX);
    loop_timer_init(&j->timer, on_due, j);
    wait_for(j, 0);
    return j;
}
