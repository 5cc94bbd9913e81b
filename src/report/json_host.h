/* The host and port objects of the JSON report. */
#ifndef LL_REPORT_JSON_HOST_H
#define LL_REPORT_JSON_HOST_H

#include "report/writer.h"

/* The members of a "host" object: everything that is known of a finished host. */
void json_host(struct buf *b, const struct writer_options *o, const struct host_result *h);
/* The members that name a host: "address", "given", "ptr". */
void json_host_name(struct buf *b, const struct host_result *h);
/* The members of one port. */
void json_port(struct buf *b, const struct writer_options *o, const struct host_result *h, const struct port_result *p);

#endif
