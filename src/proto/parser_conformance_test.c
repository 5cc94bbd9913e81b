/* What the contract (proto/parser.h) asks of every parser in the list. */
#include "proto/conversation_test.h"

#include "base/rng.h"

#define ROUNDS 400

static const struct parser_peer peer = {.host = {"host.example", 12}, .port = 80};

static bool key_is_listed(const struct parser *p, const char *key) {
    for (const struct parser_key *k = p->keys; k->key; k++)
        if (strcmp(k->key, key) == 0)
            return true;
    return false;
}

/* A peer that answers with `bytes`, in chunks of at most `step`, whatever it is asked. */
static enum parse play(const struct parser *p, struct slice bytes, size_t step) {
    struct played s;
    conversation_begin(&s, p, &peer);
    enum parse got = PARSE_ASK;
    for (bool last = false; got == PARSE_ASK && !last;) {
        size_t heard;
        last = bytes.n == 0;
        got = conversation_hear(&s, bytes, step, &heard);
        bytes = slice_skip(bytes, s.d.used ? s.d.used : heard);
    }
    for (size_t i = 0; i < s.facts.n; i++)
        if (!key_is_listed(p, s.facts.v[i].key))
            fail_msg("%s puts \"%s\", which is not in its keys", p->name, s.facts.v[i].key);
    conversation_end(&s);
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
            (void)play(parser_list[i], (struct slice){bytes, n}, 1 + round % 97);
            if (parser_list[i]->recognise && n >= 16)
                assert_false(parser_list[i]->recognise((struct slice){bytes, n}));
        }
}

static void test_nothing(void **state) {
    (void)state;
    for (size_t i = 0; parser_list[i]; i++) {
        if (play(parser_list[i], (struct slice){"", 0}, 1) != PARSE_NOT)
            fail_msg("%s takes no byte at all for its protocol", parser_list[i]->name);
        if (parser_list[i]->recognise)
            assert_false(parser_list[i]->recognise((struct slice){"", 0}));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_tables), cmocka_unit_test(test_noise),
                                       cmocka_unit_test(test_nothing)};
    return cmocka_run_group_tests_name("parsers", tests, NULL, NULL);
}
