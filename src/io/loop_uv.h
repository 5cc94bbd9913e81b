/* The event loop of the real world: libuv for descriptors and wake-ups, one timerfd for all timers, because libuv's own
 * timers count milliseconds. No other file includes uv.h. */
#ifndef LL_IO_LOOP_UV_H
#define LL_IO_LOOP_UV_H

#include "base/err.h"
#include "io/loop.h"

/* Run again after `stop` is allowed. A `stop` before `run` makes that run return at once. All timers and watches
 * should be gone at `destroy`; watches that are left are closed, timers are forgotten. NULL: see *e. */
struct loop *loop_uv_create(struct err *e);

/* Calls fn on the loop thread for each `signum` until the loop is destroyed. Signals alone do not keep `run` alive.
 * `l` must come from loop_uv_create. */
typedef void (*loop_uv_signal_fn)(void *ctx, int signum);
bool loop_uv_signal(struct loop *l, int signum, loop_uv_signal_fn fn, void *ctx, struct err *e);

#endif
