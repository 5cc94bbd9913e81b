/* Strict numbers: the whole slice must be the number, no sign unless said, no blanks, no overflow. */
#ifndef LL_BASE_NUM_H
#define LL_BASE_NUM_H

#include "base/slice.h"

bool num_u64(struct slice s, uint64_t *out);                   /* decimal */
bool num_u64_max(struct slice s, uint64_t max, uint64_t *out); /* decimal, at most max */
bool num_any_base(struct slice s, uint64_t *out);              /* 0x.., 0.. (octal) or decimal */
bool num_real(struct slice s, double *out);                    /* digits with one optional point, no exponent */
/* Duration: number (may have a point) and optional unit ms, s, m, h in any case; no unit = seconds. */
bool num_duration_ns(struct slice s, int64_t *out, bool *has_unit);

#endif
