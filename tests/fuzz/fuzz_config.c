/* The configuration file, and --echo of what it holds. */
#include <stdlib.h>

/* The command's own files are not in the library. */
#include "cli/args.c"
#include "cli/config.c"
#include "cli/echo.c"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static struct settings s, none;
    struct err e = {0};
    struct args_result args = {0};
    struct buf b;
    if (size > 4096 || !settings_init(&s, &e) || !settings_init(&none, &e))
        return 0;
    buf_init(&b, 1 << 20);
    bool ok = config_apply(&s, &none, (struct slice){(const char *)bytes, size}, "fuzz", &e);
    if (!ok && e.text[0] == '\0')
        abort(); /* a refusal always says why */
    if (ok)
        echo_put(&b, &s, &args);
    buf_finish(&b);
    settings_finish(&s);
    settings_finish(&none);
    return 0;
}
