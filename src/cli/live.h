/* The person at the terminal while a run goes on: progress line, keys, and the signals that a terminal sends. */
#ifndef LL_CLI_LIVE_H
#define LL_CLI_LIVE_H

#include "cli/keys.h"
#include "cli/progress_line.h"

struct live {
    struct progress_line line;
    struct keys keys;
    struct run *run; /* NULL: no run, or nobody is there */
    struct log *log; /* its debug level follows the keys */
    int verbose;
};

void live_init(struct live *l);
struct sink_guard live_guard(struct live *l); /* what lines to the terminal are to be written between */
/* `loop` comes from loop_uv_create. Does nothing when nobody is there (--noninteractive, -v0, no terminal). The signal
 * handlers stay until the loop is destroyed; `l` must live as long. */
void live_start(struct live *l, const struct settings *s, struct log *log, struct loop *loop, struct run *run);
void live_stop(struct live *l); /* the terminal is as it was */

#endif
