/* Certificates and the cursor below them, whole and cut at every byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/asn1.h"
#include "proto/binary.h"
#include "proto/x509.h"

/* Version 3, serial 0x1234, ed25519; issuer "O=CA", subject "O=A\,B, CN=h.example"; UTCTime 491231235959Z to
 * GeneralizedTime 20500101000000Z; critical SAN with h.example and 192.0.2.9. The signature is noise. */
#define NAME_O(n, text) "\x30" n "\x06\x03\x55\x04\x0a\x0c" text
static const char certificate[] =
    "\x30\x81\xc1\x30\x81\xb4"
    "\xa0\x03\x02\x01\x02\x02\x02\x12\x34"
    "\x30\x05\x06\x03\x2b\x65\x70"
    "\x30\x0d\x31\x0b" NAME_O("\x09",
                              "\x02"
                              "CA") "\x30\x20\x17\x0d"
                                    "491231235959Z"
                                    "\x18\x0f"
                                    "20500101000000Z"
                                    "\x30\x22\x31\x0c" NAME_O(
                                        "\x0a", "\x03"
                                                "A,B") "\x31\x12\x30\x10\x06\x03\x55\x04\x03\x0c\x09h.example"
                                                       "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"
                                                       "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
                                                       "\xa3\x21\x30\x1f\x30\x1d\x06\x03\x55\x1d\x11\x01\x01\xff\x04"
                                                       "\x13\x30\x11\x82\x09h.example\x87\x04\xc0\x00\x02\x09"
                                                       "\x30\x05\x06\x03\x2b\x65\x70\x03\x01\x00";

static void assert_fact(const struct facts *f, const char *key, const char *wanted) {
    struct slice got = facts_get(f, key);
    if (!got.p || !slice_eq(got, slice_of(wanted)))
        fail_msg("%s is \"" SLICE_FMT "\", not \"%s\"", key, SLICE_ARG(got), wanted);
}

static void whole(void **state) {
    (void)state;
    struct arena a;
    struct facts f;
    arena_init(&a, "facts", 1 << 18);
    facts_init(&f, &a);
    x509_facts((struct slice){certificate, sizeof certificate - 1}, 0, &f);
    assert_fact(&f, "tls.subject", "O=A\\,B, CN=h.example");
    assert_fact(&f, "tls.subject.cn", "h.example");
    assert_fact(&f, "tls.subject.o", "A,B");
    assert_fact(&f, "tls.issuer", "O=CA");
    assert_fact(&f, "tls.not_before", "2049-12-31T23:59:59Z");
    assert_fact(&f, "tls.not_after", "2050-01-01T00:00:00Z");
    assert_fact(&f, "tls.serial", "1234");
    assert_fact(&f, "tls.key", "ed25519");
    assert_fact(&f, "tls.signed", "1.3.101.112");
    assert_fact(&f, "tls.san", "h.example");
    assert_true(slice_eq(f.v[f.n - 1].value, SLICE("192.0.2.9")));
    facts_init(&f, &a);
    x509_facts((struct slice){certificate, sizeof certificate - 1}, 1, &f);
    assert_int_equal(f.n, 2);
    assert_fact(&f, "tls.chain.subject", "O=A\\,B, CN=h.example");
    arena_finish(&a);
}

/* The same without its 35 bytes of extensions, as version 1 has it (RFC 5280 4.1.2.9). */
static void without_extensions(void **state) {
    (void)state;
    char copy[sizeof certificate];
    struct arena a;
    struct facts f;
    size_t whole_n = sizeof certificate - 1, tail = 10, n = whole_n - 35;
    memcpy(copy, certificate, n - tail);
    memcpy(copy + n - tail, certificate + whole_n - tail, tail);
    copy[2] = (char)(copy[2] - 35);
    copy[5] = (char)(copy[5] - 35);
    arena_init(&a, "facts", 1 << 18);
    facts_init(&f, &a);
    x509_facts((struct slice){copy, n}, 0, &f);
    assert_fact(&f, "tls.key", "ed25519");
    assert_null(facts_get(&f, "tls.san").p);
    arena_finish(&a);
}

/* A certificate that ends too early says nothing; the copy lets a sanitizer see a read behind it. */
static void cut(void **state) {
    (void)state;
    for (size_t n = 0; n + 1 < sizeof certificate; n++) {
        char *copy = malloc(n + 1);
        struct arena a;
        struct facts f;
        assert_non_null(copy);
        memcpy(copy, certificate, n);
        arena_init(&a, "facts", 1 << 16);
        facts_init(&f, &a);
        x509_facts((struct slice){copy, n}, 0, &f);
        assert_int_equal(f.n, 0);
        arena_finish(&a);
        free(copy);
    }
}

static void cursor(void **state) {
    (void)state;
    static const struct {
        struct slice in;
        enum asn1_state state;
        size_t n;
    } rows[] = {
        {{"", 0}, ASN1_SHORT, 0},
        {{"\x30", 1}, ASN1_SHORT, 0},
        {{"\x30\x02\x05", 3}, ASN1_SHORT, 4},
        {{"\x30\x02\x05\x00", 4}, ASN1_WHOLE, 4},
        {{"\x30\x84\x00\x00\x00\x01\x07", 7}, ASN1_WHOLE, 7},
        {{"\x30\x84\xff\xff\xff\xff\x07", 7}, ASN1_SHORT, 0x100000005},
        {{"\x30\x80\x00\x00", 4}, ASN1_BAD, 0},             /* indefinite */
        {{"\x30\x85\x00\x00\x00\x00\x01", 7}, ASN1_BAD, 0}, /* five bytes of length */
        {{"\x3f\x81\x01\x00", 4}, ASN1_BAD, 0},             /* high tag number */
    };
    for (size_t i = 0; i < LL_COUNT(rows); i++) {
        struct asn1 e;
        if (asn1_front(rows[i].in, &e) != rows[i].state)
            fail_msg("row %zu", i);
        if (rows[i].n)
            assert_int_equal(e.n, rows[i].n);
    }
    uint64_t v;
    assert_true(asn1_number(SLICE("\x00\xff\xff\xff\xff\xff\xff\xff\xff"), &v) && v == UINT64_MAX);
    assert_false(asn1_number(SLICE("\x80"), &v)); /* negative */
    assert_false(asn1_number(SLICE(""), &v));
    char text[ASN1_OID_TEXT];
    assert_string_equal(asn1_oid_text(SLICE("\x2b\x06\x01\x04\x01\x82\x37"), text), "1.3.6.1.4.1.311");
    assert_string_equal(asn1_oid_text(SLICE("\x2b\x86"), text), ""); /* cut in an arc */
    assert_string_equal(asn1_oid_text(SLICE("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), text), "");
}

static void times(void **state) {
    (void)state;
    struct arena a;
    struct facts f;
    arena_init(&a, "facts", 1 << 16);
    facts_init(&f, &a);
    facts_put_time(&f, "t", -1);
    facts_put_time(&f, "t", INT64_MAX);
    assert_int_equal(f.n, 0);
    facts_put_time(&f, "t", 951782400);
    facts_put_time(&f, "e", INT64_C(253402300799));
    assert_fact(&f, "t", "2000-02-29T00:00:00Z");
    assert_fact(&f, "e", "9999-12-31T23:59:59Z");
    facts_put_utf16(&f, "u", SLICE("A\x00\xe9\x00\x3d\xd8\x00\xde\x00\xd8"), false);
    assert_fact(&f, "u", "A\xc3\xa9\xf0\x9f\x98\x80\xef\xbf\xbd");
    arena_finish(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(whole), cmocka_unit_test(without_extensions),
                                       cmocka_unit_test(cut), cmocka_unit_test(cursor), cmocka_unit_test(times)};
    return cmocka_run_group_tests_name("x509", tests, NULL, NULL);
}
