/* The question of RADIUS carries a right Message-Authenticator (RFC 5997 2.1, RFC 3579 3.2). */
#include "proto/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#define HEAD 20
#define MAC 16

/* Whole packet with one attribute, Message-Authenticator: is it the HMAC-MD5 of the packet with zeros in its place? */
static bool is_signed(struct slice packet, struct slice secret) {
    unsigned char zeroed[HEAD + 2 + MAC], mac[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    assert_int_equal(packet.n, sizeof zeroed);
    memcpy(zeroed, packet.p, sizeof zeroed);
    assert_int_equal(zeroed[HEAD], 80);
    assert_int_equal(zeroed[HEAD + 1], 2 + MAC);
    memset(zeroed + HEAD + 2, 0, MAC);
    assert_non_null(HMAC(EVP_md5(), secret.p, (int)secret.n, zeroed, sizeof zeroed, mac, &n));
    assert_int_equal(n, MAC);
    return memcmp(mac, packet.p + HEAD + 2, MAC) == 0;
}

/* RFC 5997 6.1: what this test takes for right is what the document shows. */
static void documents_own(void **state) {
    (void)state;
    static const char packet[] = "\x0c\xda\x00\x26\x8a\x54\xf4\x68\x6f\xb3\x94\xc5\x28\x66\xe3\x02\x18\x5d\x06\x23"
                                 "\x50\x12\x5a\x66\x5e\x2e\x1e\x84\x11\xf3\xe2\x43\x82\x20\x97\xc8\x4f\xa3";
    assert_true(is_signed((struct slice){packet, sizeof packet - 1}, SLICE("xyzzy5461")));
    assert_false(is_signed((struct slice){packet, sizeof packet - 1}, SLICE("")));
}

static void ours(void **state) {
    (void)state;
    struct parser_peer peer = {.host = SLICE("host.example"), .port = 1812, .udp = true};
    struct dialogue d = {.peer = &peer};
    struct buf ask;
    buf_init(&ask, PARSER_ASK_MAX);
    parser_radius.hello(&d, &ask);
    struct slice packet = buf_slice(&ask);
    assert_int_equal(packet.p[0], 12); /* Status-Server */
    assert_int_equal((uint8_t)packet.p[2] << 8 | (uint8_t)packet.p[3], packet.n);
    assert_true(is_signed(packet, SLICE("")));
    assert_false(parser_radius.recognise(packet));
    buf_finish(&ask);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(documents_own), cmocka_unit_test(ours)};
    return cmocka_run_group_tests_name("radius", tests, NULL, NULL);
}
