/* For the unit tests of the parsers: plays a peer's bytes into a parser, as service/talk.c would, and holds what comes
 * of it against a row of a table. Samples of whole servers are in tests/golden/services; here stand the edges. */
#ifndef LL_PROTO_CONVERSATION_TEST_H
#define LL_PROTO_CONVERSATION_TEST_H

#include "proto/list.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* As SLICE, for tables. */
#define BYTES(literal)                                                                                                 \
    { (literal), sizeof(literal) - 1 }
#define B(literal) BYTES(literal)

enum { CONVERSATION_WHOLE = 1 << 16 /* a step that no answer reaches */, CONVERSATION_LONGEST = 40 /* questions */ };

/* One conversation under way. */
struct played {
    const struct parser *parser;
    struct dialogue d;
    struct facts facts;
    struct arena arena;
    struct buf ask; /* the last question */
};

static inline void conversation_begin(struct played *s, const struct parser *p, const struct parser_peer *peer) {
    *s = (struct played){.parser = p, .d = {.peer = peer}};
    arena_init(&s->arena, "facts", 1 << 20);
    facts_init(&s->facts, &s->arena);
    buf_init(&s->ask, PARSER_ASK_MAX);
    if (p->hello) {
        p->hello(&s->d, &s->ask);
        s->d.asked = 1;
    }
}

static inline void conversation_end(struct played *s) {
    buf_finish(&s->ask);
    arena_finish(&s->arena);
}

/* The peer sends `in`, in chunks of at most `step` bytes, until the parser wants no more or the stream ends behind it.
 * *heard: bytes that had come when the parser asked its next question. Never PARSE_MORE. */
static inline enum parse conversation_hear(struct played *s, struct slice in, size_t step, size_t *heard) {
    size_t kept = s->facts.n, at = 0;
    struct buf ask;
    buf_init(&ask, PARSER_ASK_MAX);
    enum parse got = PARSE_MORE;
    s->d.used = 0;
    for (bool end = false; got == PARSE_MORE;) {
        assert_false(end);
        end = at == in.n;
        at = ll_min_size(at + step, in.n);
        s->facts.n = kept;
        buf_clear(&ask);
        got = s->parser->read(&s->d, slice_sub(in, 0, at), end, &s->facts, &ask);
    }
    if (got == PARSE_ASK) {
        assert_true(ask.n > 0 && !ask.failed && s->d.used <= at);
        assert_true(++s->d.asked < CONVERSATION_LONGEST);
        buf_clear(&s->ask);
        buf_put(&s->ask, buf_slice(&ask));
    }
    buf_finish(&ask);
    *heard = at;
    return got;
}

/* Each of the answers after a question, then the end of the stream. */
static inline void conversation_hear_all(struct played *s, const struct slice *answers, size_t n, size_t step,
                                         const char *says, enum parse wanted) {
    enum parse got = PARSE_ASK;
    struct buf in; /* what no question has used, and the next answer */
    buf_init(&in, 1 << 20);
    for (size_t i = 0, heard; got == PARSE_ASK; i++) {
        buf_put(&in, i < n ? answers[i] : SLICE(""));
        got = conversation_hear(s, buf_slice(&in), step, &heard);
        buf_drop_front(&in, s->d.used ? s->d.used : in.n);
    }
    buf_finish(&in);
    if (got != wanted)
        fail_msg("%s: %s: ends with %d, not %d (step %zu)", s->parser->name, says, (int)got, (int)wanted, step);
}

/* value NULL: the key must not be there */
static inline void conversation_expect(const struct played *s, const char *says, const char *key, const char *value) {
    struct slice got = facts_get(&s->facts, key);
    if (value ? !got.p || !slice_eq(got, slice_of(value)) : got.p != NULL)
        fail_msg("%s: %s: %s is \"" SLICE_FMT "\"", s->parser->name, says, key, SLICE_ARG(got));
}

/* One row: what the peer sends as answers, in their order, and what must come of it. */
struct conversation {
    const char *name;
    const struct parser *parser;
    struct slice answers[4];
    enum parse got;
    const char *asks;        /* a part of the last question; NULL: not looked at */
    const char *key, *value; /* key NULL: none is looked at */
    bool udp;
};

static inline void conversation_play(const struct conversation *c) {
    struct parser_peer peer = {.host = {"host.example", 12}, .addr = addr_v4(0xc0000201), .port = 80, .udp = c->udp};
    struct played s;
    conversation_begin(&s, c->parser, &peer);
    conversation_hear_all(&s, c->answers, LL_COUNT(c->answers), CONVERSATION_WHOLE, c->name, c->got);
    if (c->asks && !slice_has_exact(buf_slice(&s.ask), slice_of(c->asks)))
        fail_msg("%s: does not ask \"%s\"", c->name, c->asks);
    if (c->key)
        conversation_expect(&s, c->name, c->key, c->value);
    conversation_end(&s);
}

/* As a row, for a parser by its name, on a port that is nobody's own: whole answers and single bytes end alike. */
struct talk_case {
    const char *parser, *says;
    struct slice in[6];
    enum parse end;
    const char *facts[10][2]; /* key, value */
    bool recognised, udp;     /* recognised: the first answer, unasked */
};

static inline void talk_check(const struct talk_case *c, size_t step) {
    const struct parser_peer peer = {.host = {"host.example", 12}, .port = 1, .udp = c->udp};
    const struct parser *p = parser_find(slice_of(c->parser));
    struct played s;
    assert_non_null(p);
    conversation_begin(&s, p, &peer);
    conversation_hear_all(&s, c->in, LL_COUNT(c->in), step, c->says, c->end);
    for (size_t i = 0; i < LL_COUNT(c->facts) && c->facts[i][0]; i++)
        conversation_expect(&s, c->says, c->facts[i][0], c->facts[i][1]);
    if ((p->recognise && p->recognise(c->in[0])) != c->recognised)
        fail_msg("%s: %s: recognise is %d", c->parser, c->says, !c->recognised);
    conversation_end(&s);
}

static inline void talk_check_all(const struct talk_case *cases, size_t n) {
    for (size_t i = 0; i < n; i++) {
        talk_check(&cases[i], CONVERSATION_WHOLE);
        if (!cases[i].udp)
            talk_check(&cases[i], 1);
    }
}

#endif
