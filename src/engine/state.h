/* The engine's own state and what its files need of it. Nothing outside src/engine includes this. */
#ifndef LL_ENGINE_STATE_H
#define LL_ENGINE_STATE_H

#include "base/heap.h"
#include "base/map.h"
#include "base/rng.h"
#include "engine/engine.h"
#include "engine/flight.h"
#include "engine/host.h"
#include "engine/kept.h"
#include "engine/knock.h"
#include "engine/phase.h"
#include "engine/ports.h"
#include "engine/sample.h"
#include "engine/walk.h"
#include "engine/wire.h"
#include "engine/witness.h"
#include "net/cookie.h"

#define PROBES_MAX 16 /* different ones; many discovery probes differ in their ports only */

struct engine {
    struct engine_config c;
    struct rng rng;
    struct cookie_key key;
    int64_t started;
    const struct probe *probes[PROBES_MAX]; /* all in use: for matching answers; the place is part of the cookie */
    size_t n_probes;
    struct rtt_limits rtt_limits;
    struct rtt rtt;   /* of the run: for hosts without samples */
    struct loss loss; /* of the run */
    struct rate rate; /* of the run */
    int64_t min_step; /* ns between packets that --min-rate demands; 0 = none */
    int64_t min_next;
    uint64_t sent_packets, sent_bytes, received_packets, received_bytes, dialled;
    struct map subjects; /* addr -> struct subject */
    struct map prefixes; /* network addr -> struct prefix */
    struct kept_results kept;
    struct path *paths;
    struct heap knocks;  /* by due time */
    struct heap hosts;   /* by next send time */
    struct heap flights; /* by time-out */
    struct flight *free_flights;
    size_t n_flights, flights_max;
    struct host *work; /* all live hosts */
    size_t n_work, n_knocks;
    size_t n_late; /* of n_work: their ports are done, stages are not */
    struct witnesses witnesses;
    bool sealed, stopping, done_told, in_pump;
    struct walk walks[ENGINE_SCANS_MAX]; /* of c.scans */
    size_t ports_all;                    /* of all scans */
    bool warned_unaskable;               /* of addresses that no discovery probe suits */
    struct phase_count phases[PHASE_COUNT];
    struct loop_timer timer;
    struct loop_timer finish_timer;
    int64_t wake_at;   /* earliest wish while the pump runs */
    uint64_t turn_end; /* of sent_packets + dialled: the pump's turn ends there, whatever is due */
    bool limited;      /* --max-parallelism, or a template that has it: frames are awaited one by one */
    uint64_t up, down, total, forged, unroutable;
    bool tracing;
    size_t host_limit; /* of n_work, by memory */
    bool hosts_held;   /* something could not be sent to a live host whose turn it was */
};

void engine_emit(struct engine *g, struct event *ev);
void engine_wake(struct engine *g, int64_t at); /* the pump runs at `at` or earlier */
void engine_check_done(struct engine *g);
/* Only while g->tracing; `t` without its time is enough when `at` is given. */
void engine_trace(struct engine *g, struct trace t, int64_t at);
int64_t engine_now(const struct engine *g);
bool engine_turn_over(const struct engine *g);
/* When the next packet to a host of this prefix (and with this own rate, NULL = none) may go: at once when the result
 * is <= now. The run's rate, the prefix's, the host's, and above them --min-rate. */
int64_t engine_run_slot(const struct engine *g, int64_t now); /* the same as far as all of them are concerned */
int64_t engine_slot(const struct engine *g, const struct prefix *p, const struct rate *own, int64_t now);
void engine_took(struct engine *g, struct prefix *p, struct rate *own, int64_t now);
void engine_answered(struct engine *g, struct prefix *p, struct rate *own, int64_t now, int64_t rtt);
int64_t engine_timeout(const struct engine *g, const struct host *h); /* h may be NULL: of the run */

#endif
