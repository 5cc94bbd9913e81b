#include "link/netlink.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/in_route.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#define ANSWER_BUFFER 32768
#define DUMP_TRIES 3
#define ATTRIBUTES 128 /* more than any of the attribute spaces below has */

struct netlink {
    struct mnl_socket *socket;
    unsigned portid;
    uint32_t seq;
    char request[512];
    char answer[ANSWER_BUFFER];
};

struct attributes {
    const struct nlattr *v[ATTRIBUTES];
};

struct netlink *netlink_create(struct err *e) {
    struct netlink *n = (struct netlink *)calloc(1, sizeof *n);
    if (!n) {
        err_set(e, ERR_MEMORY, "no memory for a netlink socket");
        return NULL;
    }
    n->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
    if (!n->socket || mnl_socket_bind(n->socket, 0, MNL_SOCKET_AUTOPID) != 0) {
        err_os(e, errno, "cannot ask the kernel for routes (netlink)");
        netlink_destroy(n);
        return NULL;
    }
    n->portid = mnl_socket_get_portid(n->socket);
    /* The kernel answers while we ask; the limit only guards against waiting for ever. */
    struct timeval limit = {.tv_sec = 2};
    (void)setsockopt(mnl_socket_get_fd(n->socket), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    return n;
}

void netlink_destroy(struct netlink *n) {
    if (!n)
        return;
    if (n->socket)
        mnl_socket_close(n->socket);
    free(n);
}

/* Asking ---------------------------------------------------------------------------------------------------------- */

/* A single question asks for an ACK, too: then every exchange ends with a message that says so. */
static struct nlmsghdr *start(struct netlink *n, uint16_t type, bool dump) {
    struct nlmsghdr *h = mnl_nlmsg_put_header(n->request);
    h->nlmsg_type = type;
    h->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | (dump ? NLM_F_DUMP : NLM_F_ACK));
    h->nlmsg_seq = ++n->seq;
    return h;
}

/* 0, or errno. */
static int exchange(struct netlink *n, const struct nlmsghdr *h, mnl_cb_t fn, void *ctx) {
    if (mnl_socket_sendto(n->socket, h, h->nlmsg_len) < 0)
        return errno;
    for (;;) { /* ends with the ACK, the end of the dump, an error, or the receive time-out */
        ssize_t got = mnl_socket_recvfrom(n->socket, n->answer, sizeof n->answer);
        if (got < 0)
            return errno;
        int rc = mnl_cb_run(n->answer, (size_t)got, h->nlmsg_seq, n->portid, fn, ctx);
        if (rc < 0 && errno != ESRCH && errno != EPROTO)
            return errno;
        /* With these two mnl_cb_run says "not the answer to this question", a left-over; unless the kernel said it. */
        if (rc < 0 && ((const struct nlmsghdr *)(const void *)n->answer)->nlmsg_seq == h->nlmsg_seq)
            return errno;
        if (rc == MNL_CB_STOP)
            return 0;
    }
}

/* A dump that was disturbed by a change (EINTR) starts again. */
static int dump(struct netlink *n, uint16_t type, mnl_cb_t fn, void *ctx) {
    int os = EINTR;
    for (int i = 0; i < DUMP_TRIES && os == EINTR; i++) {
        struct nlmsghdr *h = start(n, type, true);
        struct rtgenmsg *g = (struct rtgenmsg *)mnl_nlmsg_put_extra_header(h, sizeof *g);
        g->rtgen_family = AF_UNSPEC;
        os = exchange(n, h, fn, ctx);
    }
    return os;
}

/* Attributes ------------------------------------------------------------------------------------------------------ */

static int collect(const struct nlattr *a, void *ctx) {
    struct attributes *t = (struct attributes *)ctx;
    if (mnl_attr_get_type(a) < ATTRIBUTES)
        t->v[mnl_attr_get_type(a)] = a;
    return MNL_CB_OK;
}

static void parse(const struct nlmsghdr *h, size_t header, struct attributes *t) {
    memset(t, 0, sizeof *t);
    mnl_attr_parse(h, (unsigned)header, collect, t);
}

static bool get_u32(const struct attributes *t, unsigned type, uint32_t *out) {
    if (!t->v[type] || mnl_attr_get_payload_len(t->v[type]) != 4)
        return false;
    *out = mnl_attr_get_u32(t->v[type]);
    return true;
}

static struct addr link_local_in_zone(struct addr a, int ifindex) {
    if (a.family == ADDR_V6 && addr_is_link_local(&a))
        a.zone = (uint32_t)ifindex;
    return a;
}

static bool addr_from_bytes(const void *p, size_t n, int ifindex, struct addr *out) {
    uint8_t b[16];
    if (n == 4) {
        memcpy(b, p, 4);
        *out = addr_v4((uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]);
    } else if (n == 16) {
        memcpy(b, p, 16);
        *out = link_local_in_zone(addr_v6(b, 0), ifindex);
    } else {
        return false;
    }
    return true;
}

static bool get_addr(const struct attributes *t, unsigned type, int ifindex, struct addr *out) {
    return t->v[type] &&
           addr_from_bytes(mnl_attr_get_payload(t->v[type]), mnl_attr_get_payload_len(t->v[type]), ifindex, out);
}

static int af_of(const struct addr *a) {
    return a->family == ADDR_V4 ? AF_INET : AF_INET6;
}

/* Interfaces ------------------------------------------------------------------------------------------------------ */

static bool read_link(const struct nlmsghdr *h, struct netlink_link *out) {
    const struct ifinfomsg *m = (const struct ifinfomsg *)mnl_nlmsg_get_payload(h);
    struct attributes t;
    if (h->nlmsg_type != RTM_NEWLINK || mnl_nlmsg_get_payload_len(h) < sizeof *m)
        return false;
    parse(h, sizeof *m, &t);
    if (!t.v[IFLA_IFNAME] || mnl_attr_get_payload_len(t.v[IFLA_IFNAME]) > LINK_NAME_MAX)
        return false;
    memset(out, 0, sizeof *out);
    out->ifindex = m->ifi_index;
    out->type = m->ifi_type;
    out->flags = m->ifi_flags;
    memcpy(out->name, mnl_attr_get_payload(t.v[IFLA_IFNAME]), mnl_attr_get_payload_len(t.v[IFLA_IFNAME]));
    out->name[LINK_NAME_MAX - 1] = 0;
    get_u32(&t, IFLA_MTU, &out->mtu);
    out->has_mac = t.v[IFLA_ADDRESS] && mnl_attr_get_payload_len(t.v[IFLA_ADDRESS]) == MAC_LEN;
    if (out->has_mac)
        memcpy(out->mac, mnl_attr_get_payload(t.v[IFLA_ADDRESS]), MAC_LEN);
    return true;
}

struct link_visit {
    netlink_link_fn fn;
    void *ctx;
};

static int visit_link(const struct nlmsghdr *h, void *ctx) {
    const struct link_visit *v = (const struct link_visit *)ctx;
    struct netlink_link l;
    if (read_link(h, &l))
        v->fn(v->ctx, &l);
    return MNL_CB_OK;
}

bool netlink_each_link(struct netlink *n, netlink_link_fn fn, void *ctx, struct err *e) {
    struct link_visit v = {fn, ctx};
    int os = dump(n, RTM_GETLINK, visit_link, &v);
    return os == 0 || err_os(e, os, "cannot list the network interfaces");
}

static void keep_link(void *ctx, const struct netlink_link *l) {
    *(struct netlink_link *)ctx = *l;
}

bool netlink_find_link(struct netlink *n, int ifindex, const char *name, struct netlink_link *out, struct err *e) {
    struct link_visit v = {keep_link, out};
    if (ifindex == 0 && (!name || !*name || strlen(name) >= LINK_NAME_MAX))
        return err_set(e, ERR_USAGE, "\"%s\" is not the name of a network interface", name ? name : "");
    struct nlmsghdr *h = start(n, RTM_GETLINK, false);
    struct ifinfomsg *m = (struct ifinfomsg *)mnl_nlmsg_put_extra_header(h, sizeof *m);
    m->ifi_index = ifindex;
    if (ifindex == 0)
        mnl_attr_put_strz(h, IFLA_IFNAME, name);
    out->ifindex = 0;
    int os = exchange(n, h, visit_link, &v);
    if (os == ENODEV || (os == 0 && out->ifindex == 0))
        return ifindex ? err_set(e, ERR_NO_ROUTE, "there is no network interface number %d", ifindex)
                       : err_set(e, ERR_USAGE, "there is no network interface \"%s\"; \"ip link\" lists them", name);
    return os == 0 || err_os(e, os, "cannot look up network interface %s", name ? name : "");
}

/* Addresses ------------------------------------------------------------------------------------------------------- */

struct address_visit {
    netlink_address_fn fn;
    void *ctx;
};

static int visit_address(const struct nlmsghdr *h, void *ctx) {
    const struct address_visit *v = (const struct address_visit *)ctx;
    const struct ifaddrmsg *m = (const struct ifaddrmsg *)mnl_nlmsg_get_payload(h);
    struct attributes t;
    if (h->nlmsg_type != RTM_NEWADDR || mnl_nlmsg_get_payload_len(h) < sizeof *m)
        return MNL_CB_OK;
    parse(h, sizeof *m, &t);
    struct netlink_address a = {.ifindex = (int)m->ifa_index, .bits = m->ifa_prefixlen};
    /* On point-to-point links IFA_ADDRESS is the peer and IFA_LOCAL is ours; IPv6 mostly has IFA_ADDRESS only. */
    if (get_addr(&t, IFA_LOCAL, a.ifindex, &a.addr) || get_addr(&t, IFA_ADDRESS, a.ifindex, &a.addr))
        v->fn(v->ctx, &a);
    return MNL_CB_OK;
}

bool netlink_each_address(struct netlink *n, netlink_address_fn fn, void *ctx, struct err *e) {
    struct address_visit v = {fn, ctx};
    int os = dump(n, RTM_GETADDR, visit_address, &v);
    return os == 0 || err_os(e, os, "cannot list the addresses of this machine");
}

/* Routes ---------------------------------------------------------------------------------------------------------- */

static int read_route(const struct nlmsghdr *h, void *ctx) {
    struct netlink_route *out = (struct netlink_route *)ctx;
    const struct rtmsg *m = (const struct rtmsg *)mnl_nlmsg_get_payload(h);
    struct attributes t;
    uint32_t oif = 0;
    if (h->nlmsg_type != RTM_NEWROUTE || mnl_nlmsg_get_payload_len(h) < sizeof *m)
        return MNL_CB_OK;
    parse(h, sizeof *m, &t);
    out->type = m->rtm_type;
    out->redirected = (m->rtm_flags & RTCF_REDIRECTED) != 0;
    get_u32(&t, RTA_OIF, &oif);
    out->oif = (int)oif;
    out->has_source = get_addr(&t, RTA_PREFSRC, out->oif, &out->source);
    out->has_gateway = get_addr(&t, RTA_GATEWAY, out->oif, &out->gateway);
    if (!out->has_gateway && t.v[RTA_VIA] && mnl_attr_get_payload_len(t.v[RTA_VIA]) == sizeof(uint16_t) + 16) {
        const uint8_t *via = (const uint8_t *)mnl_attr_get_payload(t.v[RTA_VIA]); /* struct rtvia */
        out->has_gateway = addr_from_bytes(via + sizeof(uint16_t), 16, out->oif, &out->gateway);
    }
    return MNL_CB_OK;
}

struct entry_visit {
    netlink_entry_fn fn;
    void *ctx;
};

static int visit_route(const struct nlmsghdr *h, void *ctx) {
    const struct entry_visit *v = (const struct entry_visit *)ctx;
    const struct rtmsg *m = (const struct rtmsg *)mnl_nlmsg_get_payload(h);
    struct attributes t;
    struct netlink_route way = {0};
    static const uint8_t zeros[16];
    if (h->nlmsg_type != RTM_NEWROUTE || mnl_nlmsg_get_payload_len(h) < sizeof *m || m->rtm_type != RTN_UNICAST ||
        m->rtm_table != RT_TABLE_MAIN || (m->rtm_flags & RTM_F_CLONED))
        return MNL_CB_OK;
    parse(h, sizeof *m, &t);
    read_route(h, &way);
    struct netlink_entry r = {
        .bits = m->rtm_dst_len, .oif = way.oif, .has_gateway = way.has_gateway, .gateway = way.gateway};
    get_u32(&t, RTA_PRIORITY, &r.metric);
    if (!get_addr(&t, RTA_DST, 0, &r.dst)) /* the default route has none */
        addr_from_bytes(zeros, m->rtm_family == AF_INET ? 4 : 16, 0, &r.dst);
    v->fn(v->ctx, &r);
    return MNL_CB_OK;
}

bool netlink_each_route(struct netlink *n, netlink_entry_fn fn, void *ctx, struct err *e) {
    struct entry_visit v = {fn, ctx};
    int os = dump(n, RTM_GETROUTE, visit_route, &v);
    return os == 0 || err_os(e, os, "cannot list the routes of this machine");
}

struct prefix_visit {
    netlink_prefix_fn fn;
    void *ctx;
};

/* Routes and rules alike: their headers have the same layout, their destinations the same number. */
_Static_assert(sizeof(struct rtmsg) == sizeof(struct fib_rule_hdr) && (int)RTA_DST == (int)FRA_DST, "read as one");

static int visit_prefix(const struct nlmsghdr *h, void *ctx) {
    const struct prefix_visit *v = (const struct prefix_visit *)ctx;
    const struct rtmsg *m = (const struct rtmsg *)mnl_nlmsg_get_payload(h);
    struct attributes t;
    struct addr net;
    if (mnl_nlmsg_get_payload_len(h) < sizeof *m || (m->rtm_family != AF_INET && m->rtm_family != AF_INET6))
        return MNL_CB_OK;
    parse(h, sizeof *m, &t);
    bool several = h->nlmsg_type == RTM_NEWROUTE && m->rtm_type == RTN_UNICAST && !t.v[RTA_OIF];
    if (!several && (!get_addr(&t, RTA_DST, 0, &net) || v->fn(v->ctx, &net, m->rtm_dst_len)))
        return MNL_CB_OK;
    errno = ERANGE;
    return MNL_CB_ERROR;
}

bool netlink_each_prefix(struct netlink *n, netlink_prefix_fn fn, void *ctx) {
    struct prefix_visit v = {fn, ctx};
    return dump(n, RTM_GETROUTE, visit_prefix, &v) == 0 && dump(n, RTM_GETRULE, visit_prefix, &v) == 0;
}

/* What a refused route means; the kernel reports blackhole routes as EINVAL. */
static bool no_route(const struct addr *dst, int os, struct err *e) {
    char text[ADDR_TEXT_MAX];
    const char *why = os == EHOSTUNREACH ? "the routing table says unreachable"
                      : os == EACCES     ? "the routing table prohibits it"
                      : os == EINVAL     ? "the routing table drops it"
                                         : strerror(os);
    err_set(e, ERR_NO_ROUTE, "no route to %s: %s", addr_format(dst, text), why);
    if (e)
        e->os = os;
    return false;
}

bool netlink_find_route(struct netlink *n, const struct netlink_route_query *q, struct netlink_route *out,
                        struct err *e) {
    size_t bytes = addr_bytes(&q->dst);
    if (bytes == 0)
        return err_set(e, ERR_NO_ROUTE, "no route to an address without a family");
    struct nlmsghdr *h = start(n, RTM_GETROUTE, false);
    struct rtmsg *m = (struct rtmsg *)mnl_nlmsg_put_extra_header(h, sizeof *m);
    m->rtm_family = (unsigned char)af_of(&q->dst);
    m->rtm_dst_len = (unsigned char)(bytes * 8);
    mnl_attr_put(h, RTA_DST, bytes, q->dst.b);
    if (q->oif)
        mnl_attr_put_u32(h, RTA_OIF, (uint32_t)q->oif);
    if (q->source && q->source->family == q->dst.family) {
        m->rtm_src_len = (unsigned char)(bytes * 8);
        mnl_attr_put(h, RTA_SRC, bytes, q->source->b);
    }
    memset(out, 0, sizeof *out);
    int os = exchange(n, h, read_route, out);
    if (os == 0 && out->type == RTN_UNREACHABLE)
        os = EHOSTUNREACH;
    if (os == 0 && out->type == RTN_PROHIBIT)
        os = EACCES;
    if (os == 0 && out->type == RTN_BLACKHOLE)
        os = EINVAL;
    if (os == 0 && out->oif == 0)
        os = ENETUNREACH;
    return os == 0 || no_route(&q->dst, os, e);
}

/* Neighbours ------------------------------------------------------------------------------------------------------ */

struct neighbor {
    bool usable;
    uint8_t mac[MAC_LEN];
};

static int read_neighbor(const struct nlmsghdr *h, void *ctx) {
    struct neighbor *out = (struct neighbor *)ctx;
    const struct ndmsg *m = (const struct ndmsg *)mnl_nlmsg_get_payload(h);
    struct attributes t;
    if (h->nlmsg_type != RTM_NEWNEIGH || mnl_nlmsg_get_payload_len(h) < sizeof *m)
        return MNL_CB_OK;
    parse(h, sizeof *m, &t);
    const unsigned good = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT;
    if (!(m->ndm_state & good) || !t.v[NDA_LLADDR] || mnl_attr_get_payload_len(t.v[NDA_LLADDR]) != MAC_LEN)
        return MNL_CB_OK;
    out->usable = true;
    memcpy(out->mac, mnl_attr_get_payload(t.v[NDA_LLADDR]), MAC_LEN);
    return MNL_CB_OK;
}

bool netlink_find_neighbor(struct netlink *n, int ifindex, const struct addr *a, uint8_t mac[MAC_LEN]) {
    if (addr_bytes(a) == 0)
        return false;
    struct nlmsghdr *h = start(n, RTM_GETNEIGH, false);
    struct ndmsg *m = (struct ndmsg *)mnl_nlmsg_put_extra_header(h, sizeof *m);
    m->ndm_family = (unsigned char)af_of(a);
    m->ndm_ifindex = ifindex;
    mnl_attr_put(h, NDA_DST, addr_bytes(a), a->b);
    struct neighbor found = {0};
    if (exchange(n, h, read_neighbor, &found) != 0 || !found.usable)
        return false;
    memcpy(mac, found.mac, MAC_LEN);
    return true;
}
