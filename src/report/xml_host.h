/* The <host> and <hosthint> elements of the XML report. */
#ifndef LL_REPORT_XML_HOST_H
#define LL_REPORT_XML_HOST_H

#include "report/writer.h"

void xml_host(struct buf *b, const struct writer_options *o, const struct host_result *h);
void xml_hosthint(struct buf *b, const struct host_result *h);
/* ` name="value"` with the value escaped. */
void xml_attribute(struct buf *b, const char *name, struct slice value);

#endif
