/* Names through c-ares: our own questions to the name servers, many at once. */
#ifndef LL_IO_NAMES_CARES_H
#define LL_IO_NAMES_CARES_H

#include "io/loop.h"
#include "io/names.h"

struct names_cares_options {
    const struct slice *servers; /* "1.2.3.4", "1.2.3.4:5353", "fe80::1", "[::1]:53" */
    size_t n_servers;            /* 0 = the servers of the system */
    int timeout_ms;              /* of the first try, doubled for the next two; 0 = 1500 */
    const char *hosts_path;      /* for reverse look-ups; NULL = /etc/hosts */
};

/* o may be NULL; it is copied. The loop must outlive the names. NULL: see *e. */
struct names *names_cares_create(struct loop *loop, const struct names_cares_options *o, struct err *e);

#endif
