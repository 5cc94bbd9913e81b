/* Names of report files may hold the time of the start: %H %M %S %m %d %y %Y as strftime has them, %T (HHMMSS), %R
 * (HHMM), %D (mmddyy), %F (YYYY-MM-DD) and %% for "%". Anything else behind "%" stays as it is. */
#ifndef LL_MODEL_OUTPUT_PATH_H
#define LL_MODEL_OUTPUT_PATH_H

#include <time.h>

#include "base/buf.h"

/* Appends the name; false when the buffer is full. */
bool output_path_expand(struct slice pattern, const struct tm *start, struct buf *out) LL_MUST_USE;

#endif
