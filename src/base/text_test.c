#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void expect(bool (*put)(struct buf *, struct slice), struct slice in, const char *out) {
    struct buf b;
    buf_init(&b, 4096);
    assert_true(put(&b, in));
    assert_string_equal(buf_cstr(&b), out);
    buf_finish(&b);
}

static void test_common_rules(void **state) {
    (void)state;
    static const struct {
        struct slice in;
        const char *out;
    } cases[] = {
        {{"SSH-2.0-OpenSSH_9.2p1 (Debian)", 30}, "SSH-2.0-OpenSSH_9.2p1 (Debian)"},
        {{NULL, 0}, ""},
        {{"\x1b[31mred", 8}, "\\x1B[31mred"},
        {{"a\0b", 3}, "a\\x00b"},
        {{"\x7f", 1}, "\\x7F"},
        {{"\xc2\x85", 2}, "\\xC2\\x85"},                   /* C1 */
        {{"Gr\xc3\xbc\xc3\x9f", 6}, "Gr\xc3\xbc\xc3\x9f"}, /* printable */
        {{"\xf0\x9f\x98\x80", 4}, "\xf0\x9f\x98\x80"},     /* beyond the first plane */
        {{"\xe2\x80\xae"
          "evil",
          7},
         "\\xE2\\x80\\xAE"
         "evil"},                                          /* U+202E */
        {{"\xe2\x81\xa6", 3}, "\\xE2\\x81\\xA6"},          /* U+2066 */
        {{"\xe2\x80\x8b", 3}, "\\xE2\\x80\\x8B"},          /* U+200B */
        {{"\xd8\x9c", 2}, "\\xD8\\x9C"},                   /* U+061C */
        {{"\xef\xbb\xbf", 3}, "\\xEF\\xBB\\xBF"},          /* U+FEFF */
        {{"\xef\xbf\xbe", 3}, "\\xEF\\xBF\\xBE"},          /* U+FFFE */
        {{"\xef\xb7\x90", 3}, "\\xEF\\xB7\\x90"},          /* U+FDD0 */
        {{"\xf4\x8f\xbf\xbf", 4}, "\\xF4\\x8F\\xBF\\xBF"}, /* U+10FFFF */
        {{"\xef\xbf\xbd", 3}, "\xef\xbf\xbd"},             /* U+FFFD itself may pass */
        {{"\xc0\xaf", 2}, "\\xC0\\xAF"},                   /* overlong '/' */
        {{"\xe0\x80\xaf", 3}, "\\xE0\\x80\\xAF"},          /* overlong '/' */
        {{"\xf0\x80\x80\xaf", 4}, "\\xF0\\x80\\x80\\xAF"}, /* overlong '/' */
        {{"\xed\xa0\x80", 3}, "\\xED\\xA0\\x80"},          /* surrogate */
        {{"\xf4\x90\x80\x80", 4}, "\\xF4\\x90\\x80\\x80"}, /* U+110000 */
        {{"\xf8\x88\x80\x80\x80", 5}, "\\xF8\\x88\\x80\\x80\\x80"},
        {{"\xff\xfe", 2}, "\\xFF\\xFE"},
        {{"\x80z", 2}, "\\x80z"},
        {{"\xe2\x82", 2}, "\\xE2\\x82"}, /* cut off */
        {{"\xe2\x82z", 3}, "\\xE2\\x82z"},
        {{"\xe2\xc3\xbc", 3}, "\\xE2\xc3\xbc"}, /* picks up at the next character */
    };
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        expect(text_plain, cases[i].in, cases[i].out);
        expect(text_xml, cases[i].in, cases[i].out);
    }
}

static void test_plain(void **state) {
    (void)state;
    expect(text_plain, SLICE("a\r\n\tb"), "a\\x0D\\x0A\\x09b");
    expect(text_plain, SLICE("C:\\x41 <\"'&--"), "C:\\x41 <\"'&--");
    expect(text_plain, SLICE("\xe2\x80\xa8"), "\\xE2\\x80\\xA8");
}

static void test_xml(void **state) {
    (void)state;
    expect(text_xml, SLICE("<a href=\"x\" b='y'>&amp;"), "&lt;a href=&quot;x&quot; b=&apos;y&apos;&gt;&amp;amp;");
    expect(text_xml, SLICE("a\n\tb\r"), "a&#xa;&#x9;b\\x0D");
    expect(text_xml, SLICE("-a--b---c----"), "-a-&#45;b-&#45;-c-&#45;-&#45;");
    expect(text_xml, SLICE("]]>"), "]]&gt;");
    struct buf b;
    buf_init(&b, 100);
    assert_true(text_xml(&b, SLICE("-")));
    assert_true(text_xml(&b, SLICE("->")));
    assert_string_equal(buf_cstr(&b), "-&#45;&gt;");
    buf_finish(&b);
}

static void test_json(void **state) {
    (void)state;
    expect(text_json, SLICE("say \"hi\" \\ /"), "say \\\"hi\\\" \\\\ /");
    expect(text_json, SLICE("a\n\tb\r\x01"), "a\\n\\tb\\\\x0D\\\\x01");
    expect(text_json, SLICE("\xff\x1b"), "\\\\xFF\\\\x1B");
    expect(text_json, SLICE("\xe2\x80\xa8\xe2\x80\xa9"), "\\u2028\\u2029");
    expect(text_json, SLICE("\xe2\x80\xae"), "\\\\xE2\\\\x80\\\\xAE");
    expect(text_json, SLICE("</script>"), "</script>");
}

static void test_ceiling_leaves_no_half_escape(void **state) {
    (void)state;
    for (size_t ceiling = 3; ceiling < 12; ceiling++) {
        struct buf b;
        buf_init(&b, ceiling);
        assert_true(buf_put_str(&b, "pre"));
        assert_false(text_xml(&b, SLICE("ab\x1b<\xff")));
        assert_true(b.failed);
        assert_string_equal(buf_cstr(&b), "pre");
        assert_false(text_plain(&b, SLICE("")));
        buf_finish(&b);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_common_rules),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_xml),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_ceiling_leaves_no_half_escape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
