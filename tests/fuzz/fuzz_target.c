/* Target files and expressions; what parses must also count: first and last address exist, one more does not. */
#include "target/target.h"

#include <assert.h>

static void count(const struct target_expr *x) {
    struct target_space *t = target_space_create();
    struct addr addrs[] = {addr_v4(0x7f000001)};
    struct err e = {0};
    if (t && target_space_add(t, x, addrs, 1, NULL, 0, &e)) {
        u128 size = target_space_size(t);
        struct target_at at;
        assert(size > 0 && target_space_nth(t, 0, &at));
        assert(target_space_nth(t, size - 1, &at) && !target_space_nth(t, size, &at));
    } else {
        assert(e.code != ERR_NONE && e.text[0] != '\0');
    }
    target_space_destroy(t);
}

static bool take(void *ctx, struct slice word, size_t line) {
    (void)ctx;
    struct target_expr x;
    struct err e = {0};
    assert(line > 0 && word.n > 0);
    if (target_parse(word, &x, &e))
        count(&x);
    else
        assert(e.code == ERR_INPUT && e.text[0] != '\0');
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct err e = {0};
    target_words((struct slice){(const char *)data, size}, take, NULL, &e);
    return 0;
}
