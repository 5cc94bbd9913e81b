/* The receiving side of a link: an AF_PACKET socket with a TPACKET_V3 ring that the kernel fills and the loop drains.
 */
#ifndef LL_LINK_RX_RING_H
#define LL_LINK_RX_RING_H

#include "link/filter.h"
#include "link/link_options.h"

struct rx_ring;

/* Of `link`, which must outlive it: interface, frame kind and counters. The filter is borrowed for the call; closing
 * hands the socket to the closer. Delivers whole frames for FRAME_ETHERNET, packets from the IP header on for
 * FRAME_RAW_IP. NULL: see *e. */
struct rx_ring *rx_ring_open(const struct link_options *o, struct link *link, const struct filter_program *filter,
                             struct err *e);
void rx_ring_close(struct rx_ring *r); /* r may be NULL */

#endif
