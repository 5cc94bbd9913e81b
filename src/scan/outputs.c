#include "scan/outputs.h"

#include "model/output_path.h"
#include "report/list.h"

#define PATH_MAX_BYTES 4095

static const struct writer_type *outputs_type(enum log_format f) {
    switch (f) {
    case LOG_FORMAT_XML:
        return &writer_xml;
    case LOG_FORMAT_JSON:
        return &writer_json;
    case LOG_FORMAT_GREP:
        return &writer_grep;
    case LOG_FORMAT_LIST:
        return &writer_lines;
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
    bool ends = !outputs_alive(o) && o->on_dead;
    log_message(o->log, LOG_ERROR, "%s; this report is incomplete%s", e->text,
                ends ? ", and no other one is written: the scan ends" : "");
    if (ends)
        o->on_dead(o->ctx);
}

/* Names that differ as patterns may be the same as names. */
static bool outputs_is_taken(const struct outputs *o, struct slice path) {
    for (size_t i = 0; i < o->n; i++)
        if (slice_eq(buf_slice(&o->v[i].path), path))
            return true;
    return false;
}

static bool outputs_add(struct outputs *o, struct output *out, struct slice pattern, const struct tm *start,
                        struct err *e) {
    buf_init(&out->path, PATH_MAX_BYTES);
    if (!output_path_expand(pattern, start, &out->path))
        return err_set(e, ERR_INPUT, "the name of a report file is longer than %d bytes", PATH_MAX_BYTES);
    struct slice path = buf_slice(&out->path);
    if (outputs_is_taken(o, path))
        return err_set(e, ERR_USAGE, "two reports would go to \"" SLICE_FMT "\"; give each a file of its own",
                       SLICE_ARG(path));
    if (!sink_file_open(&out->file, path, o->append, e))
        return false;
    out->file.on_failure = outputs_failure;
    out->file.ctx = o;
    return true;
}

static bool outputs_append(struct outputs *o, struct slice pattern, const struct writer_type *type, bool terminal,
                           const struct tm *start, struct err *e) {
    struct output *out = &o->v[o->n];
    *out = (struct output){.type = type, .terminal = terminal};
    if (!outputs_add(o, out, pattern, start, e)) {
        buf_finish(&out->path);
        return false;
    }
    o->n++;
    return true;
}

bool outputs_open(struct outputs *o, const struct settings *s, bool terminal, int64_t wall_start, const struct log *log,
                  struct err *e) {
    time_t at = (time_t)wall_start;
    struct tm start = {0};
    *o = (struct outputs){.log = log, .append = s->append};
    localtime_r(&at, &start);
    for (size_t i = 0; i < s->n_files; i++) {
        const struct output_file *f = &s->files[i];
        if (slice_eq(f->path, SLICE("-")))
            terminal = false;
        if (!outputs_append(o, f->path, outputs_type(f->format), false, &start, e))
            return false;
    }
    return !terminal || outputs_append(o, SLICE("-"), &writer_text, true, &start, e);
}

bool outputs_begin(struct outputs *o, const struct run_info *run, const struct services *services, struct err *e) {
    o->live = *run;
    for (size_t i = 0; i < o->n; i++) {
        struct output *out = &o->v[i];
        struct writer_options options = {.run = out->terminal ? &o->live : run,
                                         .services = services,
                                         .terminal = out->terminal,
                                         .color = out->terminal && o->color};
        if (slice_eq(buf_slice(&out->path), SLICE("-")))
            out->file.guard = o->guard;
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
    for (size_t i = 0; i < o->n; i++) {
        struct output *out = &o->v[i];
        out->file.on_failure = NULL;
        sink_file_close(&out->file);
        if (out->writer)
            out->type->destroy(out->writer);
        buf_finish(&out->path);
    }
    o->n = 0;
}
