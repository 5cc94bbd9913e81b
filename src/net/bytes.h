/* Headers of fixed layout: a cursor (base/wire.h) checks once that the whole header is there, then numbers stand at
 * known places. This is the hot path of a scan: everything is written where it will be sent from, and a checksum is
 * made from the numbers, because reading back in words what was just stored in smaller pieces stalls the processor. */
#ifndef LL_NET_BYTES_H
#define LL_NET_BYTES_H

#include "base/wire.h"

static inline uint16_t get_u16(const uint8_t *p) {
    return (uint16_t)(p[0] << 8 | p[1]);
}
static inline uint32_t get_u32(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}
static inline void put_u16(uint8_t *p, uint16_t v) {
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}
static inline void put_u32(uint8_t *p, uint32_t v) {
    p[0] = (uint8_t)(v >> 24);
    p[1] = (uint8_t)(v >> 16);
    p[2] = (uint8_t)(v >> 8);
    p[3] = (uint8_t)v;
}

/* The place for a header of n bytes, counted as written; NULL (and `bad`) when there is no room. */
static inline uint8_t *wr_header(struct wr *w, size_t n) {
    if (w->bad || w->cap - w->n < n) {
        w->bad = true;
        return NULL;
    }
    uint8_t *p = w->p + w->n;
    w->n += n;
    return p;
}

#endif
