/* All reports of a run: their files, their writers, and the fan-out of events to them. */
#ifndef LL_SCAN_OUTPUTS_H
#define LL_SCAN_OUTPUTS_H

#include "base/log.h"
#include "model/settings.h"
#include "scan/sink_file.h"

struct output {
    struct sink_file file;
    struct buf path; /* of the file, with the time of the start filled in */
    const struct writer_type *type;
    struct writer *writer;
    bool terminal;
};

struct outputs {
    struct output v[OUTPUT_FILES_MAX + 1];
    size_t n;
    bool append; /* files keep what they hold */
    const struct log *log;
    struct run_info live;       /* for the report on the terminal: its verbosity may change while the run goes on */
    struct sink_guard guard;    /* around writes to standard output */
    bool color;                 /* of the report on standard output that is for people */
    void (*on_dead)(void *ctx); /* no output is left that takes anything */
    void *ctx;
};

/* Opens every report file of the settings; with `terminal` also the report on standard output, unless a file has it.
 * wall_start: seconds since the epoch, for names with the time in them (model/output_path.h). On failure
 * outputs_destroy is still called. */
bool outputs_open(struct outputs *o, const struct settings *s, bool terminal, int64_t wall_start, const struct log *log,
                  struct err *e) LL_MUST_USE;
bool outputs_begin(struct outputs *o, const struct run_info *run, const struct services *services,
                   struct err *e) LL_MUST_USE;
void outputs_event(struct outputs *o, const struct event *ev);
/* Ends all documents and closes the files. False when a report is incomplete; that has been said. */
bool outputs_end(struct outputs *o, const struct run_stats *stats);
void outputs_destroy(struct outputs *o); /* closes what is still open, without a word */

#endif
