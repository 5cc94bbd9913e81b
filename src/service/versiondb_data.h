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
};

/* versiondb_read.c */
bool vdb_read_text(struct versiondb *db, struct slice text, const char *name, struct err *e);
/* versiondb_line.c: "SERVICE m/PATTERN/FLAGS INFO..." */
bool vdb_read_pattern(struct versiondb *db, struct slice rest, struct vdb_pattern *p, struct err *e);
struct slice vdb_prefix(struct slice text, struct arena *a); /* versiondb_prefix.c */
/* versiondb_info.c */
bool vdb_info_check(struct slice text, struct err *e);
bool vdb_info_fill(const struct vdb_pattern *p, const struct slice groups[PATTERN_GROUPS], struct arena *a,
                   struct service_result *out);

#endif
