/* A run: settings and a door in, reports and events out. This is what the command, the library and the simulator's
 * scenarios call. */
#ifndef LL_SCAN_RUN_H
#define LL_SCAN_RUN_H

#include "engine/door.h"
#include "model/event.h"
#include "model/settings.h"
#include "scan/sink_file.h"

struct run_config {                  /* borrowed for the life of the run */
    const struct settings *settings; /* complete */
    const struct services *services;
    const struct log *log;
    struct slice args;                                   /* the command line, for the heads of reports */
    const struct program *program;                       /* what the program is called in reports; NULL: its own name */
    int64_t wall_start;                                  /* seconds since the epoch, for names of report files */
    bool raw;                                            /* packets may be sent; otherwise everything is dialled */
    bool terminal;                                       /* the report also goes to standard output */
    bool color;                                          /* and is in colour there */
    struct sink_guard guard;                             /* around writes to standard output; zero = none */
    void (*on_event)(void *ctx, const struct event *ev); /* NULL: a run whose reports have all failed ends */
    void *ctx;
};

enum run_end { RUN_COMPLETE, RUN_INTERRUPTED, RUN_OUT_OF_TIME /* --max-runtime */, RUN_FAILED };

/* Where a run stands, for those who show it while it goes on. */
struct run_totals {
    enum phase phase;
    struct progress progress;
    uint64_t hosts_done, hosts_up;
    uint64_t hosts_total; /* 0: not known yet */
    uint64_t open_ports;
    uint64_t probes; /* packets sent, and connections begun */
};

struct run;
/* Opens the report files, so that a bad path is known before anything is sent. */
struct run *run_create(const struct run_config *c, struct err *e);
/* Runs the door's loop until everything is told and every document is closed. *reports_ok is false when a report is
 * incomplete. RUN_FAILED: *e says why. */
enum run_end run_play(struct run *r, struct door *door, bool *reports_ok, struct err *e);
void run_stop(struct run *r);          /* on the loop's thread; ends soon, with well-formed reports */
void run_report_status(struct run *r); /* one status report now */
/* Packet trace on or off, from now on; nothing before the engine runs. */
void run_set_tracing(struct run *r, bool on);
/* On the terminal, from now on. Report files keep the verbosity of the settings: a file is of one kind throughout. */
void run_set_verbosity(struct run *r, int verbose, int debug);
/* False: there is nothing to tell, because the engine does not run (before, after, and with -sL). */
bool run_totals(const struct run *r, struct run_totals *out);
void run_destroy(struct run *r);

#endif
