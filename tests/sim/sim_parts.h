/* What the files of the simulation share. Private to tests/sim/sim*.c. */
#ifndef SIM_PARTS_H
#define SIM_PARTS_H

#include "base/rng.h"
#include "io/conn.h"
#include "sim.h"
#include "sim_loop.h"
#include "sim_world.h"

struct sim_bucket { /* tokens of a rate limit */
    double tokens;
    int64_t last; /* 0 = full, never used */
};

struct sim_meter { /* packets of the last 100 ms in slots of 10 ms */
    int64_t slot;
    uint32_t count[10];
    uint32_t sum, max;
};

struct sim_host {
    struct sim_host *next;
    struct addr addr;
    const struct sim_block *block;
    uint32_t id;
    uint32_t dropped; /* of the first packets */
    uint64_t frames, syns, rsts, dial_tries;
    uint32_t half_open;
    struct sim_bucket limit[SIM_LIMITS];
    struct sim_meter meter;
    uint8_t mac[MAC_LEN];
};

#define SIM_BATCH 64
struct sim_link {
    struct link face;
    struct sim *sim;
    const struct sim_interface *interface;
    struct link_filter filter;
    link_receive_fn fn;
    void *ctx;
    size_t n; /* committed, not flushed */
    uint16_t length[SIM_BATCH];
    uint8_t batch[SIM_BATCH][LINK_FRAME_MAX];
};

struct sim_packet;
struct sim_conn;
struct sim_half;

struct sim {
    struct sim_world *world;
    struct sim_loop *loop;
    struct door door;
    struct rng rng;
    struct arena arena; /* hosts, packets, connections, queries: freed with the simulation */
    struct map hosts;   /* struct addr -> struct sim_host */
    struct map absent;  /* struct addr -> packets to an address where nobody is */
    struct map halves;  /* struct half_key -> struct sim_half */
    struct sim_host *all;
    uint32_t n_hosts;
    struct network network;
    struct dialer dialer;
    struct names names;
    struct connector connector;
    struct sim_conn *conns; /* open; the latest in front */
    struct sim_link *links[SIM_INTERFACES];
    int64_t there_free, back_free, nic_free; /* when the bottlenecks have sent all that waits */
    struct sim_packet *free_packets[2];
    struct sim_half *free_halves;
    struct dial *free_dials;
    struct sim_query *free_queries, *queries;
    size_t dials_open, queries_open;
    struct sim_meter meter;
    struct sim_counters count;
    char complaint[200]; /* about the first malformed frame */
};

/* One packet on its visit to a host. */
struct sim_visit {
    struct sim *sim;
    struct sim_link *link;
    const struct frame *f;
    const uint8_t *packet; /* the network packet, from its IP header on */
    size_t n;
    struct rd body; /* transport header and what follows */
    struct sim_host *host;
    const struct sim_manner *m; /* of the host, or of the path to where nobody is */
    int64_t at;                 /* arrival time at the host */
};

/* sim_host.c: hosts, their states and limits */
bool sim_hosts_init(struct sim *s, struct err *e);
/* The host at an address, made when first met; NULL where nobody is, then *absent is the range it lies in (or NULL). */
struct sim_host *sim_host_at(struct sim *s, const struct addr *a, const struct sim_block **absent);
/* The block that says how this address answers; NULL where nobody is. */
const struct sim_block *sim_block_at(const struct sim *s, const struct addr *a, const struct sim_block **absent);
bool sim_host_alive(const struct sim_host *h, int64_t at);
bool sim_host_may(struct sim *s, struct sim_host *h, enum sim_limit which, int64_t at); /* takes a token */
void sim_host_meter(struct sim *s, struct sim_host *h);     /* counts a packet now; h may be NULL */
bool sim_is_own(const struct sim *s, const struct addr *a); /* an address of this machine */
const struct sim_interface *sim_interface_of(const struct sim *s, const struct addr *dst); /* where it is on link */
const struct sim_gateway *sim_gateway_of(const struct sim *s, const struct addr *a);

/* sim_path.c: bottlenecks, loss, time; deliveries */
bool sim_chance(struct sim *s, double p);
/* When a packet sent now arrives at the other end; false: lost. host may be NULL (nobody is there). */
bool sim_path_there(struct sim *s, struct sim_host *h, const struct sim_manner *m, bool local, int64_t *at);
/* When an answer sent at *at arrives here; false: lost. */
bool sim_path_back(struct sim *s, const struct sim_manner *m, int64_t *at);
/* An answer frame on its way: loss, delay, duplicates as the path has them. */
void sim_path_answer(const struct sim_visit *v, const uint8_t *p, size_t n);
/* Hands a frame to the link's receiver at that time. */
void sim_path_deliver(struct sim *s, struct sim_link *l, const uint8_t *p, size_t n, int64_t at);

/* sim_net.c: the network and its links */
void sim_net_init(struct sim *s);
bool sim_net_route(struct sim *s, const struct addr *dst, struct route *out, struct err *e);

/* sim_frame.c: verifies what the scanner sent and brings it to its host */
void sim_frame_sent(struct sim_link *l, const uint8_t *p, size_t n);

/* sim_answer.c: neighbour discovery, ICMP, UDP; and the headers of all answers */
void sim_answer_icmp(const struct sim_visit *v);
void sim_answer_udp(const struct sim_visit *v);
void sim_answer_error(const struct sim_visit *v, const struct sim_action *a);
void sim_answer_arp(const struct sim_visit *v, const uint8_t mac[MAC_LEN]);
void sim_answer_solicit(const struct sim_visit *v, const uint8_t mac[MAC_LEN]);
/* Link and network header of a packet to the scanner with `payload` bytes; false: the family does not fit. */
void sim_answer_headers(struct sim_link *l, struct wr *w, const struct ip *ip);

/* sim_tcp.c */
void sim_tcp_segment(const struct sim_visit *v);
/* sim_noise.c */
bool sim_noise_start(struct sim_link *l);
/* sim_dial.c, sim_conn.c, sim_names.c */
void sim_dial_init(struct sim *s);
void sim_conn_init(struct sim *s);
void sim_conn_finish(struct sim *s);
void sim_names_init(struct sim *s);

#endif
