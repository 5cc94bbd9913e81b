#include "link/rx_ring.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Small blocks: at a high rate they fill, and are handed over, long before their time-out, which the kernel rounds up
 * to its own ticks of some milliseconds. */
#define BLOCK_SIZE 16384u
#define BLOCKS 256u
#define FRAME_SIZE 2048u
/* The kernel hands over a block when it is full or this old: the price of batches in latency. */
#define BLOCK_TIMEOUT_MS 1u

struct rx_ring {
    struct link_options o;
    struct link *link;
    int fd;
    uint8_t *map;
    unsigned current;
    struct loop_watch *watch;
    bool losing; /* the kernel has dropped packets since we last asked */
    bool down_logged;
};

static int64_t clock_ns(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

static void deliver(struct rx_ring *r, const struct tpacket3_hdr *h, int64_t now, int64_t wall_offset) {
    if (h->tp_status & TP_STATUS_LOSING)
        r->losing = true;
    /* A tagged frame belongs to another network, although this interface has seen it. */
    if ((h->tp_status & TP_STATUS_VLAN_VALID) && (h->hv1.tp_vlan_tci & 0x0fff) != 0)
        return;
    /* The kernel's time stamp, moved from the wall clock to ours: without the time spent in the ring. */
    int64_t t = (int64_t)h->tp_sec * NS_PER_S + h->tp_nsec + wall_offset;
    if (t > now || now - t > NS_PER_S)
        t = now;
    r->link->count.received++;
    r->link->count.received_bytes += h->tp_snaplen;
    r->o.fn(r->o.ctx, (const uint8_t *)h + h->tp_mac, h->tp_snaplen, t);
}

static void drain_block(struct rx_ring *r, struct tpacket_block_desc *block, int64_t now, int64_t wall_offset) {
    const struct tpacket_hdr_v1 *bh = &block->hdr.bh1;
    const uint8_t *at = (const uint8_t *)block + bh->offset_to_first_pkt;
    for (uint32_t i = 0; i < bh->num_pkts; i++) {
        const struct tpacket3_hdr *h = (const struct tpacket3_hdr *)(const void *)at;
        deliver(r, h, now, wall_offset);
        at += h->tp_next_offset;
    }
}

static void count_drops(struct rx_ring *r) {
    struct tpacket_stats_v3 s; /* reading sets the kernel's counters back to 0 */
    socklen_t n = sizeof s;
    if (getsockopt(r->fd, SOL_PACKET, PACKET_STATISTICS, &s, &n) == 0)
        r->link->count.kernel_drops += s.tp_drops;
    r->losing = false;
}

/* Woken without a block: an error is pending, most likely the interface went down. Asking takes the error away; the
 * kernel resumes delivery by itself when the interface comes back. */
static void take_error(struct rx_ring *r) {
    int os = 0;
    socklen_t n = sizeof os;
    if (getsockopt(r->fd, SOL_SOCKET, SO_ERROR, &os, &n) != 0 || os == 0 || r->down_logged)
        return;
    r->down_logged = true;
    log_message(&r->o.log, LOG_WARNING, "%s: receiving fails (%s); going on in case it comes back", r->link->ifname,
                strerror(os));
}

static void drain(void *ctx) {
    struct rx_ring *r = (struct rx_ring *)ctx;
    int64_t now = loop_now(r->o.loop);
    int64_t wall_offset = clock_ns(CLOCK_MONOTONIC) - clock_ns(CLOCK_REALTIME);
    unsigned done = 0;
    for (; done < BLOCKS; done++) {
        struct tpacket_block_desc *block =
            (struct tpacket_block_desc *)(void *)(r->map + (size_t)r->current * BLOCK_SIZE);
        if (!(__atomic_load_n(&block->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
            break;
        drain_block(r, block, now, wall_offset);
        __atomic_store_n(&block->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
        r->current = (r->current + 1) % BLOCKS;
    }
    if (done == 0)
        take_error(r);
    if (r->losing || done == BLOCKS)
        count_drops(r);
}

static bool set_option(int fd, int option, const void *value, socklen_t n, const char *what, struct err *e) {
    if (setsockopt(fd, SOL_PACKET, option, value, n) == 0)
        return true;
    return err_os(e, errno, "cannot set %s on a packet socket", what);
}

/* The filter is attached before the socket is bound: until then nothing arrives, so nothing unwanted is queued. */
static bool configure(struct rx_ring *r, const struct filter_program *filter, struct err *e) {
    int version = TPACKET_V3, on = 1;
    struct tpacket_req3 req = {.tp_block_size = BLOCK_SIZE,
                               .tp_block_nr = BLOCKS,
                               .tp_frame_size = FRAME_SIZE,
                               .tp_frame_nr = BLOCK_SIZE / FRAME_SIZE * BLOCKS,
                               .tp_retire_blk_tov = BLOCK_TIMEOUT_MS};
    if (!filter_attach(r->fd, filter, e) ||
        !set_option(r->fd, PACKET_VERSION, &version, sizeof version, "TPACKET_V3", e) ||
        !set_option(r->fd, PACKET_RX_RING, &req, sizeof req, "the receive ring", e))
        return false;
    /* Since Linux 4.20. Without it our own packets come back, and match no question. */
    (void)setsockopt(r->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
    void *map = mmap(NULL, (size_t)BLOCK_SIZE * BLOCKS, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, 0);
    if (map == MAP_FAILED)
        return err_os(e, errno, "cannot map the receive ring");
    r->map = (uint8_t *)map;
    struct sockaddr_ll to = {
        .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = r->link->ifindex};
    if (bind(r->fd, (const struct sockaddr *)&to, sizeof to) != 0)
        return err_os(e, errno, "cannot receive on interface %s", r->link->ifname);
    r->watch = r->o.loop->ops->watch(r->o.loop, r->fd, LOOP_READ, drain, r);
    return r->watch || err_set(e, ERR_MEMORY, "cannot watch the packet socket of %s", r->link->ifname);
}

struct rx_ring *rx_ring_open(const struct link_options *o, struct link *link, const struct filter_program *filter,
                             struct err *e) {
    struct rx_ring *r = (struct rx_ring *)calloc(1, sizeof *r);
    if (!r) {
        err_set(e, ERR_MEMORY, "no memory for a receive ring");
        return NULL;
    }
    r->o = *o;
    r->link = link;
    int type = link->frame == FRAME_ETHERNET ? SOCK_RAW : SOCK_DGRAM; /* DGRAM: without link header */
    r->fd = socket(AF_PACKET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (r->fd < 0)
        err_os(e, errno, "cannot open a packet socket on %s", link->ifname);
    else if (configure(r, filter, e))
        return r;
    rx_ring_close(r);
    return NULL;
}

void rx_ring_close(struct rx_ring *r) {
    if (!r)
        return;
    if (r->watch)
        r->o.loop->ops->unwatch(r->o.loop, r->watch);
    if (r->map)
        munmap(r->map, (size_t)BLOCK_SIZE * BLOCKS);
    closer_add(r->o.closer, r->fd);
    free(r);
}
