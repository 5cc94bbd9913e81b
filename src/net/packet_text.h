/* One packet as a line of text, for the packet trace. */
#ifndef LL_NET_PACKET_TEXT_H
#define LL_NET_PACKET_TEXT_H

#include "base/buf.h"

/* `p` begins with an IPv4, IPv6 or ARP header; anything else, and what is cut or malformed, is said as far as it can be
 * read. Numbers and names from fixed lists only: no byte of a stranger's reaches the text as it is. */
void packet_text(struct buf *b, const uint8_t *p, size_t n);

#endif
