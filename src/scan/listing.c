#include "scan/listing.h"

#define WAITING_MAX 2000
#define TURN_MAX 4096
#define NAME_MAX_BYTES 255

struct listing_row {
    struct listing_row *next;
    struct listing *listing;
    struct host_result r;
    bool ready;
    char name[NAME_MAX_BYTES + 1];
};

static void listing_turn(void *ctx);

void listing_init(struct listing *l, struct loop *loop, struct target_walk *walk, struct rdns *rdns) {
    *l = (struct listing){.loop = loop, .walk = walk, .rdns = rdns};
    loop_timer_init(&l->timer, listing_turn, l);
}

static void listing_tell(struct listing *l, const struct host_result *r) {
    struct event ev = {.kind = EVENT_HOST, .host = r, .wall = loop_wall_s(l->loop)};
    l->told++;
    l->tell(l->ctx, &ev);
}

static void listing_drain(struct listing *l) {
    while (l->first && l->first->ready) {
        struct listing_row *row = l->first;
        listing_tell(l, &row->r);
        l->first = row->next;
        if (!l->first)
            l->last = NULL;
        l->waiting--;
        free(row);
    }
}

static void listing_named(void *ctx, struct slice name) {
    struct listing_row *row = ctx;
    struct listing *l = row->listing;
    size_t n = ll_min_size(name.n, NAME_MAX_BYTES);
    if (n)
        memcpy(row->name, name.p, n);
    row->r.ptr = (struct slice){row->name, n};
    row->ready = true;
    listing_drain(l);
    listing_go(l);
}

static bool listing_ask(struct listing *l, const struct host_result *r) {
    struct listing_row *row = calloc(1, sizeof *row);
    if (!row)
        return false;
    row->listing = l;
    row->r = *r;
    if (!rdns_lookup(l->rdns, &r->addr, listing_named, row)) {
        free(row);
        return false;
    }
    if (l->last)
        l->last->next = row;
    else
        l->first = row;
    l->last = row;
    l->waiting++;
    return true;
}

static void listing_one(struct listing *l) {
    struct target_at at;
    u128 i;
    if (!target_walk_next(l->walk, &at, &i) || at.excluded)
        return;
    struct host_result r = {.index = (uint64_t)i,
                            .addr = at.addr,
                            .given = at.given,
                            .others = at.others,
                            .n_others = at.n_others,
                            .state = HOST_UNKNOWN,
                            .reason = REASON_USER_SET};
    if (!l->rdns || !listing_ask(l, &r))
        listing_tell(l, &r);
}

static void listing_turn(void *ctx) {
    struct listing *l = ctx;
    for (unsigned i = 0; i < TURN_MAX && target_walk_ready(l->walk) && l->waiting < WAITING_MAX && !l->stopped; i++)
        listing_one(l);
    listing_drain(l);
    bool more = target_walk_more(l->walk) && !l->stopped;
    if (more && target_walk_ready(l->walk) && l->waiting < WAITING_MAX)
        listing_go(l);
    if (more || (l->waiting && !l->stopped) || !l->sealed || l->over)
        return;
    l->over = true;
    l->done(l->ctx);
}

void listing_go(struct listing *l) {
    if (!l->over)
        loop_timer_at(l->loop, &l->timer, loop_now(l->loop));
}

void listing_stop(struct listing *l) {
    l->stopped = l->sealed = true;
    listing_go(l);
}

void listing_finish(struct listing *l) {
    loop_timer_off(l->loop, &l->timer);
    while (l->first) {
        struct listing_row *row = l->first;
        l->first = row->next;
        free(row);
    }
}
