/* A file that the user names, as a whole. */
#ifndef LL_SCAN_FILE_TEXT_H
#define LL_SCAN_FILE_TEXT_H

#include "base/buf.h"
#include "base/err.h"

#define FILE_TEXT_MAX (1U << 30)

/* "-" reads standard input. Initialises *b; on failure it is empty. */
bool file_text_read(struct buf *b, struct slice path, struct err *e) LL_MUST_USE;

#endif
