#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "service/choose.h"

static struct ask_list asks(struct ask_port p) {
    struct ask_list l;
    choose_asks(&p, &l);
    return l;
}

/* Place of a question; l->n: it is not asked. */
static size_t place(const struct ask_list *l, enum ask_kind kind, const char *name) {
    size_t i = 0;
    while (i < l->n && !(l->v[i].kind == kind && (!name || slice_eq(slice_of(ask_name(&l->v[i])), slice_of(name)))))
        i++;
    return i;
}

static void servers_that_greet_are_listened_to(void **state) {
    (void)state;
    struct ask_list l = asks((struct ask_port){.port = 22, .intensity = 7});
    assert_int_equal(l.v[0].kind, ASK_LISTEN);
    assert_true(l.v[0].usual);
    assert_null(l.v[0].parser); /* nothing is said to who speaks first */
    assert_true(choose_greets(22) && choose_greets(25) && !choose_greets(80));
}

static void usual_questions_come_first(void **state) {
    (void)state;
    struct ask_list l = asks((struct ask_port){.port = 80, .intensity = 7});
    assert_int_equal(place(&l, ASK_PARSER, "http"), 0);
    assert_true(l.v[0].usual);
    assert_true(place(&l, ASK_LISTEN, NULL) < place(&l, ASK_TLS, NULL));
    l = asks((struct ask_port){.port = 443, .intensity = 7});
    assert_int_equal(l.v[0].kind, ASK_TLS);
    assert_true(l.v[0].usual);
    l = asks((struct ask_port){.port = 443, .tunnel = true, .intensity = 7});
    assert_int_equal(place(&l, ASK_PARSER, "http"), 0);
    assert_int_equal(place(&l, ASK_TLS, NULL), l.n); /* no tunnel in a tunnel */
}

static void nameless_ports_are_listened_to_and_asked_by_http(void **state) {
    (void)state;
    struct ask_list l = asks((struct ask_port){.port = 49999, .intensity = 7});
    assert_int_equal(l.v[0].kind, ASK_LISTEN);
    assert_non_null(l.v[0].parser);
    assert_string_equal(l.v[0].parser->name, "http");
    assert_int_equal(place(&l, ASK_PARSER, "http"), l.n); /* not twice */
    assert_int_equal(place(&l, ASK_TLS, NULL), 1);
}

static void intensity_bounds_the_rest(void **state) {
    (void)state;
    size_t before = 0;
    for (unsigned intensity = 0; intensity <= 9; intensity++) {
        struct ask_list l = asks((struct ask_port){.port = 49999, .intensity = intensity});
        assert_true(l.n >= before);
        before = l.n;
        unsigned rarity = 0;
        for (size_t i = 0; i < l.n; i++) {
            if (l.v[i].kind != ASK_PARSER)
                continue;
            assert_true(l.v[i].parser->rarity <= intensity);
            assert_true(l.v[i].parser->rarity >= rarity); /* from likely to rare */
            rarity = l.v[i].parser->rarity;
            assert_true(l.v[i].parser->transports & PARSER_TCP);
            assert_non_null(l.v[i].parser->hello);
        }
    }
    assert_true(before > 20);
    struct ask_list none = asks((struct ask_port){.port = 49999});
    assert_int_equal(none.n, 1); /* listening is free */
    assert_null(none.v[0].parser);
}

static void the_usual_are_asked_at_any_intensity(void **state) {
    (void)state;
    for (size_t i = 0; parser_list[i]; i++) {
        const struct parser *q = parser_list[i];
        for (const uint16_t *port = q->ports; port && *port; port++) {
            struct ask_port p = {.port = *port, .udp = !(q->transports & PARSER_TCP)};
            struct ask_list l = asks(p);
            if (parser_is_tls(q)) /* a handshake of our own asks instead */
                assert_int_equal(place(&l, ASK_TLS, NULL), 0);
            else if (q->hello && q->transports & (p.udp ? PARSER_UDP : PARSER_TCP))
                assert_true(place(&l, ASK_PARSER, q->name) < l.n);
        }
    }
}

static void udp_is_never_listened_to(void **state) {
    (void)state;
    struct ask_list l = asks((struct ask_port){.port = 53, .udp = true, .intensity = 9});
    assert_int_equal(place(&l, ASK_PARSER, "dns"), 0);
    assert_int_equal(place(&l, ASK_LISTEN, NULL), l.n);
    assert_int_equal(place(&l, ASK_TLS, NULL), l.n);
    for (size_t i = 0; i < l.n; i++)
        assert_true(l.v[i].parser->transports & PARSER_UDP);
}

static void inside_of_dtls_others_are_asked(void **state) {
    (void)state;
    struct ask_list l = asks((struct ask_port){.port = 5684, .udp = true, .intensity = 9});
    assert_int_equal(place(&l, ASK_PARSER, "dtls"), 0);
    l = asks((struct ask_port){.port = 5684, .udp = true, .tunnel = true, .intensity = 9});
    assert_int_equal(place(&l, ASK_PARSER, "dtls"), l.n);
    assert_true(place(&l, ASK_PARSER, "coap") < l.n);
}

static void tls_that_chose_http_is_asked_by_it(void **state) {
    (void)state;
    struct ask_list l = asks((struct ask_port){.port = 28443, .tunnel = true, .alpn = SLICE("http/1.1")});
    assert_int_equal(place(&l, ASK_PARSER, "http"), 0);
    assert_true(l.v[0].usual);
    assert_int_equal(place(&l, ASK_PARSER, "http2"), l.n);
    l = asks((struct ask_port){.port = 28443, .tunnel = true, .alpn = SLICE("h2")});
    assert_int_equal(place(&l, ASK_PARSER, "http"), 0);
    assert_int_equal(place(&l, ASK_PARSER, "http2"), 1);
    assert_true(l.v[1].waits);
}

static void nothing_is_asked_twice(void **state) {
    (void)state;
    static const uint16_t ports[] = {1, 22, 25, 53, 80, 443, 993, 3306, 6379, 9100, 65535};
    for (size_t n = 0; n < LL_COUNT(ports) * 4; n++) {
        struct ask_list l =
            asks((struct ask_port){.port = ports[n / 4], .udp = n & 1, .tunnel = !(n & 1) && n & 2, .intensity = 9});
        for (size_t i = 0; i < l.n; i++)
            for (size_t k = 0; k < i; k++)
                assert_false(l.v[i].kind == l.v[k].kind && l.v[i].parser == l.v[k].parser);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(servers_that_greet_are_listened_to),
        cmocka_unit_test(usual_questions_come_first),
        cmocka_unit_test(nameless_ports_are_listened_to_and_asked_by_http),
        cmocka_unit_test(intensity_bounds_the_rest),
        cmocka_unit_test(the_usual_are_asked_at_any_intensity),
        cmocka_unit_test(udp_is_never_listened_to),
        cmocka_unit_test(inside_of_dtls_others_are_asked),
        cmocka_unit_test(tls_that_chose_http_is_asked_by_it),
        cmocka_unit_test(nothing_is_asked_twice),
    };
    return cmocka_run_group_tests_name("choose", tests, NULL, NULL);
}
