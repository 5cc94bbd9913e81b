/* Reverse names: a stage beside the port scan of live hosts, and look-ups for results that no stage sees (-sL, and down
 * hosts with -R). */
#ifndef LL_SCAN_RDNS_H
#define LL_SCAN_RDNS_H

#include "engine/stage.h"
#include "io/names.h"
#include "model/settings.h"

struct rdns_item;
struct rdns {
    struct names *names;
    enum dns_mode mode;
    struct rdns_item *open; /* look-ups that are out */
};

extern const struct stage rdns_stage; /* context: struct rdns */

typedef void (*rdns_fn)(void *ctx, struct slice name); /* empty: none; borrowed for the call */
/* One look-up; fn is called once, never from inside. False: not started. */
bool rdns_lookup(struct rdns *r, const struct addr *a, rdns_fn fn, void *ctx);
/* Answers all plain look-ups that are out with an empty name, now. */
void rdns_give_up(struct rdns *r);
void rdns_finish(struct rdns *r); /* forgets what is out; call names' cancel_all first */

#endif
