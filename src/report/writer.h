/* A report format: one file with one `struct writer_type` at its end, listed in report/list.h. A writer turns the
 * model into bytes and hands them to a sink; it opens no file, reads no clock but the events', and decides nothing
 * about the scan.
 *
 * Calls come in this order: create, begin, event*, end, destroy. `end` comes in any case (also after an interrupt or a
 * failed run) and must leave a well-formed document. Bytes that belong together (a line, a <host> element, a task line)
 * are given to the sink in one call. A writer that cannot allocate sets its failure flag; `end` returns false then. */
#ifndef LL_REPORT_WRITER_H
#define LL_REPORT_WRITER_H

#include "model/event.h"
#include "model/services.h"

struct sink {
    void (*write)(void *ctx, struct slice bytes); /* errors are the sink's business */
    void *ctx;
};

struct writer_options {
    const struct run_info *run;
    const struct services *services;
    bool terminal; /* text only: the interactive variant for standard output, not a file */
    bool color;    /* text only: states in colour (SGR sequences); no cell becomes wider on the screen */
};

struct writer;

struct writer_type {
    const char *name; /* "normal", "xml", "json", "grep", "list" */
    struct writer *(*create)(const struct writer_options *o, struct sink sink); /* NULL: no memory */
    void (*begin)(struct writer *w);
    void (*event)(struct writer *w, const struct event *e);
    bool (*end)(struct writer *w, const struct run_stats *stats) LL_MUST_USE;
    void (*destroy)(struct writer *w);
};

extern const struct writer_type writer_text;
extern const struct writer_type writer_xml;
extern const struct writer_type writer_json;
extern const struct writer_type writer_grep;
extern const struct writer_type writer_lines;

#endif
