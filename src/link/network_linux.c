#include "link/network_linux.h"

#include "link/netlink.h"
#include "link/packet_link.h"
#include "link/raw_ip_link.h"
#include "link/refusal_drop.h"
#include "link/route_spans.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROUTE_CACHE 1024 /* a power of two */
#define INTERFACES_MAX 64
#define DROPS_MAX 16
#define CACHE_NS (5 * NS_PER_S) /* routes and interfaces may change while we scan */
#define ASKED_MANY 64           /* destinations: then it pays to know for which ones an answer holds */

struct cached_route {
    struct addr key; /* the destination, or the first one of its span */
    bool shared;     /* by its span */
    int64_t until;   /* 0 = empty */
    struct route route;
};

struct cached_interface {
    int64_t until;
    struct netlink_link link;
};

struct open_link {
    struct open_link *next;
    struct link *link;
};

struct network_linux {
    struct network base;
    struct loop *loop;
    struct log log;
    struct netlink *netlink;
    int oif; /* of -e; 0 = any */
    bool has_source;
    struct addr source;
    int loopback;
    int spare;                   /* packet socket of raw_allowed, for the first link; -1 = none */
    struct link_filter refusals; /* port_last 0: they are not dropped */
    struct closer closer;        /* what ends with the network, programs at interfaces among it */
    struct open_link *links;
    struct cached_interface interfaces[INTERFACES_MAX];
    struct cached_route routes[ROUTE_CACHE];
    uint64_t asked; /* ways of the kernel */
    struct route_spans spans;
    int64_t spans_until;
    bool spans_known, spans_useless; /* useless: they cannot be known, and are not looked for again */
};

static struct network_linux *of(struct network *n) {
    return (struct network_linux *)(void *)n;
}

/* Interfaces ------------------------------------------------------------------------------------------------------ */

static bool interface_of(struct network_linux *n, int ifindex, struct netlink_link *out, struct err *e) {
    struct cached_interface *c = &n->interfaces[(unsigned)ifindex % INTERFACES_MAX];
    int64_t now = loop_now(n->loop);
    if (c->link.ifindex != ifindex || c->until < now) {
        if (!netlink_find_link(n->netlink, ifindex, NULL, &c->link, e)) {
            c->until = 0;
            return false;
        }
        c->until = now + CACHE_NS;
    }
    *out = c->link;
    return true;
}

static void note_loopback(void *ctx, const struct netlink_link *l) {
    int *ifindex = (int *)ctx;
    if ((l->flags & IFF_LOOPBACK) && *ifindex == 0)
        *ifindex = l->ifindex;
}

/* Routes ---------------------------------------------------------------------------------------------------------- */

static struct cached_route *slot_of(struct network_linux *n, const struct addr *dst) {
    uint64_t h[2];
    memcpy(h, dst->b, sizeof h);
    uint64_t x = (h[0] ^ h[1] * UINT64_C(0x9e3779b97f4a7c15) ^ dst->zone) * UINT64_C(0xbf58476d1ce4e5b9);
    return &n->routes[(x >> 40) & (ROUTE_CACHE - 1)];
}

/* The source that the kernel would choose, where the route does not say it: it says so for a connected socket. */
static bool source_by_connect(const struct addr *dst, const struct netlink_link *l, struct addr *out) {
    struct sockaddr_in to4 = {.sin_family = AF_INET, .sin_port = htons(9)};
    struct sockaddr_in6 to6 = {.sin6_family = AF_INET6, .sin6_port = htons(9)};
    bool v4 = dst->family == ADDR_V4;
    memcpy(&to4.sin_addr, dst->b, 4);
    memcpy(&to6.sin6_addr, dst->b, 16);
    if (addr_is_link_local(dst))
        to6.sin6_scope_id = (uint32_t)l->ifindex;
    int fd = socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    (void)setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, l->name, (socklen_t)strlen(l->name));
    const struct sockaddr *to = v4 ? (const struct sockaddr *)&to4 : (const struct sockaddr *)&to6;
    socklen_t n = v4 ? sizeof to4 : sizeof to6;
    bool ok =
        connect(fd, to, n) == 0 && getsockname(fd, v4 ? (struct sockaddr *)&to4 : (struct sockaddr *)&to6, &n) == 0;
    close(fd);
    if (!ok)
        return false;
    *out = v4 ? addr_v4(ntohl(to4.sin_addr.s_addr)) : addr_v6(to6.sin6_addr.s6_addr, to6.sin6_scope_id);
    return true;
}

static bool choose_source(struct network_linux *n, const struct addr *dst, const struct netlink_route *k,
                          const struct netlink_link *l, struct route *out, struct err *e) {
    if (n->has_source && n->source.family == dst->family) {
        out->source = n->source;
    } else if (k->has_source) {
        out->source = k->source;
    } else if (k->type == RTN_LOCAL) {
        out->source = *dst;
    } else if (!source_by_connect(dst, l, &out->source)) {
        char text[ADDR_TEXT_MAX];
        return err_set(e, ERR_NO_ROUTE, "no route to %s: interface %s has no address of that family",
                       addr_format(dst, text), l->name);
    }
    return true;
}

static bool ask_kernel(struct network_linux *n, const struct addr *dst, struct netlink_route *out, struct err *e) {
    n->asked++;
    struct netlink_route_query q = {.dst = *dst, .oif = n->oif, .source = n->has_source ? &n->source : NULL};
    if (dst->family == ADDR_V6 && dst->zone != 0)
        q.oif = (int)dst->zone;
    if (dst->family == ADDR_V6 && addr_is_link_local(dst) && q.oif == 0) {
        char text[ADDR_TEXT_MAX];
        addr_format(dst, text);
        return err_set(e, ERR_NO_ROUTE, "%s is a link-local address: say on which interface, as in %s%%eth0, or use -e",
                       text, text);
    }
    if (netlink_find_route(n->netlink, &q, out, e))
        return true;
    if (!q.source)
        return false;
    /* A foreign source address (-S) has no routes of its own. */
    q.source = NULL;
    err_clear(e);
    return netlink_find_route(n->netlink, &q, out, e);
}

/* *shared: the answer holds for the whole span of dst. */
static bool find_route(struct network_linux *n, const struct addr *dst, struct route *out, bool *shared,
                       struct err *e) {
    struct netlink_route k = {0};
    struct netlink_link l;
    if (!ask_kernel(n, dst, &k, e))
        return false;
    memset(out, 0, sizeof *out);
    out->local = k.type == RTN_LOCAL || k.oif == n->loopback;
    *shared = !out->local && !k.redirected;
    if (!interface_of(n, out->local && n->loopback ? n->loopback : k.oif, &l, e) ||
        !choose_source(n, dst, &k, &l, out, e))
        return false;
    if (!(l.flags & IFF_UP)) {
        char text[ADDR_TEXT_MAX];
        return err_set(e, ERR_NO_ROUTE, "no route to %s: interface %s is down", addr_format(dst, text), l.name);
    }
    out->ifindex = l.ifindex;
    memcpy(out->ifname, l.name, sizeof out->ifname);
    out->mtu = l.mtu;
    out->ethernet = !out->local && l.type == ARPHRD_ETHER && l.has_mac && !(l.flags & IFF_NOARP);
    memcpy(out->mac, l.mac, MAC_LEN);
    out->direct = out->local || !k.has_gateway;
    out->next_hop = out->direct ? *dst : k.gateway;
    return true;
}

static bool add_prefix(void *ctx, const struct addr *net, unsigned bits) {
    return route_spans_add((struct route_spans *)ctx, net, bits);
}

/* A socket of its own: a dump that is given up half way leaves the rest of its answer behind. */
static void read_spans(struct network_linux *n, int64_t now) {
    struct netlink *own = netlink_create(NULL);
    route_spans_finish(&n->spans);
    n->spans_known = own && netlink_each_prefix(own, add_prefix, &n->spans);
    n->spans_useless = !n->spans_known;
    n->spans_until = now + CACHE_NS;
    route_spans_seal(&n->spans);
    netlink_destroy(own);
    if (n->spans_useless)
        log_debug(&n->log, 1, "ways are asked for one by one: several next hops, or too many routes");
}

/* The kernel treats these by themselves, whatever the tables say. */
static bool is_special(const struct addr *dst) {
    return dst->zone != 0 || addr_number(dst) == 0 || addr_is_link_local(dst) || addr_is_multicast(dst);
}

/* False: this destination must be asked for itself. */
static bool span_of(struct network_linux *n, const struct addr *dst, int64_t now, struct addr *first) {
    if (n->asked < ASKED_MANY || n->spans_useless || is_special(dst))
        return false;
    if (n->spans_until < now)
        read_spans(n, now);
    if (n->spans_known)
        *first = route_spans_first(&n->spans, dst);
    return n->spans_known;
}

static const struct route *cached(struct network_linux *n, const struct addr *key, bool shared, int64_t now) {
    const struct cached_route *c = slot_of(n, key);
    return c->until >= now && c->shared == shared && addr_eq(&c->key, key) ? &c->route : NULL;
}

static bool network_linux_route(struct network *net, const struct addr *dst, struct route *out, struct err *e) {
    struct network_linux *n = of(net);
    int64_t now = loop_now(n->loop);
    struct addr span;
    bool spans = span_of(n, dst, now, &span);
    const struct route *known = spans ? cached(n, &span, true, now) : NULL;
    if (!known)
        known = cached(n, dst, false, now);
    if (known) {
        *out = *known;
        if (out->direct)
            out->next_hop = *dst;
        return true;
    }
    bool shared = false;
    if (!find_route(n, dst, out, &shared, e))
        return false;
    shared = shared && spans;
    const struct addr *key = shared ? &span : dst;
    *slot_of(n, key) = (struct cached_route){.key = *key, .shared = shared, .until = now + CACHE_NS, .route = *out};
    return true;
}

/* Links ----------------------------------------------------------------------------------------------------------- */

static struct link *network_linux_open(struct network *net, const struct route *r, const struct link_filter *f,
                                       link_receive_fn fn, void *ctx, struct err *e) {
    struct network_linux *n = of(net);
    enum frame_link frame = r->ethernet && !r->local ? FRAME_ETHERNET : FRAME_RAW_IP;
    for (struct open_link *o = n->links; o; o = o->next)
        if (o->link->ifindex == r->ifindex && o->link->frame == frame)
            return o->link;
    struct open_link *o = (struct open_link *)calloc(1, sizeof *o);
    if (!o) {
        err_set(e, ERR_MEMORY, "no memory for a link");
        return NULL;
    }
    struct link_options lo = {.loop = n->loop,
                              .log = n->log,
                              .route = r,
                              .filter = *f,
                              .fn = fn,
                              .ctx = ctx,
                              .closer = &n->closer,
                              .socket = -1};
    if (frame == FRAME_ETHERNET) {
        lo.socket = n->spare;
        n->spare = -1;
        o->link = packet_link_open(&lo, e);
    } else {
        o->link = raw_ip_link_open(&lo, e);
    }
    if (!o->link) {
        free(o);
        return NULL;
    }
    o->next = n->links;
    n->links = o;
    log_debug(&n->log, 1, "%s: opened link \"%s\"", r->ifname, o->link->ops->name);
    return o->link;
}

static bool network_linux_neighbor(struct network *net, int ifindex, const struct addr *a, uint8_t mac[MAC_LEN]) {
    return netlink_find_neighbor(of(net)->netlink, ifindex, a, mac);
}

static bool try_socket(int fd, const char *what, struct err *e) {
    if (fd >= 0)
        return true;
    if (errno == EPERM || errno == EACCES)
        return err_set(e, ERR_PRIVILEGE, "cannot open a %s socket: CAP_NET_RAW is missing", what);
    return err_os(e, errno, "cannot open a %s socket", what);
}

struct drop_work {
    struct network_linux *n;
    int program;
};

static void drop_on(void *ctx, const struct netlink_link *l) {
    const struct drop_work *d = (const struct drop_work *)ctx;
    struct network_linux *n = d->n;
    bool wanted = l->type == ARPHRD_ETHER && (l->flags & IFF_UP) && (n->oif == 0 || n->oif == l->ifindex);
    if (!wanted || n->closer.n >= DROPS_MAX)
        return;
    int fd = refusal_drop_attach(d->program, l->ifindex);
    closer_add(&n->closer, fd);
    if (fd < 0)
        log_debug(&n->log, 1, "%s: refusals reach our own kernel's TCP (%s)", l->name, strerror(errno));
}

/* Before it is known which interface the targets are behind: later nobody may do it any more. It only makes it faster.
 */
static void drop_refusals(struct network_linux *n) {
    struct err e = {0};
    if (n->refusals.port_last == 0 || n->closer.n > 0)
        return;
    struct drop_work d = {.n = n, .program = refusal_drop_load(&n->refusals)};
    if (d.program < 0) {
        log_debug(&n->log, 1, "refusals reach our own kernel's TCP (%s)", strerror(errno));
        return;
    }
    (void)netlink_each_link(n->netlink, drop_on, &d, &e);
    close(d.program);
}

static bool network_linux_raw_allowed(struct network *net, struct err *e) {
    struct network_linux *n = of(net);
    int packet = packet_link_socket();
    if (!try_socket(packet, "packet", e))
        return false;
    if (n->spare >= 0)
        close(n->spare);
    n->spare = packet;
    int raw = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    if (!try_socket(raw, "raw", e))
        return false;
    close(raw);
    drop_refusals(n);
    return true;
}

static void network_linux_destroy(struct network *net) {
    struct network_linux *n = of(net);
    while (n->links) {
        struct open_link *o = n->links;
        n->links = o->next;
        o->link->ops->destroy(o->link);
        free(o);
    }
    closer_add(&n->closer, n->spare);
    closer_finish(&n->closer);
    netlink_destroy(n->netlink);
    route_spans_finish(&n->spans);
    free(n);
}

static const struct network_ops network_linux_ops = {
    .route = network_linux_route,
    .open = network_linux_open,
    .neighbor = network_linux_neighbor,
    .raw_allowed = network_linux_raw_allowed,
    .destroy = network_linux_destroy,
};

static bool prepare(struct network_linux *n, const struct network_linux_options *o, struct err *e) {
    struct netlink_link l;
    n->netlink = netlink_create(e);
    if (!n->netlink || !netlink_each_link(n->netlink, note_loopback, &n->loopback, e))
        return false;
    if (o && o->interface) {
        if (!netlink_find_link(n->netlink, 0, o->interface, &l, e))
            return false;
        n->oif = l.ifindex;
    }
    n->has_source = o && o->source && o->source->family != ADDR_NONE;
    if (n->has_source)
        n->source = *o->source;
    if (o && o->refusals)
        n->refusals = *o->refusals;
    return true;
}

struct network *network_linux_create(struct loop *loop, const struct network_linux_options *o, const struct log *log,
                                     struct err *e) {
    struct network_linux *n = (struct network_linux *)calloc(1, sizeof *n);
    if (!n) {
        err_set(e, ERR_MEMORY, "no memory for the network");
        return NULL;
    }
    n->base.ops = &network_linux_ops;
    n->loop = loop;
    n->spare = -1;
    n->log = *log;
    route_spans_init(&n->spans);
    if (prepare(n, o, e))
        return &n->base;
    network_linux_destroy(&n->base);
    return NULL;
}

uint64_t network_linux_asked(const struct network *net) {
    return ((const struct network_linux *)(const void *)net)->asked;
}
