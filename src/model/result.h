/* Results as plain data: what the engine finds and the writers print. A host_result belongs to its scan; writers
 * borrow it for the length of a call. */
#ifndef LL_MODEL_RESULT_H
#define LL_MODEL_RESULT_H

#include "base/slice.h"
#include "model/reason.h"
#include "model/service.h"
#include "net/addr.h"

struct port_result {
    uint16_t port;
    uint8_t proto;  /* enum proto */
    uint8_t state;  /* enum port_state, never PORT_UNKNOWN in a finished host */
    uint8_t reason; /* enum reason */
    uint8_t ttl;    /* of the answer; 0 = none (connect scan, silence) */
    uint8_t from;   /* 0 = the target itself, else 1 + index into host_result.from */
    uint8_t tries;  /* probes sent for it */
};

/* How complete a host's port answers are. */
struct completeness {
    bool measured;     /* false: nothing that answers was there to measure loss with */
    double loss;       /* estimated two-way loss, 0..1 */
    double miss_limit; /* upper 95 % limit on the chance that an answering port was missed, per such port */
    bool fell_silent;  /* what had answered stopped answering: the host went away or shuts us out */
    uint32_t silent;   /* ports without any answer */
    uint32_t capped;   /* of those: given up at --max-retries before the bound was reached */
};

#define HOST_FROM_MAX 32

struct host_result {
    uint64_t index; /* position among the targets: the order of reports */
    struct addr addr;
    struct slice given;        /* the name that the user gave; empty when it was an address */
    struct slice ptr;          /* reverse name; empty = none or not asked */
    const struct addr *others; /* further addresses of `given`, not scanned */
    size_t n_others;
    enum host_state state;
    enum reason reason;
    uint8_t ttl;
    struct addr from; /* who said so when it was not the target; family 0 otherwise */
    bool has_mac;
    uint8_t mac[MAC_LEN];
    struct slice vendor;
    bool timed; /* the next three are valid */
    uint32_t srtt_us, rttvar_us, timeout_us;
    int64_t wall_start, wall_end; /* seconds since the epoch; 0 when nothing was sent */
    bool timed_out;               /* --host-timeout ended it */
    uint32_t not_asked;           /* ports left out by --max-open; they are not in `ports` */
    uint32_t alike;               /* open ports that are not in `ports`: a sample of them answered alike */
    bool partial;                 /* ended before its time: only ports that answered are listed */
    bool scanned;                 /* a port scan ran (not -sn, -sL, and not a down host) */
    struct port_result *ports;    /* every scanned port, by protocol then number */
    size_t n_ports;
    struct service_result *services; /* of some ports, by protocol then number; in the arena of the host */
    size_t n_services;
    struct addr from_list[HOST_FROM_MAX]; /* routers that sent ICMP errors about this host */
    size_t n_from;
    struct completeness complete;
};

/* Ports that a report hides: one entry a (state), with its reasons inside. */
struct extra_reason {
    enum reason reason;
    enum proto proto;
    uint32_t count;
};
#define EXTRA_REASONS_MAX 48
struct extra_ports {
    enum port_state state;
    uint32_t count;
    struct extra_reason reasons[EXTRA_REASONS_MAX]; /* most frequent first */
    size_t n_reasons;
};
struct ignored {
    struct extra_ports v[PORT_STATE_COUNT]; /* most ports first */
    size_t n;
    bool hidden[PORT_STATE_COUNT]; /* by state */
};

struct shown_rules {
    int verbose, debug;
    bool open_only;
};

/* Which states of a host are hidden (as users of Nmap know it: open never; more than 25 * (verbosity + 1 [+ 20 *
 * debug]) ports of one state; -vvv always shows open|filtered; -ddd hides nothing; --open hides all but open-ish ones),
 * and their summary. */
void result_ignored(const struct host_result *h, const struct shown_rules *rules, struct ignored *out);
/* The row of a port; NULL: there is none. */
struct port_result *result_port(const struct host_result *h, enum proto proto, uint16_t port);
/* What is known of the service behind a port; NULL: nothing but what the table says. */
const struct service_result *result_service(const struct host_result *h, const struct port_result *p);
/* --open: has the host a port to show? */
bool result_has_open(const struct host_result *h);

#endif
