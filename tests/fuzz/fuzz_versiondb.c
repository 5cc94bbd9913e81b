/* A user's patterns: whatever the file, what matches keeps its fields within their limits. */
#include "service/versiondb.h"
#include "service_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct err e;
    struct slice text = {(const char *)bytes, size};
    struct versiondb *db = versiondb_parse(text, "fuzz", &e);
    if (db == NULL)
        return 0;
    const struct versiondb_probe *p;
    size_t n = versiondb_probes(db, &p);
    struct arena a;
    arena_init(&a, "fuzz", 1 << 20);
    for (size_t i = 0; i < n && i < 4; i++) {
        /* The file itself, from some places on, is what its patterns may match; and another probe's payload. */
        const struct slice answers[] = {text, slice_skip(text, size / 2), slice_skip(text, size - size / 8),
                                        p[n - 1 - i].payload};
        for (size_t k = 0; k < LL_COUNT(answers); k++) {
            struct service_result r = {0};
            if (versiondb_match(db, i, slice_sub(answers[k], 0, 2000), (struct slice){0}, &a, &r) != VERSIONDB_NONE)
                check_texts(&r);
        }
        (void)versiondb_excludes(db, (uint8_t)i, 53);
    }
    arena_finish(&a);
    versiondb_destroy(db);
    return 0;
}
