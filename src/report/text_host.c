/* One host of the text report: heading, status, addresses, hidden ports, table, completeness. */
#include "report/text_host.h"

#include "base/text.h"
#include "report/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

bool text_has_reasons(const struct run_info *run) {
    return run->show_reason || run->verbose >= 2 || run->debug >= 1;
}

void text_host_name(struct buf *b, const struct host_result *h) {
    char ip[ADDR_TEXT_MAX];
    struct slice name = h->given.n > 0 ? h->given : h->ptr;
    addr_format(&h->addr, ip);
    if (name.n == 0) {
        buf_put_str(b, ip);
        return;
    }
    text_plain(b, name);
    buf_printf(b, " (%s)", ip);
}

/* ", received reset ttl 64" */
static void put_host_reason(struct buf *b, const struct host_result *h) {
    char ip[ADDR_TEXT_MAX];
    buf_printf(b, ", received %s", reason_text(h->reason));
    if (h->from.family != ADDR_NONE) {
        buf_printf(b, " from %s", addr_format(&h->from, ip));
    }
    if (h->ttl > 0) {
        buf_printf(b, " ttl %u", h->ttl);
    }
}

/* Seconds with two significant digits and no exponent: 0.00024, 0.39, 1.2, 12 */
static void put_latency(struct buf *b, double s) {
    char text[32];
    if (s <= 0) {
        buf_put_str(b, " (0.00s latency)");
        return;
    }
    /* Rounding may carry into the next power of ten; the exponent of the rounded number tells. */
    snprintf(text, sizeof text, "%.1e", s);
    const char *e = text;
    while (*e != '\0' && *e != 'e') {
        e++;
    }
    long exponent = *e == 'e' ? strtol(e + 1, NULL, 10) : 0;
    int decimals = exponent < 1 ? (int)(1 - exponent) : 0;
    buf_printf(b, " (%.*fs latency)", decimals, s);
}

static void put_heading(struct buf *b, const struct writer_options *o, const struct host_result *h) {
    buf_printf(b, "%s scan report for ", words_program(o->run).name);
    text_host_name(b, h);
    if (h->state == HOST_DOWN || h->state == HOST_SKIPPED) {
        buf_printf(b, " [host %s", host_state_text(h->state));
        if (text_has_reasons(o->run)) {
            put_host_reason(b, h);
        }
        buf_put_char(b, ']');
    }
    buf_put_char(b, '\n');
}

static void put_status(struct buf *b, const struct writer_options *o, const struct host_result *h) {
    buf_put_str(b, "Host is up");
    if (text_has_reasons(o->run)) {
        put_host_reason(b, h);
    }
    if (h->timed) {
        put_latency(b, h->srtt_us / 1e6);
    }
    buf_put_str(b, ".\n");
}

static void put_names(struct buf *b, const struct host_result *h) {
    char ip[ADDR_TEXT_MAX];
    if (h->n_others > 0) {
        buf_put_str(b, "Other addresses for ");
        text_plain(b, h->given);
        buf_put_str(b, " (not scanned):");
        for (size_t i = 0; i < h->n_others; i++) {
            buf_printf(b, " %s", addr_format(&h->others[i], ip));
        }
        buf_put_char(b, '\n');
    }
    if (h->given.n > 0 && h->ptr.n > 0 && !slice_eq_nocase(h->given, h->ptr)) {
        buf_printf(b, "rDNS record for %s: ", addr_format(&h->addr, ip));
        text_plain(b, h->ptr);
        buf_put_char(b, '\n');
    }
}

static void put_scanned_at(struct buf *b, const struct writer_options *o, const struct host_result *h) {
    if ((o->run->verbose < 2 && o->run->debug < 1) || !h->scanned || h->wall_start == 0) {
        return;
    }
    buf_put_str(b, "Scanned at ");
    words_time(b, h->wall_start, "%Y-%m-%d %H:%M:%S %Z");
    buf_printf(b, " for %" PRId64 "s\n", ll_max_i64(0, h->wall_end - h->wall_start));
}

/* "Not shown: 31 closed tcp ports (reset), 30 filtered tcp ports (no-response)" */
static void put_not_shown(struct buf *b, const struct ignored *hidden) {
    if (hidden->n == 0) {
        return;
    }
    const char *separator = "Not shown: ";
    for (size_t i = 0; i < hidden->n; i++) {
        const struct extra_ports *x = &hidden->v[i];
        for (size_t k = 0; k < x->n_reasons; k++) {
            const struct extra_reason *r = &x->reasons[k];
            const char *noun = r->proto == PROTO_IP ? "protocol" : "port";
            buf_printf(b, "%s%" PRIu32 " %s", separator, r->count, port_state_text(x->state));
            if (r->proto != PROTO_IP) {
                buf_printf(b, " %s", proto_text(r->proto));
            }
            buf_printf(b, " %s%s (%s)", noun, x->count == 1 ? "" : "s", reason_text(r->reason));
            separator = ", ";
        }
    }
    buf_put_char(b, '\n');
}

static void put_ports(struct buf *b, const struct writer_options *o, const struct host_result *h) {
    struct ignored hidden;
    struct shown_rules rules = words_rules(o->run);
    result_ignored(h, &rules, &hidden);
    size_t n_hidden = 0;
    for (size_t i = 0; i < hidden.n; i++) {
        n_hidden += hidden.v[i].count;
    }
    if (h->n_ports == 0) {
        return;
    }
    if (n_hidden == h->n_ports) {
        buf_put_str(b, "All ");
        words_count(b, h->n_ports, "scanned port on ", "scanned ports on ");
        text_host_name(b, h);
        buf_put_str(b, h->n_ports == 1 ? " is in an ignored state.\n" : " are in ignored states.\n");
    }
    put_not_shown(b, &hidden);
    if (hidden.n == 0) {
        buf_put_char(b, '\n');
    }
    text_table(b, o, h, &hidden);
}

static void put_mac(struct buf *b, const struct host_result *h) {
    char mac[18];
    if (!h->has_mac) {
        return;
    }
    buf_printf(b, "MAC Address: %s (", mac_format(h->mac, mac));
    text_plain(b, h->vendor.n > 0 ? h->vendor : SLICE("Unknown"));
    buf_put_str(b, ")\n");
}

void text_host(struct buf *b, const struct writer_options *o, const struct host_result *h) {
    put_heading(b, o, h);
    if (h->state == HOST_UP) {
        put_status(b, o, h);
    }
    if (h->state != HOST_DOWN && h->state != HOST_SKIPPED) {
        put_names(b, h);
    }
    if (h->state != HOST_UP) {
        return;
    }
    put_scanned_at(b, o, h);
    if (h->scanned) {
        put_ports(b, o, h);
    }
    if (h->not_asked > 0) {
        buf_put_str(b, "Answers everywhere: ");
        words_sampled(b, h);
        buf_put_char(b, '\n');
    }
    if (h->alike > 0) {
        buf_put_str(b, "Answers everywhere: ");
        words_alike(b, h);
        buf_put_char(b, '\n');
    }
    if (h->timed_out) {
        buf_put_str(b, "Host timeout reached: results are partial\n");
    }
    if (h->scanned && h->n_ports > 0 && (o->run->verbose > 0 || words_is_notable(&h->complete))) {
        buf_put_str(b, "Completeness: ");
        words_completeness(b, &h->complete);
        buf_put_char(b, '\n');
    }
    text_fingerprints(b, h);
    put_mac(b, h);
    text_service_info(b, h);
    if (h->scanned) {
        buf_put_char(b, '\n');
    }
}
