/* Attributes and small macros that every file may use, and the functions of libc that no file may use.
 *
 * Every source file includes this header first (directly or through another header of base/). */
#ifndef LL_BASE_BASE_H
#define LL_BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/* Before the poison below: their declarations name what it forbids. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LL_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define LL_MUST_USE __attribute__((warn_unused_result))

#define LL_COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Time in this program: `int64_t` nanoseconds of the monotonic clock of the door (io/loop.h), unless a name says
 * otherwise (`_us`, `_ms`, `wall`). */
#define NS_PER_US INT64_C(1000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)

static inline int64_t ll_min_i64(int64_t a, int64_t b) {
    return a < b ? a : b;
}
static inline int64_t ll_max_i64(int64_t a, int64_t b) {
    return a > b ? a : b;
}
static inline size_t ll_min_size(size_t a, size_t b) {
    return a < b ? a : b;
}
static inline size_t ll_max_size(size_t a, size_t b) {
    return a > b ? a : b;
}

/* Functions without bounds or without error reports. base/num.h, base/buf.h and base/slice.h hold what to use. */
#ifndef LL_ALLOW_POISONED
/* Fortified headers make some of them macros, which cannot be poisoned. */
#undef strcpy
#undef strcat
#undef sprintf
#undef vsprintf
#undef strtok
#undef gets
#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol atof gets
#endif

#endif
