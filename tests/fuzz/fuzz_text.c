/* Escaped text holds no byte that its format or a terminal would act on. */
#include "base/text.h"

#include <assert.h>

static void check(bool (*put)(struct buf *, struct slice), struct slice in, const char *forbidden, const char *after) {
    struct buf b;
    buf_init(&b, 8 * in.n + 16);
    assert(put(&b, in));
    for (size_t i = 0; i < b.n; i++) {
        uint8_t c = (uint8_t)b.p[i];
        assert(c >= 0x20 && c != 0x7f && c != 0xc0 && c != 0xc1 && c < 0xf5);
        assert(!strchr(forbidden, c));
        assert(c != 0xc2 || (uint8_t)b.p[i + 1] >= 0xa0);                                     /* C1 */
        assert(c != 0xe2 || (uint8_t)b.p[i + 1] != 0x80 || (uint8_t)b.p[i + 2] % 64 < 0x28 || /* U+2028..202E */
               (uint8_t)b.p[i + 2] % 64 > 0x2e);
        if (after && c == '\\')
            assert(++i < b.n && strchr(after, b.p[i]));
        assert(put != text_xml || c != '-' || i == 0 || b.p[i - 1] != '-');
    }
    buf_finish(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct slice in = {(const char *)data, size};
    check(text_plain, in, "", NULL);
    check(text_xml, in, "<>\"'", NULL);
    check(text_json, in, "\"", "\"\\ntu");
    return 0;
}
