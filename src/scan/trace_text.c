#include "scan/trace_text.h"

#include <string.h>

#include "net/packet_text.h"

static void put_dialled(struct buf *b, const struct trace *t) {
    char to[ADDR_TEXT_MAX];
    buf_printf(b, "TCP localhost > %s:%u => %s", addr_format(t->peer, to), t->port,
               t->result == 0 ? "Connected" : strerror(t->result));
}

void trace_text(struct buf *b, const struct trace *t) {
    static const char *const marks[] = {[TRACE_SENT] = "SENT", [TRACE_RECEIVED] = "RCVD", [TRACE_DIALLED] = "CONN"};
    buf_printf(b, "%s (%.4fs) ", marks[t->kind], (double)t->t / 1e9);
    if (t->kind == TRACE_DIALLED)
        put_dialled(b, t);
    else
        packet_text(b, t->packet, t->n);
}
