/* For the unit tests of the parsers: plays a peer's bytes into a parser, as service/talk.c would, and holds what comes
 * of it against a row of a table. Samples of whole servers are in tests/golden/services; here stand the edges. */
#ifndef LL_PROTO_CONVERSATION_TEST_H
#define LL_PROTO_CONVERSATION_TEST_H

#include "proto/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* As SLICE, for tables. */
#define BYTES(literal)                                                                                                 \
    { (literal), sizeof(literal) - 1 }
#define B(literal) BYTES(literal)

enum { CONVERSATION_WHOLE = 1 << 16 /* a step that no answer reaches */, CONVERSATION_LONGEST = 40 /* questions */ };

/* One conversation under way. */
struct conversation_state {
    const struct parser *parser;
    struct dialogue d;
    struct facts facts;
    struct arena arena;
    struct buf ask; /* the last question */
};

static inline void conversation_begin(struct conversation_state *s, const struct parser *p,
                                      const struct parser_peer *peer) {
    *s = (struct conversation_state){.parser = p, .d = {.peer = peer}};
    arena_init(&s->arena, "facts", 1 << 20);
    facts_init(&s->facts, &s->arena);
    buf_init(&s->ask, PARSER_ASK_MAX);
    if (p->hello) {
        p->hello(&s->d, &s->ask);
        s->d.asked = 1;
    }
}

static inline void conversation_end(struct conversation_state *s) {
    buf_finish(&s->ask);
    arena_finish(&s->arena);
}

/* The peer sends `in`, in chunks of at most `step` bytes, until the parser wants no more or the stream ends behind it.
 * *heard: bytes that had come when the parser asked its next question. Never PARSE_MORE. */
static inline enum parse conversation_hear(struct conversation_state *s, struct slice in, size_t step, size_t *heard) {
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

/* Each of the answers after a question, behind what an earlier question left of those before, then the end of the
 * stream. */
static inline void conversation_hear_all(struct conversation_state *s, const struct slice *answers, size_t n,
                                         size_t step, const char *says, enum parse wanted) {
    enum parse got = PARSE_ASK;
    struct buf in;
    buf_init(&in, 1 << 20);
    for (size_t i = 0, heard; got == PARSE_ASK; i++) {
        if (i < n)
            buf_put(&in, answers[i]);
        got = conversation_hear(s, in.n ? buf_slice(&in) : (struct slice){"", 0}, step, &heard);
        buf_drop_front(&in, s->d.used ? s->d.used : in.n);
    }
    buf_finish(&in);
    if (got != wanted)
        fail_msg("%s: %s: ends with %d, not %d (step %zu)", s->parser->name, says, (int)got, (int)wanted, step);
}

/* value NULL: the key must not be there */
static inline void conversation_expect(const struct conversation_state *s, const char *says, const char *key,
                                       const char *value) {
    struct slice got = facts_get(&s->facts, key);
    if (value ? !got.p || !slice_eq(got, slice_of(value)) : got.p != NULL)
        fail_msg("%s: %s: %s is \"" SLICE_FMT "\"", s->parser->name, says, key, SLICE_ARG(got));
}

#endif
