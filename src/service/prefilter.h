/* Which patterns of a set can match at all: one pass over the bytes for thousands of patterns (Vectorscan), a superset
 * of those that do match, so that what is left to PCRE2 is about one pattern. Without the library, or where it refuses
 * a set, there is none, and every pattern is tried: the answers are the same, only slower. */
#ifndef LL_SERVICE_PREFILTER_H
#define LL_SERVICE_PREFILTER_H

#include "base/buf.h"
#include "base/err.h"

struct prefilter;
struct prefilter_room; /* scratch memory */

struct prefilter_pattern {
    struct slice text;
    unsigned flags; /* of service/pattern.h */
};

/* What a saved prefilter depends on: name, version and platform of the library; false: there is none. */
bool prefilter_library(struct buf *out);
/* Takes seconds for thousands of patterns. A pattern that the library refuses is always a candidate. */
struct prefilter *prefilter_build(const struct prefilter_pattern *v, size_t n, struct err *e);
/* As bytes that prefilter_load of the same library understands. */
bool prefilter_save(const struct prefilter *p, struct buf *out, struct err *e);
struct prefilter *prefilter_load(struct slice bytes, size_t n, struct err *e);
void prefilter_destroy(struct prefilter *p);
size_t prefilter_refused(const struct prefilter *p); /* patterns that are always candidates */

struct prefilter_room *prefilter_room_create(void);
bool prefilter_room_fit(struct prefilter_room *room, const struct prefilter *p, struct err *e);
void prefilter_room_destroy(struct prefilter_room *room);
/* Sets bit i of `bits` (n bits, cleared first) for each candidate. False: it did not work, all are candidates. */
bool prefilter_scan(const struct prefilter *p, struct prefilter_room *room, struct slice bytes, uint64_t *bits);

#endif
