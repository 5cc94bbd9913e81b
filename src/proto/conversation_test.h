/* Plays a conversation written down as a table into a parser: for the unit tests of the parsers. */
#ifndef LL_PROTO_CONVERSATION_TEST_H
#define LL_PROTO_CONVERSATION_TEST_H

#include "proto/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* As SLICE, for tables. */
#define BYTES(literal)                                                                                                 \
    { (literal), sizeof(literal) - 1 }

/* One row: what the peer sends as answers, in their order, and what must come of it. */
struct conversation {
    const char *name;
    const struct parser *parser;
    struct slice answers[4]; /* an empty one ends them; the stream ends behind the last */
    enum parse got;
    const char *asks;  /* a part of the last question; NULL: not looked at */
    const char *key;   /* NULL: none is looked at */
    const char *value; /* NULL: the key must not be there */
    bool udp;
};

static inline bool has_part(struct slice text, const char *part) {
    return memmem(text.p, text.n, part, strlen(part)) != NULL;
}

static inline void conversation_play(const struct conversation *c) {
    struct parser_peer peer = {.host = {"host.example", 12}, .addr = addr_v4(0xc0000201), .port = 80, .udp = c->udp};
    struct dialogue d = {.peer = &peer};
    struct arena a;
    struct facts f;
    struct buf ask, last, kept; /* kept: of the answers, what no question has used */
    buf_init(&kept, 1 << 20);
    buf_init(&ask, PARSER_ASK_MAX);
    buf_init(&last, PARSER_ASK_MAX);
    arena_init(&a, "facts", 1 << 20);
    facts_init(&f, &a);
    if (c->parser->hello) {
        c->parser->hello(&d, &last);
        d.asked = 1;
    }
    enum parse got = PARSE_MORE;
    size_t i = 0;
    while (got == PARSE_MORE || got == PARSE_ASK) {
        bool more = i < LL_COUNT(c->answers) && c->answers[i].n > 0;
        if (more)
            buf_put(&kept, c->answers[i]);
        struct slice in = kept.n ? buf_slice(&kept) : (struct slice){"", 0};
        size_t before = f.n;
        buf_clear(&ask);
        d.used = 0;
        got = c->parser->read(&d, in, !more, &f, &ask);
        if (got == PARSE_MORE) { /* that was all: nothing follows */
            assert_true(more);
            f.n = before;
            got = c->parser->read(&d, in, true, &f, &ask);
        }
        if (got == PARSE_ASK) {
            buf_clear(&last);
            buf_put(&last, buf_slice(&ask));
            d.asked++;
        }
        buf_drop_front(&kept, got == PARSE_ASK && d.used ? d.used : kept.n);
        i++;
    }
    if (got != c->got)
        fail_msg("%s: %d, not %d", c->name, got, c->got);
    if (c->asks && !has_part(buf_slice(&last), c->asks))
        fail_msg("%s: does not ask \"%s\"", c->name, c->asks);
    struct slice value = c->key ? facts_get(&f, c->key) : (struct slice){NULL, 0};
    if (c->key && (c->value ? !value.p || !slice_eq(value, slice_of(c->value)) : value.p != NULL))
        fail_msg("%s: %s is \"" SLICE_FMT "\"", c->name, c->key, SLICE_ARG(value));
    buf_finish(&ask);
    buf_finish(&last);
    buf_finish(&kept);
    arena_finish(&a);
}

#endif
