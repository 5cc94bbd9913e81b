#include "scan/outputs.h"

#include "report/list.h"

static const struct writer_type *outputs_type(enum log_format f) {
    switch (f) {
    case LOG_FORMAT_XML:
        return &writer_xml;
    case LOG_FORMAT_JSON:
        return &writer_json;
    case LOG_FORMAT_NORMAL:
        break;
    }
    return &writer_text;
}

static bool outputs_alive(const struct outputs *o) {
    for (size_t i = 0; i < o->n; i++)
        if (!o->v[i].file.failed)
            return true;
    return o->n == 0;
}

static void outputs_failure(void *ctx, const struct sink_file *f, const struct err *e) {
    struct outputs *o = ctx;
    (void)f;
    bool alive = outputs_alive(o);
    log_message(o->log, LOG_ERROR, "%s; this report is incomplete%s", e->text,
                alive ? "" : ", and no other one is written: the scan ends");
    if (!alive && o->on_dead)
        o->on_dead(o->ctx);
}

static bool outputs_add(struct outputs *o, struct slice path, const struct writer_type *type, bool terminal,
                        struct err *e) {
    struct output *out = &o->v[o->n];
    *out = (struct output){.type = type, .terminal = terminal};
    if (!sink_file_open(&out->file, path, e))
        return false;
    out->file.on_failure = outputs_failure;
    out->file.ctx = o;
    o->n++;
    return true;
}

bool outputs_open(struct outputs *o, const struct settings *s, bool terminal, const struct log *log, struct err *e) {
    *o = (struct outputs){.log = log};
    for (size_t i = 0; i < s->n_files; i++) {
        const struct output_file *f = &s->files[i];
        if (slice_eq(f->path, SLICE("-")))
            terminal = false;
        if (!outputs_add(o, f->path, outputs_type(f->format), false, e))
            return false;
    }
    return !terminal || outputs_add(o, SLICE("-"), &writer_text, true, e);
}

bool outputs_begin(struct outputs *o, const struct run_info *run, const struct services *services, struct err *e) {
    for (size_t i = 0; i < o->n; i++) {
        struct output *out = &o->v[i];
        struct writer_options options = {.run = run, .services = services, .terminal = out->terminal};
        out->writer = out->type->create(&options, sink_file_sink(&out->file));
        if (!out->writer)
            return err_set(e, ERR_MEMORY, "no memory for a report");
        out->type->begin(out->writer);
    }
    return true;
}

void outputs_event(struct outputs *o, const struct event *ev) {
    for (size_t i = 0; i < o->n; i++)
        if (o->v[i].writer)
            o->v[i].type->event(o->v[i].writer, ev);
}

bool outputs_end(struct outputs *o, const struct run_stats *stats) {
    bool ok = true;
    for (size_t i = 0; i < o->n; i++) {
        struct output *out = &o->v[i];
        if (out->writer && !out->type->end(out->writer, stats)) {
            log_message(o->log, LOG_ERROR, "no memory for all of a report: it is incomplete");
            ok = false;
        }
        ok = sink_file_close(&out->file) && ok;
    }
    return ok;
}

void outputs_destroy(struct outputs *o) {
    for (size_t i = 0; i < o->n; i++)
        if (o->v[i].writer)
            o->v[i].type->destroy(o->v[i].writer);
    o->n = 0;
}
