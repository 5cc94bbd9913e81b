#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fake.h"

static struct fake_names *of(struct names *n) {
    return (struct fake_names *)(void *)((char *)n - offsetof(struct fake_names, names));
}

static bool fake_ask(struct names *n, struct slice what, enum addr_family family, names_fn fn, void *ctx) {
    struct fake_names *f = of(n);
    if (f->n >= f->limit)
        return false;
    struct fake_query *q = &f->v[f->n++];
    *q = (struct fake_query){.family = family, .fn = fn, .ctx = ctx, .open = true};
    assert_true(what.n < sizeof q->what);
    memcpy(q->what, what.p, what.n);
    return true;
}

static bool fake_forward(struct names *n, struct slice name, enum addr_family family, names_fn fn, void *ctx) {
    return fake_ask(n, name, family, fn, ctx);
}

static bool fake_back(struct names *n, const struct addr *a, names_fn fn, void *ctx) {
    char text[ADDR_TEXT_MAX];
    return fake_ask(n, slice_of(addr_format(a, text)), (enum addr_family)a->family, fn, ctx);
}

static void fake_cancel_all(struct names *n) {
    struct fake_names *f = of(n);
    for (size_t i = 0; i < f->n; i++)
        f->v[i].open = false;
}

static void fake_destroy(struct names *n) {
    (void)n;
}

static const struct names_ops fake_ops = {fake_forward, fake_back, fake_cancel_all, fake_destroy};

void fake_names_init(struct fake_names *f) {
    *f = (struct fake_names){.names = {&fake_ops}, .limit = FAKE_QUERIES_MAX};
    f->v = calloc(FAKE_QUERIES_MAX, sizeof *f->v);
    assert_non_null(f->v);
}

void fake_names_finish(struct fake_names *f) {
    free(f->v);
}

size_t fake_names_open(const struct fake_names *f) {
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++)
        n += f->v[i].open;
    return n;
}

static struct fake_query *fake_find(struct fake_names *f, const char *what) {
    for (size_t i = 0; i < f->n; i++)
        if (f->v[i].open && strcmp(f->v[i].what, what) == 0) {
            f->v[i].open = false;
            return &f->v[i];
        }
    fail_msg("nobody asked for %s", what);
    return NULL;
}

void fake_names_resolve(struct fake_names *f, const char *name, const char *addresses) {
    struct fake_query *q = fake_find(f, name);
    struct addr v[8];
    struct name_answer a = {.ok = addresses != NULL, .error = addresses ? NULL : "no such name", .addrs = v};
    struct slice rest = slice_of(addresses), word;
    while (a.n_addrs < LL_COUNT(v) && slice_word(&rest, &word)) {
        assert_true(addr_parse(word, &v[a.n_addrs]));
        a.n_addrs += q->family == ADDR_NONE || v[a.n_addrs].family == q->family;
    }
    q->fn(q->ctx, &a);
}

void fake_names_reverse(struct fake_names *f, const char *address, const char *name) {
    struct fake_query *q = fake_find(f, address);
    struct name_answer a = {.ok = name != NULL, .error = name ? NULL : "no such name", .name = slice_of(name)};
    q->fn(q->ctx, &a);
}

static void fake_emit(void *ctx, enum log_level level, const char *text) {
    struct fake_log *l = ctx;
    (void)level;
    size_t n = strlen(l->text);
    assert_true(n + strlen(text) + 2 < sizeof l->text);
    memcpy(l->text + n, text, strlen(text));
    l->text[n + strlen(text)] = '\n';
}

void fake_log_init(struct fake_log *l) {
    *l = (struct fake_log){.log = {.emit = fake_emit, .ctx = l}};
}
