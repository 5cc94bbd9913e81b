/* The simulated network: a door (engine/door.h) behind which time is virtual and every host, path, firewall and name
 * is data (format: sim_world.c). The same text, seed and caller give the same run, to the nanosecond.
 *
 *     struct sim *sim = sim_create("host 10.0.0.5; open 22,80; loss 3%", 1, &e);
 *     struct door *door = sim_door(sim);        // give it to the engine; run door->loop
 *     assert_true(sim_clean(sim, &e));          // no malformed frame, no half-open connection left, no bound hit
 *     sim_destroy(sim);                         // frees loop, links, dials and names; nothing else needs freeing
 *
 * What a packet meets: the device (nic) -> the bottleneck (link) -> loss and half the round trip -> the host, which
 * acts at the arrival time -> rate limits -> loss, the other half, lateness, duplication -> the receive callback. Hosts
 * act in order of sending (jitter reorders answers only). Every frame is verified first: addresses, lengths, checksums.
 */
#ifndef SIM_H
#define SIM_H

#include "engine/door.h"
#include "model/reason.h"

struct sim;

struct sim_counters {
    uint64_t frames;      /* packets that the scanner sent through links */
    uint64_t malformed;   /* of those: wrong; see sim_clean */
    uint64_t misdirected; /* well formed, but to an Ethernet address that nobody of that IP address has */
    uint64_t foreign;     /* from an address that is not ours, or outside the port block of the filter */
    uint64_t syns, acks, rsts, others, echos, timestamps, arps, solicits, udps;
    uint64_t rsts_matched; /* RSTs that ended a half-open connection */
    uint64_t lost_queue, lost_there, lost_back;
    uint64_t limited;   /* answers that a rate limit kept back */
    uint64_t answers;   /* packets that set out for the scanner, without noise */
    uint64_t delivered; /* packets handed to the receive callback */
    uint64_t late, dups, noise, repeats;
    uint64_t half_open_made, half_open_expired;
    uint64_t dials, dial_tries, connected, lookups;
    uint64_t conns, conns_open, conns_most; /* that carry bytes: in all, now, most at once */
    uint32_t max_100ms;                     /* most packets in any 100 ms, to all hosts together (RSTs not counted) */
};

struct sim_host_counters {
    uint64_t frames, syns, rsts, dial_tries;
    uint32_t half_open; /* connections that wait for an RST now */
    uint32_t max_100ms; /* most packets in any 100 ms (granularity 10 ms; RSTs not counted) */
};

struct sim *sim_create(const char *world_text, uint64_t seed, struct err *e);
struct sim *sim_create_file(const char *path, uint64_t seed, struct err *e);
void sim_destroy(struct sim *s);
struct door *sim_door(struct sim *s);

/* Bounds for the loop: virtual time and turns (48 h and 100 million). */
void sim_set_bounds(struct sim *s, int64_t virtual_ns, uint64_t turns);
bool sim_world_hit_bound(const struct sim *s);
uint64_t sim_turns(const struct sim *s);
int64_t sim_elapsed(const struct sim *s); /* virtual ns since the start */

/* The truth: what a scan without loss finds. UNKNOWN when nobody is there; FILTERED for silence and for ICMP errors.
 * Death and return are not considered. */
enum port_state sim_truth_port(const struct sim *s, const struct addr *a, uint16_t port);
/* The same for UDP; OPEN_FILTERED for silence. */
enum port_state sim_truth_udp(const struct sim *s, const struct addr *a, uint16_t port);
bool sim_host_up(const struct sim *s, const struct addr *a);

const struct sim_counters *sim_count(const struct sim *s);
/* Zeros for addresses that never got a packet; `frames` is also counted where nobody is. */
struct sim_host_counters sim_count_host(const struct sim *s, const struct addr *a);
uint64_t sim_half_open(const struct sim *s); /* on all hosts */
uint64_t sim_unflushed(const struct sim *s); /* committed frames for which flush was never called */
/* What every scan must leave behind: false says in *e what is not in order. */
bool sim_clean(const struct sim *s, struct err *e);

#endif
