#include "link/raw_ip_link.h"

#include "link/rx_ring.h"
#include "link/tx_batch.h"

#include <errno.h>
#include <unistd.h>

#define SEND_BUFFER (4 * 1024 * 1024)

struct raw_ip_link {
    struct link base;
    int tx4, tx6; /* tx6 is -1 where the kernel has no IPv6 */
    struct rx_ring *rx;
    struct tx_batch batch;
};

static struct raw_ip_link *of(struct link *l) {
    return (struct raw_ip_link *)(void *)l;
}

static uint8_t *raw_ip_alloc(struct link *l) {
    return tx_batch_alloc(&of(l)->batch);
}

/* RFC 4291 2.5.6 and 2.7: only these need to be told the interface. */
static bool needs_scope(const uint8_t dst[16]) {
    return (dst[0] == 0xfe && (dst[1] & 0xc0) == 0x80) || (dst[0] == 0xff && (dst[1] & 0x0f) <= 2);
}

static void raw_ip_commit(struct link *l, size_t n) {
    struct raw_ip_link *r = of(l);
    const uint8_t *p = r->batch.bytes[r->batch.n];
    union tx_to to;
    memset(&to, 0, sizeof to);
    if (n >= IP4_LEN && p[0] >> 4 == 4) {
        to.v4.sin_family = AF_INET;
        memcpy(&to.v4.sin_addr, p + 16, 4);
        tx_batch_commit(&r->batch, n, r->tx4, &to, sizeof to.v4);
    } else if (n >= IP6_LEN && p[0] >> 4 == 6 && r->tx6 >= 0) {
        to.v6.sin6_family = AF_INET6;
        memcpy(&to.v6.sin6_addr, p + 24, 16);
        if (needs_scope(p + 24))
            to.v6.sin6_scope_id = (uint32_t)l->ifindex;
        tx_batch_commit(&r->batch, n, r->tx6, &to, sizeof to.v6);
    } else {
        l->count.send_errors++;
    }
}

static void raw_ip_flush(struct link *l) {
    tx_batch_flush(&of(l)->batch);
}

static void raw_ip_destroy(struct link *l) {
    struct raw_ip_link *r = of(l);
    rx_ring_close(r->rx);
    if (r->tx4 >= 0)
        close(r->tx4);
    if (r->tx6 >= 0)
        close(r->tx6);
    free(r);
}

static const struct link_ops raw_ip_link_ops = {
    .name = "raw-ip",
    .alloc = raw_ip_alloc,
    .commit = raw_ip_commit,
    .flush = raw_ip_flush,
    .destroy = raw_ip_destroy,
};

/* IPPROTO_RAW: we write the IP header, and nothing is ever received. */
static bool open_tx(struct raw_ip_link *r, int family, bool loopback, int *out, struct err *e) {
    int fd = socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_RAW);
    *out = fd;
    if (fd < 0)
        return err_os(e, errno, "cannot open a raw IPv%d socket", family == AF_INET ? 4 : 6);
    int on = 1, size = SEND_BUFFER;
    /* Loopback is left to the routing: own addresses of other interfaces go that way, too. */
    if (!loopback && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, r->base.ifname,
                                (socklen_t)strnlen(r->base.ifname, LINK_NAME_MAX)) != 0)
        return err_os(e, errno, "cannot send on interface %s", r->base.ifname);
    (void)setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size) != 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    return true;
}

static bool open_all(struct raw_ip_link *r, const struct link_options *o, struct err *e) {
    bool loopback = o->route->local;
    if (!open_tx(r, AF_INET, loopback, &r->tx4, e))
        return false;
    if (!open_tx(r, AF_INET6, loopback, &r->tx6, e)) {
        if (r->tx6 >= 0)
            return false;
        err_clear(e); /* no IPv6 here: sending it counts as an error of that packet */
    }
    struct filter_program filter;
    filter_build(&filter, FRAME_RAW_IP, r->base.mac, &o->filter);
    r->rx = rx_ring_open(o, &r->base, &filter, e);
    return r->rx != NULL;
}

struct link *raw_ip_link_open(const struct link_options *o, struct err *e) {
    struct raw_ip_link *r = (struct raw_ip_link *)calloc(1, sizeof *r);
    if (!r) {
        err_set(e, ERR_MEMORY, "no memory for a link");
        return NULL;
    }
    r->base.ops = &raw_ip_link_ops;
    r->base.frame = FRAME_RAW_IP;
    r->base.ifindex = o->route->ifindex;
    r->base.mtu = o->route->mtu;
    memcpy(r->base.ifname, o->route->ifname, sizeof r->base.ifname);
    r->tx4 = r->tx6 = -1;
    tx_batch_init(&r->batch, &r->base, o->loop, &o->log);
    if (open_all(r, o, e))
        return &r->base;
    raw_ip_destroy(&r->base);
    return NULL;
}
