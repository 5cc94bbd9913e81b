/* The answer to a hello of JARM, whole and as its front half; then the input as the text of ten answers. */
#include "proto/jarm.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void check(struct slice in, bool end) {
    struct buf raw;
    uint16_t version = 0;
    char out[JARM_PRINT + 1];
    buf_init(&raw, JARM_RAW_MAX);
    enum jarm_answer got = jarm_read(in, end, &raw, &version);
    if (raw.failed || (end && got == JARM_MORE) || (got == JARM_MORE && raw.n > 0))
        abort();
    if (got == JARM_CHOSE && (version < 0x0300 || version > 0x0304))
        abort();
    if (got != JARM_MORE) {
        /* Whatever a server says, ten of its answers have a fingerprint. */
        struct buf ten;
        buf_init(&ten, JARM_HELLOS * (raw.n + 1));
        for (unsigned i = 0; i < JARM_HELLOS; i++) {
            buf_put_str(&ten, i ? "," : "");
            buf_put(&ten, buf_slice(&raw));
        }
        if (!jarm_print(buf_slice(&ten), out) || strlen(out) != JARM_PRINT)
            abort();
        buf_finish(&ten);
    }
    buf_finish(&raw);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    char *copy = malloc(n + (n == 0)), out[JARM_PRINT + 1];
    if (!copy)
        return 0;
    if (n)
        memcpy(copy, p, n);
    check((struct slice){copy, n}, false);
    check((struct slice){copy, n}, true);
    check((struct slice){copy, n / 2}, false);
    (void)jarm_print((struct slice){copy, n}, out);
    free(copy);
    return 0;
}
