#include "proto/facts.h"

#include <stdio.h>
#include <string.h>

void facts_init(struct facts *f, struct arena *a) {
    f->arena = a;
    f->n = 0;
    f->full = false;
}

void facts_put(struct facts *f, const char *key, struct slice value) {
    if (f->n == FACTS_MAX) {
        f->full = true;
        return;
    }
    struct slice cut = slice_sub(value, 0, FACT_VALUE_MAX);
    struct slice copy = arena_copy(f->arena, cut);
    if (!copy.p) {
        f->full = true;
        return;
    }
    f->full = f->full || cut.n < value.n;
    f->v[f->n++] = (struct fact){key, copy};
}

void facts_put_str(struct facts *f, const char *key, const char *value) {
    facts_put(f, key, slice_of(value));
}

void facts_put_u64(struct facts *f, const char *key, uint64_t value) {
    char text[24];
    int n = snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    facts_put(f, key, (struct slice){text, n > 0 ? (size_t)n : 0});
}

struct slice facts_get(const struct facts *f, const char *key) {
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->v[i].key, key) == 0)
            return f->v[i].value;
    return (struct slice){0};
}

bool facts_have(const struct facts *f, const char *key) {
    return facts_get(f, key).p != NULL;
}
