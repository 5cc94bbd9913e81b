#include "scan/vendors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_vendor(struct vendors *v, uint32_t prefix, const char *name) {
    uint8_t mac[MAC_LEN] = {(uint8_t)(prefix >> 16), (uint8_t)(prefix >> 8), (uint8_t)prefix, 1, 2, 3};
    struct slice got = vendors_find(v, mac);
    if (!slice_eq(got, slice_of(name)))
        fail_msg("%06x: got \"" SLICE_FMT "\", not \"%s\"", prefix, SLICE_ARG(got), name);
}

static void test_list(void **state) {
    (void)state;
    const struct slice text = SLICE("OUI/MA-L\t\tOrganization\r\n"
                                    "company_id\t\tAddress\r\n\r\n"
                                    "F0-9F-C2   (hex)\t\tOther Form Ltd\r\n"
                                    "F09FC2     (base 16)\t\tMade Up Networks\r\n"
                                    "\t\t\t\tSome Street\r\n"
                                    "00aB01 (base 16) Small Letters  \n"
                                    "FCFFFF     (base 16)\t\tLast One\n"
                                    "00AB0Z     (base 16)\t\tNot Hexadecimal\n"
                                    "00AB03     (base 16)\t\t\n"
                                    "F29FC2     (base 16)\t\tSquatter\n"
                                    "00AB04\n"
                                    "00AB0\n"
                                    "000000     (base 16)\t\tFirst, no newline");
    struct vendors v;
    vendors_init(&v);
    v.loaded = true;
    assert_true(vendors_parse(&v, text));
    assert_int_equal(v.n, 5);
    assert_vendor(&v, 0xf09fc2, "Made Up Networks");
    assert_vendor(&v, 0x00ab01, "Small Letters");
    assert_vendor(&v, 0xfcffff, "Last One");
    assert_vendor(&v, 0x000000, "First, no newline");
    assert_vendor(&v, 0x00ab03, "");
    assert_vendor(&v, 0xf09fc3, "");
    assert_vendor(&v, 0xf29fc2, ""); /* locally administered: nobody's, whatever a list says */
    vendors_finish(&v);
}

static void test_nothing(void **state) {
    (void)state;
    static const char *const texts[] = {"", "\n", "\n\n\n", "(base 16)", "AABBCC"};
    for (size_t i = 0; i < LL_COUNT(texts); i++) {
        struct vendors v;
        vendors_init(&v);
        v.loaded = true;
        assert_true(vendors_parse(&v, slice_of(texts[i])));
        assert_vendor(&v, 0x001122, "");
        vendors_finish(&v);
    }
}

/* A list may be longer than any that exists; it is cut, not refused. */
static void test_many(void **state) {
    (void)state;
    struct buf text;
    buf_init(&text, 32U << 20);
    for (uint32_t i = 0; i < 250000; i++)
        buf_printf(&text, "%06X (base 16) N%u\n", 249999 - i, i);
    assert_false(text.failed);
    struct vendors v;
    vendors_init(&v);
    v.loaded = true;
    assert_true(vendors_parse(&v, buf_slice(&text)));
    assert_int_equal(v.n, 200000);
    assert_vendor(&v, 100000, "N149999");
    assert_vendor(&v, 40000, ""); /* behind the cut */
    vendors_finish(&v);
    buf_finish(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_list), cmocka_unit_test(test_nothing),
                                       cmocka_unit_test(test_many)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
