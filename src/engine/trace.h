/* What a packet trace sees: every packet and every dialled connection, as the engine sends and gets them. */
#ifndef LL_ENGINE_TRACE_H
#define LL_ENGINE_TRACE_H

#include "net/addr.h"

enum trace_kind { TRACE_SENT, TRACE_RECEIVED, TRACE_DIALLED };

struct trace {
    enum trace_kind kind;
    int64_t t;             /* ns since the engine was made */
    const uint8_t *packet; /* SENT, RECEIVED: from the network header (or ARP) on */
    size_t n;
    const struct addr
        *peer; /* DIALLED: to whom, and what came of it: 0 or an errno value, EINPROGRESS at the beginning */
    uint16_t port;
    int result;
};

#endif
