/* The address walk. */
#ifndef LL_ENGINE_KNOCK_H
#define LL_ENGINE_KNOCK_H

#include "engine/engine.h"
#include "engine/path.h"
#include "engine/subject.h"

/* What became of one kind of discovery probe. */
struct knock_ask {
    int64_t sent; /* the last try; 0 = never */
    uint16_t tag;
    bool over; /* an ICMP error, or an RST that does not count, has answered it */
};

/* An address that has not answered yet. */
struct knock {
    struct subject subject;
    struct heap_entry due;
    uint64_t index;
    struct path *path;
    struct prefix *prefix;
    int64_t wall_start;
    unsigned kind;  /* next discovery probe of this round */
    unsigned round; /* 0-based */
    bool neighbor;  /* asked by ARP or ND only */
    bool has_mac;   /* dialled or forced discovery on the link with a known neighbour */
    uint8_t mac[MAC_LEN];
    unsigned flights;   /* dialled probes that are out */
    bool in_phase;      /* counted in a discovery phase */
    float log_product;  /* of the loss estimates of its rounds */
    enum reason reason; /* hint from an ICMP error: why it is down */
    struct addr from;
    uint8_t ttl;
    struct slice given; /* owned by the space */
    const struct addr *others;
    size_t n_others;
    struct twin *twins;
    struct knock_ask ask[]; /* one a kind, at least one */
};

void knock_walk(struct engine *g, int64_t now); /* takes new addresses from the space */
void knock_run(struct engine *g, int64_t now);  /* sends what is due */
void knock_verdict(struct engine *g, struct knock *k, const struct probe *p, const struct verdict *v, int64_t t);
void knock_flight_over(struct engine *g, struct knock *k);
void knock_stop(struct engine *g);
bool knock_more(const struct engine *g); /* may any host still come up? */

#endif
