/* The loop of the simulated world: virtual time, which jumps to the next due timer. Nothing ever waits, so a scan of
 * hours takes the processor time of its own work, and the same run gives the same times.
 *
 * A turn handles all calls posted before it, then all timers that were due when it began; each turn takes at least
 * one microsecond. Timers armed for the past fire in the next turn. `run` ends when `stop` was called, when no posted
 * call and no ordinary timer is left, or at a bound. Background timers (noise, half-open connections) fire as others
 * do but keep nobody waiting. */
#ifndef SIM_LOOP_H
#define SIM_LOOP_H

#include "io/loop.h"

#define SIM_LOOP_START (INT64_C(3600) * NS_PER_S) /* the clock does not begin at zero: nobody may rely on it */
#define SIM_LOOP_WALL_START INT64_C(1767323045)   /* 2026-01-02 03:04:05 UTC, seconds */

struct sim_loop;

struct sim_loop *sim_loop_create(void); /* NULL without memory */
void sim_loop_destroy(struct sim_loop *l);
struct loop *sim_loop_face(struct sim_loop *l);
/* Bounds on virtual time since the start and on turns; `run` ends there, and sim_loop_hit_bound tells. */
void sim_loop_set_bounds(struct sim_loop *l, int64_t virtual_ns, uint64_t turns);
bool sim_loop_hit_bound(const struct sim_loop *l);
uint64_t sim_loop_turns(const struct sim_loop *l);
int64_t sim_loop_time(const struct sim_loop *l); /* now, ns */

bool sim_loop_background_at(struct sim_loop *l, struct loop_timer *t, int64_t due);
void sim_loop_background_off(struct sim_loop *l, struct loop_timer *t);

#endif
