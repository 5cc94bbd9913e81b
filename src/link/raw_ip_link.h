/* IP packets through raw sockets, for interfaces without Ethernet (loopback, tunnels, PPP) and for this machine's own
 * addresses: the kernel finds the way and adds the link header. Receiving goes through a packet socket, which the
 * firewall does not see.
 *
 * On loopback all that is sent comes back. Our own TCP does not match the filter, which asks for our ports as the
 * destination; echo requests come back as requests, and nobody takes them for an answer. */
#ifndef LL_LINK_RAW_IP_LINK_H
#define LL_LINK_RAW_IP_LINK_H

#include "link/link_options.h"

struct link *raw_ip_link_open(const struct link_options *o, struct err *e);

#endif
