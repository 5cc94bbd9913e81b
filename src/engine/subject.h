/* What the address table points to: an address that is being asked, or a live host; and what they have in common. */
#ifndef LL_ENGINE_SUBJECT_H
#define LL_ENGINE_SUBJECT_H

#include "engine/rate.h"
#include "engine/trust.h"
#include "target/target.h"

struct engine;

enum subject_kind { SUBJECT_KNOCK, SUBJECT_HOST };
struct subject { /* head of struct knock and struct host: what the address table points to */
    enum subject_kind kind;
    struct addr addr;
};

/* A /24 or /64 and its share of the rate. */
struct prefix {
    struct addr net;
    struct rate rate;
    struct trust trust;
    size_t users;
    size_t walking; /* hosts whose ports are being scanned */
};

struct prefix *prefix_of(struct engine *g, const struct addr *a);
void prefix_leave(struct engine *g, struct prefix *p);

/* The same address, named once more while it is being worked on: reported again, not probed again. */
struct twin {
    struct twin *next;
    uint64_t index;
    struct slice given;
    const struct addr *others;
    size_t n_others;
};

bool twin_add(struct twin **list, uint64_t index, const struct target_at *at);

#endif
