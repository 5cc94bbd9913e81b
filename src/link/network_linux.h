/* The network of this machine on Linux: routes from rtnetlink, links opened when they are first needed. */
#ifndef LL_LINK_NETWORK_LINUX_H
#define LL_LINK_NETWORK_LINUX_H

#include "base/log.h"
#include "io/loop.h"
#include "link/link.h"

struct network_linux_options {
    const char *interface;     /* -e: NULL = as the routes say */
    const struct addr *source; /* -S: NULL = as the routes say; copied */
    /* Answers that refuse at these ports end behind our tap (link/refusal_drop.h), where raw_allowed finds that it may
     * and the kernel can. NULL: they do not; copied. */
    const struct link_filter *refusals;
};

/* o may be NULL, log is copied, loop must outlive the network. NULL: see *e (ERR_USAGE: no such interface). */
struct network *network_linux_create(struct loop *loop, const struct network_linux_options *o, const struct log *log,
                                     struct err *e);
/* How often the kernel was asked for a way. */
uint64_t network_linux_asked(const struct network *net);

#endif
