/* An octet pattern made ready for counting: the sorted values of each octet, after the mask on top has been applied.
 * A mask frees the host bits, as in prefix notation: 10.0.0.5/24 is 10.0.0.0-255, and 10.0.1,6.7/23 frees the last bit
 * of the third octet and all of the fourth: 10.0.0-1,6-7.*. */
#ifndef LL_TARGET_TARGET_PATTERN_H
#define LL_TARGET_TARGET_PATTERN_H

#include "target/target.h"

struct target_pattern {
    unsigned counts[4];
    uint8_t values[4][256];
};

void target_pattern_make(const struct target_expr *x, struct target_pattern *out);
uint64_t target_pattern_size(const struct target_pattern *p);
/* The i-th address, ascending, in host order; i below the size. */
uint32_t target_pattern_nth(const struct target_pattern *p, uint64_t i);

#endif
