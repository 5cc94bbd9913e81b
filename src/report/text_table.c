/* The port table. Each column is as wide as its longest cell and one blank; the last one is not padded. */
#include "report/text_host.h"

#include "base/text.h"
#include "report/words.h"

#include <stdio.h>
#include <string.h>

/* Sequences that every terminal knows (ECMA-48 8.3.117): what can be reached stands out, doubt is yellow. */
const char *text_color(const struct writer_options *o, enum port_state s) {
    static const char *const colors[PORT_STATE_COUNT] = {
        [PORT_OPEN] = "\x1b[32m",          [PORT_CLOSED] = "\x1b[31m",     [PORT_FILTERED] = "\x1b[33m",
        [PORT_OPEN_FILTERED] = "\x1b[33m", [PORT_UNFILTERED] = "\x1b[36m", [PORT_CLOSED_FILTERED] = "\x1b[33m",
    };
    return o->color && (unsigned)s < PORT_STATE_COUNT && colors[s] ? colors[s] : "";
}

enum column { COLUMN_PORT, COLUMN_STATE, COLUMN_SERVICE, COLUMN_REASON, COLUMN_VERSION, COLUMN_COUNT };

#define VERSION_MAX 159 /* characters of the last column, as readers know it */

/* The cells of one line, one behind the other in `text`. */
struct row {
    struct buf text;
    size_t end[COLUMN_COUNT];
};

static bool is_shown(const struct port_result *p, const struct ignored *hidden) {
    return p->state < PORT_STATE_COUNT && p->proto < PROTO_COUNT && !hidden->hidden[p->state];
}

static void put_reason(struct buf *b, const struct host_result *h, const struct port_result *p) {
    char ip[ADDR_TEXT_MAX];
    const struct addr *from = words_from(h, p);
    buf_put_str(b, reason_text((enum reason)p->reason));
    if (from != NULL) {
        buf_printf(b, " from %s", addr_format(from, ip));
    }
    if (p->ttl > 0) {
        buf_printf(b, " ttl %u", p->ttl);
    }
}

static void put_version(struct buf *b, const struct service_result *s) {
    struct buf raw;
    size_t start = b->n;
    buf_init(&raw, 4 * SERVICE_TEXT_MAX);
    service_version_text(&raw, s);
    text_plain(b, buf_slice(&raw));
    buf_finish(&raw);
    if (b->n - start > VERSION_MAX) {
        b->n = start + VERSION_MAX - 3;
        while (b->n > start && ((unsigned char)b->p[b->n] & 0xc0) == 0x80) { /* not inside of a UTF-8 character */
            b->n--;
        }
        buf_put_str(b, "...");
    }
}

static void fill_row(struct row *r, const struct writer_options *o, const struct host_result *h,
                     const struct port_result *p) {
    struct buf *b = &r->text;
    buf_clear(b);
    if (p->proto == PROTO_IP) {
        buf_printf(b, "%u", p->port);
    } else {
        buf_printf(b, "%u/%s", p->port, proto_text((enum proto)p->proto));
    }
    r->end[COLUMN_PORT] = b->n;
    buf_put_str(b, port_state_text((enum port_state)p->state));
    r->end[COLUMN_STATE] = b->n;
    struct words_service_facts service = words_service_of(o, h, p);
    buf_put_str(b, service.ssl ? "ssl/" : "");
    text_plain(b, service.name.n > 0 ? service.name : SLICE("unknown"));
    buf_put_str(b, service.guessed ? "?" : "");
    r->end[COLUMN_SERVICE] = b->n;
    if (text_has_reasons(o->run))
        put_reason(b, h, p);
    r->end[COLUMN_REASON] = b->n;
    if (service.found != NULL)
        put_version(b, service.found);
    r->end[COLUMN_VERSION] = b->n;
}

static void fill_header(struct row *r, bool protocols) {
    static const char *const titles[COLUMN_COUNT] = {"PORT", "STATE", "SERVICE", "REASON", "VERSION"};
    buf_clear(&r->text);
    for (size_t c = 0; c < COLUMN_COUNT; c++) {
        buf_put_str(&r->text, c == COLUMN_PORT && protocols ? "PROTOCOL" : titles[c]);
        r->end[c] = r->text.n;
    }
}

static size_t cell_width(const struct row *r, size_t c) {
    return r->end[c] - (c > 0 ? r->end[c - 1] : 0);
}

static void widen(size_t width[COLUMN_COUNT], const struct row *r) {
    for (size_t c = 0; c < COLUMN_COUNT; c++) {
        width[c] = ll_max_size(width[c], cell_width(r, c));
    }
}

/* `color` is for the state; "" leaves the row as it is. No blanks at the end of a line. */
static void put_row(struct buf *b, const struct row *r, const size_t width[COLUMN_COUNT],
                    const bool shown[COLUMN_COUNT], const char *color) {
    struct slice text = buf_slice(&r->text);
    size_t blanks = 0;
    for (size_t c = 0; c < COLUMN_COUNT; c++) {
        size_t n = cell_width(r, c);
        bool colored = c == COLUMN_STATE && *color != '\0';
        if (!shown[c])
            continue;
        if (n > 0) {
            buf_fill(b, ' ', blanks);
            blanks = 0;
        }
        buf_put_str(b, colored ? color : "");
        buf_put(b, slice_sub(text, r->end[c] - n, n));
        buf_put_str(b, colored ? TEXT_COLOR_OFF : "");
        blanks += width[c] - n + 1;
    }
    buf_put_char(b, '\n');
}

/* A row is made twice, once to measure and once to print: cheaper than to keep 65,535 of them. */
void text_table(struct buf *b, const struct writer_options *o, const struct host_result *h,
                const struct ignored *hidden) {
    struct row row;
    size_t width[COLUMN_COUNT] = {0};
    const bool shown[COLUMN_COUNT] = {true, true, true, text_has_reasons(o->run), o->run->service_scan};
    size_t n_shown = 0;
    bool protocols = false;
    buf_init(&row.text, 4096);
    for (size_t i = 0; i < h->n_ports; i++) {
        if (is_shown(&h->ports[i], hidden)) {
            protocols = protocols || h->ports[i].proto == PROTO_IP;
            fill_row(&row, o, h, &h->ports[i]);
            widen(width, &row);
            n_shown++;
        }
    }
    fill_header(&row, protocols);
    widen(width, &row);
    if (n_shown > 0) {
        put_row(b, &row, width, shown, "");
    }
    for (size_t i = 0; i < h->n_ports && n_shown > 0; i++) {
        if (is_shown(&h->ports[i], hidden)) {
            fill_row(&row, o, h, &h->ports[i]);
            put_row(b, &row, width, shown, text_color(o, (enum port_state)h->ports[i].state));
            b->failed = b->failed || row.text.failed;
        }
    }
    buf_finish(&row.text);
}
