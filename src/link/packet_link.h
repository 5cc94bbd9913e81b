/* Ethernet frames through AF_PACKET: sendmmsg past the queueing discipline on two threads (tx_crew.h), and a receive
 * ring on a second socket. */
#ifndef LL_LINK_PACKET_LINK_H
#define LL_LINK_PACKET_LINK_H

#include "link/link_options.h"

/* An unbound packet socket; -1: errno. Closing one costs the kernel some ten milliseconds, so one that was opened as a
 * trial is kept for the first link. */
int packet_link_socket(void);

struct link *packet_link_open(const struct link_options *o, struct err *e);

#endif
