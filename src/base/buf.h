/* Growing byte buffer with a ceiling. A failed append (ceiling, memory) sets `failed`, leaves the content as it was
 * and makes all later appends do nothing, so a chain of appends is checked once. */
#ifndef LL_BASE_BUF_H
#define LL_BASE_BUF_H

#include "base/slice.h"

struct buf {
    char *p;
    size_t n;
    size_t cap;
    size_t ceiling;
    bool failed;
};

void buf_init(struct buf *b, size_t ceiling);
void buf_finish(struct buf *b); /* frees; the struct is empty afterwards */
void buf_clear(struct buf *b);  /* length 0, keeps memory, clears `failed` */
bool buf_put(struct buf *b, struct slice s);
bool buf_put_char(struct buf *b, char c);
bool buf_put_str(struct buf *b, const char *s);
bool buf_fill(struct buf *b, char c, size_t count);
bool buf_printf(struct buf *b, const char *fmt, ...) LL_PRINTF(2, 3);
void buf_drop_front(struct buf *b, size_t n);
/* The content with a NUL behind it (not counted); "" when empty. Valid until the next change. */
const char *buf_cstr(struct buf *b);
struct slice buf_slice(const struct buf *b);

#endif
