/* The kernel's filter for received packets: a classic BPF program that passes what a scanner could use and drops the
 * rest before it costs a copy. Written by hand; no libpcap. */
#ifndef LL_LINK_FILTER_H
#define LL_LINK_FILTER_H

#include "link/link.h"

#include <linux/filter.h>

#define FILTER_MAX 64

struct filter_program {
    struct sock_filter code[FILTER_MAX];
    unsigned short n;
};

/* Passes: ARP replies and any ARP sent to `mac` (Ethernet only); all ICMP and ICMPv6; TCP, UDP and SCTP to our ports;
 * IPv6 with extension headers, which BPF cannot walk. Drops later fragments and all else. */
void filter_build(struct filter_program *out, enum frame_link frame, const uint8_t mac[MAC_LEN],
                  const struct link_filter *f);
bool filter_attach(int fd, const struct filter_program *p, struct err *e);

#endif
