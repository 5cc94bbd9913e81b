#include "link/packet_link.h"

#include "link/rx_ring.h"
#include "link/tx_crew.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <sys/socket.h>
#include <unistd.h>

#define SEND_BUFFER (4 * 1024 * 1024)

struct packet_link {
    struct link base;
    int tx;
    struct rx_ring *rx;
    struct tx_crew *crew;
    struct closer *closer;
};

static struct packet_link *of(struct link *l) {
    return (struct packet_link *)(void *)l;
}

static uint8_t *packet_link_alloc(struct link *l) {
    return tx_crew_alloc(of(l)->crew);
}

static void packet_link_commit(struct link *l, size_t n) {
    tx_crew_commit(of(l)->crew, n);
}

static void packet_link_flush(struct link *l) {
    tx_crew_flush(of(l)->crew);
}

static void packet_link_destroy(struct link *l) {
    struct packet_link *p = of(l);
    rx_ring_close(p->rx);
    tx_crew_destroy(p->crew);
    closer_add(p->closer, p->tx);
    free(p);
}

static const struct link_ops packet_link_ops = {
    .name = "packet",
    .alloc = packet_link_alloc,
    .commit = packet_link_commit,
    .flush = packet_link_flush,
    .destroy = packet_link_destroy,
};

/* Protocol 0: this socket sends only. */
int packet_link_socket(void) {
    return socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static bool open_tx(struct packet_link *p, const struct link_options *o, struct err *e) {
    p->tx = o->socket >= 0 ? o->socket : packet_link_socket();
    if (p->tx < 0)
        return err_os(e, errno, "cannot open a packet socket on %s", p->base.ifname);
    struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = p->base.ifindex};
    if (bind(p->tx, (const struct sockaddr *)&to, sizeof to) != 0)
        return err_os(e, errno, "cannot send on interface %s", p->base.ifname);
    int on = 1, size = SEND_BUFFER;
    /* Both only make it faster. */
    (void)setsockopt(p->tx, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on);
    if (setsockopt(p->tx, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size) != 0)
        (void)setsockopt(p->tx, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    p->crew = tx_crew_create(
        &(struct tx_crew_options){.loop = o->loop, .link = &p->base, .log = o->log, .fd = p->tx, .threads = true}, e);
    return p->crew != NULL;
}

struct link *packet_link_open(const struct link_options *o, struct err *e) {
    struct packet_link *p = (struct packet_link *)calloc(1, sizeof *p);
    if (!p) {
        if (o->socket >= 0)
            close(o->socket);
        err_set(e, ERR_MEMORY, "no memory for a link");
        return NULL;
    }
    p->base.ops = &packet_link_ops;
    p->closer = o->closer;
    p->base.frame = FRAME_ETHERNET;
    p->base.ifindex = o->route->ifindex;
    p->base.mtu = o->route->mtu;
    memcpy(p->base.ifname, o->route->ifname, sizeof p->base.ifname);
    memcpy(p->base.mac, o->route->mac, MAC_LEN);
    p->tx = -1;
    struct filter_program filter;
    filter_build(&filter, FRAME_ETHERNET, p->base.mac, &o->filter);
    if (open_tx(p, o, e) && (p->rx = rx_ring_open(o, &p->base, &filter, e)))
        return &p->base;
    packet_link_destroy(&p->base);
    return NULL;
}
