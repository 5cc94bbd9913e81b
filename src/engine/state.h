/* Inside of the engine: what its files share. Nothing outside src/engine includes this. */
#ifndef LL_ENGINE_STATE_H
#define LL_ENGINE_STATE_H

#include "base/heap.h"
#include "base/map.h"
#include "base/rng.h"
#include "engine/engine.h"
#include "engine/ledger.h"
#include "engine/loss.h"
#include "engine/rate.h"
#include "engine/rtt.h"
#include "net/cookie.h"

#define CANARY_RING 64
#define PROBES_MAX (ENGINE_PINGS_MAX + 5)
#define HOST_ARENA_CEILING (8U << 20)

/* One way out: interface, source address, next hop. Shared by all hosts that use it. */
enum path_state { PATH_READY, PATH_ASKING, PATH_FAILED };
struct path {
    struct path *next;
    struct route route;
    struct link *link; /* NULL: dialled probes only */
    enum path_state state;
    uint8_t mac[MAC_LEN]; /* of the next hop; not for direct paths, whose hosts carry their own */
    unsigned asked;
    int64_t ask_next;
    struct loop_timer timer;
    struct engine *engine;
};

/* A /24 or /64 and its share of the rate. */
struct prefix {
    struct addr net;
    struct rate rate;
    size_t users;
};

struct canary {
    int64_t sent;
    const struct probe *probe;
    uint16_t port;
    uint16_t tag;      /* own port or sequence number; unique among those outstanding of a host */
    bool answered;
    uint64_t packets[3]; /* of the host's, the prefix's and the run's rate when it was sent */
};

/* A question that has answered and may be asked again as a canary. */
struct canary_choice {
    const struct probe *probe;
    uint16_t port;
    unsigned value;
    bool open_port; /* at most one a second, ten in all */
};
#define CANARY_CHOICES 4

struct canaries {
    struct canary ring[CANARY_RING];
    size_t first, n;         /* outstanding ones */
    uint16_t next_tag;
    struct canary_choice choice[CANARY_CHOICES]; /* best first */
    size_t choices;
    uint32_t mute;           /* canaries lost in a row by the first choice */
    double mute_trials;      /* of choices that were given up: evidence to be taken back if another one answers */
    bool silent_host;        /* every choice has gone mute */
    unsigned open_used;
    int64_t next;            /* not before */
    uint32_t packets;        /* since the last canary */
};

enum subject_kind { SUBJECT_KNOCK, SUBJECT_HOST };
struct subject { /* head of struct knock and struct host: what the address table points to */
    enum subject_kind kind;
    struct addr addr;
};

/* An address that has not answered yet. */
struct knock {
    struct subject subject;
    struct heap_entry due;
    uint64_t index;
    struct path *path;
    struct prefix *prefix;
    int64_t wall_start;
    unsigned kind;      /* next discovery probe of this round */
    unsigned round;     /* 0-based */
    unsigned rounds;    /* decided after each round */
    bool neighbor;      /* asked by ARP or ND only */
    unsigned dead_kinds; /* bit per kind that an ICMP error has answered */
    bool has_mac;       /* dialled or forced discovery on the link with a known neighbour */
    uint8_t mac[MAC_LEN];
    int64_t sent[ENGINE_PINGS_MAX];  /* of the last try of each kind */
    uint16_t tag[ENGINE_PINGS_MAX];
    unsigned flights;   /* dialled probes that are out */
    bool in_phase;      /* counted in a discovery phase */
    double log_product; /* of the loss estimates of its rounds */
    enum reason reason; /* hint from an ICMP error: why it is down */
    struct addr from;
    uint8_t ttl;
    struct slice given; /* owned by the space */
    const struct addr *others;
    size_t n_others;
    struct twin *twins;
};

/* The same address, named once more while it is being worked on: reported again, not probed again. */
struct twin {
    struct twin *next;
    uint64_t index;
    struct slice given;
    const struct addr *others;
    size_t n_others;
};

/* A live host. */
struct host {
    struct subject subject;
    struct engine *engine;
    struct host *next, *prev; /* all hosts at work */
    struct heap_entry due;
    struct arena arena;
    struct host_result r;
    struct path *path;
    struct prefix *prefix;
    struct twin *twins;
    struct rtt rtt;
    struct loss loss;
    struct rate rate;
    struct canaries canaries;
    struct ledger ledger;
    uint32_t *sent_us;  /* of the last try of each port, by place in r.ports; low 32 bits of microseconds */
    uint16_t *tag;      /* own port of that try */
    size_t cursor;      /* place in the walk */
    size_t answered;
    unsigned flights;   /* attempts that are out */
    bool walking;       /* the port scan runs */
    bool ports_done;
    bool finishing;
    unsigned stages_open;    /* bit per stage that was started and is not done */
    unsigned stages_started; /* bit per stage: start was decided */
    int64_t began;      /* ns; for the host time-out */
    int64_t ports_after; /* the port scan waits for stages until then */
    struct loop_timer patience;
};

/* One attempt whose end is awaited: dialled, or (dial == NULL) a frame under limited parallelism. */
struct flight {
    struct heap_entry due; /* time-out */
    struct engine *engine;
    struct dial *dial;
    struct subject *subject; /* NULL: nobody waits any more */
    const struct probe *probe;
    uint16_t port;
    bool canary;
    int result;   /* errno of an attempt that failed on the spot; 0 otherwise */
    uint16_t tag;
    int64_t sent;
    struct flight *free_next;
};

struct phase_count {
    bool begun, ended;
    uint32_t inside, total;
    uint64_t ports;
    int64_t began;
};

struct engine {
    struct engine_config c;
    struct rng rng;
    struct cookie_key key;
    int64_t started;
    const struct probe *probes[PROBES_MAX]; /* all in use: for matching answers; the place is part of the cookie */
    size_t n_probes;
    struct rtt_limits rtt_limits;
    struct rtt rtt;     /* of the run: for hosts without samples */
    struct loss loss;   /* of the run */
    struct rate rate;   /* of the run */
    int64_t min_step;   /* ns between packets that --min-rate demands; 0 = none */
    int64_t min_next;
    uint64_t sent_packets, sent_bytes, received_packets, received_bytes;
    struct map subjects; /* addr -> struct subject */
    struct map prefixes; /* network addr -> struct prefix */
    struct path *paths;
    struct heap knocks; /* by due time */
    struct heap hosts;  /* by next send time */
    struct heap flights; /* by time-out */
    struct flight *free_flights;
    size_t n_flights, flights_max;
    struct host *work;  /* all live hosts */
    size_t n_work, n_knocks;
    u128 walk;          /* next index of the address walk */
    struct permutation order;
    bool permuted, sealed, stopping, done_told, in_pump;
    uint32_t *place;    /* port -> place in r.ports + 1; 0 = not scanned */
    uint16_t *sorted;   /* ports ascending */
    uint16_t *walk_place; /* position in the walk -> place in r.ports */
    uint16_t *walk_of;  /* place -> position in the walk */
    struct phase_count phases[PHASE_COUNT];
    struct loop_timer timer;
    struct loop_timer finish_timer;
    int64_t wake_at;    /* earliest wish while the pump runs */
    bool limited;       /* --max-parallelism, or a template that has it: frames are awaited one by one */
    uint64_t up, down, total, forged;
    uint64_t ports_resolved;
    uint64_t host_limit;
};

/* ---- path.c */
/* The way to dst, shared. NULL: none, said in *e. */
struct path *path_to(struct engine *g, const struct addr *dst, bool frames, struct err *e);
void path_neighbor_answer(struct engine *g, const struct verdict *v, const struct path *on);
void paths_destroy(struct engine *g);

/* ---- wire.c */
#define WIRE_PORTS 4000       /* own ports of ordinary tries: one for each wire epoch */
#define WIRE_CANARY_PORTS 512 /* and of canaries */
#define WIRE_EPOCH_NS (50 * NS_PER_MS)
uint16_t wire_tag(const struct engine *g, int64_t now); /* own port of tries sent now */
uint64_t wire_cookie(const struct engine *g, const struct probe *p, const struct addr *peer, uint16_t port, uint16_t tag);
/* Sends one question. False: the link takes no more for the moment. */
bool wire_ask(struct engine *g, struct path *path, const uint8_t mac[MAC_LEN], const struct probe *p,
              const struct addr *dst, uint16_t port, uint16_t tag);
void wire_reset(struct engine *g, struct path *path, const uint8_t mac[MAC_LEN], const struct verdict *v);
void wire_flush(struct engine *g);
bool wire_is_canary_tag(const struct engine *g, uint16_t tag);

/* ---- match.c */
void match_receive(void *path_ctx, const uint8_t *p, size_t n, int64_t t);
/* A dialled attempt ended. */
void match_dialled(struct engine *g, struct flight *f, int result);

/* ---- flight.c */
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

/* ---- knock.c */
void knock_walk(struct engine *g, int64_t now);  /* takes new addresses from the space */
void knock_run(struct engine *g, int64_t now);   /* sends what is due */
void knock_verdict(struct engine *g, struct knock *k, const struct probe *p, const struct verdict *v, int64_t t);
void knock_flight_over(struct engine *g, struct knock *k);
void knock_stop(struct engine *g);
bool knock_more(const struct engine *g); /* may any host still come up? */

/* ---- host.c */
/* Takes over one use of `prefix`, also on failure. */
struct host *host_create(struct engine *g, const struct addr *a, struct path *path, struct prefix *prefix);
void host_up(struct engine *g, struct host *h); /* discovery is over: stages, then ports */
void host_ports_over(struct engine *g, struct host *h);
void host_finish(struct engine *g, struct host *h); /* tells it and frees it */
void host_tell_unscanned(struct engine *g, struct knock *k, enum host_state state, enum reason reason);
struct prefix *prefix_of(struct engine *g, const struct addr *a);
void prefix_leave(struct engine *g, struct prefix *p);
bool twin_add(struct twin **list, uint64_t index, const struct target_at *at);

/* ---- ports.c */
bool ports_begin(struct engine *g, struct host *h) LL_MUST_USE;
void ports_run(struct engine *g, int64_t now);
void ports_verdict(struct engine *g, struct host *h, const struct probe *p, const struct verdict *v, int64_t t);
void ports_flight_over(struct engine *g, struct host *h);
double ports_fraction(const struct host *h);
void ports_cut(struct engine *g, struct host *h); /* ends the walk now; keeps what has answered */
void ports_settle(struct engine *g, struct host *h); /* silence becomes a state */

/* ---- canary.c */
void canary_learn(struct engine *g, struct host *h, const struct probe *p, const struct verdict *v);
/* Sends one if it is time. False: the link takes no more. */
bool canary_maybe(struct engine *g, struct host *h, int64_t now);
/* True when the verdict belongs to an outstanding canary. */
bool canary_verdict(struct engine *g, struct host *h, const struct probe *p, const struct verdict *v, int64_t t);
void canary_judge(struct engine *g, struct host *h, int64_t now);

/* ---- phase.c */
void phase_enter(struct engine *g, enum phase p, uint64_t ports_per_host, const struct host_result *only);
void phase_leave(struct engine *g, enum phase p, uint64_t ports);
void phase_check(struct engine *g); /* ends phases that nobody can enter any more */

/* ---- engine.c */
void engine_emit(struct engine *g, struct event *ev);
void engine_wake(struct engine *g, int64_t at); /* the pump runs at `at` or earlier */
void engine_check_done(struct engine *g);
int64_t engine_now(const struct engine *g);
/* When the next packet to a host of this prefix (and with this own rate, NULL = none) may go: at once when the result is <= now. The
 * run's rate, the prefix's, the host's, and above them --min-rate. */
int64_t engine_slot(const struct engine *g, const struct prefix *p, const struct rate *own, int64_t now);
void engine_took(struct engine *g, struct prefix *p, struct rate *own, int64_t now);
void engine_answered(struct engine *g, struct prefix *p, struct rate *own, int64_t now, int64_t rtt);
int64_t engine_timeout(const struct engine *g, const struct host *h); /* h may be NULL: of the run */

#endif
