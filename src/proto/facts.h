/* Facts: what a peer's bytes say, as named fields ("http.server", "ssh.software"). Parsers put them, signatures and
 * scripts read them. Values are the peer's bytes, copied into the arena, cut at FACT_VALUE_MAX; nothing is escaped. A
 * key may stand several times ("tls.san"). Keys are string literals that live for ever, listed in the parser's table.
 */
#ifndef LL_PROTO_FACTS_H
#define LL_PROTO_FACTS_H

#include "base/arena.h"

#define FACTS_MAX 96
#define FACT_VALUE_MAX 1024

struct fact {
    const char *key;
    struct slice value;
};

struct facts {
    struct arena *arena; /* borrowed; owns the values */
    struct fact v[FACTS_MAX];
    size_t n;
    bool full; /* something did not fit and was left out: an ordinary end, nothing breaks */
};

void facts_init(struct facts *f, struct arena *a);
void facts_put(struct facts *f, const char *key, struct slice value); /* also empty values */
void facts_put_str(struct facts *f, const char *key, const char *value);
void facts_put_u64(struct facts *f, const char *key, uint64_t value); /* decimal */
/* The first value; p == NULL: there is none. */
struct slice facts_get(const struct facts *f, const char *key);
bool facts_have(const struct facts *f, const char *key);

#endif
