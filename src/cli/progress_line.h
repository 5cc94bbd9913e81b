/* The line at the foot of the terminal that says how far the run is. It is redrawn in place a few times a second and
 * gets out of the way of every other line. */
#ifndef LL_CLI_PROGRESS_LINE_H
#define LL_CLI_PROGRESS_LINE_H

#include "base/buf.h"
#include "io/loop.h"
#include "scan/run.h"

#define PROGRESS_LINE_MAX 512

struct progress_line {
    int fd; /* -1: there is no line */
    const struct run *run;
    struct loop *loop;
    struct loop_timer timer;
    struct buf text;
    size_t width;
    bool shown;
    int64_t drawn_at, counted_at; /* ns */
    uint64_t counted;             /* probes at that time */
    double rate;                  /* probes per second of the last moments; < 0: not known yet */
};

/* A line that never shows, which every other function takes. */
void progress_line_init(struct progress_line *p);
void progress_line_start(struct progress_line *p, int fd, struct loop *loop, const struct run *run);
void progress_line_stop(struct progress_line *p); /* erases it; the loop must still be there */
void progress_line_resized(struct progress_line *p);
/* Erases the line before something else is written, and puts it back: a sink_guard's functions. */
void progress_line_hide(void *ctx);
void progress_line_show(void *ctx);
/* One line without a line end, cut to `width` columns. All of it is ASCII: a byte is a column in every locale. */
void progress_line_format(struct buf *b, const struct run_totals *t, double rate, size_t width);

#endif
