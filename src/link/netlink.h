/* Questions to the kernel over rtnetlink (RFC 3549): interfaces, addresses, routes, neighbours. Each call asks, waits
 * for the kernel's answer (microseconds) and returns. */
#ifndef LL_LINK_NETLINK_H
#define LL_LINK_NETLINK_H

#include "link/link.h"

struct netlink;

struct netlink_link {
    int ifindex;
    char name[LINK_NAME_MAX];
    unsigned type;  /* ARPHRD_x */
    unsigned flags; /* IFF_x */
    bool has_mac;
    uint8_t mac[MAC_LEN];
    uint32_t mtu;
};

struct netlink_address {
    int ifindex;
    unsigned bits; /* prefix length */
    struct addr addr;
};

struct netlink_route_query {
    struct addr dst;
    int oif;                   /* 0 = any interface */
    const struct addr *source; /* NULL = any */
};

struct netlink_route {
    unsigned type; /* RTN_x */
    int oif;
    bool has_gateway, has_source;
    bool redirected;     /* a router sent us another way for this one destination */
    struct addr gateway; /* may be IPv6 for an IPv4 destination (RFC 8950) */
    struct addr source;
};

/* A line of the main routing table. */
struct netlink_entry {
    struct addr dst;
    unsigned bits;
    int oif; /* 0: several ways */
    uint32_t metric;
    bool has_gateway;
    struct addr gateway;
};

struct netlink *netlink_create(struct err *e);
void netlink_destroy(struct netlink *n); /* n may be NULL */

typedef void (*netlink_link_fn)(void *ctx, const struct netlink_link *l);
typedef void (*netlink_address_fn)(void *ctx, const struct netlink_address *a);
typedef void (*netlink_entry_fn)(void *ctx, const struct netlink_entry *r);
bool netlink_each_link(struct netlink *n, netlink_link_fn fn, void *ctx, struct err *e);
bool netlink_each_address(struct netlink *n, netlink_address_fn fn, void *ctx, struct err *e);

bool netlink_each_route(struct netlink *n, netlink_entry_fn fn, void *ctx, struct err *e);

/* The prefixes of all routing tables and rules. False: not all of them were told, because `fn` said false, or because
 * the kernel chooses between several ways for each destination. */
typedef bool (*netlink_prefix_fn)(void *ctx, const struct addr *net, unsigned bits);
bool netlink_each_prefix(struct netlink *n, netlink_prefix_fn fn, void *ctx);

/* One interface, by index, or by name when ifindex is 0. */
bool netlink_find_link(struct netlink *n, int ifindex, const char *name, struct netlink_link *out, struct err *e);
/* The way that the kernel would take. No way: ERR_NO_ROUTE with `os` set. */
bool netlink_find_route(struct netlink *n, const struct netlink_route_query *q, struct netlink_route *out,
                        struct err *e);
/* True when the neighbour table has a MAC that was confirmed at some time and has not failed since. */
bool netlink_find_neighbor(struct netlink *n, int ifindex, const struct addr *a, uint8_t mac[MAC_LEN]);

#endif
