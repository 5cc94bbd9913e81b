/* Each protocol's words: the way into TLS, refusals, and bytes behind a go-ahead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/list.h"
#include "proto/starttls.h"

#include <string.h>

#define B(text)                                                                                                        \
    { text, sizeof(text) - 1 }
#define TURNS 4

/* What the server says, turn by turn; a turn without bytes is the connection itself. */
static const struct {
    const char *parser, *name;
    struct slice in[TURNS];
    enum starttls_next wanted[TURNS];
    const char *say[TURNS];
} cases[] = {
    {"smtp",
     "yes",
     {B(""), B("220 h ESMTP\r\n"), B("250-h\r\n250 STARTTLS\r\n"), B("220 2.0.0 go\r\n")},
     {STARTTLS_MORE, STARTTLS_SAY, STARTTLS_SAY, STARTTLS_SHAKE},
     {"", "EHLO leadline.invalid\r\n", "STARTTLS\r\n", ""}},
    {"smtp",
     "refused",
     {B(""), B("220 h ESMTP\r\n"), B("250-h\r\n250 STARTTLS\r\n"), B("454 no\r\n")},
     {STARTTLS_MORE, STARTTLS_SAY, STARTTLS_SAY, STARTTLS_NO},
     {"", "EHLO leadline.invalid\r\n", "STARTTLS\r\n", ""}},
    {"smtp",
     "another code",
     {B(""), B("220 h ESMTP\r\n"), B("250-h\r\n250 STARTTLS\r\n"), B("250 ok 220\r\n")},
     {STARTTLS_MORE, STARTTLS_SAY, STARTTLS_SAY, STARTTLS_NO},
     {"", "EHLO leadline.invalid\r\n", "STARTTLS\r\n", ""}},
    {"smtp",
     "words behind the go-ahead",
     {B(""), B("220 h ESMTP\r\n"), B("250 h\r\n"), B("220 go\r\n250 more\r\n")},
     {STARTTLS_MORE, STARTTLS_SAY, STARTTLS_SAY, STARTTLS_NO},
     {"", "EHLO leadline.invalid\r\n", "STARTTLS\r\n", ""}},
    {"smtp", "busy", {B(""), B("421 later\r\n")}, {STARTTLS_MORE, STARTTLS_NO}, {"", ""}},
    {"smtp", "half", {B(""), B("220-h\r\n")}, {STARTTLS_MORE, STARTTLS_MORE}, {"", ""}},
    {"imap",
     "yes",
     {B(""), B("* OK ready\r\n"), B("* X y\r\na1 OK go\r\n")},
     {STARTTLS_MORE, STARTTLS_SAY, STARTTLS_SHAKE},
     {"", "a1 STARTTLS\r\n", ""}},
    {"imap",
     "bad",
     {B(""), B("* OK ready\r\n"), B("a1 BAD no\r\n")},
     {STARTTLS_MORE, STARTTLS_SAY, STARTTLS_NO},
     {"", "a1 STARTTLS\r\n", ""}},
    {"imap", "logged in already", {B(""), B("* PREAUTH hi\r\n")}, {STARTTLS_MORE, STARTTLS_NO}, {"", ""}},
    {"pop3",
     "yes",
     {B(""), B("+OK ready\r\n"), B("+OK\r\n")},
     {STARTTLS_MORE, STARTTLS_SAY, STARTTLS_SHAKE},
     {"", "STLS\r\n", ""}},
    {"pop3",
     "no",
     {B(""), B("+OK ready\r\n"), B("-ERR\r\n")},
     {STARTTLS_MORE, STARTTLS_SAY, STARTTLS_NO},
     {"", "STLS\r\n", ""}},
    {"ftp",
     "yes",
     {B(""), B("220-a\r\n220 b\r\n"), B("234 go\r\n")},
     {STARTTLS_MORE, STARTTLS_SAY, STARTTLS_SHAKE},
     {"", "AUTH TLS\r\n", ""}},
    {"nntp",
     "yes",
     {B(""), B("200 hi\r\n"), B("382 go\r\n")},
     {STARTTLS_MORE, STARTTLS_SAY, STARTTLS_SHAKE},
     {"", "STARTTLS\r\n", ""}},
    {"managesieve",
     "yes",
     {B(""), B("\"IMPLEMENTATION\" \"x\"\r\nOK\r\n"), B("OK \"Begin TLS\"\r\n")},
     {STARTTLS_MORE, STARTTLS_SAY, STARTTLS_SHAKE},
     {"", "STARTTLS\r\n", ""}},
    {"xmpp",
     "yes",
     {B(""), B("<?xml version='1.0'?><stream:stream a='b'><stream:features><starttls/></stream:features>"),
      B("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")},
     {STARTTLS_SAY, STARTTLS_SAY, STARTTLS_SHAKE},
     {NULL, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", ""}},
    {"xmpp",
     "failure",
     {B(""), B("<stream:features></stream:features>"), B("<failure/></stream:stream>")},
     {STARTTLS_SAY, STARTTLS_SAY, STARTTLS_NO},
     {NULL, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", ""}},
    {"ldap",
     "yes",
     {B(""), B("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00")},
     {STARTTLS_SAY, STARTTLS_SHAKE},
     {NULL, ""}},
    {"ldap",
     "unsupported",
     {B(""), B("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x02\x04\x00\x04\x00")},
     {STARTTLS_SAY, STARTTLS_NO},
     {NULL, ""}},
    {"ldap", "half", {B(""), B("\x30\x0c\x02\x01")}, {STARTTLS_SAY, STARTTLS_MORE}, {NULL, ""}},
    {"postgresql", "yes", {B(""), B("S")}, {STARTTLS_SAY, STARTTLS_SHAKE}, {NULL, ""}},
    {"postgresql", "no", {B(""), B("N")}, {STARTTLS_SAY, STARTTLS_NO}, {NULL, ""}},
    {"postgresql", "stuffed", {B(""), B("Sx")}, {STARTTLS_SAY, STARTTLS_NO}, {NULL, ""}},
    {"rdp",
     "yes",
     {B(""), B("\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x1f\x08\x00\x02\x00\x00\x00")},
     {STARTTLS_SAY, STARTTLS_SHAKE},
     {NULL, ""}},
    {"rdp",
     "its own",
     {B(""), B("\x03\x00\x00\x0b\x06\xd0\x00\x00\x12\x34\x00")},
     {STARTTLS_SAY, STARTTLS_NO},
     {NULL, ""}},
    {"rdp", "half", {B(""), B("\x03\x00\x00\x13\x0e\xd0")}, {STARTTLS_SAY, STARTTLS_MORE}, {NULL, ""}},
    {"rdp", "another protocol", {B(""), B("HTTP/1.1 400 Bad\r\n")}, {STARTTLS_SAY, STARTTLS_NO}, {NULL, ""}},
    {"mysql",
     "yes",
     {B(""), B("\x09\x00\x00\x00\x0a"
               "10.11.1\x00")},
     {STARTTLS_MORE, STARTTLS_SAY_SHAKE},
     {"", NULL}},
    {"mysql", "error", {B(""), B("\x09\x00\x00\x00\xff\x10\x04Too man")}, {STARTTLS_MORE, STARTTLS_NO}, {"", ""}},
};

static void ways(void **state) {
    (void)state;
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        const struct starttls *t = starttls_find(slice_of(cases[i].parser));
        struct parser_peer peer = {.host = SLICE("h.example"), .addr = addr_v4(1), .port = 1};
        unsigned step = 0;
        assert_non_null(t);
        for (size_t k = 0; k < TURNS && cases[i].in[k].p; k++) {
            struct buf say;
            buf_init(&say, PARSER_ASK_MAX);
            enum starttls_next got = starttls_next(t, &peer, &step, cases[i].in[k], &say);
            if (got != cases[i].wanted[k])
                fail_msg("%s, %s: turn %zu is %d", cases[i].parser, cases[i].name, k, got);
            if (cases[i].say[k] && strcmp(buf_cstr(&say), cases[i].say[k]) != 0)
                fail_msg("%s, %s: says \"%s\"", cases[i].parser, cases[i].name, buf_cstr(&say));
            assert_int_equal(say.n > 0, got == STARTTLS_SAY || got == STARTTLS_SAY_SHAKE);
            buf_finish(&say);
        }
    }
}

/* Every row belongs to a parser that puts the fact of the offer, and whose transport has a clear form. */
static void rows_fit_their_parsers(void **state) {
    (void)state;
    size_t n = 0;
    for (size_t i = 0; parser_list[i]; i++) {
        const struct starttls *t = starttls_find(slice_of(parser_list[i]->name));
        if (!t)
            continue;
        n++;
        assert_true(parser_list[i]->transports & PARSER_TCP);
        assert_int_equal(t->greets, parser_list[i]->greets);
        const struct parser_key *k = parser_list[i]->keys;
        while (t->key && k->key && strcmp(k->key, t->key) != 0)
            k++;
        assert_true(!t->key || k->key);
        assert_true(t->say[0].p || parser_list[i]->hello);
        const struct parser *inside = t->inside ? parser_find(slice_of(t->inside)) : NULL;
        assert_true(!t->inside || (inside && inside->hello && (inside->transports & PARSER_TLS)));
    }
    assert_int_equal(n, 11);
    assert_null(starttls_find(SLICE("http")));
}

static void offers(void **state) {
    (void)state;
    struct arena a;
    struct facts f;
    arena_init(&a, "facts", 1 << 16);
    facts_init(&f, &a);
    const struct starttls *smtp = starttls_find(SLICE("smtp")), *ftp = starttls_find(SLICE("ftp"));
    facts_put(&f, "smtp.extension", SLICE("XSTARTTLS"));
    facts_put(&f, "ftp.feature", SLICE("AUTH TLS-C;AUTH SSL"));
    assert_false(starttls_offered(smtp, &f));
    assert_false(starttls_offered(ftp, &f));
    facts_put(&f, "smtp.extension", SLICE("starttls"));
    facts_put(&f, "ftp.feature", SLICE(" AUTH TLS;"));
    assert_true(starttls_offered(smtp, &f));
    assert_true(starttls_offered(ftp, &f));
    assert_true(starttls_offered(starttls_find(SLICE("ldap")), &f));
    arena_finish(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(ways), cmocka_unit_test(rows_fit_their_parsers),
                                       cmocka_unit_test(offers)};
    return cmocka_run_group_tests_name("starttls", tests, NULL, NULL);
}
