/* Looks for single values in JSON (RFC 8259) that may be broken, endless or cut. */
#ifndef LL_PROTO_JSON_SCAN_H
#define LL_PROTO_JSON_SCAN_H

#include "base/slice.h"

#define JSON_DEPTH_MAX 6

/* A cursor over the values of one text; set `rest`, zero the others. */
struct json_scan {
    struct slice rest;
    struct slice key[JSON_DEPTH_MAX]; /* of the open objects */
    size_t depth;
    bool array[JSON_DEPTH_MAX];
    unsigned steps;
};

/* The next string, number or word (true, null): *value is raw, without quotes; its path is in `key`. False: no more, or
 * not JSON any more, or deeper than JSON_DEPTH_MAX. */
bool json_next(struct json_scan *s, struct slice *value);
/* The path of the value that json_next gave: names with dots between. Members of arrays have none. */
bool json_is_at(const struct json_scan *s, struct slice path);

#endif
