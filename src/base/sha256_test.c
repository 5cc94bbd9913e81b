#include "base/sha256.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_hash(const uint8_t hash[SHA256_SIZE], const char *wanted) {
    char text[2 * SHA256_SIZE + 1];
    for (size_t i = 0; i < SHA256_SIZE; i++)
        snprintf(text + 2 * i, 3, "%02x", hash[i]);
    assert_string_equal(text, wanted);
}

/* NIST's examples for FIPS 180-4: "abc", 56 bytes, a million letters; and nothing. */
static void vectors(void **state) {
    (void)state;
    static const struct {
        const char *text, *hash;
    } cases[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    struct sha256 s;
    uint8_t hash[SHA256_SIZE];
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        sha256_init(&s);
        sha256_add(&s, cases[i].text, strlen(cases[i].text));
        sha256_finish(&s, hash);
        assert_hash(hash, cases[i].hash);
    }
    sha256_init(&s);
    for (size_t i = 0; i < 1000000; i++)
        sha256_add(&s, "a", 1);
    sha256_finish(&s, hash);
    assert_hash(hash, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* However it is cut into pieces, and for every length around a block. */
static void pieces(void **state) {
    (void)state;
    uint8_t bytes[200], whole[SHA256_SIZE], parts[SHA256_SIZE];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7);
    for (size_t n = 0; n <= sizeof bytes; n++)
        for (size_t step = 1; step < 70; step += 9) {
            struct sha256 s;
            sha256_init(&s);
            sha256_add(&s, bytes, n);
            sha256_finish(&s, whole);
            sha256_init(&s);
            for (size_t at = 0; at < n; at += step)
                sha256_add(&s, bytes + at, ll_min_size(step, n - at));
            sha256_finish(&s, parts);
            assert_memory_equal(whole, parts, SHA256_SIZE);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(vectors), cmocka_unit_test(pieces)};
    return cmocka_run_group_tests_name("sha256", tests, NULL, NULL);
}
