#include "cli/early.h"

#include <time.h>

#include "report/writer.h"
#include "scan/sink_file.h"

static bool early_is_asked_for(const struct settings *s) {
    for (size_t i = 0; i < s->n_files; i++)
        if (s->files[i].format == LOG_FORMAT_XML && slice_eq(s->files[i].path, SLICE("-")))
            return true;
    return false;
}

/* What cannot be written or allocated is left out: the message on standard error says more. */
void early_document(const struct settings *s, const struct program *as, struct slice args, const struct err *why) {
    struct sink_file file;
    struct err e = {0};
    if (!early_is_asked_for(s) || !sink_file_open(&file, SLICE("-"), false, &e))
        return;
    int64_t now = time(NULL);
    struct run_info run = {.version = LL_VERSION,
                           .program = as,
                           .args = args,
                           .wall_start = now,
                           .verbose = s->verbose,
                           .debug = s->debug,
                           .stylesheet = s->stylesheet};
    struct run_stats stats = {.wall_end = now, .error = slice_of(why->text)};
    struct writer_options options = {.run = &run};
    struct writer *w = writer_xml.create(&options, sink_file_sink(&file));
    if (w && writer_xml.end(w, &stats))
        sink_file_close(&file);
    writer_xml.destroy(w);
}
