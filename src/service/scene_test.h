/* For the tests of what matches answers (signatures, a pattern file): facts and a result with their arena, texts. */
#ifndef LL_SERVICE_SCENE_TEST_H
#define LL_SERVICE_SCENE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/result.h"
#include "proto/facts.h"

struct scene {
    struct arena a;
    struct facts f;
    struct service_result r;
};

static inline void open_scene(struct scene *s) {
    arena_init(&s->a, "scene", 1 << 20);
    facts_init(&s->f, &s->a);
    s->r = (struct service_result){0};
}

static inline void close_scene(struct scene *s) {
    arena_finish(&s->a);
}

static inline void assert_text(struct slice got, const char *wanted) {
    if (!slice_eq(got, slice_of(wanted)))
        fail_msg("\"" SLICE_FMT "\", not \"%s\"", SLICE_ARG(got), wanted);
}

/* What a reader that failed says of row i: `says` somewhere in it. */
static inline void assert_fault(size_t i, const void *read, const struct err *e, const char *says) {
    assert_null(read);
    if (!strstr(e->text, says))
        fail_msg("case %zu: \"%s\", not \"%s\"", i, e->text, says);
}

/* What a reader gave, which must not have failed. */
static inline void *assert_good(void *read, const struct err *e) {
    if (!read)
        fail_msg("%s", e->text);
    return read;
}

#endif
