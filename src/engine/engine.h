/* The engine: takes addresses from a target space and questions from probes, sends at a rate that the path carries, and
 * tells what it finds as events. It knows no probe and no report by name, and reaches the world only through the door.
 *
 * Way of a host: address walk (knock.c) -> up -> host walk over its ports (ports.c), with stages beside and behind it
 * -> EVENT_HOST. No host waits for another one. */
#ifndef LL_ENGINE_ENGINE_H
#define LL_ENGINE_ENGINE_H

#include "engine/door.h"
#include "engine/probe.h"
#include "engine/stage.h"
#include "engine/trace.h"
#include "model/settings.h"
#include "target/target_walk.h"

#define ENGINE_PINGS_MAX 256
#define ENGINE_STAGES_MAX 8
#define ENGINE_SCANS_MAX 4
#define ENGINE_OWN_PORTS 4512

struct engine_ping {
    const struct probe *probe;
    uint16_t port; /* 0 for probes without ports */
};

/* One port scan of every live host. */
struct engine_scan {
    const struct probe *probe;
    const uint16_t *ports; /* in the order in which they are asked; each once */
    size_t n_ports;
    enum port_state silence;    /* what no answer means here */
    bool follow_icmp_limit;     /* wait for hosts that limit their port unreachables */
    const struct probe *canary; /* asked once at the beginning when nothing has answered yet; may be NULL */
};

/* Everything is borrowed and must stay as it is until engine_destroy. */
struct engine_config {
    const struct settings *settings;
    struct door *door;
    const struct log *log;
    struct target_space *space; /* may grow until engine_targets_sealed */
    struct target_walk *walk;   /* its order; moved by the engine */
    /* Discovery probes for routed destinations, in the order in which they are sent; those of the wrong family are left
     * out. */
    struct engine_ping pings[ENGINE_PINGS_MAX];
    size_t n_pings;
    const struct probe *neighbor4, *neighbor6;  /* ARP, ND: discovery on the link, and next hops; NULL when not raw */
    struct engine_scan scans[ENGINE_SCANS_MAX]; /* of each host, one after the other; none with -sn */
    size_t n_scans;
    /* What a probe with `payload` carries to a port; NULL = nothing. */
    struct slice (*payload_of)(void *payload_ctx, uint16_t port);
    /* The port whose question a datagram from another port of the same host answers; 0 = none. NULL = never. */
    uint16_t (*elsewhere_of)(void *payload_ctx, struct slice said);
    void *payload_ctx;
    const struct stage *stages[ENGINE_STAGES_MAX];
    void *stage_ctx[ENGINE_STAGES_MAX];
    size_t n_stages;
    uint16_t port_base;     /* first of ENGINE_OWN_PORTS own source ports, outside the system's ephemeral range */
    int64_t stage_patience; /* ports wait so long for the early stages (names) of a host, ns */
    void (*emit)(void *ctx, struct event *ev);       /* fills in nothing; `wall` is set */
    void (*trace)(void *ctx, const struct trace *t); /* NULL: engine_set_tracing has no effect */
    void (*done)(void *ctx);                         /* every host has been told and nothing is left */
    void *ctx;
};

struct engine_totals {
    uint64_t hosts_up, hosts_down, hosts_total;
    uint64_t hosts_working;
    uint64_t sent_packets, sent_bytes, received_packets, received_bytes;
    uint64_t dialled;     /* connections that were begun */
    uint64_t forged;      /* answers whose cookie was wrong */
    double loss;          /* of the run */
    double fraction_done; /* 0..1, of the whole work as far as it is known */
    enum phase phase;     /* the one that most hosts are in */
};

struct engine;
struct engine *engine_create(const struct engine_config *c, struct err *e);
void engine_start(struct engine *g);
void engine_targets_added(struct engine *g);  /* the space has grown */
void engine_targets_sealed(struct engine *g); /* and will not grow any more */
/* Ends now: hosts that are being worked on are told with what is known, then `done` is called. */
void engine_stop(struct engine *g);
void engine_set_tracing(struct engine *g, bool on); /* off at first */
void engine_totals(const struct engine *g, struct engine_totals *out);
void engine_destroy(struct engine *g);

#endif
