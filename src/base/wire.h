/* Cursors over wire bytes, network byte order. Reading or writing past the end sets the sticky `bad` flag, moves
 * nothing and yields zeros: parse a whole header, then test `bad` once. */
#ifndef LL_BASE_WIRE_H
#define LL_BASE_WIRE_H

#include "base/slice.h"

struct rd {
    const uint8_t *p;
    size_t n; /* bytes left */
    bool bad;
};

static inline struct rd rd_of(const void *p, size_t n) {
    return (struct rd){(const uint8_t *)p, n, false};
}
static inline struct rd rd_from(struct slice s) { /* over all of it */
    return rd_of(s.p, s.n);
}
static inline uint64_t rd_uint(struct rd *r, size_t n) { /* big-endian, n <= 8 */
    if (r->bad || r->n < n) {
        r->bad = true;
        return 0;
    }
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | r->p[i];
    r->p += n;
    r->n -= n;
    return v;
}
uint64_t rd_little(struct rd *r, size_t n); /* as rd_uint, little-endian */
static inline uint8_t rd_u8(struct rd *r) {
    return (uint8_t)rd_uint(r, 1);
}
static inline uint16_t rd_u16(struct rd *r) {
    return (uint16_t)rd_uint(r, 2);
}
static inline uint32_t rd_u32(struct rd *r) {
    return (uint32_t)rd_uint(r, 4);
}
static inline uint64_t rd_u64(struct rd *r) {
    return rd_uint(r, 8);
}
void rd_skip(struct rd *r, size_t n);
void rd_copy(struct rd *r, void *to, size_t n);  /* zeros `to` when bad */
const uint8_t *rd_bytes(struct rd *r, size_t n); /* borrowed; NULL when bad */
struct slice rd_slice(struct rd *r, size_t n);   /* borrowed; empty when bad */
struct slice rd_rest(const struct rd *r);        /* what is left, borrowed; empty when bad */
/* The next n bytes as a cursor of their own (bad if too short), skipped in r. */
struct rd rd_sub(struct rd *r, size_t n);

struct wr {
    uint8_t *p; /* start */
    size_t n;   /* written */
    size_t cap;
    bool bad;
};

static inline struct wr wr_of(void *p, size_t cap) {
    return (struct wr){(uint8_t *)p, 0, cap, false};
}
static inline void wr_uint(struct wr *w, uint64_t v, size_t n) { /* big-endian, n <= 8 */
    if (w->bad || w->cap - w->n < n) {
        w->bad = true;
        return;
    }
    for (size_t i = 0; i < n; i++)
        w->p[w->n + i] = (uint8_t)(v >> (8 * (n - 1 - i)));
    w->n += n;
}
static inline void wr_u8(struct wr *w, uint8_t v) {
    wr_uint(w, v, 1);
}
static inline void wr_u16(struct wr *w, uint16_t v) {
    wr_uint(w, v, 2);
}
static inline void wr_u32(struct wr *w, uint32_t v) {
    wr_uint(w, v, 4);
}
static inline void wr_u64(struct wr *w, uint64_t v) {
    wr_uint(w, v, 8);
}
void wr_bytes(struct wr *w, const void *p, size_t n);
void wr_zero(struct wr *w, size_t n);
/* Overwrites two bytes at `at`, which must have been written already (nothing when `bad`). */
void wr_patch_u16(struct wr *w, size_t at, uint16_t v);

#endif
