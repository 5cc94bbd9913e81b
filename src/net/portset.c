/* Port sets as bitmaps; see portset.h. */
#include "net/portset.h"

enum { WORD_BITS = 64, PORTS = 65536 };

static uint64_t bit_of(unsigned port) {
    return UINT64_C(1) << (port % WORD_BITS);
}

void portset_clear(struct portset *s) {
    memset(s, 0, sizeof *s);
}

void portset_add(struct portset *s, uint16_t port) {
    s->bits[port / WORD_BITS] |= bit_of(port);
}

void portset_add_range(struct portset *s, uint16_t from, uint16_t to) {
    for (unsigned port = from; port <= to;) {
        if (port % WORD_BITS == 0 && to - port >= WORD_BITS - 1) {
            s->bits[port / WORD_BITS] = UINT64_MAX;
            port += WORD_BITS;
        } else {
            s->bits[port / WORD_BITS] |= bit_of(port);
            port++;
        }
    }
}

void portset_remove(struct portset *s, uint16_t port) {
    s->bits[port / WORD_BITS] &= ~bit_of(port);
}

void portset_remove_all(struct portset *s, const struct portset *other) {
    for (size_t i = 0; i < LL_COUNT(s->bits); i++)
        s->bits[i] &= ~other->bits[i];
}

bool portset_has(const struct portset *s, uint16_t port) {
    return (s->bits[port / WORD_BITS] & bit_of(port)) != 0;
}

size_t portset_count(const struct portset *s) {
    size_t n = 0;
    for (size_t i = 0; i < LL_COUNT(s->bits); i++)
        n += (size_t)__builtin_popcountll(s->bits[i]);
    return n;
}

/* The first port at or above `from` that is in the set (or, with `inside` false, that is not); PORTS when none. */
static unsigned next_port(const struct portset *s, unsigned from, bool inside) {
    while (from < PORTS) {
        uint64_t word = s->bits[from / WORD_BITS];
        word = (inside ? word : ~word) & UINT64_MAX << (from % WORD_BITS);
        from -= from % WORD_BITS;
        if (word != 0)
            return from + (unsigned)__builtin_ctzll(word);
        from += WORD_BITS;
    }
    return PORTS;
}

size_t portset_list(const struct portset *s, uint16_t *out, size_t max) {
    size_t n = 0;
    for (unsigned port = next_port(s, 0, true); port < PORTS && n < max; port = next_port(s, port + 1, true))
        out[n++] = (uint16_t)port;
    return n;
}

bool portset_format(const struct portset *s, struct buf *b) {
    const char *comma = "";
    for (unsigned first = next_port(s, 0, true); first < PORTS;) {
        unsigned end = next_port(s, first, false);
        if (end - first == 1)
            buf_printf(b, "%s%u", comma, first);
        else
            buf_printf(b, "%s%u-%u", comma, first, end - 1);
        comma = ",";
        first = next_port(s, end, true);
    }
    return !b->failed;
}
