/* Text under construction and its way to the sink. */
#include "report/out.h"

#define KEEP_MOST ((size_t)1 << 20) /* memory kept between texts */

void out_init(struct out *o, struct sink sink) {
    buf_init(&o->text, OUT_CEILING);
    o->sink = sink;
    o->failed = false;
}

void out_finish(struct out *o) {
    buf_finish(&o->text);
}

void out_send(struct out *o) {
    if (o->text.failed) {
        o->failed = true;
    } else if (o->text.n > 0) {
        o->sink.write(o->sink.ctx, buf_slice(&o->text));
    }
    if (o->text.cap > KEEP_MOST) { /* one huge host must not hold its memory for the rest of the run */
        buf_finish(&o->text);
        buf_init(&o->text, OUT_CEILING);
    } else {
        buf_clear(&o->text);
    }
}
