/* -sL: tells the targets and their names in order, and sends nothing to them. */
#ifndef LL_SCAN_LISTING_H
#define LL_SCAN_LISTING_H

#include "io/loop.h"
#include "scan/rdns.h"
#include "target/target.h"

struct listing_row;
struct listing {
    struct loop *loop;
    struct loop_timer timer;
    const struct target_space *space;
    struct rdns *rdns; /* NULL: no names */
    void (*tell)(void *ctx, struct event *ev);
    void (*done)(void *ctx);
    void *ctx;
    struct listing_row *first, *last;
    size_t waiting;
    u128 walk;
    bool sealed, stopped, over;
    uint64_t told;
};

void listing_init(struct listing *l, struct loop *loop, const struct target_space *space, struct rdns *rdns);
void listing_go(struct listing *l);   /* the space has grown, or was sealed */
void listing_stop(struct listing *l); /* tells what is complete and ends */
void listing_finish(struct listing *l);

#endif
