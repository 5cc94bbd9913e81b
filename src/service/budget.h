/* How many bytes peers may send us in service detection, tunnels included: of one conversation, of one port, of one
 * host. Running out is an ordinary end, and the result says which budget it was (docs/formats/json.md, `ended_by`). */
#ifndef LL_SERVICE_BUDGET_H
#define LL_SERVICE_BUDGET_H

#include "base/base.h"

#define TALK_BYTES_MAX (64U << 10)
#define PORT_BYTES_MAX (256U << 10)
#define HOST_BYTES_MAX (4U << 20)

struct byte_budget {
    uint64_t got, most;
    struct byte_budget *above; /* is charged as well; NULL: none */
};

static inline bool budget_is_over(const struct byte_budget *b) {
    return b->got > b->most;
}

/* False: it is used up now, or one above it. */
static inline bool budget_take(struct byte_budget *b, size_t n) {
    bool ok = true;
    for (; b; b = b->above) {
        b->got += n;
        ok = ok && !budget_is_over(b);
    }
    return ok;
}

#endif
