/* Noise: packets that nobody asked for. Forged SYN/ACKs, resets and errors come from addresses of the world to our
 * ports with acknowledgements drawn at random, for as long as the scan has anything to wait for. */
#include <string.h>

#include "sim_parts.h"

struct source {
    struct loop_timer timer;
    struct sim_link *link;
    const struct sim_block *block;
    enum sim_noise kind;
    double per_s;
};

static const struct addr *own_address(const struct sim_interface *in, uint32_t family) {
    for (size_t i = 0; i < in->n; i++)
        if (in->addr[i].family == family && !addr_is_link_local(&in->addr[i]))
            return &in->addr[i];
    return NULL;
}

static struct addr forged_address(struct sim *s, const struct sim_block *b) {
    u128 span = addr_number(&b->last) - addr_number(&b->first);
    uint64_t width = span >= UINT32_MAX ? UINT32_MAX : (uint64_t)span + 1;
    return addr_from_number((enum addr_family)b->first.family, addr_number(&b->first) + rng_below(&s->rng, width), 0);
}

/* Half of the ports are low ones, which scans ask for. */
static uint16_t forged_port(struct sim *s) {
    return (uint16_t)(1 + rng_below(&s->rng, rng_below(&s->rng, 2) ? 1024 : 65535));
}

static void forged_segment(struct source *n, const struct addr *from, const struct addr *to, uint16_t own) {
    struct sim *s = n->link->sim;
    uint8_t bytes[128];
    struct wr w = wr_of(bytes, sizeof bytes);
    struct ip ip = {.src = *from, .dst = *to, .proto = IP_PROTO_TCP, .ttl = n->block->m.ttl, .payload = TCP_LEN};
    struct tcp t = {.sport = forged_port(s),
                    .dport = own,
                    .seq = (uint32_t)rng_u64(&s->rng),
                    .ack = (uint32_t)rng_u64(&s->rng),
                    .flags = n->kind == SIM_NOISE_RST ? TCP_RST | TCP_ACK : TCP_SYN | TCP_ACK,
                    .window = 1024};
    sim_answer_headers(n->link, &w, &ip);
    tcp_write(&w, &t, from, to);
    if (!w.bad)
        sim_path_deliver(s, n->link, w.p, w.n, sim_loop_time(s->loop));
}

/* An error about a SYN that we never sent. */
static void forged_error(struct source *n, const struct addr *from, const struct addr *to, uint16_t own) {
    struct sim *s = n->link->sim;
    uint8_t bytes[128];
    struct wr w = wr_of(bytes, sizeof bytes);
    struct ip ip = {.src = *to, .dst = *from, .proto = IP_PROTO_TCP, .ttl = 50, .payload = TCP_LEN};
    struct tcp t = {
        .sport = own, .dport = forged_port(s), .seq = (uint32_t)rng_u64(&s->rng), .flags = TCP_SYN, .window = 1024};
    ip_write(&w, &ip);
    size_t header = w.n;
    tcp_write(&w, &t, to, from);
    struct frame f;
    if (w.bad || !frame_read(FRAME_RAW_IP, w.p, w.n, 0, &f))
        return;
    struct sim_visit v = {.sim = s,
                          .link = n->link,
                          .f = &f,
                          .packet = w.p,
                          .n = w.n,
                          .body = rd_of(w.p + header, w.n - header),
                          .m = &n->block->m,
                          .at = sim_loop_time(s->loop)};
    sim_answer_error(&v, &(struct sim_action){.kind = SIM_ICMP, .code = SIM_CODE_PORT_UNREACH});
}

static bool arm(struct source *n) {
    struct sim *s = n->link->sim;
    double wait = (0.5 + rng_real(&s->rng)) / n->per_s * (double)NS_PER_S;
    return sim_loop_background_at(s->loop, &n->timer, sim_loop_time(s->loop) + (int64_t)wait);
}

static void noise_due(void *ctx) {
    struct source *n = ctx;
    struct sim *s = n->link->sim;
    struct addr from = forged_address(s, n->block);
    const struct addr *to = own_address(n->link->interface, from.family);
    const struct link_filter *f = &n->link->filter;
    uint16_t own = (uint16_t)(f->port_first + rng_below(&s->rng, (uint64_t)(f->port_last - f->port_first) + 1));
    if (to) {
        s->count.noise++;
        (n->kind == SIM_NOISE_UNREACH ? forged_error : forged_segment)(n, &from, to, own);
    }
    if (!arm(n))
        s->count.noise--;
}

bool sim_noise_start(struct sim_link *l) {
    struct sim *s = l->sim;
    for (const struct sim_block *b = s->world->blocks; b; b = b->next) {
        struct route r;
        struct err e;
        if (!sim_net_route(s, &b->first, &r, &e) || r.ifindex != l->face.ifindex)
            continue;
        for (int kind = 0; kind < SIM_NOISES; kind++) {
            if (b->m.noise[kind] <= 0)
                continue;
            struct source *n = arena_alloc(&s->arena, sizeof *n);
            if (!n)
                return false;
            *n = (struct source){.link = l, .block = b, .kind = (enum sim_noise)kind, .per_s = b->m.noise[kind]};
            loop_timer_init(&n->timer, noise_due, n);
            if (!arm(n))
                return false;
        }
    }
    return true;
}
