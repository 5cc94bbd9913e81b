/* Conversations as rows of a table: what a peer sends, and what must come of it. */
#ifndef LL_PROTO_CONVERSATION_ROWS_TEST_H
#define LL_PROTO_CONVERSATION_ROWS_TEST_H

#include "proto/conversation_test.h"

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
    struct conversation_state s;
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
    bool recognised;          /* the first answer, unasked */
    bool udp;
};

static inline void talk_check(const struct talk_case *c, size_t step) {
    const struct parser_peer peer = {.host = {"host.example", 12}, .port = 1, .udp = c->udp};
    const struct parser *p = parser_find(slice_of(c->parser));
    struct conversation_state s;
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
