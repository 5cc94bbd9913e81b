/* Finished hosts on their way to the reports. Hosts finish in any order; those that finish within a moment of one
 * another are told in the order of the targets. Nothing is held back longer than that moment, and nothing is lost at
 * the end. */
#ifndef LL_SCAN_REPORT_QUEUE_H
#define LL_SCAN_REPORT_QUEUE_H

#include "io/loop.h"
#include "model/event.h"

struct held_host;
struct report_queue {
    struct loop *loop;
    struct loop_timer timer;
    void (*tell)(void *ctx, struct event *ev);
    void *ctx;
    struct held_host *list; /* newest first */
    size_t n;
};

void report_queue_init(struct report_queue *q, struct loop *loop, void (*tell)(void *ctx, struct event *ev), void *ctx);
/* Copies the result. False without memory: then it has been told at once. */
bool report_queue_add(struct report_queue *q, const struct host_result *h);
void report_queue_flush(struct report_queue *q);
void report_queue_finish(struct report_queue *q);

#endif
