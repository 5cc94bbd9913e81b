/* -sL: tells the targets and their names in order, and sends nothing to them. */
#ifndef LL_SCAN_LISTING_H
#define LL_SCAN_LISTING_H

#include "io/loop.h"
#include "scan/rdns.h"
#include "target/target_walk.h"

struct listing_row;
struct listing {
    struct loop *loop;
    struct loop_timer timer;
    struct target_walk *walk;
    struct rdns *rdns; /* NULL: no names */
    void (*tell)(void *ctx, struct event *ev);
    void (*done)(void *ctx);
    void *ctx;
    struct listing_row *first, *last;
    size_t waiting;
    bool sealed, stopped, over;
    uint64_t told;
};

void listing_init(struct listing *l, struct loop *loop, struct target_walk *walk, struct rdns *rdns);
void listing_go(struct listing *l);   /* the space has grown, or was sealed */
void listing_stop(struct listing *l); /* tells what is complete and ends */
void listing_finish(struct listing *l);

#endif
