/* Growing buffer with a ceiling; see buf.h. One byte more than the content is kept for the NUL of buf_cstr. */
#include "base/buf.h"

#include <stdarg.h>

enum { BUF_FIRST = 64 };

void buf_init(struct buf *b, size_t ceiling) {
    *b = (struct buf){.ceiling = ll_min_size(ceiling, SIZE_MAX / 4)};
}

void buf_finish(struct buf *b) {
    free(b->p);
    *b = (struct buf){.ceiling = b->ceiling};
}

void buf_clear(struct buf *b) {
    b->n = 0;
    b->failed = false;
}

/* Makes room for `more` bytes. */
static bool reserve(struct buf *b, size_t more) {
    if (b->failed || more > b->ceiling - b->n) {
        b->failed = true;
        return false;
    }
    size_t need = b->n + more + 1;
    if (need <= b->cap)
        return true;
    size_t cap = ll_max_size(ll_max_size(b->cap * 2, BUF_FIRST), need);
    cap = ll_min_size(cap, b->ceiling + 1);
    char *p = realloc(b->p, cap);
    if (!p) {
        b->failed = true;
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

bool buf_put(struct buf *b, struct slice s) {
    if (!reserve(b, s.n))
        return false;
    if (s.n > 0)
        memcpy(b->p + b->n, s.p, s.n);
    b->n += s.n;
    return true;
}

bool buf_put_char(struct buf *b, char c) {
    return buf_fill(b, c, 1);
}

bool buf_put_str(struct buf *b, const char *s) {
    return buf_put(b, slice_of(s));
}

bool buf_fill(struct buf *b, char c, size_t count) {
    if (!reserve(b, count))
        return false;
    memset(b->p + b->n, c, count);
    b->n += count;
    return true;
}

bool buf_printf(struct buf *b, const char *fmt, ...) {
    if (!reserve(b, 0))
        return false;
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(b->p + b->n, b->cap - b->n, fmt, args);
    va_end(args);
    bool fits = n >= 0 && (size_t)n < b->cap - b->n;
    if (!fits && n >= 0 && reserve(b, (size_t)n)) {
        n = vsnprintf(b->p + b->n, b->cap - b->n, fmt, again);
        fits = n >= 0;
    }
    va_end(again);
    if (!fits) {
        b->failed = true;
        return false;
    }
    b->n += (size_t)n;
    return true;
}

void buf_drop_front(struct buf *b, size_t n) {
    n = ll_min_size(n, b->n);
    if (n == 0)
        return;
    memmove(b->p, b->p + n, b->n - n);
    b->n -= n;
}

const char *buf_cstr(struct buf *b) {
    if (!b->p)
        return "";
    b->p[b->n] = '\0';
    return b->p;
}

struct slice buf_slice(const struct buf *b) {
    return (struct slice){b->p, b->n};
}
