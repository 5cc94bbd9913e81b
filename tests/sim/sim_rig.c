#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "sim_loop.h"
#include "sim_rig.h"

struct addr rig_addr(const char *text) {
    struct addr a;
    assert_true(addr_parse(slice_of(text), &a));
    return a;
}

static void received(void *ctx, const uint8_t *p, size_t n, int64_t t) {
    struct rig *r = ctx;
    struct frame f;
    assert_true(frame_read(r->link->frame, p, n, 0, &f));
    if (r->n < RIG_GOT_MAX) {
        struct rig_got *g = &r->got[r->n];
        g->t = t - SIM_LOOP_START;
        g->n = n;
        memcpy(g->bytes, p, n);
        assert_true(frame_read(r->link->frame, g->bytes, n, 0, &g->f));
    }
    r->n++;
    if (f.kind == FRAME_ARP)
        memcpy(r->next_mac, f.arp.sender_mac, MAC_LEN);
    if (f.kind == FRAME_ICMP && f.nd_has_mac)
        memcpy(r->next_mac, f.nd_mac, MAC_LEN);
    if (r->polite && f.kind == FRAME_TCP && f.tcp.flags == (TCP_SYN | TCP_ACK)) {
        char text[ADDR_TEXT_MAX];
        rig_tcp(r, addr_format(&f.ip.src, text), f.dport, f.sport, f.tcp.ack, 0, TCP_RST);
    }
}

void rig_init(struct rig *r, const char *world, uint64_t seed, const char *dst) {
    struct err e = {0};
    struct addr a = rig_addr(dst);
    struct link_filter filter = {RIG_SPORT, RIG_SPORT_LAST};
    memset(r, 0, sizeof *r);
    r->got = calloc(RIG_GOT_MAX, sizeof *r->got);
    assert_non_null(r->got);
    r->sim = sim_create(world, seed, &e);
    if (!r->sim)
        fail_msg("%s", e.text);
    r->door = sim_door(r->sim);
    struct network *net = r->door->network;
    assert_true(net->ops->route(net, &a, &r->route, &e));
    r->link = net->ops->open(net, &r->route, &filter, received, r, &e);
    assert_non_null(r->link);
    if (r->route.ethernet) /* without an entry, rig_arp or rig_solicit will find it */
        net->ops->neighbor(net, r->route.ifindex, &r->route.next_hop, r->next_mac);
}

void rig_finish(struct rig *r) {
    sim_destroy(r->sim);
    free(r->got);
}

void rig_run(struct rig *r) {
    r->door->loop->ops->run(r->door->loop);
}

static void stop(void *ctx) {
    struct rig *r = ctx;
    r->door->loop->ops->stop(r->door->loop);
}

void rig_run_until(struct rig *r, int64_t since_start) {
    struct loop_timer t;
    loop_timer_init(&t, stop, r);
    assert_true(loop_timer_at(r->door->loop, &t, SIM_LOOP_START + since_start));
    rig_run(r);
    loop_timer_off(r->door->loop, &t);
}

void rig_raw(struct rig *r, const void *p, size_t n) {
    uint8_t *place = r->link->ops->alloc(r->link);
    assert_non_null(place);
    memcpy(place, p, n);
    r->link->ops->commit(r->link, n);
    r->link->ops->flush(r->link);
}

static void headers(struct rig *r, struct wr *w, const struct addr *src, const struct addr *dst, uint8_t proto,
                    uint32_t payload, uint8_t ttl) {
    struct ip ip = {.src = *src, .dst = *dst, .proto = proto, .ttl = ttl, .payload = payload};
    if (r->link->frame == FRAME_ETHERNET) {
        struct eth eth = {.type = dst->family == ADDR_V4 ? ETH_TYPE_IP4 : ETH_TYPE_IP6};
        memcpy(eth.src, r->link->mac, MAC_LEN);
        if (addr_is_multicast(dst))
            addr_multicast_mac(dst, eth.dst);
        else
            memcpy(eth.dst, r->next_mac, MAC_LEN);
        eth_write(w, &eth);
    }
    ip_write(w, &ip);
}

size_t rig_write_tcp(struct rig *r, uint8_t *out, const struct addr *dst, const struct tcp *t) {
    struct wr w = wr_of(out, LINK_FRAME_MAX);
    headers(r, &w, &r->route.source, dst, IP_PROTO_TCP, t->mss ? TCP_LEN + 4 : TCP_LEN, 60);
    tcp_write(&w, t, &r->route.source, dst);
    assert_false(w.bad);
    return w.n;
}

void rig_tcp(struct rig *r, const char *dst, uint16_t sport, uint16_t dport, uint32_t seq, uint32_t ack,
             uint8_t flags) {
    uint8_t bytes[LINK_FRAME_MAX];
    struct addr a = rig_addr(dst);
    struct tcp t = {.sport = sport, .dport = dport, .seq = seq, .ack = ack, .flags = flags, .window = 1024};
    rig_raw(r, bytes, rig_write_tcp(r, bytes, &a, &t));
}

void rig_syn(struct rig *r, const char *dst, uint16_t dport) {
    rig_tcp(r, dst, RIG_SPORT, dport, 1000, 0, TCP_SYN);
}

void rig_icmp(struct rig *r, const char *dst, uint8_t type, uint16_t id, uint16_t seq) {
    uint8_t bytes[LINK_FRAME_MAX], message[64];
    struct addr a = rig_addr(dst);
    struct icmp m = {.type = type, .id = id, .seq = seq};
    struct wr body = wr_of(message, sizeof message), w = wr_of(bytes, sizeof bytes);
    icmp_write_query(&body, &m, &r->route.source, &a);
    headers(r, &w, &r->route.source, &a, a.family == ADDR_V4 ? IP_PROTO_ICMP : IP_PROTO_ICMP6, (uint32_t)body.n, 60);
    wr_bytes(&w, message, body.n);
    assert_false(w.bad || body.bad);
    rig_raw(r, bytes, w.n);
}

void rig_arp(struct rig *r, const char *dst) {
    uint8_t bytes[64];
    struct wr w = wr_of(bytes, sizeof bytes);
    struct eth eth = {.type = ETH_TYPE_ARP};
    struct arp arp = {.op = ARP_REQUEST, .sender = r->route.source, .target = rig_addr(dst)};
    memset(eth.dst, 255, MAC_LEN);
    memcpy(eth.src, r->link->mac, MAC_LEN);
    memcpy(arp.sender_mac, r->link->mac, MAC_LEN);
    eth_write(&w, &eth);
    arp_write(&w, &arp);
    rig_raw(r, bytes, w.n);
}

void rig_solicit(struct rig *r, const char *dst) {
    uint8_t bytes[LINK_FRAME_MAX], message[64];
    struct addr target = rig_addr(dst), group = addr_solicited_node(&target);
    struct wr body = wr_of(message, sizeof message), w = wr_of(bytes, sizeof bytes);
    nd_write_solicit(&body, &r->route.source, &group, &target, r->link->mac);
    headers(r, &w, &r->route.source, &group, IP_PROTO_ICMP6, (uint32_t)body.n, 255);
    wr_bytes(&w, message, body.n);
    assert_false(w.bad || body.bad);
    rig_raw(r, bytes, w.n);
}
