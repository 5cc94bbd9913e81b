/* The grammar of -p and --exclude-ports: "22,80,1000-2000,-100,60000-", "-", "T:...,U:...,S:...,P:...", names and
 * wildcards ("http*"), "[...]" for registered ports only. Reference: docs/options/ports.md. */
#ifndef LL_MODEL_PORTSPEC_H
#define LL_MODEL_PORTSPEC_H

#include "base/err.h"
#include "model/services.h"

struct portspec {
    struct portset set[PROTO_COUNT];
    bool duplicate; /* some port was named twice: worth one warning */
};

/* Items without a qualifier go to every protocol in `protos` (bit 1 << enum proto). Errors name the item. */
bool portspec_parse(struct slice text, const struct services *s, unsigned protos, struct portspec *out, struct err *e);

#endif
