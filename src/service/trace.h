/* --version-trace: each message of each conversation as one line. tools/service-sample reads these lines. */
#ifndef LL_SERVICE_TRACE_H
#define LL_SERVICE_TRACE_H

#include "base/slice.h"
#include "net/addr.h"
#include "stream/stream.h"

struct service_trace {
    void (*line)(void *ctx, struct slice line);
    void *ctx;
};

/* `SERVICE 192.0.2.7:22/tcp plain ssh < "SSH-2.0-x\r\n"`: `direction` is '<' or '>', `name` the question, or who reads
 * a greeting. */
void service_trace_bytes(const struct service_trace *t, const struct stream_request *s, const char *name,
                         char direction, struct slice bytes);
/* Appends bytes in double quotes with \r \n \t \\ \" \xHH, as samples have them. */
struct buf;
void service_trace_quote(struct buf *b, struct slice bytes);

#endif
