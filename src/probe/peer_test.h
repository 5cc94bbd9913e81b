/* The other end, for tests of probes: puts a question into a packet as the engine does, and answers packets as RFC
 * 9293, 792, 4443, 826 and 4861 ask of a host. What it echoes, it has read from the packet. */
#ifndef LL_PROBE_PEER_TEST_H
#define LL_PROBE_PEER_TEST_H

#include "engine/probe.h"
#include "net/checksum.h"
#include "net/udp.h"
#define PEER_TTL 57
#define PEER_QUOTE_ALL 512 /* more than any question has */

static const uint8_t peer_own_mac[MAC_LEN] = {2, 0, 0, 0, 0, 1}, peer_mac[MAC_LEN] = {2, 0, 0, 0, 0, 0x77};

struct peer_packet {
    enum frame_link link;
    size_t n;
    uint8_t b[PEER_QUOTE_ALL];
};

/* Link and network headers in front of `body`; h NULL: ARP. */
static inline void peer_wrap(struct peer_packet *out, enum frame_link link, const struct ip *h, const uint8_t *src_mac,
                             const uint8_t *dst_mac, const struct wr *body) {
    struct wr w = wr_of(out->b, sizeof out->b);
    struct eth e = {.type = !h ? ETH_TYPE_ARP : h->dst.family == ADDR_V6 ? ETH_TYPE_IP6 : ETH_TYPE_IP4};
    memcpy(e.src, src_mac, MAC_LEN);
    memcpy(e.dst, dst_mac, MAC_LEN);
    if (link == FRAME_ETHERNET)
        eth_write(&w, &e);
    if (h) {
        struct ip ip = *h;
        ip.payload = (uint32_t)body->n;
        ip_write(&w, &ip);
    }
    wr_bytes(&w, body->p, body->n);
    out->link = link;
    out->n = w.bad || body->bad ? 0 : w.n;
}

/* The packet that asks q. False: this probe cannot be sent on such a link. */
static inline bool peer_ask(const struct probe *p, const struct question *q, enum frame_link link,
                            struct peer_packet *out) {
    uint8_t bytes[PEER_QUOTE_ALL], aimed[MAC_LEN];
    struct wr body = wr_of(bytes, sizeof bytes);
    struct ip h = {.src = q->src, .dst = q->dst, .ttl = p->aim ? 255 : 44, .id = 9};
    memcpy(aimed, peer_mac, MAC_LEN);
    if (p->over == PROBE_OVER_ETHERNET && link != FRAME_ETHERNET)
        return false;
    if (p->aim)
        p->aim(&q->dst, aimed, &h.dst);
    p->build(&body, q);
    h.proto = p->ip_proto[q->dst.family == ADDR_V6];
    peer_wrap(out, link, p->over == PROBE_OVER_IP ? &h : NULL, peer_own_mac, aimed, &body);
    return out->n > 0;
}
static inline void peer_icmp_checksum(struct wr *w, const struct ip *h) {
    uint32_t sum = 0;
    if (h->dst.family == ADDR_V6)
        if (h->dst.family == ADDR_V6)
            sum = checksum_pseudo(&h->src, &h->dst, IP_PROTO_ICMP6, (uint32_t)w->n);
    wr_patch_u16(w, 2, checksum_finish(checksum_add(sum, w->p, w->n)));
}

/* RFC 9293 3.10.7.1 and 3.10.7.2. */
static inline void peer_tcp(struct wr *w, const struct frame *f, const struct ip *h, bool open) {
    struct tcp t = {.sport = f->dport, .dport = f->sport, .flags = TCP_RST, .seq = f->tcp.ack};
    if (!(f->tcp.flags & TCP_ACK)) {
        t.flags = open ? TCP_SYN | TCP_ACK : TCP_RST | TCP_ACK;
        t.seq = open ? 0x1f2e3d4c : 0;
        t.ack = f->tcp.seq + 1;
    }
    tcp_write(w, &t, &h->src, &h->dst);
}

/* Echo, timestamp, address mask, and neighbour solicitation with the answer that RFC 4861 7.2.4 asks for. */
static inline bool peer_icmp(struct wr *w, const struct frame *f, struct ip *h) {
    struct icmp m = {.id = f->icmp.id, .seq = f->icmp.seq};
    if (f->icmp.type == ICMP6_NEIGHBOR_SOLICIT && h->dst.family == ADDR_V6) {
        h->src = f->nd_target;
        h->ttl = 255;
        wr_u32(w, (uint32_t)ICMP6_NEIGHBOR_ADVERT << 24);
        wr_u32(w, 0x60000000); /* solicited, override */
        wr_bytes(w, f->nd_target.b, 16);
        wr_u16(w, 0x0201); /* target link-layer address, 8 bytes */
        wr_bytes(w, peer_mac, MAC_LEN);
        peer_icmp_checksum(w, h);
        return true;
    }
    uint8_t echo = h->dst.family == ADDR_V6 ? ICMP6_ECHO : ICMP_ECHO;
    m.type = h->dst.family == ADDR_V6 ? ICMP6_ECHO_REPLY : ICMP_ECHO_REPLY;
    bool mask = f->icmp.type == ICMP_MASK;
    if ((mask || f->icmp.type == ICMP_TIMESTAMP) && h->dst.family == ADDR_V4)
        m.type = mask ? ICMP_MASK_REPLY : ICMP_TIMESTAMP_REPLY;
    else if (f->icmp.type != echo)
        return false;
    icmp_write_query(w, &m, &h->src, &h->dst);
    return true;
}

/* An ICMP error by `from` that quotes the network header and `quote` bytes behind it. */
static inline void peer_error(const struct peer_packet *asked, const struct addr *from, uint8_t type, uint8_t code,
                              size_t quote, struct peer_packet *out) {
    struct frame f;
    uint8_t bytes[PEER_QUOTE_ALL];
    struct wr body = wr_of(bytes, sizeof bytes);
    size_t l2 = asked->link == FRAME_ETHERNET ? ETH_LEN : 0, l3 = ip_header_len(from);
    assert_true(frame_read(asked->link, asked->b, asked->n, 0, &f));
    struct ip h = {.src = *from, .dst = f.ip.src, .proto = IP_PROTO_ICMP, .ttl = PEER_TTL};
    if (from->family == ADDR_V6)
        h.proto = IP_PROTO_ICMP6;
    wr_u32(&body, (uint32_t)type << 24 | (uint32_t)code << 16);
    wr_u32(&body, 0);
    wr_bytes(&body, asked->b + l2, ll_min_size(asked->n - l2, l3 + quote));
    peer_icmp_checksum(&body, &h);
    peer_wrap(out, asked->link, &h, peer_mac, peer_own_mac, &body);
}

/* What a host says to a packet. False: nothing. */
static inline bool peer_reply(const struct peer_packet *asked, bool open, struct peer_packet *out) {
    struct frame f;
    uint8_t bytes[256];
    struct wr body = wr_of(bytes, sizeof bytes);
    if (!frame_read(asked->link, asked->b, asked->n, 0, &f))
        return false;
    if (f.kind == FRAME_ARP && f.arp.op == ARP_REQUEST) {
        struct arp a = {.op = ARP_REPLY, .sender = f.arp.target, .target = f.arp.sender};
        memcpy(a.sender_mac, peer_mac, MAC_LEN);
        memcpy(a.target_mac, f.arp.sender_mac, MAC_LEN);
        arp_write(&body, &a);
        peer_wrap(out, asked->link, NULL, peer_mac, peer_own_mac, &body);
        return true;
    }
    struct ip h = {.src = f.ip.dst, .dst = f.ip.src, .proto = f.ip.proto, .ttl = PEER_TTL};
    if (f.kind == FRAME_UDP && !open) { /* RFC 1122 4.1.3.1 */
        bool v6 = h.dst.family == ADDR_V6;
        peer_error(asked, &h.src, v6 ? 1 : 3, v6 ? 4 : 3, PEER_QUOTE_ALL, out);
        return true;
    }
    if (f.kind == FRAME_TCP)
        peer_tcp(&body, &f, &h, open);
    else if (f.kind == FRAME_UDP)
        udp_write(&body, f.dport, f.sport, SLICE("an answer"), &h.src, &h.dst);
    else if (f.kind != FRAME_ICMP || !peer_icmp(&body, &f, &h))
        return false;
    peer_wrap(out, asked->link, &h, peer_mac, peer_own_mac, &body);
    return out->n > 0;
}

#endif
