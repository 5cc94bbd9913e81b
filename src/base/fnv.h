/* FNV-1a, 64 bits: for telling things apart that nobody forges, a step for each byte or number. Against strangers:
 * siphash.h. */
#ifndef LL_BASE_FNV_H
#define LL_BASE_FNV_H

#include "base/base.h"

#define FNV_START UINT64_C(0xcbf29ce484222325)

static inline uint64_t fnv_step(uint64_t h, uint64_t v) {
    return (h ^ v) * UINT64_C(0x100000001b3);
}

#endif
