/* A simulated world as data: who is where, how they answer, what the paths do. Read from a small text format, which
 * is described at the top of sim_world.c. Constant once read. */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "net/addr.h"
#include "net/prefix.h"

enum sim_answer { SIM_OPEN, SIM_CLOSED, SIM_DROP, SIM_RESET, SIM_ICMP, SIM_ELSEWHERE };

/* What becomes of a packet to a port. */
struct sim_action {
    uint8_t kind;     /* enum sim_answer */
    uint8_t code;     /* SIM_ICMP: index into sim_codes */
    struct addr from; /* SIM_ICMP: who says so; family 0 = the host itself */
};

/* The errors that have names, for both families, and what a connecting kernel makes of them. */
struct sim_code {
    const char *name;
    uint8_t v4[2], v6[2]; /* type, code */
    int errno_v4, errno_v6;
};
enum { SIM_CODE_PORT_UNREACH = 0 };
extern const struct sim_code sim_codes[];
extern const size_t sim_codes_count;

struct sim_ports { /* ports first..last do actions[action] */
    uint16_t first, last;
    uint8_t action;
};
struct sim_chance_rule { /* by lot, from the hash of address and port */
    struct sim_ports ports;
    double chance;
};

enum sim_limit { SIM_LIMIT_RST, SIM_LIMIT_ICMP, SIM_LIMIT_SYNACK, SIM_LIMIT_ECHO, SIM_LIMITS };
enum sim_noise { SIM_NOISE_SYNACK, SIM_NOISE_RST, SIM_NOISE_UNREACH, SIM_NOISES };

struct sim_rate {
    double per_s; /* 0 = no limit */
    double burst;
};

/* How a host answers and what its path does; all that a block of the text can set. */
struct sim_manner {
    int64_t rtt, jitter, late_by;            /* ns; both ways together */
    double loss_there, loss_back, late, dup; /* chances, 0..1 */
    uint32_t drop_first, backlog;
    struct sim_action otherwise, udp; /* ports without a rule */
    struct sim_action absent;         /* addresses of a range that are not up */
    bool echo, timestamp, mask, arp, known, repeats, quote_full, has_mac;
    uint8_t mac[MAC_LEN];
    uint8_t ttl;
    int64_t dies, returns; /* since the start; -1 = never */
    struct sim_rate limit[SIM_LIMITS];
    double noise[SIM_NOISES]; /* packets a second */
    struct slice ptr;         /* '*' stands for the address */
};

struct sim_block {
    struct sim_block *next;
    struct sim_manner m;
    bool range;
    struct addr first, last; /* range; a host's first address otherwise */
    double up;               /* range: share of addresses that are up */
    uint64_t seed;
    struct sim_action *actions;
    struct sim_ports *ports, *udp; /* sorted, disjoint; in order of the text: later ones win */
    size_t n_ports, n_udp;
    struct sim_chance_rule *chances; /* the first that hits wins */
    size_t n_chances;
    const struct sim_service *services; /* the first that fits */
};

struct sim_pipe {      /* a bottleneck */
    double pps, queue; /* packets; no rate: none */
};

#define SIM_IF_ADDRS 8
struct sim_interface {
    char name[16];
    int index;
    bool raw;
    uint32_t mtu;
    uint8_t mac[MAC_LEN];
    struct addr addr[SIM_IF_ADDRS];
    unsigned bits[SIM_IF_ADDRS];
    size_t n;
};

struct sim_gateway {
    struct addr addr;
    uint8_t mac[MAC_LEN];
    bool unknown; /* the neighbour table does not have it yet */
};

enum sim_name_fate { SIM_NAME_OK, SIM_NAME_NONE, SIM_NAME_SERVFAIL, SIM_NAME_TIMEOUT };
struct sim_name {
    struct sim_name *next;
    struct slice name;
    enum sim_name_fate fate;
    struct addr *addrs;
    size_t n;
};

struct sim_host_line { /* one address of a `host` line */
    struct sim_host_line *next;
    struct addr addr;
    struct sim_block *block;
};

#define SIM_INTERFACES 8
struct sim_world {
    struct arena arena;
    struct sim_block *blocks; /* ranges are looked through in order of the text */
    struct sim_host_line *hosts;
    struct sim_name *names;
    size_t n_hosts;
    struct sim_block local; /* addresses of this machine without a host line */
    struct sim_interface interfaces[SIM_INTERFACES];
    size_t n_interfaces; /* [0] is the loopback */
    struct sim_gateway gateways[SIM_INTERFACES];
    size_t n_gateways;
    struct rangeset no_route;
    struct sim_pipe pipe_there, pipe_back, nic;
    int64_t dns_latency, dns_jitter, dns_timeout;
    double dns_loss;
    uint32_t dns_tries;
    size_t dns_limit;
    size_t dials;
    bool raw_refused;
};

struct sim_world *sim_world_create(struct slice text, struct err *e);
void sim_world_destroy(struct sim_world *w);

/* Is this address of the range up? By arithmetic: no list of addresses exists. */
bool sim_block_up(const struct sim_block *b, const struct addr *a);
bool sim_block_has(const struct sim_block *b, const struct addr *a);
struct sim_action sim_block_action(const struct sim_block *b, const struct addr *a, uint16_t port);
struct sim_action sim_block_udp(const struct sim_block *b, uint16_t port);
/* Default Ethernet address of a simulated host, made from its address. */
void sim_default_mac(const struct addr *a, uint8_t mac[MAC_LEN]);

#endif
