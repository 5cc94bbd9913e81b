/* Plays a peer's bytes into a parser of src/proto and ends the program when it breaks a rule of proto/parser.h. Seeds
 * are plain: what the peer sent, its messages one behind the other. They are played whole (as a datagram, too, where
 * the parser speaks UDP) and in small chunks, where a question is asked as soon as a message is whole. */
#ifndef LL_TESTS_PROTO_FUZZ_H
#define LL_TESTS_PROTO_FUZZ_H

#include "proto/list.h"

#define PROTO_FUZZ_INPUT (20U << 10) /* longer inputs are cut */
#define PROTO_FUZZ_ARENA (64U << 20) /* each chunk puts its facts anew */
#define PROTO_FUZZ_ASKED 64          /* a parser that asks more has no end */

/* Not assert: the rules hold in builds without it, too. */
#define PROTO_FUZZ_RULE(holds) ((holds) ? (void)0 : proto_fuzz_broken(#holds, __LINE__))

static inline void proto_fuzz_broken(const char *rule, int line) {
    fprintf(stderr, "proto_fuzz.h:%d: broken: %s\n", line, rule);
    abort();
}

struct proto_fuzz_play {
    struct arena arena;
    struct facts facts;
    enum parse got;
    bool asked; /* more than the first question */
};

/* A copy of exactly this size, so that the address sanitizer sees a read behind its end. */
static inline enum parse proto_fuzz_read(const struct parser *p, struct dialogue *d, struct slice in, bool end,
                                         struct facts *out, struct buf *ask) {
    char *copy = malloc(in.n + (in.n == 0));
    PROTO_FUZZ_RULE(copy != NULL);
    if (in.n)
        memcpy(copy, in.p, in.n);
    buf_clear(ask);
    d->used = 0;
    enum parse got = p->read(d, (struct slice){copy, in.n}, end, out, ask);
    free(copy);
    PROTO_FUZZ_RULE(!(end && got == PARSE_MORE));
    PROTO_FUZZ_RULE(got != PARSE_ASK || (ask->n > 0 && !ask->failed && d->used <= in.n));
    return got;
}

static inline void proto_fuzz_one(const struct parser *p, struct slice bytes, size_t step, bool udp,
                                  struct proto_fuzz_play *out) {
    struct parser_peer peer = {.host = {"host.example", 12}, .addr = addr_v4(0x7f000001), .port = 80, .udp = udp};
    struct dialogue d = {.peer = &peer};
    struct buf ask;
    buf_init(&ask, PARSER_ASK_MAX);
    arena_init(&out->arena, "facts", PROTO_FUZZ_ARENA);
    facts_init(&out->facts, &out->arena);
    out->asked = false;
    if (p->hello) {
        p->hello(&d, &ask);
        PROTO_FUZZ_RULE(ask.n > 0 && !ask.failed);
        d.asked = 1;
    }
    size_t from = 0, at = ll_min_size(step, bytes.n), kept = 0;
    bool end = false;
    for (;;) {
        struct slice in = {bytes.p + from, at - from};
        out->got = proto_fuzz_read(p, &d, in, end, &out->facts, &ask);
        if (out->got == PARSE_NOT || out->got == PARSE_DONE)
            break;
        if (out->got == PARSE_ASK) {
            out->asked = true;
            PROTO_FUZZ_RULE(++d.asked < PROTO_FUZZ_ASKED);
            from += d.used ? d.used : in.n;
            kept = out->facts.n;
        } else {
            out->facts.n = kept;
        }
        end = at == bytes.n;
        at += ll_min_size(step, bytes.n - at);
    }
    for (size_t i = 0; i < out->facts.n; i++) {
        const struct parser_key *k = p->keys;
        while (k->key && strcmp(k->key, out->facts.v[i].key) != 0)
            k++;
        PROTO_FUZZ_RULE(k->key != NULL);
    }
    buf_finish(&ask);
}

/* "Whatever order of chunks, the same facts": can be told where only the first question was asked. */
static inline void proto_fuzz_compare(const struct proto_fuzz_play *a, const struct proto_fuzz_play *b) {
    if (a->asked || b->asked || a->facts.full || b->facts.full)
        return;
    PROTO_FUZZ_RULE(a->got == b->got);
    if (a->got != PARSE_DONE)
        return;
    PROTO_FUZZ_RULE(a->facts.n == b->facts.n);
    for (size_t i = 0; i < a->facts.n; i++) {
        PROTO_FUZZ_RULE(strcmp(a->facts.v[i].key, b->facts.v[i].key) == 0);
        PROTO_FUZZ_RULE(slice_eq(a->facts.v[i].value, b->facts.v[i].value));
    }
}

static inline int proto_fuzz(const struct parser *p, const uint8_t *bytes, size_t size) {
    static const char nothing[1];
    struct slice in = {bytes ? (const char *)bytes : nothing, ll_min_size(size, PROTO_FUZZ_INPUT)};
    struct proto_fuzz_play whole, chunks;
    if (p->recognise)
        (void)p->recognise(in);
    if (p->transports & PARSER_UDP) {
        proto_fuzz_one(p, in, in.n, true, &whole);
        arena_finish(&whole.arena);
    }
    if (p->transports & (PARSER_TCP | PARSER_TLS)) {
        proto_fuzz_one(p, in, in.n, false, &whole);
        proto_fuzz_one(p, in, in.n <= 256 ? 1 : in.n / 64, false, &chunks);
        proto_fuzz_compare(&whole, &chunks);
        arena_finish(&whole.arena);
        arena_finish(&chunks.arena);
    }
    return 0;
}

#endif
