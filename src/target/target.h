/* Targets: expressions become one indexed space of addresses, of which nothing is stored but the expressions.
 *
 * A space is a sequence of segments (prefix, octet pattern, single address, resolved name). nth(i) gives the i-th
 * address in the order in which the user wrote them; excluded addresses keep their index and are reported as such,
 * so that an index never moves. Indices are 128-bit because of IPv6 prefixes. */
#ifndef LL_TARGET_TARGET_H
#define LL_TARGET_TARGET_H

#include "base/arena.h"
#include "base/err.h"
#include "net/prefix.h"

enum target_kind { TARGET_PATTERN /* IPv4 octets, with optional /bits */, TARGET_PREFIX6, TARGET_NAME };

/* One parsed expression. */
struct target_expr {
    enum target_kind kind;
    uint64_t octets[4][4]; /* PATTERN: a bit set of 256 values for each octet */
    unsigned bits;         /* PATTERN: mask put on top, 32 = none; PREFIX6: prefix length; NAME: /bits or 255 = none */
    struct addr net;       /* PREFIX6 */
    struct slice name;     /* NAME: without /bits; borrowed from the text */
};

/* Parses one expression; never resolves. Errors say which part is wrong. A /bits above 32 is an error that names the
 * limit. Digits, dots, commas, dashes, '*' and '/' alone make a pattern, never a name. A pattern keeps its octets as
 * written; the mask is applied where it is used: host bits become free, as in prefix notation. */
bool target_parse(struct slice text, struct target_expr *out, struct err *e);

struct target_space;
struct target_space *target_space_create(void);
void target_space_destroy(struct target_space *t);
/* Appends a segment. For names: `addrs` are the resolved addresses to scan (usually one), `others` those that are not
 * scanned. With /bits the segment is the network of each address, and only the resolved address bears the name.
 * ERR_LIMIT when the space would become larger than 2^100 or for a prefix that no scan could walk (IPv6 shorter than
 * /64). Strings and arrays are copied. */
bool target_space_add(struct target_space *t, const struct target_expr *x, const struct addr *addrs, size_t n_addrs,
                      const struct addr *others, size_t n_others, struct err *e) LL_MUST_USE;
/* Appends `count` random public IPv4 addresses, each once: none of a special-purpose block, none of `excludes` (sealed;
 * NULL = none). 0, or more than there are: all of them. */
bool target_space_add_random(struct target_space *t, uint64_t count, const struct rangeset *excludes, uint64_t seed,
                             struct err *e) LL_MUST_USE;
/* Excludes are applied last; the set must be sealed and outlive the space. */
void target_space_exclude(struct target_space *t, const struct rangeset *excludes);
u128 target_space_size(const struct target_space *t);

struct target_at {
    struct addr addr;
    bool excluded;
    struct slice given;        /* the user's name; empty for literals */
    const struct addr *others; /* of the name; owned by the space */
    size_t n_others;
};
bool target_space_nth(const struct target_space *t, u128 i, struct target_at *out); /* false: i out of range */
/* Adds what an expression covers to a range set (for --exclude); NAME with its addresses. ERR_LIMIT for a pattern of
 * more than 2^20 ranges that do not touch. */
bool target_exclude_add(struct rangeset *set, const struct target_expr *x, const struct addr *addrs, size_t n_addrs,
                        struct err *e) LL_MUST_USE;

/* A keyed permutation of [0, n): balanced Feistel network over the next even power of two with cycle walking, with an
 * inverse. Numbers from n upwards map to themselves. */
struct permutation {
    u128 n;
    unsigned half_bits;
    uint64_t key[6];
};
void permutation_init(struct permutation *p, u128 n, uint64_t seed);
u128 permutation_at(const struct permutation *p, u128 i);
u128 permutation_inverse(const struct permutation *p, u128 v);

/* Reads expressions from a file text: separated by blanks, tabs, newlines; '#' starts a comment that ends with the
 * line. At most 1,023 bytes a word. Calls fn for each with its line number; stops when fn returns false, and then
 * returns false without touching `e`: what was wrong is known to fn. A byte order mark in front is skipped. */
typedef bool (*target_word_fn)(void *ctx, struct slice word, size_t line);
bool target_words(struct slice text, target_word_fn fn, void *ctx, struct err *e);

#endif
