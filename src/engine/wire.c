/* Stamping packets: the probe writes its part, this file the headers in front of it and everything that dresses a
 * packet (hop limit, identification, Ethernet addresses). */
#include "engine/state.h"

#define TTL_LOW 37
#define TTL_SPAN 23
#define HOP_LIMIT_V6 255

uint16_t wire_tag(const struct engine *g, int64_t now) {
    if (g->c.settings->source_port >= 0)
        return (uint16_t)g->c.settings->source_port;
    return (uint16_t)(g->c.port_base + (uint64_t)((now - g->started) / WIRE_EPOCH_NS) % WIRE_PORTS);
}

bool wire_is_canary_tag(const struct engine *g, uint16_t tag) {
    return tag >= g->c.port_base + WIRE_PORTS && tag < g->c.port_base + WIRE_PORTS + WIRE_CANARY_PORTS;
}

static uint8_t wire_probe_number(const struct engine *g, const struct probe *p) {
    for (size_t i = 0; i < g->n_probes; i++)
        if (g->probes[i] == p)
            return (uint8_t)i;
    return 0xff;
}

uint64_t wire_cookie(const struct engine *g, const struct probe *p, const struct addr *peer, uint16_t port,
                     uint16_t tag) {
    return cookie_of(&g->key, peer, port, tag, wire_probe_number(g, p));
}

static uint8_t wire_ttl(struct engine *g, const struct probe *p, bool v6) {
    if (p && p->aim)
        return HOP_LIMIT_V6; /* RFC 4861 7.1: anything less is dropped */
    if (g->c.settings->ttl >= 0)
        return (uint8_t)g->c.settings->ttl;
    return v6 ? HOP_LIMIT_V6 : (uint8_t)(TTL_LOW + rng_below(&g->rng, TTL_SPAN));
}

static void wire_ethernet(struct wr *w, const struct link *link, const uint8_t *mac, uint16_t type) {
    struct eth e = {.type = type};
    memcpy(e.src, link->mac, MAC_LEN);
    memcpy(e.dst, mac, MAC_LEN);
    eth_write(w, &e);
}

/* `l2` bytes of link header stand in front of `n` bytes of network packet. */
static void wire_commit(struct engine *g, struct link *link, const uint8_t *slot, size_t l2, size_t n) {
    g->sent_packets++;
    g->sent_bytes += n;
    if (g->tracing)
        engine_trace(g, (struct trace){.kind = TRACE_SENT, .packet = slot + l2, .n = n}, engine_now(g));
    link->ops->commit(link, l2 + n);
}

/* Network header in front of a body that stands already behind it. */
static void wire_network(struct engine *g, struct wr *head, const struct addr *src, const struct probe *p,
                         const struct addr *dst, uint8_t proto, size_t body) {
    bool v6 = dst->family == ADDR_V6;
    struct ip h = {.src = *src,
                   .dst = *dst,
                   .proto = proto,
                   .ttl = wire_ttl(g, p, v6),
                   .id = (uint16_t)rng_u64(&g->rng),
                   .payload = (uint32_t)body};
    ip_write(head, &h);
}

bool wire_ask(struct engine *g, struct path *path, const uint8_t mac[MAC_LEN], const struct probe *p,
              const struct addr *dst, uint16_t port, uint16_t tag) {
    struct link *link = path->link;
    bool ethernet = link->frame == FRAME_ETHERNET;
    if (p->over == PROBE_OVER_ETHERNET && !ethernet)
        return true;
    uint8_t *slot = link->ops->alloc(link);
    if (!slot)
        return false;
    uint8_t aimed[MAC_LEN];
    struct addr ip_dst = *dst;
    if (p->aim) {
        p->aim(dst, aimed, &ip_dst);
        mac = aimed;
    }
    bool over_ip = p->over == PROBE_OVER_IP;
    size_t l2 = ethernet ? ETH_LEN : 0, l3 = over_ip ? ip_header_len(dst) : 0;
    struct wr head = wr_of(slot, l2 + l3), body = wr_of(slot + l2 + l3, LINK_FRAME_MAX - l2 - l3);
    struct question q = {.src = path->route.source,
                         .dst = *dst,
                         .src_mac = link->mac,
                         .port = port,
                         .sport = tag,
                         .cookie = wire_cookie(g, p, dst, port, tag)};
    if (p->payload && g->c.payload_of)
        q.payload = g->c.payload_of(g->c.payload_ctx, port);
    p->build(&body, &q);
    bool v6 = dst->family == ADDR_V6;
    if (ethernet)
        wire_ethernet(&head, link, mac ? mac : path->mac, over_ip ? (v6 ? ETH_TYPE_IP6 : ETH_TYPE_IP4) : p->ethertype);
    if (over_ip)
        wire_network(g, &head, &path->route.source, p, &ip_dst, p->ip_proto[v6], body.n);
    wire_commit(g, link, slot, l2, l3 + body.n);
    return true;
}

void wire_reset(struct engine *g, struct link *link, const struct addr *source, const uint8_t mac[MAC_LEN],
                const struct verdict *v) {
    uint8_t *slot = link->ops->alloc(link);
    if (!slot)
        return;
    bool ethernet = link->frame == FRAME_ETHERNET, v6 = v->peer.family == ADDR_V6;
    size_t l2 = ethernet ? ETH_LEN : 0, l3 = ip_header_len(&v->peer);
    struct wr head = wr_of(slot, l2 + l3), body = wr_of(slot + l2 + l3, LINK_FRAME_MAX - l2 - l3);
    struct tcp t = {.sport = v->sport, .dport = v->port, .seq = v->rst_seq, .flags = TCP_RST};
    tcp_write(&body, &t, source, &v->peer);
    if (ethernet)
        wire_ethernet(&head, link, mac, v6 ? ETH_TYPE_IP6 : ETH_TYPE_IP4);
    wire_network(g, &head, source, NULL, &v->peer, IP_PROTO_TCP, body.n);
    wire_commit(g, link, slot, l2, l3 + body.n);
}

void wire_flush(struct engine *g) {
    for (struct path *p = g->paths; p; p = p->next)
        if (p->link)
            p->link->ops->flush(p->link);
}
