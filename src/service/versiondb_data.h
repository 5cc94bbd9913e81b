/* What is behind struct versiondb. Reader: versiondb_read.c (statements), versiondb_line.c (match lines);
 * versiondb_info.c fills fields, versiondb_fast.c makes matching fast. */
#ifndef LL_SERVICE_VERSIONDB_DATA_H
#define LL_SERVICE_VERSIONDB_DATA_H

#include "service/pattern.h"
#include "service/prefilter.h"
#include "service/versiondb.h"

#define VDB_TEXT_MAX (64U << 20)
#define VDB_LINE_MAX 8191
#define VDB_PATTERNS_MAX 200000
#define VDB_PROBES_MAX 2000
#define VDB_FALLBACKS_MAX 17
#define VDB_PAYLOAD_MAX 4096
#define VDB_PLACE_BITS 16
#define VDB_PLACES (1U << VDB_PLACE_BITS)

enum vdb_field { VDB_PRODUCT, VDB_VERSION, VDB_EXTRA, VDB_HOSTNAME, VDB_OS, VDB_DEVICE, VDB_FIELDS };

struct vdb_pattern {
    struct pattern *pattern; /* owned */
    struct slice text;
    unsigned flags; /* PATTERN_CASELESS, PATTERN_DOTALL */
    bool soft;
    struct slice service;
    struct slice field[VDB_FIELDS]; /* templates */
    struct slice cpe[SERVICE_CPE_MAX];
    size_t n_cpe;
    /* Every match begins with these bytes (in any case, when the pattern has no case); tried before the pattern. */
    struct slice prefix;
    unsigned line;
};

/* What belongs to a probe, beside what struct versiondb_probe says. */
struct vdb_group {
    size_t first, n; /* its patterns */
    size_t fallback[VDB_FALLBACKS_MAX];
    struct slice fallback_name[VDB_FALLBACKS_MAX];
    size_t n_fallback;
    unsigned fallback_line;
    unsigned seen;          /* statements that may stand once */
    struct prefilter *fast; /* NULL: none */
};

/* Finds the patterns that are worth trying, where there is no prefilter (versiondb_index.c). */
struct vdb_slot {
    uint32_t gram; /* four bytes */
    uint32_t head; /* number of the first pattern that needs it + 1; 0: free */
};

struct vdb_index {
    struct vdb_slot *slots; /* a power of two, at most half are taken; NULL: there is no index */
    size_t n_slots;
    uint32_t *next;                /* by pattern: the next one of its gram + 1 */
    uint64_t any[VDB_PLACES / 64]; /* hashes of the grams that are there */
    uint64_t *always;              /* patterns of which nothing is known */
    uint64_t *bits, *seen;         /* patterns and slots of the last answer */
    size_t n;
};

struct versiondb {
    struct arena arena;
    struct slice file;
    struct versiondb_probe *probes;
    struct vdb_group *groups; /* one a probe */
    size_t n_probes, cap_probes;
    struct vdb_pattern *patterns; /* in the order of the file */
    size_t n_patterns, cap_patterns;
    size_t listening; /* place of the probe without a payload + 1; 0: none */
    bool has_exclude;
    struct portset *exclude[3]; /* TCP, UDP, SCTP; in the arena */
    struct pattern_room *room;
    struct prefilter_room *fast_room;
    uint64_t *candidates; /* bits, for the largest group */
    struct vdb_index index;
};

/* versiondb_read.c */
bool vdb_read_text(struct versiondb *db, struct slice text, const char *name, struct err *e);
/* versiondb_line.c: "SERVICE m/PATTERN/FLAGS INFO..." */
bool vdb_read_pattern(struct versiondb *db, struct slice rest, struct vdb_pattern *p, struct err *e);
/* versiondb_literal.c */
struct slice vdb_prefix(struct slice text, struct arena *a);
/* A longest run of literal bytes that every match has, in any case of letters; 0: none is certain. */
size_t vdb_run(struct slice text, char out[VDB_LINE_MAX]);
/* versiondb_index.c */
bool vdb_index_build(struct vdb_index *x, const struct vdb_pattern *v, size_t n, struct err *e);
void vdb_index_finish(struct vdb_index *x);
/* Bits of the patterns that may match. */
const uint64_t *vdb_index_find(struct vdb_index *x, struct slice answer);
/* versiondb_info.c */
bool vdb_info_check(struct slice text, struct err *e);
bool vdb_info_fill(const struct vdb_pattern *p, const struct slice groups[PATTERN_GROUPS], struct arena *a,
                   struct service_result *out);

#endif
