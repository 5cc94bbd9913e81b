/* Cursors over wire bytes: the operations on runs of bytes; see wire.h. */
#include "base/wire.h"

#include <assert.h>

uint64_t rd_little(struct rd *r, size_t n) {
    uint64_t big = rd_uint(r, n), v = 0;
    for (size_t i = 0; i < n; i++, big >>= 8)
        v = v << 8 | (big & 0xff);
    return v;
}

const uint8_t *rd_bytes(struct rd *r, size_t n) {
    if (r->bad || n > r->n) {
        r->bad = true;
        return NULL;
    }
    const uint8_t *p = r->p;
    if (n > 0)
        r->p += n;
    r->n -= n;
    return p;
}

void rd_skip(struct rd *r, size_t n) {
    (void)rd_bytes(r, n);
}

void rd_copy(struct rd *r, void *to, size_t n) {
    const uint8_t *p = rd_bytes(r, n);
    if (n == 0)
        return;
    if (p)
        memcpy(to, p, n);
    else
        memset(to, 0, n);
}

struct slice rd_slice(struct rd *r, size_t n) {
    const uint8_t *p = rd_bytes(r, n);
    return p ? (struct slice){(const char *)p, n} : (struct slice){"", 0};
}

struct slice rd_rest(const struct rd *r) {
    return (struct slice){(const char *)r->p, r->bad ? 0 : r->n};
}

struct rd rd_sub(struct rd *r, size_t n) {
    const uint8_t *p = rd_bytes(r, n);
    return (struct rd){p, r->bad ? 0 : n, r->bad};
}

static uint8_t *take(struct wr *w, size_t n) {
    if (w->bad || n > w->cap - w->n) {
        w->bad = true;
        return NULL;
    }
    uint8_t *p = w->p + w->n;
    w->n += n;
    return p;
}

void wr_bytes(struct wr *w, const void *p, size_t n) {
    uint8_t *to = n ? take(w, n) : NULL;
    if (to)
        memcpy(to, p, n);
}

void wr_zero(struct wr *w, size_t n) {
    uint8_t *to = n ? take(w, n) : NULL;
    if (to)
        memset(to, 0, n);
}

void wr_patch_u16(struct wr *w, size_t at, uint16_t v) {
    if (w->bad)
        return;
    assert(w->n >= 2 && at <= w->n - 2);
    w->p[at] = (uint8_t)(v >> 8);
    w->p[at + 1] = (uint8_t)v;
}
