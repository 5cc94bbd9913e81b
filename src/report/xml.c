/* XML that is valid against Nmap's DTD (xmloutputversion 1.05) and laid out like Nmap's own. The attribute
 * scanner="nmap" is fixed by that DTD; the program's name stands in the comment and in the arguments. Described in
 * docs/formats/xml.md. */
#include "base/text.h"
#include "report/out.h"
#include "report/words.h"
#include "report/xml_host.h"

#include <inttypes.h>
#include <stdlib.h>

struct writer {
    struct writer_options o;
    struct out out;
    bool begun;
    uint32_t hosts_at_begin[PHASE_COUNT]; /* a task keeps the name that it began with: readers pair them by name */
};

static struct writer *xml_create(const struct writer_options *o, struct sink sink) {
    struct writer *w = calloc(1, sizeof *w);
    if (w != NULL) {
        w->o = *o;
        out_init(&w->out, sink);
    }
    return w;
}

static void xml_destroy(struct writer *w) {
    if (w != NULL) {
        out_finish(&w->out);
        free(w);
    }
}

static void put_scaninfo(struct buf *b, const struct scan_info *s) {
    buf_printf(b, "<scaninfo type=\"%s\" protocol=\"%s\" numservices=\"%zu\"", s->type, proto_text(s->proto),
               s->n_services);
    xml_attribute(b, "services", s->services);
    buf_put_str(b, "/>\n");
}

/* Escaped as in an attribute (W3C "Associating Style Sheets with XML documents" section 3), so that no "?>" can end it.
 */
static void put_stylesheet(struct buf *b, struct slice href) {
    if (href.n > 0) {
        buf_put_str(b, "<?xml-stylesheet");
        xml_attribute(b, "href", href);
        buf_put_str(b, " type=\"text/xsl\"?>\n");
    }
}

static void xml_begin(struct writer *w) {
    struct buf *b = &w->out.text;
    const struct run_info *run = w->o.run;
    w->begun = true;
    struct program as = words_program(run);
    buf_put_str(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE nmaprun>\n");
    put_stylesheet(b, run->stylesheet);
    buf_printf(b, "<!-- %s %s scan initiated ", as.name, as.version);
    words_time(b, run->wall_start, WORDS_DATE);
    buf_put_str(b, " as: ");
    text_xml(b, run->args);
    buf_put_str(b, " -->\n<nmaprun scanner=\"nmap\"");
    xml_attribute(b, "args", run->args);
    buf_printf(b, " start=\"%" PRId64 "\" startstr=\"", run->wall_start);
    words_time(b, run->wall_start, WORDS_DATE "\"");
    xml_attribute(b, "version", slice_of(as.version));
    buf_put_str(b, " xmloutputversion=\"1.05\">\n");
    for (size_t i = 0; i < run->n_scans && i < SCAN_INFO_MAX && !run->ping_only && !run->list_only; i++) {
        put_scaninfo(b, &run->scans[i]);
    }
    buf_printf(b, "<verbose level=\"%d\"/>\n<debugging level=\"%d\"/>\n", run->verbose, run->debug);
    out_send(&w->out);
}

static void put_task(struct writer *w, const struct event *e, const char *element) {
    struct buf *b = &w->out.text;
    uint32_t hosts = (unsigned)e->phase < PHASE_COUNT ? w->hosts_at_begin[e->phase] : 0;
    buf_printf(b, "<%s task=\"", element);
    words_task(b, e->phase, hosts);
    buf_printf(b, "\" time=\"%" PRId64 "\"", e->wall);
}

static void put_task_end(struct writer *w, const struct event *e) {
    struct buf *b = &w->out.text;
    put_task(w, e, "taskend");
    if (phase_is_scan(e->phase)) {
        buf_printf(b, " extrainfo=\"%" PRIu64 " total ports\"", e->ports);
    } else if (e->phase != PHASE_DNS) {
        buf_printf(b, " extrainfo=\"%" PRIu32 " total hosts\"", e->hosts);
    }
    buf_put_str(b, "/>\n");
}

/* Readers need both `remaining` and `etc`; while the end cannot be estimated there is no progress element. */
static void put_task_progress(struct writer *w, const struct event *e) {
    if (e->phase == PHASE_NONE || e->progress.remaining_s < 0) {
        return;
    }
    double percent = e->progress.percent;
    percent = percent > 0 ? (percent < 99.99 ? percent : 99.99) : 0;
    put_task(w, e, "taskprogress");
    buf_printf(&w->out.text, " percent=\"%.2f\" remaining=\"%" PRId64 "\" etc=\"%" PRId64 "\"/>\n", percent,
               e->progress.remaining_s, e->progress.etc_wall);
}

static void put_target(struct buf *b, struct slice expression) {
    buf_put_str(b, "<target");
    xml_attribute(b, "specification", expression);
    buf_put_str(b, " status=\"skipped\" reason=\"invalid\"/>\n");
}

static void put_phase(struct writer *w, const struct event *e) {
    bool verbose = w->o.run->verbose > 0 && e->phase != PHASE_LIST && (unsigned)e->phase < PHASE_COUNT;
    if (!verbose) {
        return;
    }
    if (e->kind == EVENT_PHASE_BEGIN) {
        w->hosts_at_begin[e->phase] = e->hosts;
        put_task(w, e, "taskbegin");
        buf_put_str(&w->out.text, "/>\n");
    } else if (e->kind == EVENT_PHASE_END) {
        put_task_end(w, e);
    } else {
        put_task_progress(w, e);
    }
}

static void xml_event(struct writer *w, const struct event *e) {
    switch (e->kind) {
    case EVENT_PHASE_BEGIN:
    case EVENT_PHASE_END:
    case EVENT_PHASE_PROGRESS:
    case EVENT_STATUS:
        put_phase(w, e);
        break;
    case EVENT_TARGET_BAD:
        put_target(&w->out.text, e->text);
        break;
    case EVENT_HOST_UP:
        xml_hosthint(&w->out.text, e->host);
        break;
    case EVENT_HOST:
        if (words_host_shown(w->o.run, e->host)) {
            xml_host(&w->out.text, &w->o, e->host);
        }
        break;
    default: /* the rest is in the <host> element */
        break;
    }
    out_send(&w->out);
}

static bool xml_end(struct writer *w, const struct run_stats *s) {
    struct buf *b = &w->out.text;
    if (!w->begun) {
        xml_begin(w);
    }
    buf_printf(b, "<runstats><finished time=\"%" PRId64 "\" timestr=\"", s->wall_end);
    words_time(b, s->wall_end, WORDS_DATE);
    buf_printf(b, "\" summary=\"%s done at ", words_program(w->o.run).name);
    words_time(b, s->wall_end, WORDS_DATE "; ");
    words_summary(b, s);
    buf_printf(b, "\" elapsed=\"%.2f\" exit=\"", s->elapsed_s);
    if (s->error.n > 0 || s->interrupted) {
        buf_put_str(b, "error\"");
        xml_attribute(b, "errormsg", s->error.n > 0 ? s->error : words_interrupted(s));
    } else {
        buf_put_str(b, "success\"");
    }
    buf_printf(b, "/><hosts up=\"%" PRIu64 "\" down=\"%" PRIu64 "\" total=\"%" PRIu64 "\"/>\n", s->hosts_up,
               s->hosts_down, s->hosts_total);
    buf_put_str(b, "</runstats>\n</nmaprun>\n");
    out_send(&w->out);
    return !w->out.failed;
}

const struct writer_type writer_xml = {
    .name = "xml",
    .create = xml_create,
    .begin = xml_begin,
    .event = xml_event,
    .end = xml_end,
    .destroy = xml_destroy,
};
