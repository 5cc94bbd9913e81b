/* IPv4 blocks in which nobody's public hosts are: the IANA IPv4 Special-Purpose Address Registry (RFC 6890), multicast
 * (RFC 5771) and the reserved class E (RFC 1112 4). */
#ifndef LL_NET_SPECIAL_H
#define LL_NET_SPECIAL_H

#include "net/prefix.h"

bool special_add_v4(struct rangeset *set) LL_MUST_USE; /* false: no memory */

#endif
