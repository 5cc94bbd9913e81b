/* What ICMP queries have in common: identifier and sequence number come back (RFC 792, RFC 4443 4.2). */
#ifndef LL_PROBE_ICMP_QUERY_H
#define LL_PROBE_ICMP_QUERY_H

#include "engine/probe.h"

/* The identifier carries 16 bits of cookie, the sequence number our tag. */
void icmp_query_build(struct wr *w, const struct question *q, uint8_t type4, uint8_t type6);
/* Replies of type4/type6, and errors that quote a query of query4/query6. */
bool icmp_query_classify(const struct frame *f, uint8_t query4, uint8_t type4, uint8_t query6, uint8_t type6,
                         enum reason reason, struct verdict *v);

#endif
