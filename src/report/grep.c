/* The grepable report: one line a host for its state, one for its ports, fields between tabs. Simple tools match these
 * bytes; the rules are in docs/formats/grepable.md. */
#include "base/text.h"
#include "report/out.h"
#include "report/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct writer {
    struct writer_options o;
    struct out out;
};

static struct writer *grep_create(const struct writer_options *o, struct sink sink) {
    struct writer *w = calloc(1, sizeof *w);
    if (w != NULL) {
        w->o = *o;
        out_init(&w->out, sink);
    }
    return w;
}

static void grep_destroy(struct writer *w) {
    if (w != NULL) {
        out_finish(&w->out);
        free(w);
    }
}

/* "TCP(3;22,80,443)"; "UDP(0;)" when the protocol is not scanned. */
static void put_scanned(struct buf *b, const struct run_info *run, const char *label, enum proto proto) {
    struct slice services = {NULL, 0};
    size_t n = 0;
    for (size_t i = 0; i < run->n_scans && i < SCAN_INFO_MAX; i++) {
        if (run->scans[i].proto == proto && !run->ping_only && !run->list_only) {
            n = run->scans[i].n_services;
            services = run->scans[i].services;
        }
    }
    buf_printf(b, " %s(%zu;", label, n);
    text_plain(b, services);
    buf_put_char(b, ')');
}

static void grep_begin(struct writer *w) {
    struct buf *b = &w->out.text;
    const struct run_info *run = w->o.run;
    struct program as = words_program(run);
    buf_printf(b, "# %s %s scan initiated ", as.name, as.version);
    words_time(b, run->wall_start, WORDS_DATE);
    buf_put_str(b, " as: ");
    text_plain(b, run->args);
    buf_put_char(b, '\n');
    if (run->verbose > 0) {
        buf_put_str(b, "# Ports scanned:");
        put_scanned(b, run, "TCP", PROTO_TCP);
        put_scanned(b, run, "UDP", PROTO_UDP);
        put_scanned(b, run, "SCTP", PROTO_SCTP);
        put_scanned(b, run, "PROTOCOLS", PROTO_IP);
        buf_put_char(b, '\n');
    }
    out_send(&w->out);
}

/* A stranger's name may hold anything. What readers take for the end of a field does not pass, so a name cannot say
 * `) Ports: 22/open/tcp`. */
static void put_name(struct buf *b, struct slice name) {
    while (name.n > 0) {
        size_t n = 0;
        while (n < name.n && strchr(" ()/,", name.p[n] == '\0' ? 'x' : name.p[n]) == NULL) {
            n++;
        }
        text_plain(b, slice_sub(name, 0, n));
        if (n < name.n) {
            buf_printf(b, "\\x%02X", (unsigned)(unsigned char)name.p[n]);
            n++;
        }
        name = slice_skip(name, n);
    }
}

static void put_host(struct buf *b, const struct host_result *h) {
    char ip[ADDR_TEXT_MAX];
    buf_printf(b, "Host: %s (", addr_format(&h->addr, ip));
    put_name(b, h->ptr);
    buf_put_str(b, ")\t");
}

static const char *status_text(const struct host_result *h) {
    switch (h->state) {
    case HOST_UP:
        return "Up";
    case HOST_DOWN:
    case HOST_SKIPPED:
        return "Down";
    case HOST_UNKNOWN:
        break;
    }
    return "Unknown";
}

/* Blanks stay; a slash would end the field, and `, ` the port. */
static void put_version(struct buf *b, const struct service_result *s) {
    struct buf raw, text;
    buf_init(&raw, 4 * SERVICE_TEXT_MAX);
    buf_init(&text, 16 * SERVICE_TEXT_MAX);
    service_version_text(&raw, s);
    text_plain(&text, buf_slice(&raw));
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        buf_put_char(b, c == '/' ? '|' : c == ',' ? ';' : c);
    }
    buf_finish(&text);
    buf_finish(&raw);
}

/* port/state/protocol/owner/service/rpc/version/ */
static void put_port(struct buf *b, const struct writer_options *o, const struct host_result *h,
                     const struct port_result *p) {
    struct words_service_facts f = words_service_of(o, h, p);
    buf_printf(b, "%u/%s/%s//%s", p->port, port_state_text((enum port_state)p->state), proto_text((enum proto)p->proto),
               f.ssl ? "ssl|" : "");
    put_name(b, f.name);
    buf_put_str(b, f.guessed ? "?//" : "//");
    if (f.found != NULL) {
        put_version(b, f.found);
    }
    buf_put_char(b, '/');
}

static void put_ports(struct buf *b, const struct writer_options *o, const struct host_result *h) {
    struct ignored hidden;
    struct shown_rules rules = words_rules(o->run);
    result_ignored(h, &rules, &hidden);
    put_host(b, h);
    buf_put_str(b, "Ports: ");
    const char *separator = "";
    for (size_t i = 0; i < h->n_ports; i++) {
        const struct port_result *p = &h->ports[i];
        if (p->state < PORT_STATE_COUNT && p->proto < PROTO_COUNT && !hidden.hidden[p->state]) {
            buf_put_str(b, separator);
            put_port(b, o, h, p);
            separator = ", ";
        }
    }
    if (hidden.n == 1) { /* the format has a place for one state only */
        buf_printf(b, "\tIgnored State: %s (%" PRIu32 ")", port_state_text(hidden.v[0].state), hidden.v[0].count);
    }
    buf_put_char(b, '\n');
}

static void grep_event(struct writer *w, const struct event *e) {
    struct buf *b = &w->out.text;
    const struct host_result *h = e->host;
    char ip[ADDR_TEXT_MAX];
    if (e->kind != EVENT_HOST || !words_host_shown(w->o.run, h)) {
        return;
    }
    put_host(b, h);
    buf_printf(b, "Status: %s\n", status_text(h));
    if (h->scanned && h->n_ports > 0) {
        put_ports(b, &w->o, h);
    }
    if (h->not_asked > 0) {
        buf_printf(b, "# %s: ", addr_format(&h->addr, ip));
        words_sampled(b, h);
        buf_put_char(b, '\n');
    }
    if (h->alike > 0) {
        buf_printf(b, "# %s: ", addr_format(&h->addr, ip));
        words_alike(b, h);
        buf_put_char(b, '\n');
    }
    if (h->timed_out) {
        put_host(b, h);
        buf_put_str(b, "Status: Timeout\n");
    }
    out_send(&w->out);
}

static bool grep_end(struct writer *w, const struct run_stats *s) {
    struct buf *b = &w->out.text;
    if (s->interrupted) {
        buf_printf(b, "# %s: results are partial\n", words_early(s));
    }
    if (s->error.n > 0) {
        buf_put_str(b, "# Failed: ");
        text_plain(b, s->error);
        buf_put_char(b, '\n');
    }
    buf_printf(b, "# %s done at ", words_program(w->o.run).name);
    words_time(b, s->wall_end, WORDS_DATE " -- ");
    words_summary(b, s);
    buf_put_char(b, '\n');
    out_send(&w->out);
    return !w->out.failed;
}

const struct writer_type writer_grep = {
    .name = "grep",
    .create = grep_create,
    .begin = grep_begin,
    .event = grep_event,
    .end = grep_end,
    .destroy = grep_destroy,
};
