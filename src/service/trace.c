#include "service/trace.h"

#include "base/buf.h"

#define LINE_MAX_BYTES (4U * TRACE_BYTES_MAX + 256)
#define TRACE_BYTES_MAX (16U << 10)

void service_trace_quote(struct buf *b, struct slice bytes) {
    buf_put_char(b, '"');
    for (size_t i = 0; i < bytes.n; i++) {
        unsigned char c = (unsigned char)bytes.p[i];
        if (c == '\r')
            buf_put_str(b, "\\r");
        else if (c == '\n')
            buf_put_str(b, "\\n");
        else if (c == '\t')
            buf_put_str(b, "\\t");
        else if (c == '"' || c == '\\')
            buf_printf(b, "\\%c", c);
        else if (c < 0x20 || c >= 0x7f)
            buf_printf(b, "\\x%02x", c);
        else
            buf_put_char(b, (char)c);
    }
    buf_put_char(b, '"');
}

static const char *stream_text(enum stream_kind k) {
    switch (k) {
    case STREAM_TLS:
        return "tls";
    case STREAM_DTLS:
        return "dtls";
    case STREAM_TCP:
    case STREAM_UDP:
        break;
    }
    return "plain";
}

void service_trace_bytes(const struct service_trace *t, const struct stream_request *s, const char *name,
                         char direction, struct slice bytes) {
    if (!t)
        return;
    char ip[ADDR_TEXT_MAX];
    struct buf b;
    bool udp = s->kind == STREAM_UDP || s->kind == STREAM_DTLS, six = s->dst.family == ADDR_V6;
    buf_init(&b, LINE_MAX_BYTES);
    buf_printf(&b, "SERVICE %s%s%s:%u/%s %s %s %c ", six ? "[" : "", addr_format(&s->dst, ip), six ? "]" : "", s->dport,
               udp ? "udp" : "tcp", stream_text(s->kind), name, direction);
    service_trace_quote(&b, slice_sub(bytes, 0, TRACE_BYTES_MAX));
    t->line(t->ctx, buf_slice(&b));
    buf_finish(&b);
}
