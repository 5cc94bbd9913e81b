/* What a user's file of patterns costs: loading it, the first time and later, and matching a banner, with and without a
 * prefilter. Usage: versiondb_bench [patterns, default 12000] [rounds, default 3] */
#include <dirent.h>
#include <time.h>
#include <unistd.h>

#include "../tests/versiondb/patterns.h"
#include "base/num.h"
#include "base/rng.h"
#include "service/versiondb.h"

enum { STRANGE = 400, STRANGE_MAX = 6000 };

static double now_s(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void say(void *ctx, enum log_level level, const char *text) {
    (void)ctx;
    (void)level;
    fprintf(stderr, "  %s\n", text);
}

/* Banners that no pattern knows: pages of the web and binary answers. */
static void make_strange(struct banner *v, struct buf *room, struct rng *rng) {
    buf_init(room, STRANGE * (STRANGE_MAX + 200));
    for (size_t i = 0; i < STRANGE; i++) {
        size_t start = room->n, n = 40 + rng_below(rng, i % 4 ? 400 : STRANGE_MAX - 40);
        if (i % 2)
            buf_put_str(room, "HTTP/1.1 200 OK\r\nServer: nobody knows/1.2.3\r\nContent-Type: text/html\r\n\r\n<html>");
        for (size_t k = 0; k < n; k++)
            buf_put_char(room, i % 2 ? (char)(' ' + rng_below(rng, 95)) : (char)rng_below(rng, 256));
        v[i] = (struct banner){i % 2, {NULL, room->n - start}};
    }
    size_t at = 0;
    for (size_t i = 0; i < STRANGE; at += v[i].bytes.n, i++)
        v[i].bytes.p = room->p + at;
}

/* Microseconds of processor time a banner, and how many were known. */
static double match_all(struct versiondb *db, const struct banner *v, size_t n, size_t *known, double *worst) {
    struct arena a;
    arena_init(&a, "bench", 1 << 20);
    *known = 0;
    *worst = 0;
    double start = now_s(CLOCK_PROCESS_CPUTIME_ID);
    for (size_t i = 0; i < n; i++) {
        struct service_result r = {0};
        double before = now_s(CLOCK_PROCESS_CPUTIME_ID);
        *known += versiondb_match(db, v[i].probe, v[i].bytes, (struct slice){0}, &a, &r) != VERSIONDB_NONE;
        double one = (now_s(CLOCK_PROCESS_CPUTIME_ID) - before) * 1e6;
        *worst = one > *worst ? one : *worst;
        arena_reset(&a);
    }
    double each = (now_s(CLOCK_PROCESS_CPUTIME_ID) - start) / (double)n * 1e6;
    arena_finish(&a);
    return each;
}

static void shuffle(struct banner *v, size_t n, struct rng *rng) {
    for (size_t i = n; i > 1; i--) {
        size_t k = rng_below(rng, i);
        struct banner one = v[k];
        v[k] = v[i - 1];
        v[i - 1] = one;
    }
}

static void print_match(const char *what, struct versiondb *db, const struct banner *v, size_t n, unsigned rounds) {
    double best = 0, worst = 0;
    size_t known = 0;
    for (unsigned i = 0; i < rounds; i++) {
        double each = match_all(db, v, n, &known, &worst);
        best = i == 0 || each < best ? each : best;
    }
    printf("%-52s %10.2f us a banner, worst %.0f us (%zu banners, %zu known)\n", what, best, worst, n, known);
}

static struct versiondb *load(const char *path, const char *cache, const struct log *log, const char *what) {
    struct err e = {0};
    double start = now_s(CLOCK_MONOTONIC);
    struct versiondb *db = versiondb_read(path, &e);
    double parsed = now_s(CLOCK_MONOTONIC);
    if (!db) {
        printf("%s\n", e.text);
        return NULL;
    }
    if (cache)
        versiondb_prepare(db, cache, log);
    printf("%-52s %10.3f s (reading %.3f, preparing %.3f)\n", what, now_s(CLOCK_MONOTONIC) - start, parsed - start,
           now_s(CLOCK_MONOTONIC) - parsed);
    return db;
}

static bool write_file(const char *path, struct slice s) {
    FILE *f = fopen(path, "wb");
    bool ok = f && fwrite(s.p, 1, s.n, f) == s.n;
    return f && fclose(f) == 0 && ok;
}

static void run(const struct patterns *p, const char *folder, unsigned rounds) {
    char path[100], cache[100];
    struct log log = {say, NULL, 2};
    struct rng rng;
    struct buf room;
    static struct banner strange[STRANGE];
    snprintf(path, sizeof path, "%s/patterns", folder);
    snprintf(cache, sizeof cache, "%s/cache", folder);
    rng_seed(&rng, 99);
    make_strange(strange, &room, &rng);
    shuffle(p->v, p->n, &rng);
    if (!write_file(path, buf_slice(&p->file)))
        return;
    printf("%zu patterns, %zu bytes\n", p->n, p->file.n);
    struct versiondb *plain = load(path, NULL, &log, "load, without a prefilter");
    struct versiondb *first = load(path, cache, &log, "load, the first time");
    struct versiondb *fast = load(path, cache, &log, "load, later");
    if (plain && first && fast) {
        size_t some = p->n < 2000 ? p->n : 2000;
        print_match("known banners, without a prefilter", plain, p->v, some, 1);
        print_match("unknown banners, without a prefilter", plain, strange, STRANGE, 1);
        print_match("known banners, with one", fast, p->v, p->n, rounds);
        print_match("unknown banners, with one", fast, strange, STRANGE, rounds);
    }
    versiondb_destroy(plain);
    versiondb_destroy(first);
    versiondb_destroy(fast);
    buf_finish(&room);
}

static void clean(const char *folder) {
    DIR *d = opendir(folder);
    char path[400];
    for (struct dirent *f; d && (f = readdir(d));) {
        snprintf(path, sizeof path, "%s/%s", folder, f->d_name);
        if (f->d_name[0] != '.')
            (void)unlink(path);
    }
    if (d)
        closedir(d);
    (void)rmdir(folder);
}

int main(int argc, char **argv) {
    uint64_t n = 12000, rounds = 3;
    char folder[] = "/tmp/versiondb-bench.XXXXXX", cache[64];
    struct patterns p;
    if (argc > 3 || (argc > 1 && !num_u64_max(slice_of(argv[1]), 100000, &n)) ||
        (argc > 2 && !num_u64_max(slice_of(argv[2]), 1000, &rounds)) || n == 0 || rounds == 0) {
        printf("usage: versiondb_bench [patterns] [rounds]\n");
        return 2;
    }
    if (!mkdtemp(folder) || !patterns_make(&p, 2026, n))
        return 1;
    run(&p, folder, (unsigned)rounds);
    patterns_finish(&p);
    snprintf(cache, sizeof cache, "%s/cache", folder);
    clean(cache);
    clean(folder);
    return 0;
}
