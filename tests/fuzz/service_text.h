/* What every text of a service result must be, whoever's patterns made it. */
#ifndef SERVICE_TEXT_H
#define SERVICE_TEXT_H

#include <stdlib.h>

#include "model/service.h"

static inline void check_text(struct slice s) {
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
            abort();
    if (s.n > SERVICE_TEXT_MAX)
        abort();
}

static inline void check_texts(const struct service_result *r) {
    const struct slice fields[] = {r->name,     r->product, r->version, r->extra,
                                   r->hostname, r->os,      r->device,  r->evidence.signature};
    for (size_t i = 0; i < LL_COUNT(fields); i++)
        check_text(fields[i]);
    for (size_t i = 0; i < r->n_cpe; i++)
        check_text(r->cpe[i]);
}

#endif
