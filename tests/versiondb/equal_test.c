/* With and without a prefilter, freshly made and from the cache, the answers are equal; and the cache survives what can
 * happen to a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/rng.h"
#include "patterns.h"
#include "service/versiondb_data.h"

enum { PATTERNS = 1000, ODD_ROUNDS = 3000 };

struct counter {
    unsigned info, warnings;
    char last[600];
};

static void count_message(void *ctx, enum log_level level, const char *text) {
    struct counter *c = ctx;
    c->info += level == LOG_INFO;
    c->warnings += level == LOG_WARNING;
    snprintf(c->last, sizeof c->last, "%s", text);
}

static struct versiondb *parse(struct slice text) {
    struct err e = {0};
    struct versiondb *db = versiondb_parse(text, "t", &e);
    if (!db)
        fail_msg("%s", e.text);
    return db;
}

/* Nothing but PCRE2, one after the other. */
static struct versiondb *parse_plain(struct slice text) {
    struct versiondb *db = parse(text);
    for (size_t i = 0; i < db->n_patterns; i++)
        db->patterns[i].prefix = (struct slice){0};
    vdb_index_finish(&db->index);
    return db;
}

static void make_folder(char folder[64]) {
    snprintf(folder, 64, "/tmp/versiondb-test.XXXXXX");
    assert_non_null(mkdtemp(folder));
}

/* The one file of a folder; NULL: it is empty. */
static const char *file_of(const char *folder, char path[400]) {
    DIR *d = opendir(folder);
    const char *found = NULL;
    for (struct dirent *f; d && (f = readdir(d));)
        if (f->d_name[0] != '.') {
            assert_null(found);
            snprintf(path, 400, "%s/%s", folder, f->d_name);
            found = path;
        }
    if (d)
        closedir(d);
    return found;
}

static void remove_folder(const char *folder) {
    char path[400];
    if (file_of(folder, path))
        unlink(path);
    assert_int_equal(rmdir(folder), 0);
}

static void assert_same(struct slice a, struct slice b) {
    if (!slice_eq(a, b))
        fail_msg("\"" SLICE_FMT "\" and \"" SLICE_FMT "\"", SLICE_ARG(a), SLICE_ARG(b));
}

static enum versiondb_found compare(struct versiondb *x, struct versiondb *y, size_t probe, struct slice bytes,
                                    struct slice soft) {
    struct arena a;
    struct service_result r = {0}, q = {0};
    arena_init(&a, "compare", 1 << 20);
    enum versiondb_found got = versiondb_match(x, probe, bytes, soft, &a, &r);
    enum versiondb_found other = versiondb_match(y, probe, bytes, soft, &a, &q);
    if (got != other)
        fail_msg("found %d and %d for \"" SLICE_FMT "\"", got, other, SLICE_ARG(bytes));
    assert_same(r.evidence.signature, q.evidence.signature);
    assert_same(r.name, q.name);
    assert_same(r.product, q.product);
    assert_same(r.version, q.version);
    assert_same(r.extra, q.extra);
    assert_int_equal(r.n_cpe, q.n_cpe);
    arena_finish(&a);
    return got;
}

static bool has_library(void) {
    struct buf b;
    buf_init(&b, 256);
    bool has = prefilter_library(&b);
    buf_finish(&b);
    return has;
}

static size_t prefilters(const struct versiondb *db) {
    size_t n = 0;
    for (size_t i = 0; i < db->n_probes; i++)
        n += db->groups[i].fast != NULL;
    return n;
}

static void generated(void **state) {
    (void)state;
    struct patterns p;
    struct rng rng;
    char folder[64];
    size_t found = 0;
    rng_seed(&rng, 4711);
    assert_true(patterns_make(&p, 815, PATTERNS));
    make_folder(folder);
    struct counter c = {0};
    struct log log = {count_message, &c, 0};
    struct versiondb *plain = parse_plain(buf_slice(&p.file)), *fast = parse(buf_slice(&p.file)),
                     *cached = parse(buf_slice(&p.file)), *indexed = parse(buf_slice(&p.file));
    versiondb_prepare(fast, folder, &log);
    unsigned said = c.info;
    versiondb_prepare(cached, folder, &log);
    assert_int_equal(c.info, said);
    assert_int_equal(c.warnings, 0);
    assert_int_equal(prefilters(fast), prefilters(cached));
    assert_true(!has_library() || (prefilters(fast) >= 2 && said > 0));
    for (size_t i = 0; i < p.n; i++) {
        struct slice s = p.v[i].bytes;
        char bytes[4096];
        assert_true(s.n < sizeof bytes);
        found += compare(plain, fast, p.v[i].probe, s, (struct slice){0}) != VERSIONDB_NONE;
        (void)compare(plain, cached, p.v[i].probe, s, (struct slice){0});
        (void)compare(plain, indexed, p.v[i].probe, s, (struct slice){0});
        (void)compare(plain, fast, p.v[i].probe, s, plain->patterns[(i + i % 2) % p.n].service);
        /* Damaged ones: another byte, a shorter one. */
        memcpy(bytes, s.p, s.n);
        bytes[rng_below(&rng, s.n)] = (char)rng_below(&rng, 256);
        struct slice bad = {bytes, s.n - rng_below(&rng, s.n / 4 + 1)};
        (void)compare(plain, fast, p.v[i].probe, bad, (struct slice){0});
        (void)compare(plain, indexed, p.v[i].probe, bad, (struct slice){0});
    }
    print_message("%zu of %zu banners are known\n", found, p.n);
    assert_int_equal(found, p.n);
    versiondb_destroy(plain);
    versiondb_destroy(fast);
    versiondb_destroy(cached);
    versiondb_destroy(indexed);
    patterns_finish(&p);
    remove_folder(folder);
}

/* What two libraries might read in two ways, and what is easily taken for a literal front. */
static const char *const odd[] = {"^a|b",
                                  "(?i)^xA",
                                  "^ab?c",
                                  "^a{0}b",
                                  "^ab*",
                                  "^\\x41B",
                                  "^[|]x",
                                  "(?x)^a |b c",
                                  "^a(?i)b|c",
                                  "^\\Qa|b\\E",
                                  "a\\Rb",
                                  "^\\hx",
                                  "^a(?#|)b",
                                  "^ab\\0",
                                  "(?s)a.b",
                                  "\\Aab",
                                  "^abc$",
                                  "ab\\Z",
                                  "ab\\z",
                                  "\\bab\\b",
                                  "[[:alpha:]]+7",
                                  "^(?>a+)b",
                                  "^a++b",
                                  "(a)|b\\1x",
                                  "(?<=x)y",
                                  "(?<!x)yA",
                                  "(?|a(b)|c(d))7",
                                  "^\\N7",
                                  "\\101b",
                                  ".+\\n",
                                  "^\\s+x",
                                  "[^\\s]x",
                                  "\\W\\D\\S",
                                  "^a(?=b)",
                                  "^(?!a)b",
                                  "(?=ab)",
                                  "^(a|b)\\1",
                                  "a\\x0bb",
                                  "^\\x{41}7",
                                  "^$a|\\nb",
                                  "(?m)^b",
                                  "(?m)a$",
                                  "^a\\Kb",
                                  "x{2}",
                                  "^x{2,}?y",
                                  "[\\x80-\\xff]{2}",
                                  "^[^a-y]+7",
                                  "(?s)^.{3}a",
                                  "^(?:a|b|)c",
                                  "(?i)\\xe4",
                                  "^(?i)ab",
                                  "^(?-i)ab",
                                  "^a(?:b|c)?7",
                                  "^\\x00",
                                  "a[]b]7",
                                  "a[^]b]7",
                                  "^\\*",
                                  "^a\\|b",
                                  "^\\.|x7",
                                  "(?:^|\\n)yA",
                                  "(?s:a.)b",
                                  "^a[\\w|)]b",
                                  "(a(?:b)?)+7",
                                  "\\Bab",
                                  "^[[:^alpha:]|]7",
                                  "(*ANYCRLF)^ab",
                                  "^(?:(?=x)x|y)7",
                                  "^ab+",
                                  "^ab{1,3}7",
                                  "xyA[b]*",
                                  "abcx?y",
                                  "ab\\x{78}y",
                                  "xy(?:ab)?7",
                                  "xya+bcx",
                                  "abxy{0}c|7",
                                  "abc{1}x",
                                  "xyab\\.",
                                  "(?i)XYab",
                                  "^\\r?\\nA",
                                  "^\\t\\e|\\ex",
                                  "^(?s).b",
                                  "a(*FAIL)|bb"};

static void write_odd(struct buf *b) {
    buf_put_str(b, "Probe TCP P q|x|\n");
    for (size_t i = 0; i < LL_COUNT(odd); i++)
        buf_printf(b, "match n%zu m%%%s%%%s p/$1/ v/$2/\n", i, odd[i], i % 5 == 3 ? "i" : i % 7 == 4 ? "s" : "");
}

/* Each alone is compared: in a whole set the first one hides the others. */
static void odd_ones(void **state) {
    (void)state;
    static const char alphabet[] = "aabbccxxyAB7|\n\r\x0b \xa0\xe4\xc4\x85\t\x1b*.)";
    struct buf b;
    struct rng rng;
    size_t found = 0;
    uint64_t seed = (uint64_t)(uintptr_t)&b ^ 0x5eed;
    print_message("seed %llu\n", (unsigned long long)seed);
    rng_seed(&rng, seed);
    buf_init(&b, 1 << 16);
    write_odd(&b);
    struct versiondb *plain = parse_plain(buf_slice(&b)), *fast = parse(buf_slice(&b)), *indexed = parse(buf_slice(&b));
    versiondb_prepare(fast, "", NULL);
    assert_true(!has_library() || prefilters(fast) == 1);
    for (size_t round = 0; round < ODD_ROUNDS; round++) {
        char bytes[12];
        size_t n = 1 + rng_below(&rng, sizeof bytes);
        for (size_t i = 0; i < n; i++) /* the final NUL is one of them */
            bytes[i] = alphabet[rng_below(&rng, sizeof alphabet)];
        for (size_t i = 0; i < LL_COUNT(odd); i++) {
            struct slice only = plain->patterns[i].service;
            found += compare(plain, fast, 0, (struct slice){bytes, n}, only) != VERSIONDB_NONE;
            (void)compare(plain, indexed, 0, (struct slice){bytes, n}, only);
        }
    }
    print_message("%zu patterns, %zu matches\n", LL_COUNT(odd), found);
    assert_true(found > ODD_ROUNDS);
    versiondb_destroy(plain);
    versiondb_destroy(fast);
    versiondb_destroy(indexed);
    buf_finish(&b);
}

static void change_byte(const char *path, long at) {
    FILE *f = fopen(path, "r+b");
    assert_non_null(f);
    assert_int_equal(fseek(f, at, at < 0 ? SEEK_END : SEEK_SET), 0);
    int c = fgetc(f);
    assert_int_equal(fseek(f, at, at < 0 ? SEEK_END : SEEK_SET), 0);
    fputc(c ^ 1, f);
    fclose(f);
}

/* Prepares and says how: made anew with a warning, or taken from the cache. */
static void expect_prepare(struct slice text, const char *folder, unsigned warnings, bool made) {
    struct counter c = {0};
    struct log log = {count_message, &c, 0};
    struct versiondb *db = parse(text);
    struct stat before = {0}, after = {0};
    char path[400];
    if (file_of(folder, path))
        assert_int_equal(stat(path, &before), 0);
    versiondb_prepare(db, folder, &log);
    assert_true(prefilters(db) > 0);
    if (c.warnings != warnings)
        fail_msg("%u warnings, the last: %s", c.warnings, c.last);
    assert_non_null(file_of(folder, path));
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino != after.st_ino, made);
    assert_int_equal(after.st_mode & 077, 0);
    versiondb_destroy(db);
}

static void cache_is_checked(void **state) {
    (void)state;
    struct patterns p;
    char folder[64], path[400];
    if (!has_library()) {
        skip();
        return;
    }
    assert_true(patterns_make(&p, 1, 300));
    make_folder(folder);
    struct slice text = buf_slice(&p.file);
    expect_prepare(text, folder, 0, true);
    expect_prepare(text, folder, 0, false);
    assert_non_null(file_of(folder, path));
    static const long places[] = {0, 20, 60, 200, 5000, -1, -40};
    for (size_t i = 0; i < LL_COUNT(places); i++) {
        change_byte(path, places[i]);
        expect_prepare(text, folder, 1, true);
        expect_prepare(text, folder, 0, false);
    }
    assert_int_equal(truncate(path, 100), 0);
    expect_prepare(text, folder, 1, true);
    assert_int_equal(truncate(path, 0), 0);
    expect_prepare(text, folder, 1, true);
    assert_int_equal(chmod(path, 0622), 0);
    expect_prepare(text, folder, 1, true);
    patterns_finish(&p);
    remove_folder(folder);
}

static void cache_may_be_missing(void **state) {
    (void)state;
    struct patterns p;
    struct counter c = {0};
    struct log log = {count_message, &c, 0};
    char folder[64], inside[100];
    assert_true(patterns_make(&p, 2, 200));
    make_folder(folder);
    struct versiondb *db = parse(buf_slice(&p.file));
    /* Neither a folder in a file nor one that is too deep can be made; that is no fault. */
    versiondb_prepare(db, "/dev/null/x", &log);
    versiondb_prepare(db, "/proc/none/such/place", &log);
    assert_int_equal(c.warnings, 0);
    assert_true(!has_library() || prefilters(db) > 0);
    /* The user's folder, two steps deep. */
    snprintf(inside, sizeof inside, "%s/cache", folder);
    assert_int_equal(setenv("XDG_CACHE_HOME", inside, 1), 0);
    versiondb_prepare(db, NULL, &log);
    if (has_library()) {
        strncat(inside, "/leadline", sizeof inside - strlen(inside) - 1);
        char path[400];
        assert_non_null(file_of(inside, path));
        remove_folder(inside);
        inside[strlen(inside) - strlen("/leadline")] = 0;
        assert_int_equal(rmdir(inside), 0);
    }
    assert_int_equal(c.warnings, 0);
    versiondb_destroy(db);
    patterns_finish(&p);
    remove_folder(folder);
}

/* Prepares a file of that name, and counts what is in the folder then. */
static unsigned keep(const char *folder, const char *name, uint64_t seed, unsigned *warnings) {
    struct patterns p;
    struct err e = {0};
    struct counter c = {0};
    struct log log = {count_message, &c, 0};
    assert_true(patterns_make(&p, seed, 100));
    struct versiondb *db = versiondb_parse(buf_slice(&p.file), name, &e);
    assert_non_null(db);
    versiondb_prepare(db, folder, &log);
    assert_true(prefilters(db) > 0);
    versiondb_destroy(db);
    patterns_finish(&p);
    *warnings += c.warnings;
    unsigned n = 0;
    DIR *d = opendir(folder);
    for (struct dirent *f; d && (f = readdir(d));)
        n += f->d_name[0] != '.';
    closedir(d);
    return n;
}

/* One for each of the user's files, and not without end; what else is in the folder stays. */
static void cache_is_tidied(void **state) {
    (void)state;
    char folder[64], path[400], name[32];
    unsigned warnings = 0;
    if (!has_library()) {
        skip();
        return;
    }
    make_folder(folder);
    snprintf(path, sizeof path, "%s/versiondb-notes.txt", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fclose(f);
    assert_int_equal(keep(folder, "mine", 1, &warnings), 2);
    assert_int_equal(keep(folder, "mine", 2, &warnings), 2); /* the file has changed */
    assert_int_equal(keep(folder, "another", 3, &warnings), 3);
    for (unsigned i = 0; i < 12; i++) {
        snprintf(name, sizeof name, "file%u", i);
        assert_in_range(keep(folder, name, 4, &warnings), 2, 9);
    }
    assert_int_equal(keep(folder, "file0", 5, &warnings), 9);
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(warnings, 0);
    DIR *d = opendir(folder);
    for (struct dirent *one; d && (one = readdir(d));)
        if (one->d_name[0] != '.')
            assert_int_equal(unlinkat(dirfd(d), one->d_name, 0), 0);
    closedir(d);
    assert_int_equal(rmdir(folder), 0);
}

/* The write fails half way, as on a full disk: nothing is left behind, and matching works. */
static void cache_does_not_fit(void **state) {
    (void)state;
    char folder[64];
    unsigned warnings = 0;
    struct rlimit before, small;
    if (!has_library()) {
        skip();
        return;
    }
    make_folder(folder);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){.rlim_cur = 4096, .rlim_max = before.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    unsigned n = keep(folder, "mine", 1, &warnings);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, handler);
    assert_int_equal(n, 0);
    assert_int_equal(warnings, 0);
    assert_int_equal(keep(folder, "mine", 1, &warnings), 1);
    remove_folder(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(generated),        cmocka_unit_test(odd_ones),
                                       cmocka_unit_test(cache_is_checked), cmocka_unit_test(cache_may_be_missing),
                                       cmocka_unit_test(cache_is_tidied),  cmocka_unit_test(cache_does_not_fit)};
    return cmocka_run_group_tests_name("versiondb: equal answers", tests, NULL, NULL);
}
