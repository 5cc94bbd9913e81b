/* The report formats. A new one: its file, one line here, one line in meson.build. */
#ifndef LL_REPORT_LIST_H
#define LL_REPORT_LIST_H

#include "report/writer.h"

#define WRITER_LIST(X)                                                                                                 \
    X(writer_text)                                                                                                     \
    X(writer_xml)                                                                                                      \
    X(writer_json)                                                                                                     \
    X(writer_grep)                                                                                                     \
    X(writer_lines)

/* By the name in its type ("normal", "xml", "json", "grep", "list"); NULL when there is none. */
const struct writer_type *writer_find(struct slice name);

#endif
