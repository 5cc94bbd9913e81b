/* JSON Lines: one object an event, each on a line of its own and handed over at once, so that a reader can follow a run
 * and loses at most the line being written. Every key: docs/formats/json.md. */
#include "report/json_host.h"
#include "report/json_put.h"
#include "report/out.h"
#include "report/words.h"

#include <stdlib.h>

#define SCHEMA 1 /* goes up when a key changes its meaning or goes away; new keys do not change it */

struct writer {
    struct writer_options o;
    struct out out;
    bool begun;
};

static struct writer *json_create(const struct writer_options *o, struct sink sink) {
    struct writer *w = calloc(1, sizeof *w);
    if (w != NULL) {
        w->o = *o;
        out_init(&w->out, sink);
    }
    return w;
}

static void json_destroy(struct writer *w) {
    if (w != NULL) {
        out_finish(&w->out);
        free(w);
    }
}

static void begin_line(struct writer *w, const char *event, int64_t wall) {
    json_open(&w->out.text, NULL, '{');
    json_word(&w->out.text, "event", event);
    json_time(&w->out.text, "time", wall);
}

static void end_line(struct writer *w) {
    json_close(&w->out.text, '}');
    buf_put_char(&w->out.text, '\n');
    out_send(&w->out);
}

static void put_scan(struct buf *b, const struct scan_info *s) {
    json_open(b, NULL, '{');
    json_word(b, "type", s->type);
    json_word(b, "protocol", proto_text(s->proto));
    json_uint(b, "count", s->n_services);
    json_text(b, "ports", s->services);
    json_close(b, '}');
}

static void json_begin(struct writer *w) {
    struct buf *b = &w->out.text;
    const struct run_info *run = w->o.run;
    w->begun = true;
    begin_line(w, "begin", run->wall_start);
    json_uint(b, "schema", SCHEMA);
    json_word(b, "program", "leadline");
    json_text(b, "version", slice_of(run->version));
    json_text(b, "args", run->args);
    json_open(b, "scans", '[');
    for (size_t i = 0; i < run->n_scans && i < SCAN_INFO_MAX; i++) {
        put_scan(b, &run->scans[i]);
    }
    json_close(b, ']');
    end_line(w);
}

static void put_progress(struct buf *b, const struct progress *p) {
    if (p == NULL) {
        json_null(b, "percent");
    } else {
        json_real(b, "percent", p->percent, 2);
    }
    if (p == NULL || p->remaining_s < 0) {
        json_null(b, "remaining");
        json_null(b, "etc");
    } else {
        json_uint(b, "remaining", (uint64_t)p->remaining_s);
        json_time(b, "etc", p->etc_wall);
    }
}

static void put_phase(struct writer *w, const struct event *e) {
    static const char *const steps[] = {
        [EVENT_PHASE_BEGIN] = "begin",
        [EVENT_PHASE_SCANNING] = "scanning",
        [EVENT_PHASE_PROGRESS] = "progress",
        [EVENT_PHASE_END] = "end",
    };
    struct buf *b = &w->out.text;
    begin_line(w, "phase", e->wall);
    json_word(b, "phase", phase_text(e->phase));
    json_word(b, "step", steps[e->kind]);
    json_uint(b, "hosts", e->hosts);
    json_uint(b, "ports", e->ports);
    json_addr(b, "address", e->host != NULL ? &e->host->addr : NULL);
    if (e->kind == EVENT_PHASE_END) {
        json_real(b, "elapsed", e->elapsed_s, 3);
    } else {
        json_null(b, "elapsed");
    }
    put_progress(b, e->kind == EVENT_PHASE_PROGRESS ? &e->progress : NULL);
    end_line(w);
}

static void put_status(struct writer *w, const struct event *e) {
    struct buf *b = &w->out.text;
    begin_line(w, "status", e->wall);
    json_text(b, "phase", slice_of(phase_text(e->phase)));
    json_real(b, "elapsed", e->elapsed_s, 3);
    json_uint(b, "hosts_done", e->hosts_done);
    json_uint(b, "hosts_up", e->hosts_up);
    json_uint(b, "hosts_working", e->hosts_working);
    put_progress(b, e->phase != PHASE_NONE ? &e->progress : NULL);
    end_line(w);
}

static void put_up(struct writer *w, const struct event *e) {
    struct buf *b = &w->out.text;
    begin_line(w, "up", e->wall);
    json_host_name(b, e->host);
    json_word(b, "reason", reason_text(e->host->reason));
    end_line(w);
}

static void put_open(struct writer *w, const struct event *e) {
    begin_line(w, "open", e->wall);
    json_host_name(&w->out.text, e->host);
    json_port(&w->out.text, &w->o, e->host, e->port);
    end_line(w);
}

static void put_host(struct writer *w, const struct event *e) {
    if (!words_host_shown(w->o.run, e->host)) {
        return;
    }
    begin_line(w, "host", e->wall);
    json_host(&w->out.text, &w->o, e->host);
    end_line(w);
}

static void put_bad_target(struct writer *w, const struct event *e) {
    begin_line(w, "bad-target", e->wall);
    json_text(&w->out.text, "target", e->text);
    end_line(w);
}

static void json_event(struct writer *w, const struct event *e) {
    switch (e->kind) {
    case EVENT_PHASE_BEGIN:
    case EVENT_PHASE_SCANNING:
    case EVENT_PHASE_PROGRESS:
    case EVENT_PHASE_END:
        put_phase(w, e);
        break;
    case EVENT_TARGET_BAD:
        put_bad_target(w, e);
        break;
    case EVENT_HOST_UP:
        put_up(w, e);
        break;
    case EVENT_PORT:
        put_open(w, e);
        break;
    case EVENT_HOST:
        put_host(w, e);
        break;
    case EVENT_STATUS:
        put_status(w, e);
        break;
    case EVENT_TRACE: /* for people, on a terminal */
        break;
    }
}

static void put_packets(struct buf *b, const struct run_stats *s) {
    if (!s->raw) {
        json_null(b, "packets");
        return;
    }
    json_open(b, "packets", '{');
    json_uint(b, "sent", s->sent_packets);
    json_uint(b, "sent_bytes", s->sent_bytes);
    json_uint(b, "received", s->received_packets);
    json_uint(b, "received_bytes", s->received_bytes);
    json_close(b, '}');
}

static bool json_end(struct writer *w, const struct run_stats *s) {
    struct buf *b = &w->out.text;
    if (!w->begun) {
        json_begin(w);
    }
    begin_line(w, "end", s->wall_end);
    json_real(b, "elapsed", s->elapsed_s, 3);
    json_word(b, "exit", s->error.n > 0 || s->interrupted ? "error" : "success");
    json_text(b, "error", s->error.n == 0 && s->out_of_time ? words_interrupted(s) : s->error);
    json_bool(b, "interrupted", s->interrupted);
    json_open(b, "hosts", '{');
    json_uint(b, "up", s->hosts_up);
    json_uint(b, "down", s->hosts_down);
    json_uint(b, "total", s->hosts_total);
    json_close(b, '}');
    put_packets(b, s);
    end_line(w);
    return !w->out.failed;
}

const struct writer_type writer_json = {
    .name = "json",
    .create = json_create,
    .begin = json_begin,
    .event = json_event,
    .end = json_end,
    .destroy = json_destroy,
};
