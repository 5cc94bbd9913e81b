/* The order in which a space is walked: as written or shuffled, with or without the second time of an address. */
#ifndef LL_TARGET_TARGET_WALK_H
#define LL_TARGET_TARGET_WALK_H

#include "base/map.h"
#include "target/target.h"

/* While names still come in, a shuffled walk waits for this many targets before it begins (another) part. */
#define TARGET_SHUFFLE_PART 16384

struct target_walk {
    const struct target_space *space;
    bool shuffle, unique, sealed;
    bool forgets; /* unique: more networks than can be kept in mind; addresses may come twice from here on */
    uint64_t seed;
    u128 next;       /* steps taken */
    u128 begin, end; /* the part of the space that is walked now, when shuffled */
    struct permutation order;
    struct map seen; /* unique: network of 256 addresses -> a bit an address */
    struct arena bits;
};

void target_walk_init(struct target_walk *w, const struct target_space *space, bool shuffle, bool unique,
                      uint64_t seed);
void target_walk_finish(struct target_walk *w);
void target_walk_seal(struct target_walk *w);        /* the space will not grow any more */
bool target_walk_more(const struct target_walk *w);  /* is there anything that has not been walked? */
bool target_walk_ready(const struct target_walk *w); /* and may the next step be taken now? */
/* The next target and its index in the space; one that is met again is `excluded`. False: not ready. */
bool target_walk_next(struct target_walk *w, struct target_at *out, u128 *index);

#endif
