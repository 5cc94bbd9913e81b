/* What the contract (proto/parser.h) asks of every parser in the list. */
#include "proto/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"

#define ROUNDS 400

static const struct parser_peer peer = {.host = {"host.example", 12}, .port = 80};

static bool key_is_listed(const struct parser *p, const char *key) {
    for (const struct parser_key *k = p->keys; k->key; k++)
        if (strcmp(k->key, key) == 0)
            return true;
    return false;
}

/* Plays bytes into a parser, in chunks of at most `step`; false: it broke a rule. */
static enum parse play(const struct parser *p, struct slice bytes, size_t step, struct facts *out) {
    struct dialogue d = {.peer = &peer};
    struct buf ask;
    buf_init(&ask, PARSER_ASK_MAX);
    if (p->hello) {
        p->hello(&d, &ask);
        d.asked = 1;
    }
    enum parse got = PARSE_MORE;
    size_t from = 0;
    for (size_t at = 0; got == PARSE_MORE || got == PARSE_ASK;) {
        at = at + step < bytes.n ? at + step : bytes.n;
        struct slice in = slice_sub(slice_skip(bytes, from), 0, at - from);
        bool end = at == bytes.n;
        size_t kept = out->n;
        buf_clear(&ask);
        got = p->read(&d, in, end, out, &ask);
        if (got == PARSE_MORE) {
            assert_false(end);
            out->n = kept;
        } else if (got == PARSE_ASK) {
            assert_true(ask.n > 0);
            assert_false(ask.failed);
            assert_true(d.used <= in.n);
            from += d.used ? d.used : in.n;
            d.used = 0;
            d.asked++;
            assert_true(d.asked < 40);
            if (end && from == bytes.n) {
                got = p->read(&d, (struct slice){"", 0}, true, out, &ask);
                break;
            }
        }
    }
    for (size_t i = 0; i < out->n; i++)
        if (!key_is_listed(p, out->v[i].key))
            fail_msg("%s puts \"%s\", which is not in its keys", p->name, out->v[i].key);
    buf_finish(&ask);
    return got;
}

static void test_tables(void **state) {
    (void)state;
    for (size_t i = 0; parser_list[i]; i++) {
        const struct parser *p = parser_list[i];
        assert_non_null(p->name);
        assert_non_null(p->service);
        assert_non_null(p->source);
        assert_non_null(p->keys);
        assert_non_null(p->read);
        assert_true(p->transports != 0);
        assert_true(p->rarity >= 1 && p->rarity <= 9);
        assert_true(p->greets || p->hello || p->recognise);
        assert_ptr_equal(parser_find(slice_of(p->name)), p);
        if (i > 0)
            assert_true(strcmp(parser_list[i - 1]->name, p->name) < 0);
        if (p->hello) {
            struct dialogue d = {.peer = &peer};
            struct buf ask;
            buf_init(&ask, PARSER_ASK_MAX);
            p->hello(&d, &ask);
            assert_false(ask.failed);
            assert_true(ask.n > 0);
            buf_finish(&ask);
        }
    }
}

/* Nobody takes noise for his own, and noise breaks nobody. */
static void test_noise(void **state) {
    (void)state;
    struct rng r;
    uint64_t seed = (uint64_t)(uintptr_t)&r ^ 0x5eed;
    print_message("seed %llu\n", (unsigned long long)seed);
    rng_seed(&r, seed);
    for (size_t i = 0; parser_list[i]; i++)
        for (unsigned round = 0; round < ROUNDS; round++) {
            char bytes[600];
            size_t n = rng_u64(&r) % sizeof bytes;
            for (size_t k = 0; k < n; k++)
                bytes[k] = (char)rng_u64(&r);
            struct arena a;
            struct facts f;
            arena_init(&a, "facts", 1 << 17);
            facts_init(&f, &a);
            (void)play(parser_list[i], (struct slice){bytes, n}, 1 + round % 97, &f);
            if (parser_list[i]->recognise && n >= 16)
                assert_false(parser_list[i]->recognise((struct slice){bytes, n}));
            arena_finish(&a);
        }
}

static void test_nothing(void **state) {
    (void)state;
    for (size_t i = 0; parser_list[i]; i++) {
        struct arena a;
        struct facts f;
        arena_init(&a, "facts", 1 << 16);
        facts_init(&f, &a);
        if (play(parser_list[i], (struct slice){"", 0}, 1, &f) != PARSE_NOT)
            fail_msg("%s takes no byte at all for its protocol", parser_list[i]->name);
        if (parser_list[i]->recognise)
            assert_false(parser_list[i]->recognise((struct slice){"", 0}));
        arena_finish(&a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_tables), cmocka_unit_test(test_noise),
                                       cmocka_unit_test(test_nothing)};
    return cmocka_run_group_tests_name("parsers", tests, NULL, NULL);
}
