/* The reader of docs/formats/signatures.md. */
#include <stdlib.h>

#include "base/num.h"
#include "service/signature_data.h"
#include "service/signature_table.h"
#include "service/template.h"

enum { LARGEST_TEXT = 8 << 20, LONGEST_LINE = 8191, ARENA_MAX = 128 << 20, NAME_MAX_BYTES = 80 };

/* The file that is being read. */
struct reading {
    struct signatures *db;
    struct slice file;
    struct signature *s; /* NULL before the first */
    unsigned line;
};

static const char *const field_words[FIELD_COUNT] = {"product", "version", "extra", "hostname", "os", "device"};

static struct slice shown(struct slice s) {
    return slice_sub(s, 0, 40);
}

static bool is_name(struct slice s) {
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-'))
            return false;
    }
    return s.n > 0 && s.n <= NAME_MAX_BYTES;
}

/* As a name, and with '_'. */
static bool is_key(struct slice s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '_' && !is_name(slice_sub(s, i, 1)))
            return false;
    return s.n > 0 && s.n <= NAME_MAX_BYTES;
}

static bool keep(struct reading *r, struct slice text, struct slice *to, struct err *e) {
    *to = arena_copy(&r->db->arena, text);
    return to->p || err_set(e, ERR_LIMIT, "no memory for the signatures");
}

/* The line that is there once. */
static bool keep_once(struct reading *r, struct slice text, struct slice *to, struct err *e) {
    return to->n ? err_set(e, ERR_INPUT, "this line is there twice") : keep(r, text, to, e);
}

static bool check_templates(const struct signature *s, struct err *e) {
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (!template_check(s->fields[i], s->captures, e))
            return err_context(e, "%s", field_words[i]);
    for (size_t i = 0; i < s->n_cpe; i++)
        if (!template_check_cpe(s->cpe[i], s->captures, e))
            return err_context(e, "cpe");
    return true;
}

static bool finish_signature(struct reading *r, struct err *e) {
    struct signature *s = r->s;
    size_t wanted = 0;
    if (!s)
        return true;
    for (size_t i = 0; i < s->n_when; i++)
        wanted += !s->when[i].optional;
    if (s->parser.n == 0)
        return err_set(e, ERR_INPUT, "signature " SLICE_FMT " has no \"parser\" line", SLICE_ARG(s->name));
    if (wanted == 0)
        return err_set(e, ERR_INPUT, "signature " SLICE_FMT " has no \"when\" line that must be met",
                       SLICE_ARG(s->name));
    if (s->n_sample == 0)
        return err_set(e, ERR_INPUT, "signature " SLICE_FMT " names no sample (\"captured\" or \"documented\")",
                       SLICE_ARG(s->name));
    s->documented = true;
    for (size_t i = 0; i < s->n_sample; i++)
        s->documented = s->documented && s->sample[i].documented;
    return check_templates(s, e) || err_context(e, "signature " SLICE_FMT, SLICE_ARG(s->name));
}

static bool grow(struct signatures *db, struct err *e) {
    if (db->n == SIGNATURES_MAX)
        return err_set(e, ERR_LIMIT, "more than %d signatures", SIGNATURES_MAX);
    if (db->n < db->cap)
        return true;
    size_t cap = db->cap ? db->cap * 2 : 64;
    struct signature **v = reallocarray(db->v, cap, sizeof(struct signature *));
    if (!v)
        return err_set(e, ERR_MEMORY, "no memory for the signatures");
    db->v = v;
    db->cap = cap;
    return true;
}

static bool begin_signature(struct reading *r, struct slice name, struct err *e) {
    struct signatures *db = r->db;
    if (!finish_signature(r, e))
        return false;
    r->s = NULL;
    if (!is_name(name))
        return err_set(e, ERR_INPUT, "a name has letters a-z, digits, '.' and '-', at most %d", NAME_MAX_BYTES);
    if (!grow(db, e))
        return false;
    struct signature *s = arena_alloc(&db->arena, sizeof *s);
    if (!s)
        return err_set(e, ERR_LIMIT, "no memory for the signatures");
    s->rank = SIGNATURE_RANK;
    s->file = r->file;
    s->line = r->line;
    s->order = db->n;
    db->v[db->n++] = s;
    r->s = s;
    return keep(r, name, &s->name, e);
}

static bool read_pattern(struct reading *r, struct when *w, struct err *e) {
    struct signature *s = r->s;
    if (w->text.n == 0)
        return err_set(e, ERR_INPUT, "no pattern follows");
    w->pattern = pattern_compile(w->text, 0, e);
    if (!w->pattern)
        return false;
    w->first = s->captures + 1;
    s->captures += pattern_captures(w->pattern);
    return s->captures < PATTERN_GROUPS ||
           err_set(e, ERR_LIMIT, "more than %d captures; a group that is not needed is written (?:...)",
                   PATTERN_GROUPS - 1);
}

static bool read_when(struct reading *r, struct slice rest, struct err *e) {
    struct signature *s = r->s;
    struct slice key, how;
    if (s->n_when == SIGNATURE_WHENS)
        return err_set(e, ERR_LIMIT, "more than %d \"when\" lines", SIGNATURE_WHENS);
    struct when *w = &s->when[s->n_when++];
    if (!slice_word(&rest, &key) || !is_key(key) || !slice_word(&rest, &how))
        return err_set(e, ERR_INPUT, "expected: when KEY ~ PATTERN, KEY ~? PATTERN, KEY = TEXT or KEY exists");
    rest = slice_trim(rest);
    if (!keep(r, key, &w->key, e) || !keep(r, rest, &w->text, e))
        return false;
    w->optional = slice_eq(how, SLICE("~?"));
    if (w->optional || slice_eq(how, SLICE("~")))
        return read_pattern(r, w, e);
    w->kind = WHEN_EQUALS;
    if (slice_eq(how, SLICE("=")))
        return true;
    w->kind = WHEN_EXISTS;
    if (!slice_eq(how, SLICE("exists")))
        return err_set(e, ERR_INPUT, "\"" SLICE_FMT "\" is not ~, ~?, = or exists", SLICE_ARG(shown(how)));
    return rest.n == 0 || err_set(e, ERR_INPUT, "nothing follows \"exists\"");
}

static bool read_samples(struct reading *r, struct slice rest, bool documented, struct err *e) {
    struct signature *s = r->s;
    struct slice word;
    size_t before = s->n_sample;
    bool colon = false;
    while (slice_word(&rest, &word)) {
        colon = slice_eq(word, SLICE(":"));
        if (colon)
            break;
        if (!is_name(word))
            return err_set(e, ERR_INPUT, "\"" SLICE_FMT "\" is not the name of a sample", SLICE_ARG(shown(word)));
        if (s->n_sample == SIGNATURE_SAMPLES)
            return err_set(e, ERR_LIMIT, "more than %d samples", SIGNATURE_SAMPLES);
        struct signature_sample *one = &s->sample[s->n_sample++];
        one->documented = documented;
        if (!keep(r, word, &one->name, e))
            return false;
    }
    if (s->n_sample == before)
        return err_set(e, ERR_INPUT, "no sample is named");
    if (documented && !(colon && slice_trim(rest).n))
        return err_set(e, ERR_INPUT, "expected: documented SAMPLE ... : SOURCE");
    return documented || !colon || err_set(e, ERR_INPUT, "a captured sample needs no source here");
}

static bool read_rank(struct signature *s, struct slice rest, struct err *e) {
    uint64_t rank;
    if (s->has_rank || !num_u64_max(rest, 99, &rank))
        return err_set(e, ERR_INPUT, "a rank is one number from 0 to 99");
    s->rank = (unsigned)rank;
    s->has_rank = true;
    return true;
}

static bool read_cpe(struct reading *r, struct slice rest, struct err *e) {
    struct signature *s = r->s;
    if (s->n_cpe == SERVICE_CPE_MAX)
        return err_set(e, ERR_LIMIT, "more than %d CPEs", SERVICE_CPE_MAX);
    return keep(r, rest, &s->cpe[s->n_cpe++], e);
}

static bool read_word(struct reading *r, struct slice word, struct slice rest, struct err *e) {
    struct signature *s = r->s;
    if (slice_eq(word, SLICE("parser")) || slice_eq(word, SLICE("service"))) {
        if (!is_key(rest))
            return err_set(e, ERR_INPUT, "expected one name in small letters");
        return keep_once(r, rest, word.p[0] == 'p' ? &s->parser : &s->service, e);
    }
    if (slice_eq(word, SLICE("when")))
        return read_when(r, rest, e);
    if (slice_eq(word, SLICE("cpe")))
        return read_cpe(r, rest, e);
    if (slice_eq(word, SLICE("rank")))
        return read_rank(s, rest, e);
    if (slice_eq(word, SLICE("captured")) || slice_eq(word, SLICE("documented")))
        return read_samples(r, rest, word.p[0] == 'd', e);
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (slice_eq(word, slice_of(field_words[i])))
            return keep_once(r, rest, &s->fields[i], e);
    return err_set(e, ERR_INPUT, "\"" SLICE_FMT "\" is no line of a signature", SLICE_ARG(shown(word)));
}

static bool read_line(struct reading *r, struct slice line, struct err *e) {
    struct slice word;
    if (line.n > LONGEST_LINE)
        return err_set(e, ERR_LIMIT, "longer than %d bytes", LONGEST_LINE);
    if (!slice_statement(line, &word, &line))
        return true;
    if (line.n == 0)
        return err_set(e, ERR_INPUT, "nothing follows \"" SLICE_FMT "\"", SLICE_ARG(shown(word)));
    if (slice_eq(word, SLICE("signature")))
        return begin_signature(r, line, e);
    if (!r->s)
        return err_set(e, ERR_INPUT, "the first word must be \"signature\"");
    return read_word(r, word, line, e);
}

static bool read_text(struct signatures *db, struct slice text, const char *name, struct err *e) {
    struct reading r = {.db = db};
    struct slice line;
    if (text.n > LARGEST_TEXT)
        return err_set(e, ERR_LIMIT, "%s: larger than %d bytes", name, LARGEST_TEXT);
    if (!keep(&r, slice_of(name), &r.file, e))
        return false;
    while (slice_split(&text, '\n', &line)) {
        r.line++;
        if (!read_line(&r, line, e))
            return err_context(e, "%s:%u", name, r.line);
    }
    return finish_signature(&r, e) || err_context(e, "%s:%u", name, r.line);
}

static int by_name(const void *a, const void *b) {
    const struct signature *x = *(const struct signature *const *)a, *y = *(const struct signature *const *)b;
    int order = slice_cmp(x->name, y->name);
    return order ? order : x->order < y->order ? -1 : 1;
}

static bool check_names(const struct signatures *db, struct err *e) {
    qsort(db->ordered, db->n, sizeof *db->ordered, by_name);
    for (size_t i = 1; i < db->n; i++) {
        const struct signature *s = db->ordered[i], *first = db->ordered[i - 1];
        if (slice_eq(s->name, first->name))
            return err_set(e, ERR_INPUT, SLICE_FMT ":%u: signature " SLICE_FMT " is there already (" SLICE_FMT ":%u)",
                           SLICE_ARG(s->file), s->line, SLICE_ARG(s->name), SLICE_ARG(first->file), first->line);
    }
    return true;
}

/* The key that decides whether a signature is looked at: of its first line that must be met. */
static struct slice first_key(const struct signature *s) {
    size_t i = 0;
    while (i + 1 < s->n_when && s->when[i].optional)
        i++;
    return s->when[i].key;
}

static int by_group(const void *a, const void *b) {
    const struct signature *x = *(const struct signature *const *)a, *y = *(const struct signature *const *)b;
    int order = slice_cmp(x->parser, y->parser);
    if (order == 0)
        order = slice_cmp(first_key(x), first_key(y));
    if (order == 0)
        order = x->rank != y->rank ? (x->rank > y->rank ? -1 : 1) : x->order < y->order ? -1 : 1;
    return order;
}

static bool build_index(struct signatures *db, struct err *e) {
    db->ordered = arena_array(&db->arena, db->n, sizeof *db->ordered);
    db->groups = arena_array(&db->arena, db->n, sizeof *db->groups);
    db->room = pattern_room_create(e);
    if (db->n && (!db->ordered || !db->groups))
        return err_set(e, ERR_LIMIT, "no memory for the signatures");
    if (!db->room)
        return false;
    if (db->n == 0)
        return true;
    memcpy(db->ordered, db->v, db->n * sizeof *db->ordered);
    if (!check_names(db, e))
        return false;
    qsort(db->ordered, db->n, sizeof *db->ordered, by_group);
    for (size_t i = 0; i < db->n; i++) {
        const struct signature *s = db->ordered[i];
        struct signature_group *g = db->n_groups ? &db->groups[db->n_groups - 1] : NULL;
        if (!g || !slice_eq(g->parser, s->parser) || !slice_eq(g->key, first_key(s))) {
            g = &db->groups[db->n_groups++];
            *g = (struct signature_group){s->parser, first_key(s), &db->ordered[i], 0};
        }
        g->n++;
    }
    return true;
}

static struct signatures *create(struct err *e) {
    struct signatures *db = calloc(1, sizeof *db);
    if (db)
        arena_init(&db->arena, "signatures", ARENA_MAX);
    else
        err_set(e, ERR_MEMORY, "no memory for the signatures");
    return db;
}

static struct signatures *finish(struct signatures *db, bool ok, struct err *e) {
    if (ok && build_index(db, e))
        return db;
    signatures_destroy(db);
    return NULL;
}

struct signatures *signatures_parse(struct slice text, const char *name, struct err *e) {
    struct signatures *db = create(e);
    return db ? finish(db, read_text(db, text, name, e), e) : NULL;
}

struct signatures *signatures_builtin(struct err *e) {
    struct signatures *db = create(e);
    if (!db)
        return NULL;
    bool ok = true;
    for (const struct signature_file *f = signature_table; ok && f->name; f++)
        ok = read_text(db, (struct slice){f->text, f->size}, f->name, e);
    return finish(db, ok, e);
}

void signatures_destroy(struct signatures *db) {
    if (!db)
        return;
    for (size_t i = 0; i < db->n; i++)
        for (size_t k = 0; k < db->v[i]->n_when; k++)
            pattern_destroy(db->v[i]->when[k].pattern);
    pattern_room_destroy(db->room);
    free(db->v);
    arena_finish(&db->arena);
    free(db);
}
