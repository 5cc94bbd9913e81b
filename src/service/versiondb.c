#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "service/versiondb_data.h"

enum { ARENA_MAX = 512 << 20 };

struct versiondb *versiondb_parse(struct slice text, const char *name, struct err *e) {
    struct versiondb *db = calloc(1, sizeof *db);
    if (!db) {
        err_set(e, ERR_MEMORY, "no memory for the probes");
        return NULL;
    }
    arena_init(&db->arena, "versiondb", ARENA_MAX);
    db->file = arena_copy(&db->arena, slice_of(name));
    db->room = pattern_room_create(e);
    if (db->room && vdb_read_text(db, text, name, e) && vdb_index_build(&db->index, db->patterns, db->n_patterns, e))
        return db;
    versiondb_destroy(db);
    return NULL;
}

static bool read_file(const char *path, struct buf *b, struct err *e) {
    char part[65536];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_os(e, errno, "cannot open \"%s\"", path);
    ssize_t n = 1;
    while (n > 0 && !b->failed) {
        n = read(fd, part, sizeof part);
        if (n > 0)
            buf_put(b, (struct slice){part, (size_t)n});
        else if (n < 0 && errno == EINTR)
            n = 1;
    }
    int fault = errno;
    close(fd);
    if (b->failed)
        return err_set(e, ERR_LIMIT, "%s: larger than %u bytes", path, VDB_TEXT_MAX);
    return n == 0 || err_os(e, fault, "cannot read \"%s\"", path);
}

struct versiondb *versiondb_read(const char *path, struct err *e) {
    struct buf b;
    struct versiondb *db = NULL;
    buf_init(&b, VDB_TEXT_MAX);
    if (read_file(path, &b, e))
        db = versiondb_parse(buf_slice(&b), path, e);
    buf_finish(&b);
    return db;
}

void versiondb_destroy(struct versiondb *db) {
    if (!db)
        return;
    for (size_t i = 0; i < db->n_patterns; i++)
        pattern_destroy(db->patterns[i].pattern);
    for (size_t i = 0; i < db->n_probes; i++)
        prefilter_destroy(db->groups[i].fast);
    prefilter_room_destroy(db->fast_room);
    pattern_room_destroy(db->room);
    vdb_index_finish(&db->index);
    free(db->candidates);
    free(db->patterns);
    free(db->groups);
    free(db->probes);
    arena_finish(&db->arena);
    free(db);
}

size_t versiondb_patterns(const struct versiondb *db) {
    return db->n_patterns;
}

size_t versiondb_probes(const struct versiondb *db, const struct versiondb_probe **out) {
    *out = db->probes;
    return db->n_probes;
}

bool versiondb_excludes(const struct versiondb *db, uint8_t proto, uint16_t port) {
    return proto < LL_COUNT(db->exclude) && db->exclude[proto] && portset_has(db->exclude[proto], port);
}

/* Groups whose patterns an answer to probe `i` meets, in their order. */
static size_t groups_of(const struct versiondb *db, size_t i, size_t out[VDB_FALLBACKS_MAX + 2]) {
    const struct vdb_group *g = &db->groups[i];
    size_t n = 0;
    out[n++] = i;
    for (size_t k = 0; k < g->n_fallback; k++)
        out[n++] = g->fallback[k];
    if (!db->probes[i].udp && db->listening)
        out[n++] = db->listening - 1;
    /* A group counts where it stands first. */
    size_t kept = 0;
    for (size_t k = 0; k < n; k++) {
        size_t at = 0;
        while (at < kept && out[at] != out[k])
            at++;
        if (at == kept)
            out[kept++] = out[k];
    }
    return kept;
}

bool versiondb_knows(const struct versiondb *db, size_t i, struct slice service) {
    size_t order[VDB_FALLBACKS_MAX + 2];
    size_t n = groups_of(db, i, order);
    for (size_t k = 0; k < n; k++) {
        const struct vdb_group *g = &db->groups[order[k]];
        for (size_t at = 0; at < g->n; at++)
            if (slice_eq(db->patterns[g->first + at].service, service))
                return true;
    }
    return false;
}

/* A search through the groups. */
struct search {
    struct versiondb *db;
    struct slice answer, service;
    const struct vdb_pattern *hard, *soft;
    const uint64_t *indexed; /* what the index says; NULL: not asked yet */
    struct slice groups[PATTERN_GROUPS], soft_groups[PATTERN_GROUPS];
};

static bool has_prefix(const struct vdb_pattern *p, struct slice answer) {
    return p->flags & PATTERN_CASELESS ? slice_starts_nocase(answer, p->prefix) : slice_starts(answer, p->prefix);
}

static void try_pattern(struct search *s, const struct vdb_pattern *p) {
    struct slice groups[PATTERN_GROUPS];
    if ((p->soft && s->soft) || (s->service.n && !slice_eq(p->service, s->service)))
        return;
    if (!has_prefix(p, s->answer) || !pattern_match(p->pattern, s->db->room, s->answer, groups))
        return;
    if (p->soft)
        s->soft = p;
    else
        s->hard = p;
    memcpy(p->soft ? s->soft_groups : s->groups, groups, sizeof groups);
}

/* Tries the patterns from `first` on whose bits are set; bit 0 is pattern `base`. */
static void search_bits(struct search *s, const uint64_t *bits, size_t base, size_t first, size_t n) {
    size_t from = first - base, until = from + n;
    for (size_t word = from / 64; word * 64 < until && !s->hard; word++) {
        uint64_t left = bits[word];
        if (word == from / 64)
            left &= ~UINT64_C(0) << from % 64;
        for (; left && !s->hard; left &= left - 1) {
            size_t at = word * 64 + (size_t)__builtin_ctzll(left);
            if (at >= until)
                return;
            try_pattern(s, &s->db->patterns[base + at]);
        }
    }
}

static void search_group(struct search *s, const struct vdb_group *g) {
    struct versiondb *db = s->db;
    if (g->n == 0)
        return;
    if (g->fast && prefilter_scan(g->fast, db->fast_room, s->answer, db->candidates)) {
        search_bits(s, db->candidates, g->first, g->first, g->n);
        return;
    }
    if (!s->indexed && db->index.slots)
        s->indexed = vdb_index_find(&db->index, s->answer);
    if (s->indexed) {
        search_bits(s, s->indexed, 0, g->first, g->n);
        return;
    }
    for (size_t i = 0; i < g->n && !s->hard; i++)
        try_pattern(s, &db->patterns[g->first + i]);
}

enum versiondb_found versiondb_match(struct versiondb *db, size_t i, struct slice answer, struct slice soft_service,
                                     struct arena *a, struct service_result *out) {
    size_t order[VDB_FALLBACKS_MAX + 2];
    if (i >= db->n_probes || answer.n == 0)
        return VERSIONDB_NONE;
    size_t n = groups_of(db, i, order);
    struct search s = {.db = db, .answer = answer, .service = soft_service};
    for (size_t k = 0; k < n && !s.hard; k++)
        search_group(&s, &db->groups[order[k]]);
    if (s.hard && vdb_info_fill(s.hard, s.groups, a, out))
        return VERSIONDB_HARD;
    return !s.hard && s.soft && vdb_info_fill(s.soft, s.soft_groups, a, out) ? VERSIONDB_SOFT : VERSIONDB_NONE;
}
