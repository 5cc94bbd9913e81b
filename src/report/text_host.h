/* One host of the text report, and the pieces of it that event lines use too. */
#ifndef LL_REPORT_TEXT_HOST_H
#define LL_REPORT_TEXT_HOST_H

#include "report/writer.h"

/* "name (1.2.3.4)" or "1.2.3.4"; name = as given by the user, else the reverse name. */
void text_host_name(struct buf *b, const struct host_result *h);
/* The whole block, with the blank line that ends it after a port scan. */
void text_host(struct buf *b, const struct writer_options *o, const struct host_result *h);
/* The port table (text_table.c): header and one line a shown port; nothing when all are hidden. */
void text_table(struct buf *b, const struct writer_options *o, const struct host_result *h,
                const struct ignored *hidden);
/* The escape sequence in front of a state, "" without colour; behind it stands TEXT_COLOR_OFF. */
#define TEXT_COLOR_OFF "\x1b[0m"
const char *text_color(const struct writer_options *o, enum port_state s);
/* Reasons are a column of their own with --reason, -vv and -d. */
bool text_has_reasons(const struct run_info *run);

/* text_services.c: nothing at all where services were not asked. */
void text_fingerprints(struct buf *b, const struct host_result *h);
void text_service_info(struct buf *b, const struct host_result *h);

#endif
