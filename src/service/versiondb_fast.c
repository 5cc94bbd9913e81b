/* The prefilters of a file of patterns, and their cache: one file named by the SHA-256 of all that they are made from.
 *
 *   8 bytes   "LLVDB01\n"
 *   32        the key
 *   for each group that has one: 8 its number, 8 the size, then so many bytes (service/prefilter.h)
 *   32        SHA-256 of everything before
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sha256.h"
#include "base/wire.h"
#include "service/versiondb_cache.h"
#include "service/versiondb_data.h"

enum {
    FAST_LEAST = 16, /* fewer patterns are tried one by one */
    LARGE = 1000,    /* groups that take seconds are announced */
    CACHE_MAX = 512 << 20,
    PATH_TEXT_MAX = 4096
};

static const struct slice magic = {"LLVDB01\n", 8};

static bool wants(const struct vdb_group *g) {
    return g->n >= FAST_LEAST;
}

static void add_u64(struct sha256 *s, uint64_t v) {
    uint8_t bytes[8];
    struct wr w = wr_of(bytes, sizeof bytes);
    wr_u64(&w, v);
    sha256_add(s, bytes, sizeof bytes);
}

static void key_of(const struct versiondb *db, struct slice library, uint8_t key[SHA256_SIZE]) {
    struct sha256 s;
    sha256_init(&s);
    sha256_add(&s, magic.p, magic.n);
    add_u64(&s, library.n);
    sha256_add(&s, library.p, library.n);
    add_u64(&s, FAST_LEAST);
    for (size_t i = 0; i < db->n_probes; i++) {
        const struct vdb_group *g = &db->groups[i];
        add_u64(&s, g->n);
        for (size_t k = 0; k < g->n; k++) {
            const struct vdb_pattern *p = &db->patterns[g->first + k];
            add_u64(&s, p->flags);
            add_u64(&s, p->text.n);
            sha256_add(&s, p->text.p, p->text.n);
        }
    }
    sha256_finish(&s, key);
}

static void hash_of(struct slice bytes, uint8_t hash[SHA256_SIZE]) {
    struct sha256 s;
    sha256_init(&s);
    sha256_add(&s, bytes.p, bytes.n);
    sha256_finish(&s, hash);
}

/* The folder that the user or the system names for caches; false: there is none. */
static bool default_folder(struct buf *path) {
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    /* A relative path is to be passed over (XDG Base Directory Specification 0.8). */
    if (cache && cache[0] == '/')
        return buf_put_str(path, cache) && buf_put_str(path, "/leadline");
    return home && home[0] == '/' && buf_put_str(path, home) && buf_put_str(path, "/.cache/leadline");
}

static bool file_name(const struct versiondb *db, struct buf *folder, struct buf *file, const char *cache_dir,
                      const uint8_t key[SHA256_SIZE]) {
    char place[VDB_CACHE_PLACE + 1];
    if (cache_dir && !cache_dir[0])
        return false;
    if (cache_dir ? !buf_put_str(folder, cache_dir) : !default_folder(folder))
        return false;
    buf_put(file, buf_slice(folder));
    vdb_cache_place(db->file, place);
    buf_printf(file, "/versiondb-%s-", place);
    for (size_t i = 0; i < 16; i++)
        buf_printf(file, "%02x", key[i]);
    return buf_put_str(file, ".hs");
}

/* Only what this user has written and nobody else can change: the library trusts its own bytes. */
static bool is_own(int fd, struct err *e) {
    struct stat st;
    if (fstat(fd, &st) != 0)
        return err_os(e, errno, "it cannot be looked at");
    if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_mode & (S_IWGRP | S_IWOTH))
        return err_set(e, ERR_INPUT, "it is not a file that only this user can write");
    return st.st_size <= CACHE_MAX || err_set(e, ERR_LIMIT, "it is larger than %d bytes", CACHE_MAX);
}

static bool read_all(int fd, struct buf *b, struct err *e) {
    static const size_t part = 1 << 20;
    char *bytes = malloc(part);
    ssize_t n = bytes ? 1 : -1;
    while (n > 0) {
        n = read(fd, bytes, part);
        if (n > 0 && !buf_put(b, (struct slice){bytes, (size_t)n}))
            n = -1;
        else if (n < 0 && errno == EINTR)
            n = 1;
    }
    free(bytes);
    return n == 0 || err_set(e, ERR_OS, "it cannot be read");
}

static bool load_groups(struct versiondb *db, struct slice bytes, const uint8_t key[SHA256_SIZE], struct err *e) {
    uint8_t hash[SHA256_SIZE];
    struct slice head = {(const char *)key, SHA256_SIZE};
    if (bytes.n < magic.n + 2 * SHA256_SIZE || !slice_starts(bytes, magic) ||
        !slice_starts(slice_skip(bytes, magic.n), head))
        return err_set(e, ERR_INPUT, "it is of another kind");
    struct slice body = slice_sub(bytes, 0, bytes.n - SHA256_SIZE);
    hash_of(body, hash);
    if (memcmp(hash, bytes.p + body.n, SHA256_SIZE) != 0)
        return err_set(e, ERR_INPUT, "it is damaged");
    struct rd r = rd_of(body.p, body.n);
    rd_skip(&r, magic.n + SHA256_SIZE);
    while (r.n && !r.bad) {
        uint64_t group = rd_u64(&r), size = rd_u64(&r);
        struct rd part = rd_sub(&r, size);
        if (r.bad || group >= db->n_probes || db->groups[group].fast)
            return err_set(e, ERR_INPUT, "it is damaged");
        struct vdb_group *g = &db->groups[group];
        g->fast = prefilter_load((struct slice){(const char *)part.p, part.n}, g->n, e);
        if (!g->fast)
            return false;
    }
    return true;
}

static void drop_all(struct versiondb *db) {
    for (size_t i = 0; i < db->n_probes; i++) {
        prefilter_destroy(db->groups[i].fast);
        db->groups[i].fast = NULL;
    }
}

static bool load(struct versiondb *db, const char *path, const uint8_t key[SHA256_SIZE], const struct log *log) {
    struct err e = {0};
    struct buf b;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        if (errno != ENOENT)
            log_debug(log, 1, "versiondb: %s cannot be opened", path);
        return false;
    }
    buf_init(&b, CACHE_MAX);
    bool ok = is_own(fd, &e) && read_all(fd, &b, &e) && load_groups(db, buf_slice(&b), key, &e);
    close(fd);
    buf_finish(&b);
    if (!ok) {
        drop_all(db);
        log_message(log, LOG_WARNING, "versiondb: %s is not used and will be made anew: %s", path, e.text);
    }
    return ok;
}

static struct prefilter *build_group(const struct versiondb *db, const struct vdb_group *g, struct err *e) {
    struct prefilter_pattern *v = calloc(g->n, sizeof *v);
    if (!v) {
        err_set(e, ERR_MEMORY, "no memory for the prefilter");
        return NULL;
    }
    for (size_t i = 0; i < g->n; i++)
        v[i] = (struct prefilter_pattern){db->patterns[g->first + i].text, db->patterns[g->first + i].flags};
    struct prefilter *p = prefilter_build(v, g->n, e);
    free(v);
    return p;
}

static void build(struct versiondb *db, const struct log *log, const char *keep) {
    if (db->n_patterns >= LARGE)
        log_message(log, LOG_INFO,
                    "versiondb: making the %zu patterns of " SLICE_FMT
                    " ready for fast matching; about %zu seconds, %s%s",
                    db->n_patterns, SLICE_ARG(db->file), 1 + db->n_patterns / 500,
                    keep ? "this once: the result is kept in " : "in every run, as there is no folder to keep it in",
                    keep ? keep : "");
    for (size_t i = 0; i < db->n_probes; i++) {
        struct vdb_group *g = &db->groups[i];
        struct err e = {0};
        if (!wants(g))
            continue;
        if (g->n >= LARGE)
            log_message(log, LOG_INFO, "versiondb: probe " SLICE_FMT ", %zu patterns", SLICE_ARG(db->probes[i].name),
                        g->n);
        g->fast = build_group(db, g, &e);
        if (!g->fast)
            log_debug(log, 1, "versiondb: probe " SLICE_FMT " has no prefilter: %s", SLICE_ARG(db->probes[i].name),
                      e.text);
        else if (prefilter_refused(g->fast))
            log_debug(log, 2, "versiondb: probe " SLICE_FMT ": %zu of %zu patterns are always tried",
                      SLICE_ARG(db->probes[i].name), prefilter_refused(g->fast), g->n);
    }
}

static bool save_groups(const struct versiondb *db, const uint8_t key[SHA256_SIZE], struct buf *b, struct err *e) {
    uint8_t hash[SHA256_SIZE];
    buf_put(b, magic);
    buf_put(b, (struct slice){(const char *)key, SHA256_SIZE});
    for (size_t i = 0; i < db->n_probes; i++) {
        uint8_t sizes[16];
        struct wr w = wr_of(sizes, sizeof sizes);
        if (!db->groups[i].fast)
            continue;
        size_t at = b->n;
        buf_put(b, (struct slice){(const char *)sizes, sizeof sizes});
        if (!prefilter_save(db->groups[i].fast, b, e))
            return false;
        wr_u64(&w, i);
        wr_u64(&w, b->n - at - sizeof sizes);
        memcpy(b->p + at, sizes, sizeof sizes);
    }
    hash_of(buf_slice(b), hash);
    return buf_put(b, (struct slice){(const char *)hash, sizeof hash}) ||
           err_set(e, ERR_LIMIT, "larger than %d bytes", CACHE_MAX);
}

static bool write_all(int fd, struct slice s) {
    while (s.n) {
        ssize_t n = write(fd, s.p, s.n);
        if (n < 0 && errno != EINTR)
            return false;
        s = slice_skip(s, n > 0 ? (size_t)n : 0);
    }
    return true;
}

/* The folder and the one above it; what is there already is fine. */
static void make_folder(const char *path) {
    char above[PATH_TEXT_MAX];
    size_t n = strlen(path);
    while (n && path[n - 1] != '/')
        n--;
    if (n > 1 && n < sizeof above) {
        memcpy(above, path, n - 1);
        above[n - 1] = 0;
        (void)mkdir(above, 0700);
    }
    (void)mkdir(path, 0700);
}

/* Under a name of its own first, so that nobody sees half a file. */
static bool write_file(const char *folder, const char *path, struct slice bytes, struct err *e) {
    char temporary[PATH_TEXT_MAX];
    int n = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    if (n < 0 || (size_t)n >= sizeof temporary)
        return err_set(e, ERR_LIMIT, "its name is too long");
    make_folder(folder);
    int fd = mkostemp(temporary, O_CLOEXEC); /* mode 0600 */
    if (fd < 0)
        return err_os(e, errno, "it cannot be made");
    bool ok = write_all(fd, bytes);
    ok = close(fd) == 0 && ok && rename(temporary, path) == 0;
    if (ok)
        return true;
    err_os(e, errno, "it cannot be written");
    (void)unlink(temporary);
    return false;
}

static void save(const struct versiondb *db, const uint8_t key[SHA256_SIZE], const char *folder, const char *path,
                 const struct log *log) {
    struct err e = {0};
    struct buf b;
    buf_init(&b, CACHE_MAX);
    if (!save_groups(db, key, &b, &e) || !write_file(folder, path, buf_slice(&b), &e))
        log_debug(log, 1, "versiondb: %s is not kept: %s", path, e.text);
    else
        vdb_cache_tidy(folder, path + strlen(folder) + 1);
    buf_finish(&b);
}

/* Scratch memory for all of them; without it there are none. */
static bool make_room(struct versiondb *db) {
    size_t most = 0;
    struct err e;
    if (!db->fast_room)
        db->fast_room = prefilter_room_create();
    bool ok = db->fast_room != NULL;
    for (size_t i = 0; ok && i < db->n_probes; i++)
        if (db->groups[i].fast) {
            most = ll_max_size(most, db->groups[i].n);
            ok = prefilter_room_fit(db->fast_room, db->groups[i].fast, &e);
        }
    free(db->candidates);
    db->candidates = calloc(most / 64 + 1, sizeof *db->candidates);
    return ok && db->candidates;
}

static void prepare(struct versiondb *db, const char *cache_dir, struct slice library, const struct log *log) {
    uint8_t key[SHA256_SIZE];
    struct buf folder, file;
    buf_init(&folder, PATH_TEXT_MAX - 64);
    buf_init(&file, PATH_TEXT_MAX - 16);
    key_of(db, library, key);
    const char *path = file_name(db, &folder, &file, cache_dir, key) ? buf_cstr(&file) : NULL;
    if (!path || !load(db, path, key, log)) {
        build(db, log, path);
        if (path)
            save(db, key, buf_cstr(&folder), path, log);
    }
    if (!make_room(db))
        drop_all(db);
    buf_finish(&folder);
    buf_finish(&file);
}

void versiondb_prepare(struct versiondb *db, const char *cache_dir, const struct log *log) {
    struct buf library;
    size_t wanted = 0;
    for (size_t i = 0; i < db->n_probes; i++)
        wanted += wants(&db->groups[i]);
    buf_init(&library, 256);
    drop_all(db);
    if (wanted && prefilter_library(&library))
        prepare(db, cache_dir, buf_slice(&library), log);
    buf_finish(&library);
}
