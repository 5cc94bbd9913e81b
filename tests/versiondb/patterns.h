/* Makes files of patterns of the shapes that users have (anchored, captures, some look-around, few back-references),
 * and banners that match them: all invented, repeatable from a seed. */
#ifndef LL_TESTS_VERSIONDB_PATTERNS_H
#define LL_TESTS_VERSIONDB_PATTERNS_H

#include "base/buf.h"

struct banner {
    size_t probe; /* place in the file */
    struct slice bytes;
};

struct patterns {
    struct buf file;
    struct buf room;  /* bytes of the banners */
    struct banner *v; /* one a pattern, in the order of the file */
    size_t n;
};

bool patterns_make(struct patterns *p, uint64_t seed, size_t n);
void patterns_finish(struct patterns *p);

#endif
