/* What every writer holds: the text under construction and the sink it goes to. One out_send is one call of the sink,
 * so bytes that belong together arrive together. A text that ran into the ceiling or out of memory is not sent in
 * parts: it is dropped whole and `failed` stays set. */
#ifndef LL_REPORT_OUT_H
#define LL_REPORT_OUT_H

#include "report/writer.h"

/* The largest single text: a <host> element that lists all ports of all protocols needs about 50 MB. */
#define OUT_CEILING ((size_t)96 << 20)

struct out {
    struct buf text;
    struct sink sink;
    bool failed;
};

void out_init(struct out *o, struct sink sink);
void out_finish(struct out *o);
void out_send(struct out *o); /* nothing when the text is empty */

#endif
