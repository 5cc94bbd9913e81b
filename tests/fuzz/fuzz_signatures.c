/* A user's signatures: whatever the text, what matches keeps its fields within their limits. */
#include <stdlib.h>

#include "service/signature_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check(struct slice s) {
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
            abort();
    if (s.n > SERVICE_TEXT_MAX)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct err e;
    struct signatures *db = signatures_parse((struct slice){(const char *)bytes, size}, "fuzz", &e);
    if (db == NULL)
        return 0;
    struct arena a;
    struct facts f;
    struct service_result r = {0};
    arena_init(&a, "fuzz", 1 << 20);
    facts_init(&f, &a);
    /* Their own text is what the patterns most likely match. */
    for (size_t i = 0; i < db->n && i < 8; i++) {
        char *key = arena_string(&a, db->v[i]->when[0].key);
        if (key)
            facts_put(&f, key, i % 2 ? (struct slice){(const char *)bytes, size} : db->v[i]->when[0].text);
    }
    for (size_t i = 0; i < db->n && i < 8; i++) {
        if (!signatures_match(db, db->v[i]->parser, &f, &a, &r))
            continue;
        const struct slice fields[] = {r.product, r.version, r.extra, r.hostname, r.os, r.device, r.evidence.signature};
        for (size_t k = 0; k < LL_COUNT(fields); k++)
            check(fields[k]);
        for (size_t k = 0; k < r.n_cpe; k++)
            check(r.cpe[k]);
    }
    arena_finish(&a);
    signatures_destroy(db);
    return 0;
}
