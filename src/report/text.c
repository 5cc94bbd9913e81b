/* The report for people: on a terminal with the events as they happen, in a file (-oN) only what was found. Line by
 * line as operators and their scripts know it; described in docs/formats/text.md. */
#include "base/text.h"
#include "report/out.h"
#include "report/text_host.h"
#include "report/words.h"

#include <inttypes.h>
#include <stdlib.h>

struct writer {
    struct writer_options o;
    struct out out;
};

static struct writer *text_create(const struct writer_options *o, struct sink sink) {
    struct writer *w = calloc(1, sizeof *w);
    if (w != NULL) {
        w->o = *o;
        out_init(&w->out, sink);
    }
    return w;
}

static void text_destroy(struct writer *w) {
    if (w != NULL) {
        out_finish(&w->out);
        free(w);
    }
}

static void text_begin(struct writer *w) {
    struct buf *b = &w->out.text;
    const struct run_info *run = w->o.run;
    struct program as = words_program(run);
    if (w->o.terminal) {
        buf_printf(b, "Starting %s %s ( %s ) at ", as.name, as.version, as.url);
        words_time(b, run->wall_start, "%Y-%m-%d %H:%M %Z");
    } else {
        buf_printf(b, "# %s %s scan initiated ", as.name, as.version);
        words_time(b, run->wall_start, WORDS_DATE);
        buf_put_str(b, " as: ");
        text_plain(b, run->args);
    }
    buf_put_char(b, '\n');
    out_send(&w->out);
}

static void put_phase_edge(struct buf *b, const struct event *e) {
    bool end = e->kind == EVENT_PHASE_END;
    buf_put_str(b, end ? "Completed " : "Initiating ");
    words_task(b, e->phase, e->hosts);
    words_time(b, e->wall, " at %H:%M");
    if (end) {
        buf_printf(b, ", %.2fs elapsed", e->elapsed_s);
        if (phase_is_scan(e->phase)) {
            buf_printf(b, " (%" PRIu64 " total ports)", e->ports);
        } else if (e->phase != PHASE_DNS) {
            buf_printf(b, " (%" PRIu32 " total hosts)", e->hosts);
        }
    }
    buf_put_char(b, '\n');
}

static void put_scanning(struct buf *b, const struct event *e) {
    buf_put_str(b, "Scanning ");
    if (e->host != NULL) {
        text_host_name(b, e->host);
        buf_put_str(b, " [");
        words_count(b, e->ports, "port]\n", "ports]\n");
    } else {
        words_count(b, e->hosts, "host [", "hosts [");
        words_count(b, e->ports, "port/host]\n", "ports/host]\n");
    }
}

static void put_discovered(struct buf *b, const struct writer_options *o, const struct event *e) {
    char ip[ADDR_TEXT_MAX];
    const char *color = text_color(o, PORT_OPEN);
    buf_printf(b, "Discovered %sopen%s port %u/%s on %s\n", color, *color != '\0' ? TEXT_COLOR_OFF : "", e->port->port,
               proto_text((enum proto)e->port->proto), addr_format(&e->host->addr, ip));
}

static void put_progress(struct buf *b, const struct event *e) {
    double percent = e->progress.percent;
    percent = percent > 0 ? (percent < 99.99 ? percent : 99.99) : 0;
    words_task(b, e->phase, e->hosts);
    buf_printf(b, " Timing: About %.2f%% done", percent);
    if (e->progress.remaining_s >= 0) {
        words_time(b, e->progress.etc_wall, "; ETC: %H:%M (");
        words_clock(b, (double)e->progress.remaining_s);
        buf_put_str(b, " remaining)");
    }
    buf_put_char(b, '\n');
}

static void put_stats(struct buf *b, const struct event *e) {
    buf_put_str(b, "Stats: ");
    words_clock(b, e->elapsed_s);
    buf_printf(b, " elapsed; %" PRIu64 " hosts completed (%" PRIu64 " up)", e->hosts_done, e->hosts_up);
    if (e->phase != PHASE_NONE) {
        buf_printf(b, ", %" PRIu64 " undergoing %s", e->hosts_working, phase_text(e->phase));
    }
    buf_put_char(b, '\n');
    if (e->phase != PHASE_NONE) {
        put_progress(b, e);
    }
}

/* Lines that only a terminal gets. */
static void put_live(struct buf *b, const struct writer_options *o, const struct event *e) {
    bool verbose = o->run->verbose > 0;
    switch (e->kind) {
    case EVENT_PHASE_BEGIN:
    case EVENT_PHASE_END:
        if (verbose && e->phase != PHASE_LIST) {
            put_phase_edge(b, e);
        }
        break;
    case EVENT_PHASE_SCANNING:
        if (verbose && e->phase != PHASE_LIST && e->phase != PHASE_DNS) {
            put_scanning(b, e);
        }
        break;
    case EVENT_PORT:
        if (verbose) {
            put_discovered(b, o, e);
        }
        break;
    case EVENT_PHASE_PROGRESS:
        put_progress(b, e);
        break;
    case EVENT_STATUS:
        put_stats(b, e);
        break;
    case EVENT_TRACE:
        text_plain(b, e->text);
        buf_put_char(b, '\n');
        break;
    default:
        break;
    }
}

static void text_event(struct writer *w, const struct event *e) {
    struct buf *b = &w->out.text;
    if (e->kind == EVENT_HOST) {
        if (words_host_shown(w->o.run, e->host)) {
            text_host(b, &w->o, e->host);
        }
    } else if (w->o.terminal) {
        put_live(b, &w->o, e);
    } else if (e->kind == EVENT_TARGET_BAD) { /* on a terminal the command has said so on standard error */
        buf_put_str(b, "Target not used: \"");
        text_plain(b, e->text);
        buf_put_str(b, "\"\n");
    }
    out_send(&w->out);
}

/* 968B, 130.348KB, 1.234MB */
static void put_bytes(struct buf *b, uint64_t n) {
    static const char *const units[] = {"KB", "MB", "GB", "TB"};
    if (n < 1000) {
        buf_printf(b, "%" PRIu64 "B", n);
        return;
    }
    double v = (double)n / 1000;
    size_t u = 0;
    while (v >= 999.9995 && u + 1 < LL_COUNT(units)) {
        v /= 1000;
        u++;
    }
    buf_printf(b, "%.3f%s", v, units[u]);
}

static void put_packets(struct buf *b, const struct run_stats *s) {
    buf_printf(b, "           Raw packets sent: %" PRIu64 " (", s->sent_packets);
    put_bytes(b, s->sent_bytes);
    buf_printf(b, ") | Rcvd: %" PRIu64 " (", s->received_packets);
    put_bytes(b, s->received_bytes);
    buf_put_str(b, ")\n");
}

static bool text_end(struct writer *w, const struct run_stats *s) {
    struct buf *b = &w->out.text;
    const struct run_info *run = w->o.run;
    const char *mark = w->o.terminal ? "" : "# ";
    if (run->verbose > 0 && run->data_dir.n > 0) {
        buf_put_str(b, "Read data files from: ");
        text_plain(b, run->data_dir);
        buf_put_char(b, '\n');
    }
    if (s->hosts_total == 1 && s->hosts_up == 0 && !run->list_only && !s->interrupted && s->error.n == 0) {
        buf_put_str(b, "Note: Host seems down. If it is up and only ignores our ping probes, use -Pn\n");
    }
    if (s->interrupted) {
        buf_printf(b, "%s%s: results are partial\n", mark, words_early(s));
    }
    if (s->error.n > 0 && !w->o.terminal) {
        buf_put_str(b, "# Failed: ");
        text_plain(b, s->error);
        buf_put_char(b, '\n');
    }
    if (w->o.terminal) {
        buf_printf(b, "%s done: ", words_program(run).name);
    } else {
        buf_printf(b, "# %s done at ", words_program(run).name);
        words_time(b, s->wall_end, WORDS_DATE " -- ");
    }
    words_summary(b, s);
    buf_put_char(b, '\n');
    if (w->o.terminal && run->verbose > 0 && s->raw) {
        put_packets(b, s);
    }
    out_send(&w->out);
    return !w->out.failed;
}

const struct writer_type writer_text = {
    .name = "normal",
    .create = text_create,
    .begin = text_begin,
    .event = text_event,
    .end = text_end,
    .destroy = text_destroy,
};
