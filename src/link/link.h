/* Packet back-ends and the ways to destinations.
 *
 * A link sends and receives whole packets on one interface, in batches. `frame` tells what they start with: an
 * Ethernet header, or the IP header (raw IP: loopback, tunnels, PPP; the kernel routes). */
#ifndef LL_LINK_LINK_H
#define LL_LINK_LINK_H

#include "base/err.h"
#include "net/addr.h"
#include "net/frame.h"

#define LINK_FRAME_MAX 1600
#define LINK_NAME_MAX 16

/* Called for each received packet, on the loop thread; bytes are borrowed for the call. t: ns of the loop's clock. */
typedef void (*link_receive_fn)(void *ctx, const uint8_t *p, size_t n, int64_t t);

struct link_counters {
    uint64_t sent, sent_bytes;
    uint64_t send_errors; /* refused by the kernel; the packet is lost */
    uint64_t received, received_bytes;
    uint64_t kernel_drops; /* received by the kernel but not by us */
};

struct link;
struct link_ops {
    const char *name; /* "packet", "raw-ip", "sim" */
    /* A place for one packet of up to LINK_FRAME_MAX bytes, valid until commit. NULL: the batch is full and flush could
     * not empty it (ENOBUFS): stop sending for this turn. */
    uint8_t *(*alloc)(struct link *l);
    /* The packet in the last place is complete; raw IP reads the destination from it. */
    void (*commit)(struct link *l, size_t n);
    /* Hands the batch to the kernel; the counters are true for what it has taken by then. */
    void (*flush)(struct link *l);
    void (*destroy)(struct link *l);
};
struct link {
    const struct link_ops *ops;
    enum frame_link frame;
    int ifindex;
    char ifname[LINK_NAME_MAX];
    uint8_t mac[MAC_LEN]; /* own address when frame == FRAME_ETHERNET */
    uint32_t mtu;
    struct link_counters count;
};

/* How to reach a destination. */
struct route {
    int ifindex;
    char ifname[LINK_NAME_MAX];
    bool local;    /* an address of this machine, or loopback: no neighbour, raw IP */
    bool direct;   /* on the link: the destination is its own next hop */
    bool ethernet; /* the interface speaks Ethernet: ARP or ND finds the next hop */
    uint32_t mtu;
    uint8_t mac[MAC_LEN]; /* of the interface */
    struct addr source;
    struct addr next_hop; /* == dst when direct */
};

/* What a link should deliver: packets for the scanner, chosen in the kernel where that is possible. */
struct link_filter {
    uint16_t port_first, port_last; /* our TCP/UDP source ports */
};

struct network;
struct network_ops {
    /* dst -> route; honours -e and -S when given. Errors: ERR_NO_ROUTE. */
    bool (*route)(struct network *n, const struct addr *dst, struct route *out, struct err *e);
    /* Opens (or returns, shared) the link for this route. Packets that arrive are given to `fn`. Links live as long as
     * the network. ERR_PRIVILEGE when raw sockets are not permitted. */
    struct link *(*open)(struct network *n, const struct route *r, const struct link_filter *f, link_receive_fn fn,
                         void *ctx, struct err *e);
    /* The kernel's neighbour table: true and the MAC when it knows a usable entry. */
    bool (*neighbor)(struct network *n, int ifindex, const struct addr *a, uint8_t mac[MAC_LEN]);
    /* Can raw packets be sent and received at all? Tried, not assumed; *e says what is missing. */
    bool (*raw_allowed)(struct network *n, struct err *e);
    void (*destroy)(struct network *n);
};
struct network {
    const struct network_ops *ops;
};

#endif
