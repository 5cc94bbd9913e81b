/* What the scanner sent: verified to the last checksum, then brought to the host that it is for. */
#include <string.h>

#include "net/checksum.h"
#include "sim_parts.h"

/* Keeps the first complaint, with the beginning of the frame in hex. */
static void complain(struct sim *s, const char *what, const uint8_t *p, size_t n) {
    if (s->count.malformed++ > 0 || s->complaint[0])
        return;
    int at = snprintf(s->complaint, sizeof s->complaint, "%s:", what);
    for (size_t i = 0; i < n && i < 54 && at > 0 && (size_t)at + 3 < sizeof s->complaint; i++)
        at += snprintf(s->complaint + at, sizeof s->complaint - (size_t)at, "%s%02x", i % 4 == 0 ? " " : "", p[i]);
}

static uint16_t peek_u16(const uint8_t *p, size_t at) {
    return (uint16_t)(p[at] << 8 | p[at + 1]);
}

static bool sum_is_zero(const struct ip *ip, uint8_t proto, const struct rd *body) {
    uint32_t sum = proto ? checksum_pseudo(&ip->src, &ip->dst, proto, (uint32_t)body->n) : 0;
    return checksum_finish(checksum_add(sum, body->p, body->n)) == 0;
}

/* NULL, or what is wrong with the network packet and what it carries. */
static const char *check_packet(const struct frame *f, const uint8_t *p, size_t n, const struct rd *body) {
    const struct ip *ip = &f->ip;
    if (ip->dst.family == ADDR_V4) {
        size_t header = (size_t)(p[0] & 15) * 4;
        if (checksum_finish(checksum_add(0, p, header)) != 0)
            return "wrong IPv4 header checksum (RFC 791 3.1)";
        if (peek_u16(p, 2) > n)
            return "IPv4 total length beyond the packet (RFC 791 3.1)";
    }
    if (ip->payload != body->n)
        return "the packet is shorter than its header says";
    if (ip->ttl == 0)
        return "TTL or hop limit is zero";
    if (ip->fragment)
        return NULL;
    switch (ip->proto) {
    case IP_PROTO_TCP:
        if (f->kind != FRAME_TCP || (body->p[12] & 15) != 0)
            return "malformed TCP header (RFC 9293 3.1)";
        return sum_is_zero(ip, IP_PROTO_TCP, body) ? NULL : "wrong TCP checksum (RFC 9293 3.1)";
    case IP_PROTO_UDP:
        if (f->kind != FRAME_UDP)
            return "malformed UDP header (RFC 768)";
        if (ip->dst.family == ADDR_V4 && peek_u16(body->p, 6) == 0)
            return NULL;
        return sum_is_zero(ip, IP_PROTO_UDP, body) ? NULL : "wrong UDP checksum (RFC 768)";
    case IP_PROTO_ICMP:
        if (ip->dst.family == ADDR_V4)
            return sum_is_zero(ip, 0, body) ? NULL : "wrong ICMP checksum (RFC 792)";
        return "ICMP for IPv4 inside IPv6";
    case IP_PROTO_ICMP6:
        if (ip->dst.family != ADDR_V6)
            return "ICMPv6 inside IPv4";
        if (f->kind == FRAME_ICMP && f->icmp.type == ICMP6_NEIGHBOR_SOLICIT && ip->ttl != 255)
            return "hop limit of a neighbour solicitation is not 255 (RFC 4861 7.1.1)";
        return sum_is_zero(ip, IP_PROTO_ICMP6, body) ? NULL : "wrong ICMPv6 checksum (RFC 4443 2.3)";
    default:
        return NULL;
    }
}

/* The Ethernet addresses under which the next hop of an IP address is reached. */
static bool right_mac(const struct sim_visit *v, const uint8_t mac[MAC_LEN], const struct addr *dst) {
    struct sim *s = v->sim;
    if (addr_is_multicast(dst)) {
        uint8_t group[MAC_LEN];
        addr_multicast_mac(dst, group);
        return memcmp(mac, group, MAC_LEN) == 0;
    }
    if (sim_interface_of(s, dst) == v->link->interface && v->host && memcmp(mac, v->host->mac, MAC_LEN) == 0)
        return true;
    for (size_t i = 0; i < s->world->n_gateways; i++) {
        const struct sim_gateway *g = &s->world->gateways[i];
        if (g->addr.family == dst->family && sim_interface_of(s, &g->addr) == v->link->interface &&
            memcmp(mac, g->mac, MAC_LEN) == 0)
            return true;
    }
    return false;
}

static void count_kind(struct sim *s, struct sim_host *h, const struct frame *f) {
    bool rst = f->kind == FRAME_TCP && (f->tcp.flags & TCP_RST);
    if (f->kind == FRAME_TCP) {
        bool syn = (f->tcp.flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN;
        uint64_t *which = rst                        ? &s->count.rsts
                          : syn                      ? &s->count.syns
                          : (f->tcp.flags & TCP_ACK) ? &s->count.acks
                                                     : &s->count.others;
        (*which)++;
        if (h) {
            h->syns += syn;
            h->rsts += rst;
        }
    } else if (f->kind == FRAME_UDP) {
        s->count.udps++;
    } else if (f->kind == FRAME_ICMP) {
        bool v6 = f->ip.dst.family == ADDR_V6;
        uint64_t *which = f->icmp.type == (v6 ? ICMP6_ECHO : ICMP_ECHO)  ? &s->count.echos
                          : !v6 && f->icmp.type == ICMP_TIMESTAMP        ? &s->count.timestamps
                          : v6 && f->icmp.type == ICMP6_NEIGHBOR_SOLICIT ? &s->count.solicits
                                                                         : &s->count.others;
        (*which)++;
    }
    if (!rst)
        sim_host_meter(s, h);
}

/* Finds the host, lets the packet travel, and tells whether somebody is there to act on it. v->host may stay NULL:
 * then v->m says what a range does for its absent addresses. */
static bool travel(struct sim_visit *v, const struct addr *dst) {
    const struct sim_block *absent;
    struct sim *s = v->sim;
    v->host = sim_host_at(s, dst, &absent);
    v->m = v->host ? &v->host->block->m : absent ? &absent->m : NULL;
    if (v->host)
        v->host->frames++;
    return sim_path_there(s, v->host, v->m, v->link->interface->index == 1, &v->at) &&
           (!v->host || sim_host_alive(v->host, v->at));
}

/* ARP request or neighbour solicitation: hosts and gateways on this link answer. */
static void ask_neighbor(struct sim_visit *v, const struct addr *target) {
    struct sim *s = v->sim;
    struct addr a = *target;
    a.zone = 0;
    bool arp = v->f->kind == FRAME_ARP;
    const struct sim_gateway *g = sim_gateway_of(s, &a);
    bool reached = travel(v, &a);
    if (sim_interface_of(s, &a) != v->link->interface)
        return;
    if (!v->host && g) {
        v->m = &s->world->local.m;
        v->at = sim_loop_time(s->loop);
        (arp ? sim_answer_arp : sim_answer_solicit)(v, g->mac);
    } else if (reached && v->host && v->m->arp) {
        (arp ? sim_answer_arp : sim_answer_solicit)(v, v->host->mac);
    }
}

static void arp_sent(struct sim_visit *v, const struct eth *eth, const uint8_t *p, size_t n) {
    static const uint8_t broadcast[MAC_LEN] = {255, 255, 255, 255, 255, 255};
    struct sim *s = v->sim;
    const struct arp *a = &v->f->arp;
    s->count.arps++;
    sim_host_meter(s, NULL);
    if (memcmp(a->sender_mac, v->link->face.mac, MAC_LEN) != 0) {
        complain(s, "ARP from a MAC address that is not ours", p, n);
        return;
    }
    if (a->op != ARP_REQUEST)
        return;
    if (!sim_is_own(s, &a->sender))
        s->count.foreign++;
    else if (memcmp(eth->dst, broadcast, MAC_LEN) != 0)
        s->count.misdirected++;
    else
        ask_neighbor(v, &a->target);
}

static void solicit_sent(struct sim_visit *v) {
    const struct addr *target = &v->f->nd_target;
    struct addr group = addr_solicited_node(target);
    group.zone = 0;
    if (addr_eq(&v->f->ip.dst, target) || addr_eq(&v->f->ip.dst, &group))
        ask_neighbor(v, target);
    else
        v->sim->count.misdirected++;
}

static bool ours(const struct sim_visit *v) {
    const struct link_filter *lf = &v->link->filter;
    bool port_ok = (v->f->kind != FRAME_TCP && v->f->kind != FRAME_UDP) || lf->port_last == 0 ||
                   (v->f->sport >= lf->port_first && v->f->sport <= lf->port_last);
    return port_ok && sim_is_own(v->sim, &v->f->ip.src);
}

static void ip_sent(struct sim_visit *v, const struct eth *eth) {
    struct sim *s = v->sim;
    const struct frame *f = v->f;
    bool reached = false;
    if (!ours(v)) {
        s->count.foreign++;
        return;
    }
    bool group = addr_is_multicast(&f->ip.dst);
    if (!group)
        reached = travel(v, &f->ip.dst);
    count_kind(s, v->host, f);
    if (eth && !right_mac(v, eth->dst, &f->ip.dst)) {
        s->count.misdirected++;
        return;
    }
    if (f->kind == FRAME_ICMP && f->ip.dst.family == ADDR_V6 && f->icmp.type == ICMP6_NEIGHBOR_SOLICIT) {
        solicit_sent(v);
        return;
    }
    if (!reached)
        return;
    if (!v->host) {
        if (v->m->absent.kind == SIM_ICMP)
            sim_answer_error(v, &v->m->absent);
    } else if (f->kind == FRAME_TCP) {
        sim_tcp_segment(v);
    } else if (f->kind == FRAME_ICMP) {
        sim_answer_icmp(v);
    } else if (f->kind == FRAME_UDP) {
        sim_answer_udp(v);
    }
}

void sim_frame_sent(struct sim_link *l, const uint8_t *p, size_t n) {
    struct sim *s = l->sim;
    struct frame f;
    struct eth eth;
    struct rd r = rd_of(p, n);
    bool ethernet = l->face.frame == FRAME_ETHERNET;
    s->count.frames++;
    if (n > l->interface->mtu + (ethernet ? ETH_LEN + 4u : 0u) || n > LINK_FRAME_MAX) {
        complain(s, "the frame is longer than the MTU", p, n);
        return;
    }
    if ((ethernet && !eth_read(&r, &eth)) || !frame_read(l->face.frame, p, n, 0, &f)) {
        complain(s, "not a packet", p, n);
        return;
    }
    if (ethernet && memcmp(eth.src, l->face.mac, MAC_LEN) != 0) {
        complain(s, "Ethernet source address is not ours", p, n);
        return;
    }
    struct sim_visit v = {.sim = s, .link = l, .f = &f, .packet = r.p, .n = r.n};
    if (f.kind == FRAME_ARP) {
        arp_sent(&v, &eth, p, n);
        return;
    }
    struct ip ip;
    const char *wrong = ip_read(v.packet, v.n, 0, &ip, &v.body) ? check_packet(&f, v.packet, v.n, &v.body) : "not IP";
    if (!wrong && ethernet && eth.type != (ip.dst.family == ADDR_V4 ? ETH_TYPE_IP4 : ETH_TYPE_IP6))
        wrong = "the Ethernet type is not that of the packet";
    if (wrong)
        complain(s, wrong, p, n);
    else
        ip_sent(&v, ethernet ? &eth : NULL);
}
