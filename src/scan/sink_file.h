/* A report's way to its file: every byte is handed to the kernel at once, and what could not be written is said. */
#ifndef LL_SCAN_SINK_FILE_H
#define LL_SCAN_SINK_FILE_H

#include "base/err.h"
#include "report/writer.h"

/* Called around every write to the terminal, so that a line which is redrawn in place can get out of the way. Both
 * functions or none. */
struct sink_guard {
    void (*before)(void *ctx);
    void (*after)(void *ctx);
    void *ctx;
};

struct sink_file {
    int fd;
    bool own;          /* close it at the end */
    struct slice path; /* for messages; "-" is standard output */
    bool failed;
    uint64_t lost;                                                                 /* bytes that could not be written */
    void (*on_failure)(void *ctx, const struct sink_file *f, const struct err *e); /* once, at the first failure */
    void *ctx;
    struct sink_guard guard;
};

/* path "-": standard output. `append`: keep what the file holds. */
bool sink_file_open(struct sink_file *f, struct slice path, bool append, struct err *e) LL_MUST_USE;
struct sink sink_file_sink(struct sink_file *f);
/* Closes; a failure that the system tells only now counts too. False when anything was lost. */
bool sink_file_close(struct sink_file *f);

#endif
