/* What opens a link of either kind, and the receiving side that both have. */
#ifndef LL_LINK_LINK_OPTIONS_H
#define LL_LINK_LINK_OPTIONS_H

#include "base/log.h"
#include "io/loop.h"
#include "link/closer.h"
#include "link/link.h"

struct link_options {
    struct loop *loop;
    struct log log;
    const struct route *route; /* interface, MAC, MTU; copied */
    struct link_filter filter;
    link_receive_fn fn;
    void *ctx;
    struct closer *closer; /* gets the sockets when the link ends */
    int socket;            /* of a packet link: one of packet_link_socket, taken over also on failure; -1 = none */
};

#endif
