/* Service detection: what answers behind the open ports of a host. A stage (engine/stage.h) that holds thousands of
 * conversations at once on the loop of the run.
 *
 *   stage.c   hosts: which ports, how many at once, the result
 *   port.c    one port: which questions, when, when it is enough; port_hear.c: what the answers mean
 *   choose.c  the order of the questions        talk.c     one conversation
 *   finding.c answers into results              print.c    fingerprint of what nobody knows
 *   extra.h    what a known port is asked for facts of TLS
 *   signature*.c, versiondb*.c                  our database and a user's own */
#ifndef LL_SERVICE_SERVICE_H
#define LL_SERVICE_SERVICE_H

#include "base/log.h"
#include "engine/stage.h"
#include "io/conn.h"
#include "io/loop.h"
#include "model/settings.h"
#include "service/trace.h"

struct service_config { /* borrowed for the life of the scan */
    const struct settings *settings;
    struct loop *loop;
    struct connector *connector;
    const struct log *log;
    const struct service_trace *trace; /* NULL: nobody looks */
    int64_t wall;                      /* seconds since the epoch, for fingerprints */
};

struct service_scan;
/* NULL: a broken database (the user's, with file, line and reason), or no memory. */
struct service_scan *service_create(const struct service_config *c, struct err *e);
void service_destroy(struct service_scan *s);

extern const struct stage service_stage; /* its ctx is the service_scan */

#endif
