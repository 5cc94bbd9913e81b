/* The receiving side of a link: an AF_PACKET socket with a TPACKET_V3 ring that the kernel fills and the loop drains.
 */
#ifndef LL_LINK_RX_RING_H
#define LL_LINK_RX_RING_H

#include "base/log.h"
#include "io/loop.h"
#include "link/closer.h"
#include "link/filter.h"

struct rx_ring;

struct rx_ring_options {
    struct loop *loop;
    struct link *link; /* interface, frame kind and counters; must outlive the ring */
    const struct filter_program *filter;
    link_receive_fn fn;
    void *ctx;
    struct log log;
    struct closer *closer; /* gets the socket */
};

/* Delivers whole frames for FRAME_ETHERNET, packets from the IP header on for FRAME_RAW_IP. NULL: see *e. */
struct rx_ring *rx_ring_open(const struct rx_ring_options *o, struct err *e);
void rx_ring_close(struct rx_ring *r); /* r may be NULL */

#endif
