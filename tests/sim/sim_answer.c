/* Answers of hosts and routers: headers, ICMP, neighbour discovery. */
#include <string.h>

#include "net/checksum.h"
#include "net/udp.h"
#include "sim_parts.h"

enum { TID = 40123 };       /* RFC 1350 4: chosen by the server */
enum { ETH_SHORTEST = 60 }; /* shorter frames arrive padded (IEEE 802.3) */

/* Who hands us packets from this address: the host itself on the link, else the gateway. */
static void mac_of(struct sim_link *l, const struct addr *src, uint8_t mac[MAC_LEN]) {
    struct sim *s = l->sim;
    struct addr a = *src;
    a.zone = 0;
    if (sim_interface_of(s, &a) == l->interface) {
        const struct sim_host *h = map_get(&s->hosts, &a);
        const struct sim_gateway *g = sim_gateway_of(s, &a);
        if (h)
            memcpy(mac, h->mac, MAC_LEN);
        else if (g)
            memcpy(mac, g->mac, MAC_LEN);
        else
            sim_default_mac(&a, mac);
        return;
    }
    sim_default_mac(&a, mac);
    for (size_t i = 0; i < s->world->n_gateways; i++)
        if (s->world->gateways[i].addr.family == a.family &&
            sim_interface_of(s, &s->world->gateways[i].addr) == l->interface) {
            memcpy(mac, s->world->gateways[i].mac, MAC_LEN);
            return;
        }
}

void sim_answer_headers(struct sim_link *l, struct wr *w, const struct ip *ip) {
    if (l->face.frame == FRAME_ETHERNET) {
        struct eth eth = {.type = ip->dst.family == ADDR_V4 ? ETH_TYPE_IP4 : ETH_TYPE_IP6};
        memcpy(eth.dst, l->face.mac, MAC_LEN);
        mac_of(l, &ip->src, eth.src);
        eth_write(w, &eth);
    }
    ip_write(w, ip);
}

static void send_padded(const struct sim_visit *v, struct wr *w) {
    if (v->link->face.frame == FRAME_ETHERNET && w->n < ETH_SHORTEST)
        wr_zero(w, ETH_SHORTEST - w->n);
    if (!w->bad)
        sim_path_answer(v, w->p, w->n);
}

/* An ICMP message: `rest` is what stands behind type, code and checksum. */
static void send_icmp(const struct sim_visit *v, const struct addr *from, const uint8_t type_code[2],
                      const struct rd *rest, uint8_t ttl) {
    uint8_t bytes[LINK_FRAME_MAX];
    struct wr w = wr_of(bytes, sizeof bytes);
    const struct addr *to = &v->f->ip.src;
    bool v6 = to->family == ADDR_V6;
    struct ip ip = {.src = *from,
                    .dst = *to,
                    .proto = v6 ? IP_PROTO_ICMP6 : IP_PROTO_ICMP,
                    .ttl = ttl,
                    .id = (uint16_t)v->sim->count.answers,
                    .payload = (uint32_t)rest->n + 4};
    sim_answer_headers(v->link, &w, &ip);
    size_t at = w.n;
    wr_bytes(&w, type_code, 2);
    wr_u16(&w, 0);
    wr_bytes(&w, rest->p, rest->n);
    if (w.bad)
        return;
    uint32_t sum = v6 ? checksum_pseudo(from, to, IP_PROTO_ICMP6, ip.payload) : 0;
    wr_patch_u16(&w, at + 2, checksum_finish(checksum_add(sum, w.p + at, w.n - at)));
    send_padded(v, &w);
}

/* RFC 792: the header and 8 bytes of the packet (`quote full`: up to 576 bytes in all, RFC 1812 4.3.2.3);
 * RFC 4443 3.1: as much as fits into 1280 bytes. */
void sim_answer_error(const struct sim_visit *v, const struct sim_action *a) {
    bool v6 = v->f->ip.dst.family == ADDR_V6;
    const struct addr *from = a->from.family == v->f->ip.dst.family ? &a->from : &v->f->ip.dst;
    if (v->host && !sim_host_may(v->sim, v->host, SIM_LIMIT_ICMP, v->at))
        return;
    size_t header = v->n - v->body.n;
    size_t most = v6 ? 1280 - IP6_LEN - 8 : v->m->quote_full ? 576 - IP4_LEN - 8 : header + 8;
    uint8_t rest[1300];
    struct wr w = wr_of(rest, sizeof rest);
    wr_u32(&w, 0);
    wr_bytes(&w, v->packet, ll_min_size(header + v->body.n, most));
    struct rd r = rd_of(w.p, w.n);
    const struct sim_code *c = &sim_codes[a->code];
    send_icmp(v, from, v6 ? c->v6 : c->v4, &r, v->m->ttl);
}

void sim_answer_icmp(const struct sim_visit *v) {
    static const uint8_t reply[] = {ICMP_ECHO_REPLY, 0}, reply6[] = {ICMP6_ECHO_REPLY, 0},
                         stamp[] = {ICMP_TIMESTAMP_REPLY, 0}, mask[] = {ICMP_MASK_REPLY, 0};
    bool v6 = v->f->ip.dst.family == ADDR_V6;
    uint8_t type = v->f->icmp.type;
    struct rd rest = v->body;
    rd_skip(&rest, 4);
    if (rest.bad)
        return;
    if (type == (v6 ? ICMP6_ECHO : ICMP_ECHO)) {
        if (v->m->echo && sim_host_may(v->sim, v->host, SIM_LIMIT_ECHO, v->at))
            send_icmp(v, &v->f->ip.dst, v6 ? reply6 : reply, &rest, v->m->ttl);
    } else if (!v6 && type == ICMP_MASK && v->m->mask && rest.n >= 8 &&
               sim_host_may(v->sim, v->host, SIM_LIMIT_ECHO, v->at)) {
        /* RFC 950, appendix I: identifier and sequence number come back, with the mask of the network. */
        uint8_t body[8] = {0, 0, 0, 0, 255, 255, 255, 0};
        memcpy(body, rest.p, 4);
        struct rd r = rd_of(body, sizeof body);
        send_icmp(v, &v->f->ip.dst, mask, &r, v->m->ttl);
    } else if (!v6 && type == ICMP_TIMESTAMP && v->m->timestamp && rest.n >= 16 &&
               sim_host_may(v->sim, v->host, SIM_LIMIT_ECHO, v->at)) {
        /* RFC 792: the originate stamp comes back; receive and transmit are ours, in ms since midnight. */
        uint8_t body[16];
        struct wr w = wr_of(body, sizeof body);
        uint32_t ms = (uint32_t)((SIM_LOOP_WALL_START % 86400) * 1000 + (v->at - SIM_LOOP_START) / NS_PER_MS);
        wr_bytes(&w, rest.p, 8);
        wr_u32(&w, ms % 86400000);
        wr_u32(&w, ms % 86400000);
        struct rd r = rd_of(body, sizeof body);
        send_icmp(v, &v->f->ip.dst, stamp, &r, v->m->ttl);
    }
}

void sim_answer_udp(const struct sim_visit *v) {
    struct sim_action a = sim_block_udp(v->host->block, v->f->dport);
    if (a.kind == SIM_CLOSED)
        a = (struct sim_action){.kind = SIM_ICMP, .code = SIM_CODE_PORT_UNREACH};
    if (a.kind == SIM_ICMP)
        sim_answer_error(v, &a);
    if (a.kind != SIM_OPEN && a.kind != SIM_ELSEWHERE)
        return;
    bool elsewhere = a.kind == SIM_ELSEWHERE;
    uint8_t bytes[LINK_FRAME_MAX];
    struct wr w = wr_of(bytes, sizeof bytes);
    struct slice text = elsewhere ? SLICE("\0\5\0\1no such file\0") : SLICE("heard");
    const struct addr *from = &v->f->ip.dst, *to = &v->f->ip.src;
    struct ip ip = {
        .src = *from, .dst = *to, .proto = IP_PROTO_UDP, .ttl = v->m->ttl, .payload = UDP_LEN + (uint32_t)text.n};
    sim_answer_headers(v->link, &w, &ip);
    udp_write(&w, elsewhere ? TID : v->f->dport, v->f->sport, text, from, to);
    send_padded(v, &w);
}

void sim_answer_arp(const struct sim_visit *v, const uint8_t mac[MAC_LEN]) {
    uint8_t bytes[ETH_SHORTEST];
    struct wr w = wr_of(bytes, sizeof bytes);
    struct eth eth = {.type = ETH_TYPE_ARP};
    struct arp arp = {.op = ARP_REPLY, .sender = v->f->arp.target, .target = v->f->arp.sender};
    memcpy(eth.dst, v->link->face.mac, MAC_LEN);
    memcpy(eth.src, mac, MAC_LEN);
    memcpy(arp.sender_mac, mac, MAC_LEN);
    memcpy(arp.target_mac, v->link->face.mac, MAC_LEN);
    eth_write(&w, &eth);
    arp_write(&w, &arp);
    send_padded(v, &w);
}

/* Neighbour advertisement, RFC 4861 4.4: solicited and override flags, target link-layer address option. */
void sim_answer_solicit(const struct sim_visit *v, const uint8_t mac[MAC_LEN]) {
    static const uint8_t advert[] = {ICMP6_NEIGHBOR_ADVERT, 0};
    uint8_t rest[28];
    struct wr w = wr_of(rest, sizeof rest);
    wr_u32(&w, UINT32_C(0x60000000));
    wr_bytes(&w, v->f->nd_target.b, 16);
    wr_u8(&w, 2);
    wr_u8(&w, 1);
    wr_bytes(&w, mac, MAC_LEN);
    struct rd r = rd_of(w.p, w.n);
    send_icmp(v, &v->f->nd_target, advert, &r, 255);
}
