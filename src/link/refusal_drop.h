/* Refusals end behind the tap: once the packet socket has seen a RST that answers one of our SYNs, our own kernel's TCP
 * need not look for its connection, which costs as much as receiving it. A BPF program at the interface's ingress drops
 * them (tcx, Linux 6.6), for as long as its link is open: the kernel takes it away with the process, however that ends.
 *
 * Dropped is exactly: TCP over IPv4 without options, or over IPv6 without extension headers, no fragment, to one of our
 * own source ports, RST and ACK without SYN, sequence number 0 (RFC 9293 3.10.7.1: so a closed port answers a SYN).
 * Everything else passes, answers that prove a port open among it. */
#ifndef LL_LINK_REFUSAL_DROP_H
#define LL_LINK_REFUSAL_DROP_H

#include "link/link.h"

/* Loads the program for our ports (needs CAP_BPF and CAP_NET_ADMIN, or CAP_SYS_ADMIN). The descriptor, to be closed by
 * the caller; -1: not possible here, errno says why. */
int refusal_drop_load(const struct link_filter *ours);
/* Puts it on an interface. The descriptor of the link: it ends when that is closed; -1 as above. */
int refusal_drop_attach(int program, int ifindex);

#endif
