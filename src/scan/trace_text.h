/* A line of the packet trace. */
#ifndef LL_SCAN_TRACE_TEXT_H
#define LL_SCAN_TRACE_TEXT_H

#include "base/buf.h"
#include "engine/trace.h"

/* "SENT (0.0361s) TCP ...", "RCVD ...", "CONN (0.0758s) TCP localhost > 192.0.2.7:22 => Connection refused" */
void trace_text(struct buf *b, const struct trace *t);

#endif
