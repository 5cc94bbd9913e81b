/* Ethernet frames through AF_PACKET: sendmmsg past the queueing discipline on two threads (tx_crew.h), and a receive
 * ring on a second socket. */
#ifndef LL_LINK_PACKET_LINK_H
#define LL_LINK_PACKET_LINK_H

#include "base/log.h"
#include "io/loop.h"
#include "link/closer.h"
#include "link/link.h"

struct link_options { /* also of raw_ip_link.h */
    struct loop *loop;
    struct log log;
    const struct route *route; /* interface, MAC, MTU; copied */
    struct link_filter filter;
    link_receive_fn fn;
    void *ctx;
    struct closer *closer; /* gets the sockets when the link ends */
    int socket;            /* one of packet_link_socket, taken over also on failure; -1 = none */
};

/* An unbound packet socket; -1: errno. Closing one costs the kernel some ten milliseconds, so one that was opened as a
 * trial is kept for the first link. */
int packet_link_socket(void);

struct link *packet_link_open(const struct link_options *o, struct err *e);

#endif
