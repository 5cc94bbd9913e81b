/* Vectorscan (or Hyperscan). HS_FLAG_PREFILTER: what the library cannot express (look-around, back-references) becomes
 * something that matches at least as often. */
#include <hs.h>

#include "base/wire.h"
#include "service/pattern.h"
#include "service/prefilter.h"

enum { DATABASE_MAX = 256 << 20, PATTERNS_MAX = 1 << 20, ANSWER_MAX = 1 << 30 };

/* The generic platform, so that a file in the cache fits every processor of its kind. */
#if defined(__x86_64__)
#define PLATFORM " x86-64"
#elif defined(__aarch64__)
#define PLATFORM " aarch64"
#else
#define PLATFORM " other"
#endif

struct prefilter {
    hs_database_t *db; /* NULL: every pattern was refused */
    size_t n;
    uint64_t *always; /* bits of those that were refused */
    size_t refused;
};

struct prefilter_room {
    hs_scratch_t *scratch;
};

/* What hs_compile_multi is given. */
struct set {
    const char **text;
    unsigned *flags, *id;
    char *bytes;
    size_t n;
};

bool prefilter_library(struct buf *out) {
    return buf_put_str(out, hs_version()) && buf_put_str(out, PLATFORM);
}

static size_t words(size_t n) {
    return (n + 63) / 64;
}

static struct prefilter *create(size_t n, struct err *e) {
    struct prefilter *p = calloc(1, sizeof *p);
    if (p && n < PATTERNS_MAX) {
        p->n = n;
        p->always = calloc(words(n) + 1, sizeof *p->always);
        if (p->always)
            return p;
    }
    free(p);
    err_set(e, ERR_MEMORY, "no memory for the prefilter");
    return NULL;
}

void prefilter_destroy(struct prefilter *p) {
    if (!p)
        return;
    hs_free_database(p->db);
    free(p->always);
    free(p);
}

size_t prefilter_refused(const struct prefilter *p) {
    return p->refused;
}

static void refuse(struct prefilter *p, size_t i) {
    p->always[i / 64] |= UINT64_C(1) << i % 64;
    p->refused++;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Escapes whose meaning is certainly the same in both libraries. Others (\h, \R, \p, \K, \Q, \G ...) are left to PCRE2;
 * so are settings in front such as (*CRLF), and bytes of zero, which end a text for the library. */
static bool is_common(struct slice s) {
    static const struct slice letters = {"abBdDefnrsStwWxAzZ", 18};
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == 0 || (c == '(' && i + 1 < s.n && s.p[i + 1] == '*'))
            return false;
        if (c != '\\')
            continue;
        if (++i == s.n)
            return false;
        bool letter = (s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z');
        if (letter && slice_find(letters, s.p[i]) == letters.n)
            return false;
        /* \12 may be octal or a group */
        if (is_digit(s.p[i]) && i + 1 < s.n && is_digit(s.p[i + 1]))
            return false;
    }
    return true;
}

static void set_finish(struct set *s) {
    free(s->text);
    free(s->flags);
    free(s->id);
    free(s->bytes);
}

static bool set_fill(struct set *s, struct prefilter *p, const struct prefilter_pattern *v, struct err *e) {
    size_t size = 1;
    for (size_t i = 0; i < p->n; i++)
        size += v[i].text.n + 1;
    *s = (struct set){.text = calloc(p->n + 1, sizeof *s->text),
                      .flags = calloc(p->n + 1, sizeof *s->flags),
                      .id = calloc(p->n + 1, sizeof *s->id),
                      .bytes = malloc(size)};
    if (!s->text || !s->flags || !s->id || !s->bytes)
        return err_set(e, ERR_MEMORY, "no memory for the prefilter");
    char *to = s->bytes;
    for (size_t i = 0; i < p->n; i++) {
        if (!is_common(v[i].text)) {
            refuse(p, i);
            continue;
        }
        s->text[s->n] = to;
        s->id[s->n] = (unsigned)i;
        s->flags[s->n] = HS_FLAG_PREFILTER | HS_FLAG_SINGLEMATCH | HS_FLAG_ALLOWEMPTY;
        s->flags[s->n] |= v[i].flags & PATTERN_CASELESS ? (unsigned)HS_FLAG_CASELESS : 0;
        s->flags[s->n] |= v[i].flags & PATTERN_DOTALL ? (unsigned)HS_FLAG_DOTALL : 0;
        memcpy(to, v[i].text.p, v[i].text.n);
        to += v[i].text.n;
        *to++ = 0;
        s->n++;
    }
    return true;
}

static void set_remove(struct set *s, size_t i) {
    s->n--;
    memmove(s->text + i, s->text + i + 1, (s->n - i) * sizeof *s->text);
    memmove(s->flags + i, s->flags + i + 1, (s->n - i) * sizeof *s->flags);
    memmove(s->id + i, s->id + i + 1, (s->n - i) * sizeof *s->id);
}

/* The library fails for the whole set at the first pattern that it refuses: without that one, again. */
static bool compile(struct set *s, struct prefilter *p, struct err *e) {
    const hs_platform_info_t generic = {0};
    while (s->n) {
        hs_compile_error_t *fault = NULL;
        hs_error_t got =
            hs_compile_multi(s->text, s->flags, s->id, (unsigned)s->n, HS_MODE_BLOCK, &generic, &p->db, &fault);
        if (got == HS_SUCCESS)
            return true;
        int which = fault ? fault->expression : -1;
        if (which < 0 || (size_t)which >= s->n)
            err_set(e, ERR_INPUT, "%s", fault && fault->message ? fault->message : "the library fails");
        hs_free_compile_error(fault);
        if (which < 0 || (size_t)which >= s->n)
            return false;
        refuse(p, s->id[which]);
        set_remove(s, (size_t)which);
    }
    return true;
}

struct prefilter *prefilter_build(const struct prefilter_pattern *v, size_t n, struct err *e) {
    struct prefilter *p = create(n, e);
    struct set s;
    if (!p)
        return NULL;
    bool ok = set_fill(&s, p, v, e) && compile(&s, p, e);
    set_finish(&s);
    if (ok)
        return p;
    prefilter_destroy(p);
    return NULL;
}

static bool put_u64(struct buf *b, uint64_t v) {
    uint8_t bytes[8];
    struct wr w = wr_of(bytes, sizeof bytes);
    wr_u64(&w, v);
    return buf_put(b, (struct slice){(const char *)bytes, sizeof bytes});
}

/* Number of patterns, bits of those that were refused, then the library's own form. */
bool prefilter_save(const struct prefilter *p, struct buf *out, struct err *e) {
    char *bytes = NULL;
    size_t n = 0;
    if (p->db && hs_serialize_database(p->db, &bytes, &n) != HS_SUCCESS)
        return err_set(e, ERR_MEMORY, "the prefilter cannot be kept");
    put_u64(out, p->n);
    for (size_t i = 0; i < words(p->n); i++)
        put_u64(out, p->always[i]);
    buf_put(out, (struct slice){bytes, n});
    free(bytes);
    return !out->failed || err_set(e, ERR_LIMIT, "the prefilter is larger than may be kept");
}

struct prefilter *prefilter_load(struct slice bytes, size_t n, struct err *e) {
    struct rd r = rd_of(bytes.p, bytes.n);
    struct prefilter *p = create(n, e);
    if (!p)
        return NULL;
    bool ok = rd_u64(&r) == n;
    for (size_t i = 0; i < words(n); i++) {
        p->always[i] = rd_u64(&r);
        p->refused += (size_t)__builtin_popcountll(p->always[i]);
    }
    ok = ok && !r.bad && r.n <= DATABASE_MAX;
    /* The library looks at its own checksum and at version and platform. */
    if (ok && r.n)
        ok = hs_deserialize_database((const char *)r.p, r.n, &p->db) == HS_SUCCESS;
    if (ok)
        return p;
    prefilter_destroy(p);
    err_set(e, ERR_INPUT, "it is damaged, or of another version of the library");
    return NULL;
}

struct prefilter_room *prefilter_room_create(void) {
    return calloc(1, sizeof(struct prefilter_room));
}

bool prefilter_room_fit(struct prefilter_room *room, const struct prefilter *p, struct err *e) {
    return !p->db || hs_alloc_scratch(p->db, &room->scratch) == HS_SUCCESS ||
           err_set(e, ERR_MEMORY, "no memory for the prefilter");
}

void prefilter_room_destroy(struct prefilter_room *room) {
    if (!room)
        return;
    hs_free_scratch(room->scratch);
    free(room);
}

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context) {
    uint64_t *bits = context;
    (void)from;
    (void)to;
    (void)flags;
    bits[id / 64] |= UINT64_C(1) << id % 64;
    return 0;
}

bool prefilter_scan(const struct prefilter *p, struct prefilter_room *room, struct slice bytes, uint64_t *bits) {
    memcpy(bits, p->always, words(p->n) * sizeof *bits);
    if (!p->db)
        return true;
    return bytes.n < ANSWER_MAX &&
           hs_scan(p->db, bytes.p, (unsigned)bytes.n, 0, room->scratch, on_match, bits) == HS_SUCCESS;
}
