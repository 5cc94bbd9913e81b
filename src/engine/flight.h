/* Attempts whose end is awaited one by one. */
#ifndef LL_ENGINE_FLIGHT_H
#define LL_ENGINE_FLIGHT_H

#include "base/heap.h"
#include "engine/path.h"
#include "engine/subject.h"
#include "io/dial.h"

struct engine;

/* One attempt whose end is awaited: dialled, or (dial == NULL) a frame under limited parallelism. */
struct flight {
    struct heap_entry due; /* time-out */
    struct engine *engine;
    struct dial *dial;
    struct subject *subject; /* NULL: nobody waits any more */
    const struct probe *probe;
    uint16_t port;
    bool canary;
    int result; /* errno of an attempt that failed on the spot; 0 otherwise */
    uint16_t tag;
    int64_t sent;
    struct flight *free_next;
};

/* Opens a connection for a question. False: no room now. */
bool flight_start(struct engine *g, struct subject *s, const struct path *path, const struct probe *p, uint16_t port,
                  uint16_t tag, int64_t timeout, bool canary);
/* Counts a frame as outstanding until answered or timed out (limited parallelism only). */
bool flight_frame(struct engine *g, struct subject *s, const struct probe *p, uint16_t port, uint16_t tag,
                  int64_t timeout);
void flight_answered(struct engine *g, const struct subject *s, uint16_t port, uint16_t tag);
bool flight_room(const struct engine *g);
void flights_time_out(struct engine *g, int64_t now);
void flights_forget(struct engine *g, const struct subject *s); /* cancels all of a subject */
void flights_destroy(struct engine *g);

#endif
