/* The address list: `address:port` of each open port on a line of its own, the moment it is seen, and nothing else. For
 * pipes: the next program works while the scan runs. Described in docs/formats/list.md. */
#include "report/out.h"

#include <stdlib.h>

struct writer {
    struct out out;
};

static struct writer *lines_create(const struct writer_options *o, struct sink sink) {
    (void)o;
    struct writer *w = calloc(1, sizeof *w);
    if (w != NULL) {
        out_init(&w->out, sink);
    }
    return w;
}

static void lines_destroy(struct writer *w) {
    if (w != NULL) {
        out_finish(&w->out);
        free(w);
    }
}

static void lines_begin(struct writer *w) {
    (void)w;
}

/* Brackets as in a URL (RFC 3986 3.2.2). TCP is what readers expect; other protocols are named. */
static void lines_event(struct writer *w, const struct event *e) {
    struct buf *b = &w->out.text;
    char ip[ADDR_TEXT_MAX];
    if (e->kind != EVENT_PORT || e->port->state != PORT_OPEN) {
        return;
    }
    bool six = e->host->addr.family == ADDR_V6;
    buf_printf(b, "%s%s%s:%u", six ? "[" : "", addr_format(&e->host->addr, ip), six ? "]" : "", e->port->port);
    if (e->port->proto != PROTO_TCP) {
        buf_printf(b, "/%s", proto_text((enum proto)e->port->proto));
    }
    buf_put_char(b, '\n');
    out_send(&w->out);
}

static bool lines_end(struct writer *w, const struct run_stats *s) {
    (void)s;
    return !w->out.failed;
}

const struct writer_type writer_lines = {
    .name = "list",
    .create = lines_create,
    .begin = lines_begin,
    .event = lines_event,
    .end = lines_end,
    .destroy = lines_destroy,
};
