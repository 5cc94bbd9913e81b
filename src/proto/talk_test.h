/* For tests of parsers: a table of conversations. Each is played with whole messages and byte by byte, and must end
 * alike. Samples of whole servers are in tests/golden/services; here stand the edges. */
#ifndef LL_PROTO_TALK_TEST_H
#define LL_PROTO_TALK_TEST_H

#include "proto/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TALK_MESSAGES 6
#define TALK_FACTS 10
#define B(literal)                                                                                                     \
    { (literal), sizeof(literal) - 1 }

struct talk_fact {
    const char *key, *value; /* value NULL: the key must not be there */
};

struct talk_case {
    const char *parser, *says;
    struct slice in[TALK_MESSAGES]; /* the peer's messages; each after the first answers a question */
    enum parse end;
    struct talk_fact facts[TALK_FACTS];
    bool recognised; /* the first message, unasked */
    bool udp;
};

static inline enum parse talk_play(const struct talk_case *c, const struct parser *p, size_t step, struct facts *out) {
    const struct parser_peer peer = {.host = {"host.example", 12}, .port = 1, .udp = c->udp};
    struct dialogue d = {.peer = &peer};
    struct buf ask;
    buf_init(&ask, PARSER_ASK_MAX);
    if (p->hello) {
        p->hello(&d, &ask);
        d.asked = 1;
    }
    enum parse got = PARSE_ASK;
    for (size_t i = 0; got == PARSE_ASK; i++) {
        struct slice in = i < TALK_MESSAGES ? c->in[i] : (struct slice){0};
        size_t kept = out->n, at = 0;
        got = PARSE_MORE;
        while (got == PARSE_MORE) {
            bool end = at == in.n;
            at = ll_min_size(at + step, in.n);
            out->n = kept;
            buf_clear(&ask);
            got = p->read(&d, slice_sub(in, 0, at), end, out, &ask);
            if (end)
                assert_true(got != PARSE_MORE);
        }
        d.asked++;
        assert_true(d.asked < 20);
    }
    buf_finish(&ask);
    return got;
}

static inline void talk_check(const struct talk_case *c, size_t step) {
    const struct parser *p = parser_find(slice_of(c->parser));
    struct arena a;
    struct facts f;
    assert_non_null(p);
    arena_init(&a, "facts", 1 << 22);
    facts_init(&f, &a);
    enum parse got = talk_play(c, p, step, &f);
    if (got != c->end)
        fail_msg("%s: %s: ends with %d, wanted %d (step %zu)", c->parser, c->says, (int)got, (int)c->end, step);
    for (size_t i = 0; i < TALK_FACTS && c->facts[i].key; i++) {
        struct slice v = facts_get(&f, c->facts[i].key), want = slice_of(c->facts[i].value);
        if (!slice_eq(v, want) || (v.p == NULL) != (c->facts[i].value == NULL))
            fail_msg("%s: %s: %s is \"" SLICE_FMT "\" (step %zu)", c->parser, c->says, c->facts[i].key, SLICE_ARG(v),
                     step);
    }
    if (p->recognise && p->recognise(c->in[0]) != c->recognised)
        fail_msg("%s: %s: recognise is %d", c->parser, c->says, !c->recognised);
    assert_true(p->recognise || !c->recognised);
    arena_finish(&a);
}

static inline void talk_check_all(const struct talk_case *cases, size_t n) {
    for (size_t i = 0; i < n; i++) {
        talk_check(&cases[i], 1 << 16);
        if (!cases[i].udp)
            talk_check(&cases[i], 1);
    }
}

#endif
