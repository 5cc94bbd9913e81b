/* Header blocks of HTTP/2 (HPACK, RFC 7541): fields whose names stand in the static table. No dynamic table: names and
 * values that would come out of it are left out. */
#ifndef LL_PROTO_HPACK_H
#define LL_PROTO_HPACK_H

#include "base/slice.h"
#include "base/wire.h"

#define HPACK_VALUE_MAX 256
#define HPACK_STATUS_200 8 /* RFC 7541 Appendix A; 8 to 14 are values of ":status" */
#define HPACK_STATUS_500 14
#define HPACK_SERVER 54

struct hpack_field {
    unsigned name; /* index in the static table, 0: none of it */
    bool indexed;  /* the whole field stands in the static table */
    char text[HPACK_VALUE_MAX];
    struct slice value; /* of text; empty when it cannot be read */
};

/* The next field; false: the end, or broken. */
bool hpack_next(struct rd *r, struct hpack_field *f);

#endif
