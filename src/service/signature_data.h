/* What is behind struct signatures: for the reader, the matcher and the test of the data. */
#ifndef LL_SERVICE_SIGNATURE_DATA_H
#define LL_SERVICE_SIGNATURE_DATA_H

#include "base/arena.h"
#include "service/pattern.h"
#include "service/signature.h"

#define SIGNATURES_MAX 20000
#define SIGNATURE_WHENS 12
#define SIGNATURE_SAMPLES 24
#define SIGNATURE_RANK 50 /* when nothing is said */

enum when_kind { WHEN_MATCHES, WHEN_EQUALS, WHEN_EXISTS };

struct when {
    enum when_kind kind;
    bool optional;
    struct slice key, text;
    struct pattern *pattern; /* of WHEN_MATCHES; owned */
    unsigned first;          /* number of its first capture */
};

struct signature_sample {
    struct slice name;
    bool documented;
};

enum signature_field { FIELD_PRODUCT, FIELD_VERSION, FIELD_EXTRA, FIELD_HOSTNAME, FIELD_OS, FIELD_DEVICE, FIELD_COUNT };

struct signature {
    struct slice name, parser, service;
    struct when when[SIGNATURE_WHENS];
    size_t n_when;
    unsigned captures;                /* of all `when` lines */
    struct slice fields[FIELD_COUNT]; /* templates */
    struct slice cpe[SERVICE_CPE_MAX];
    size_t n_cpe;
    unsigned rank;
    bool has_rank, documented;
    struct signature_sample sample[SIGNATURE_SAMPLES];
    size_t n_sample;
    struct slice file;
    unsigned line; /* where it begins */
    size_t order;
};

/* Signatures that can be tried when this parser put this key; highest rank first. */
struct signature_group {
    struct slice parser, key;
    const struct signature **v; /* in the common array `ordered` */
    size_t n;
};

struct signatures {
    struct arena arena;
    struct pattern_room *room;
    struct signature **v; /* in the order of the files */
    size_t n, cap;
    const struct signature **ordered;
    struct signature_group *groups;
    size_t n_groups;
};

/* Does it match? Captures of all its `when` lines into groups[1] to [9]. */
bool signature_try(const struct signatures *db, const struct signature *s, const struct facts *f,
                   struct slice groups[PATTERN_GROUPS]);
/* What a match says; false: no memory, *out is as it was. */
bool signature_fill(const struct signature *s, const struct facts *f, const struct slice groups[PATTERN_GROUPS],
                    struct arena *a, struct service_result *out);

#endif
