/* For tests: files with the bytes that a report must have, under tests/golden/report. LL_GOLDEN_UPDATE=1 writes them
 * anew; review the difference then. */
#ifndef LL_REPORT_GOLDEN_H
#define LL_REPORT_GOLDEN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

static void golden_path(char out[512], const char *name, const char *suffix) {
    const char *dir = getenv("LL_GOLDEN_DIR");
    if (dir != NULL) {
        snprintf(out, 512, "%s/report/%s.%s", dir, name, suffix);
        return;
    }
    const char *slash = strrchr(__FILE__, '/');
    int n = slash != NULL ? (int)(slash - __FILE__) : 0;
    snprintf(out, 512, "%.*s/../../tests/golden/report/%s.%s", n, __FILE__, name, suffix);
}

static void golden_compare(const char *path, struct buf *got) {
    FILE *f;
    if (getenv("LL_GOLDEN_UPDATE") != NULL) {
        f = fopen(path, "wb");
        assert_non_null(f);
        assert_true(got->n == 0 || fwrite(got->p, 1, got->n, f) == got->n);
        assert_int_equal(fclose(f), 0);
        return;
    }
    static char want[1 << 20];
    f = fopen(path, "rb");
    if (f == NULL) {
        fail_msg("%s is missing: run with LL_GOLDEN_UPDATE=1", path);
        return;
    }
    size_t n = fread(want, 1, sizeof want - 1, f);
    fclose(f);
    want[n] = '\0';
    if (n != got->n || (n > 0 && memcmp(want, got->p, n) != 0)) {
        fail_msg("%s differs; the writer gave:\n%s", path, buf_cstr(got));
    }
}

#endif
