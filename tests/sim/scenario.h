/* The whole program inside a simulated network: options and targets in, results compared with the truth. */
#ifndef SCENARIO_H
#define SCENARIO_H

#include "scan/run.h"
#include "sim.h"

struct scenario {
    const char *world;   /* sim_world.c's format */
    const char *command; /* options and targets, separated by blanks */
    uint64_t seed;
    bool connect;    /* without privilege */
    int64_t stop_at; /* virtual ns after the start when run_stop is called; 0 = never */
};

struct scenario_result {
    enum run_end end;
    bool reports_ok;
    struct err error;   /* of the run */
    struct err unclean; /* what sim_clean says; code 0 = nothing */
    unsigned hosts, up, down;
    uint64_t ports;                              /* reported */
    uint64_t open_true, open_missed, open_false; /* against the truth */
    uint64_t wrong;                              /* ports whose state is not the truth */
    uint64_t capped, silent;
    unsigned hosts_missed, hosts_false; /* up by the truth but not reported up, and the other way round */
    double loss, miss_limit;            /* of the last host */
    int64_t elapsed;                    /* virtual ns */
    struct sim_counters count;
    uint32_t host_max_100ms; /* of the first target that is an address */
    unsigned messages;       /* warnings and errors */
    char first_message[200];
    void (*on_event)(void *ctx, const struct event *ev, struct sim *sim); /* may be set by the caller */
    void *ctx;
};

/* False: the scenario itself is wrong (world, options); said in r->error. `r` may carry on_event and ctx in. */
bool scenario_run(const struct scenario *s, struct scenario_result *r);
/* A fresh seed, or the one that LL_SEED gives. */
uint64_t scenario_seed(void);

#endif
