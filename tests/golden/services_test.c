/* Signatures and samples against each other: every sample is replayed through its parser, its facts are matched, and
 * the result is what the sample expects; every signature is known by a sample. docs/formats/signatures.md.
 *
 * usage: services_test FOLDER          prints one TAP line a sample and a signature, and counts
 *        services_test --facts FILE    prints the facts of one sample, for tools/service-sample */
#include <dirent.h>

#include "sample.h"
#include "service/signature_data.h"

enum { SAMPLES_MAX = 4000, FILE_MAX = 1 << 20, ARENA_MAX = 512 << 20, FACTS_ARENA = 1 << 20 };

struct world {
    struct arena arena;
    struct signatures *db;
    struct sample *samples;
    struct facts *facts; /* of each */
    struct arena *facts_arena;
    bool *played;
    size_t n;
    unsigned cases, failed;
};

static void verdict(struct world *w, const char *kind, struct slice name, const struct err *e) {
    bool good = e->code == ERR_NONE;
    w->cases++;
    w->failed += !good;
    printf("%s %u - %s " SLICE_FMT "\n", good ? "ok" : "not ok", w->cases, kind, SLICE_ARG(name));
    if (!good)
        printf("#   %s\n", e->text);
}

static bool load_sample(struct world *w, const char *path, struct err *e) {
    const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
    FILE *f = fopen(path, "rb");
    char *bytes = f ? malloc(FILE_MAX) : NULL;
    size_t n = bytes ? fread(bytes, 1, FILE_MAX, f) : 0;
    if (f)
        fclose(f);
    struct slice name = arena_copy(&w->arena, (struct slice){file, strlen(file) - 4});
    bool ok = n > 0 && n < FILE_MAX;
    if (!ok)
        err_set(e, ERR_INPUT, "%s: cannot be read, is empty or too large", path);
    ok = ok && sample_read((struct slice){bytes, n}, name, &w->arena, &w->samples[w->n], e);
    free(bytes);
    w->samples[w->n].name = name;
    return ok;
}

static bool is_sample(const char *name) {
    size_t n = strlen(name);
    return n > 4 && name[0] != '.' && strcmp(name + n - 4, ".txt") == 0;
}

static void load_samples(struct world *w, const char *folder) {
    struct dirent **names = NULL;
    int count = scandir(folder, &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        struct err e = {0};
        if (is_sample(names[i]->d_name) && w->n < SAMPLES_MAX) {
            char path[4096];
            snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
            if (load_sample(w, path, &e))
                w->n++;
            else
                verdict(w, "sample", slice_of(names[i]->d_name), &e);
        }
        free(names[i]);
    }
    free(names);
}

static bool same_facts(const struct facts *a, const struct facts *b, size_t step, struct err *e) {
    if (a->n != b->n)
        return err_set(e, ERR_INPUT, "in chunks of %zu there are %zu facts, not %zu", step, b->n, a->n);
    for (size_t i = 0; i < a->n; i++)
        if (strcmp(a->v[i].key, b->v[i].key) != 0 || !slice_eq(a->v[i].value, b->v[i].value))
            return err_set(e, ERR_INPUT, "in chunks of %zu fact %s is another one", step, a->v[i].key);
    return true;
}

/* The facts of the whole messages stay in the world. */
static bool play_all(struct world *w, size_t i, struct err *e) {
    static const size_t steps[] = {1, 7, 100};
    const struct sample *s = &w->samples[i];
    arena_init(&w->facts_arena[i], "facts", FACTS_ARENA);
    facts_init(&w->facts[i], &w->facts_arena[i]);
    if (!sample_play(s, 0, &w->facts[i], e))
        return false;
    bool ok = true;
    for (size_t k = 0; ok && k < LL_COUNT(steps) && s->transport != PARSER_UDP; k++) {
        struct arena a;
        struct facts f;
        arena_init(&a, "facts", FACTS_ARENA);
        facts_init(&f, &a);
        ok = (sample_play(s, steps[k], &f, e) || err_context(e, "in chunks of %zu", steps[k])) &&
             same_facts(&w->facts[i], &f, steps[k], e);
        arena_finish(&a);
    }
    return ok;
}

static bool compare_field(const struct sample *s, enum sample_field field, struct slice got, struct err *e) {
    if (!s->has[field] || slice_eq(got, s->expect[field]))
        return true;
    return err_set(e, ERR_INPUT, "%s is \"" SLICE_FMT "\", expected is \"" SLICE_FMT "\"", sample_field_names[field],
                   SLICE_ARG(got), SLICE_ARG(s->expect[field]));
}

static bool compare(const struct sample *s, const struct service_result *r, struct err *e) {
    const struct slice got[SAMPLE_CPE] = {r->name, r->product, r->version, r->extra, r->hostname, r->os, r->device};
    for (size_t i = 0; i < SAMPLE_CPE; i++)
        if (!compare_field(s, (enum sample_field)i, got[i], e))
            return false;
    if (!s->has[SAMPLE_CPE])
        return true;
    if (r->n_cpe != s->n_cpe)
        return err_set(e, ERR_INPUT, "%zu CPEs, expected are %zu", r->n_cpe, s->n_cpe);
    for (size_t i = 0; i < s->n_cpe; i++)
        if (!slice_eq(r->cpe[i], s->cpe[i]))
            return err_set(e, ERR_INPUT, "cpe is \"" SLICE_FMT "\", expected is \"" SLICE_FMT "\"",
                           SLICE_ARG(r->cpe[i]), SLICE_ARG(s->cpe[i]));
    return true;
}

static bool check_result(struct world *w, size_t i, struct err *e) {
    const struct sample *s = &w->samples[i];
    const struct parser *p = parser_find(s->parser);
    struct service_result r = {0};
    struct arena a;
    arena_init(&a, "result", FACTS_ARENA);
    if (p)
        r.name = slice_of(p->service);
    (void)signatures_match(w->db, s->parser, &w->facts[i], &a, &r);
    bool ok = compare(s, &r, e);
    arena_finish(&a);
    return ok;
}

/* No signature, even one that another one beats, takes this server for another product. */
static bool check_strangers(struct world *w, size_t i, struct err *e) {
    const struct sample *s = &w->samples[i];
    bool ok = true;
    for (size_t k = 0; ok && k < w->db->n && s->has[SAMPLE_PRODUCT]; k++) {
        const struct signature *g = w->db->v[k];
        struct slice groups[PATTERN_GROUPS];
        if (!slice_eq(g->parser, s->parser) || !signature_try(w->db, g, &w->facts[i], groups))
            continue;
        struct arena a;
        struct service_result r = {0};
        arena_init(&a, "result", FACTS_ARENA);
        ok = signature_fill(g, &w->facts[i], groups, &a, &r);
        if (ok && r.product.n && !slice_eq(r.product, s->expect[SAMPLE_PRODUCT]))
            ok = err_set(e, ERR_INPUT, "signature " SLICE_FMT " matches and names the product \"" SLICE_FMT "\"",
                         SLICE_ARG(g->name), SLICE_ARG(r.product));
        arena_finish(&a);
    }
    return ok;
}

static bool check_sample(struct world *w, size_t i, struct err *e) {
    w->played[i] = play_all(w, i, e);
    return w->played[i] && check_result(w, i, e) && check_strangers(w, i, e);
}

static bool key_is_put(const struct parser *p, struct slice key) {
    for (const struct parser_key *k = p->keys; k->key; k++)
        if (slice_eq(slice_of(k->key), key))
            return true;
    return false;
}

static bool check_keys(const struct signature *g, struct err *e) {
    const struct parser *p = parser_find(g->parser);
    bool raw = slice_eq(g->parser, SLICE("raw"));
    if (!p && !raw)
        return err_set(e, ERR_INPUT, "there is no parser " SLICE_FMT, SLICE_ARG(g->parser));
    for (size_t i = 0; i < g->n_when; i++) {
        struct slice key = g->when[i].key;
        if (raw ? !slice_starts(key, SLICE("raw.")) : !key_is_put(p, key))
            return err_set(e, ERR_INPUT, "parser " SLICE_FMT " never puts the key " SLICE_FMT, SLICE_ARG(g->parser),
                           SLICE_ARG(key));
    }
    return true;
}

static bool check_named_sample(struct world *w, const struct signature *g, const struct signature_sample *named,
                               struct err *e) {
    size_t i = 0;
    struct slice groups[PATTERN_GROUPS];
    while (i < w->n && !slice_eq(w->samples[i].name, named->name))
        i++;
    if (i == w->n)
        return err_set(e, ERR_INPUT, "there is no sample " SLICE_FMT, SLICE_ARG(named->name));
    if (w->samples[i].documented != named->documented)
        return err_set(e, ERR_INPUT, "sample " SLICE_FMT " is %s", SLICE_ARG(named->name),
                       named->documented ? "captured, not documented" : "documented, not captured");
    if (!slice_eq(w->samples[i].parser, g->parser))
        return err_set(e, ERR_INPUT, "sample " SLICE_FMT " is of another parser", SLICE_ARG(named->name));
    return w->played[i] && signature_try(w->db, g, &w->facts[i], groups)
               ? true
               : err_set(e, ERR_INPUT, "does not match its sample " SLICE_FMT, SLICE_ARG(named->name));
}

static bool check_signature(struct world *w, const struct signature *g, struct err *e) {
    bool ok = check_keys(g, e);
    for (size_t i = 0; ok && i < g->n_sample; i++)
        ok = check_named_sample(w, g, &g->sample[i], e);
    return ok;
}

static void check_all(struct world *w) {
    unsigned documented = 0, samples_documented = 0;
    for (size_t i = 0; i < w->n; i++) {
        struct err e = {0};
        samples_documented += w->samples[i].documented;
        (void)check_sample(w, i, &e);
        verdict(w, "sample", w->samples[i].name, &e);
    }
    for (size_t i = 0; i < w->db->n; i++) {
        struct err e = {0};
        documented += w->db->v[i]->documented;
        (void)check_signature(w, w->db->v[i], &e);
        verdict(w, "signature", w->db->v[i]->name, &e);
    }
    printf("# %zu samples (%zu captured, %u documented), %zu signatures (%zu captured, %u documented), %u failed\n",
           w->n, w->n - samples_documented, samples_documented, w->db->n, w->db->n - documented, documented, w->failed);
}

/* "KEY value", with the escapes of samples. */
static void print_facts(const struct facts *f) {
    for (size_t i = 0; i < f->n; i++) {
        printf("%s ", f->v[i].key);
        for (size_t k = 0; k < f->v[i].value.n; k++) {
            unsigned char c = (unsigned char)f->v[i].value.p[k];
            if (c < ' ' || c > '~' || c == '\\' || c == '"')
                printf("\\x%02x", c);
            else
                putchar(c);
        }
        putchar('\n');
    }
}

static bool show_facts(struct world *w, const char *path) {
    struct err e = {0};
    bool ok = is_sample(path) && load_sample(w, path, &e);
    w->n = ok;
    if (ok) {
        arena_init(&w->facts_arena[0], "facts", FACTS_ARENA);
        facts_init(&w->facts[0], &w->facts_arena[0]);
        ok = sample_play(&w->samples[0], 0, &w->facts[0], &e);
        print_facts(&w->facts[0]);
    }
    if (!ok)
        fprintf(stderr, "%s: %s\n", path, e.text);
    return ok;
}

static bool test_all(struct world *w, const char *folder) {
    struct err e = {0};
    w->db = signatures_builtin(&e);
    if (!w->db) {
        verdict(w, "data", SLICE("signatures"), &e);
        return false;
    }
    load_samples(w, folder);
    check_all(w);
    return w->failed == 0 && w->n > 0;
}

int main(int argc, char **argv) {
    struct world w = {0};
    bool facts = argc == 3 && strcmp(argv[1], "--facts") == 0;
    if (argc != 2 && !facts)
        return 2;
    arena_init(&w.arena, "samples", ARENA_MAX);
    w.samples = calloc(SAMPLES_MAX, sizeof *w.samples);
    w.facts = calloc(SAMPLES_MAX, sizeof *w.facts);
    w.facts_arena = calloc(SAMPLES_MAX, sizeof *w.facts_arena);
    w.played = calloc(SAMPLES_MAX, sizeof *w.played);
    bool good = w.samples && w.facts && w.facts_arena && w.played;
    good = good && (facts ? show_facts(&w, argv[2]) : test_all(&w, argv[1]));
    for (size_t i = 0; i < w.n && w.facts_arena; i++)
        arena_finish(&w.facts_arena[i]);
    signatures_destroy(w.db);
    free(w.samples);
    free(w.facts);
    free(w.facts_arena);
    free(w.played);
    arena_finish(&w.arena);
    return good ? 0 : 1;
}
