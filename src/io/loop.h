/* The event loop: time, timers, descriptors, posted calls. Two implementations: loop_uv.c (libuv and a timerfd) and
 * the simulator of tests/sim. Everything runs on one thread; only `post` may be called from another one. */
#ifndef LL_IO_LOOP_H
#define LL_IO_LOOP_H

#include "base/heap.h"

struct loop;

typedef void (*loop_fn)(void *ctx);

/* A timer belongs to its user, who keeps it alive while it is armed. Initialise with loop_timer_init. */
struct loop_timer {
    struct heap_entry entry; /* key: due time, ns */
    loop_fn fn;
    void *ctx;
};

struct loop_ops {
    int64_t (*now)(struct loop *l);  /* ns, monotonic */
    int64_t (*wall)(struct loop *l); /* microseconds since the epoch */
    /* (Re-)arms; past times fire in the next turn. */
    bool (*timer_at)(struct loop *l, struct loop_timer *t, int64_t due);
    void (*timer_off)(struct loop *l, struct loop_timer *t);
    /* Calls fn when fd is readable (and for LOOP_WRITE writable). NULL: error. */
    struct loop_watch *(*watch)(struct loop *l, int fd, unsigned what, loop_fn fn, void *ctx);
    void (*unwatch)(struct loop *l, struct loop_watch *w);
    bool (*post)(struct loop *l, loop_fn fn, void *ctx); /* runs fn on the loop thread soon; thread-safe */
    /* Runs until stop was called, or nothing is left that could ever happen. */
    void (*run)(struct loop *l);
    void (*stop)(struct loop *l);
    void (*destroy)(struct loop *l);
};
enum { LOOP_READ = 1, LOOP_WRITE = 2 };

struct loop {
    const struct loop_ops *ops;
};

static inline int64_t loop_now(struct loop *l) {
    return l->ops->now(l);
}
static inline int64_t loop_wall_s(struct loop *l) {
    return l->ops->wall(l) / 1000000;
}
static inline void loop_timer_init(struct loop_timer *t, loop_fn fn, void *ctx) {
    t->entry.key = 0;
    t->entry.at = 0;
    t->fn = fn;
    t->ctx = ctx;
}
static inline bool loop_timer_at(struct loop *l, struct loop_timer *t, int64_t due) {
    return l->ops->timer_at(l, t, due);
}
static inline void loop_timer_off(struct loop *l, struct loop_timer *t) {
    l->ops->timer_off(l, t);
}
static inline bool loop_timer_armed(const struct loop_timer *t) {
    return t->entry.at != 0;
}

#endif
