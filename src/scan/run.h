/* A run: settings and a door in, reports and events out. This is what the command, the library and the simulator's
 * scenarios call. */
#ifndef LL_SCAN_RUN_H
#define LL_SCAN_RUN_H

#include "engine/door.h"
#include "model/event.h"
#include "model/settings.h"

struct run_config {                  /* borrowed for the life of the run */
    const struct settings *settings; /* complete */
    const struct services *services;
    const struct log *log;
    struct slice args;                                   /* the command line, for the heads of reports */
    const struct program *program;                       /* what the program is called in reports; NULL: its own name */
    int64_t wall_start;                                  /* seconds since the epoch, for names of report files */
    bool raw;                                            /* packets may be sent; otherwise everything is dialled */
    bool terminal;                                       /* the report also goes to standard output */
    void (*on_event)(void *ctx, const struct event *ev); /* NULL: a run whose reports have all failed ends */
    void *ctx;
};

enum run_end { RUN_COMPLETE, RUN_INTERRUPTED, RUN_FAILED };

struct run;
/* Opens the report files, so that a bad path is known before anything is sent. */
struct run *run_create(const struct run_config *c, struct err *e);
/* Runs the door's loop until everything is told and every document is closed. *reports_ok is false when a report is
 * incomplete. RUN_FAILED: *e says why. */
enum run_end run_play(struct run *r, struct door *door, bool *reports_ok, struct err *e);
void run_stop(struct run *r);          /* on the loop's thread; ends soon, with well-formed reports */
void run_report_status(struct run *r); /* one status report now */
void run_destroy(struct run *r);

#endif
