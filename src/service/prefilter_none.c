/* A build without Vectorscan: there is never a prefilter, and every pattern is tried. */
#include "service/prefilter.h"

bool prefilter_library(struct buf *out) {
    (void)out;
    return false;
}

struct prefilter *prefilter_build(const struct prefilter_pattern *v, size_t n, struct err *e) {
    (void)v;
    (void)n;
    err_set(e, ERR_INPUT, "built without Vectorscan");
    return NULL;
}

bool prefilter_save(const struct prefilter *p, struct buf *out, struct err *e) {
    (void)p;
    (void)out;
    return err_set(e, ERR_INPUT, "built without Vectorscan");
}

struct prefilter *prefilter_load(struct slice bytes, size_t n, struct err *e) {
    (void)bytes;
    (void)n;
    err_set(e, ERR_INPUT, "built without Vectorscan");
    return NULL;
}

void prefilter_destroy(struct prefilter *p) {
    (void)p;
}

size_t prefilter_refused(const struct prefilter *p) {
    (void)p;
    return 0;
}

struct prefilter_room *prefilter_room_create(void) {
    return NULL;
}

bool prefilter_room_fit(struct prefilter_room *room, const struct prefilter *p, struct err *e) {
    (void)room;
    (void)p;
    return err_set(e, ERR_INPUT, "built without Vectorscan");
}

void prefilter_room_destroy(struct prefilter_room *room) {
    (void)room;
}

bool prefilter_scan(const struct prefilter *p, struct prefilter_room *room, struct slice bytes, uint64_t *bits) {
    (void)p;
    (void)room;
    (void)bytes;
    (void)bits;
    return false;
}
