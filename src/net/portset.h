/* A set of 16-bit port (or protocol) numbers as a bitmap: 8 KiB, plain value. */
#ifndef LL_NET_PORTSET_H
#define LL_NET_PORTSET_H

#include "base/buf.h"

struct portset {
    uint64_t bits[1024];
};

void portset_clear(struct portset *s);
void portset_add(struct portset *s, uint16_t port);
void portset_add_range(struct portset *s, uint16_t from, uint16_t to); /* both included */
void portset_remove(struct portset *s, uint16_t port);
void portset_remove_all(struct portset *s, const struct portset *other);
bool portset_has(const struct portset *s, uint16_t port);
size_t portset_count(const struct portset *s);
/* Writes the members in ascending order, at most `max`; returns how many. */
size_t portset_list(const struct portset *s, uint16_t *out, size_t max);
/* "1-100,443,2121" */
bool portset_format(const struct portset *s, struct buf *b);

#endif
