/* A scanner's end of the simulated network for tests: one link, packets written with net/, answers kept. */
#ifndef SIM_RIG_H
#define SIM_RIG_H

#include "sim.h"

enum { RIG_SPORT = 40000, RIG_SPORT_LAST = 49999, RIG_GOT_MAX = 4096 };

struct rig_got {
    int64_t t; /* since the start of the simulation */
    size_t n;
    uint8_t bytes[LINK_FRAME_MAX];
    struct frame f;
};

struct rig {
    struct sim *sim;
    struct door *door;
    struct link *link;
    struct route route;
    uint8_t next_mac[MAC_LEN];
    bool polite; /* answer SYN/ACKs with an RST */
    size_t n;    /* answers, also those that were not kept */
    struct rig_got *got;
};

/* Opens the link towards dst; asserts that everything works. */
void rig_init(struct rig *r, const char *world, uint64_t seed, const char *dst);
void rig_finish(struct rig *r);
void rig_run(struct rig *r);                            /* until nothing is left */
void rig_run_until(struct rig *r, int64_t since_start); /* virtual time */
void rig_tcp(struct rig *r, const char *dst, uint16_t sport, uint16_t dport, uint32_t seq, uint32_t ack, uint8_t flags);
void rig_syn(struct rig *r, const char *dst, uint16_t dport); /* sport RIG_SPORT, seq 1000 */
void rig_icmp(struct rig *r, const char *dst, uint8_t type, uint16_t id, uint16_t seq);
void rig_arp(struct rig *r, const char *dst);
void rig_solicit(struct rig *r, const char *dst);
void rig_raw(struct rig *r, const void *p, size_t n);
struct addr rig_addr(const char *text);
/* The frame that rig_tcp would send, for tests that break it. */
size_t rig_write_tcp(struct rig *r, uint8_t *out, const struct addr *dst, const struct tcp *t);

#endif
