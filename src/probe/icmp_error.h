/* What ICMP errors about a probe mean, the same for all probes over IP. */
#ifndef LL_PROBE_ICMP_ERROR_H
#define LL_PROBE_ICMP_ERROR_H

#include "engine/probe.h"

/* Fills in peer, from, reason, ttl, state (filtered) and host: a port or protocol unreachable from the target itself
 * proves that it is up; a time exceeded means that it cannot be reached; everything else is a hint (RFC 1122 3.2.2.1).
 * False: no error, its quote is unreadable, or it quotes another protocol. The caller fills in port, sport and echo. */
bool icmp_error_verdict(const struct frame *f, const uint8_t ip_proto[2], struct verdict *v);

/* The same for probes over TCP that carry their cookie as the sequence number: port, own port and cookie are quoted
 * (RFC 792 asks for 8 bytes), so nothing is left to fill in. */
bool icmp_error_tcp(const struct frame *f, struct verdict *v);

#endif
