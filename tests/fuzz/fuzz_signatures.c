/* A user's signatures: whatever the text, what matches keeps its fields within their limits. */
#include "service/signature_data.h"
#include "service_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

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
        if (signatures_match(db, db->v[i]->parser, &f, &a, &r))
            check_texts(&r);
    }
    arena_finish(&a);
    signatures_destroy(db);
    return 0;
}
