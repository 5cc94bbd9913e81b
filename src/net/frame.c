/* Received packets; see frame.h. */
#include "net/frame.h"

#include "net/bytes.h"
#include "net/udp.h"

enum { SCTP_LEN = 12, ND_HOP_LIMIT = 255 };

/* Only what must not be left from the packet before, whatever the kind: the struct is large and this path is hot. */
static void frame_reset(struct frame *f) {
    f->kind = FRAME_OTHER;
    f->has_mac = false;
    f->sport = f->dport = 0;
    f->tcp.flags = 0;
    f->icmp = (struct icmp){0};
    f->nd_has_mac = false;
    f->quoted.ok = false;
}

static bool read_arp(struct rd *r, struct frame *f) {
    if (!arp_read(r, &f->arp))
        return false;
    f->kind = FRAME_ARP;
    f->ip = (struct ip){0};
    f->payload = *r;
    f->length = ARP_LEN;
    return true;
}

static bool read_tcp(struct rd *r, struct frame *f) {
    const uint8_t *ports = r->p; /* not from f->tcp: loads of what was just stored wait */
    if (!tcp_read(r, &f->tcp))
        return false;
    f->kind = FRAME_TCP;
    f->sport = get_u16(ports);
    f->dport = get_u16(ports + 2);
    return true;
}

/* TCP, UDP and SCTP all begin with the two ports. */
static bool read_ports(struct rd *r, uint16_t *sport, uint16_t *dport) {
    const uint8_t *h = rd_bytes(r, 4);
    if (!h)
        return false;
    *sport = get_u16(h);
    *dport = get_u16(h + 2);
    return true;
}

static bool read_udp(struct rd *r, struct frame *f) {
    struct udp u;
    if (!udp_read(r, &u))
        return false;
    f->sport = u.sport;
    f->dport = u.dport;
    f->kind = FRAME_UDP;
    return true;
}

static bool read_sctp(struct rd *r, struct frame *f) {
    bool ok = read_ports(r, &f->sport, &f->dport);
    rd_skip(r, SCTP_LEN - 4);
    f->kind = FRAME_SCTP;
    return ok && !r->bad;
}

static uint8_t icmp_proto(const struct ip *ip) {
    return ip->src.family == ADDR_V6 ? IP_PROTO_ICMP6 : IP_PROTO_ICMP;
}

/* The upper header of a quoted packet: 8 bytes of it are all that may be expected (RFC 792). */
static bool read_quoted_upper(struct rd *r, struct frame_quoted *q) {
    if (q->ip.fragment)
        return true;
    if (q->ip.proto == IP_PROTO_TCP) {
        struct tcp t;
        if (!tcp_read_quoted(r, &t))
            return false;
        q->sport = t.sport;
        q->dport = t.dport;
        q->seq = t.seq;
        return true;
    }
    if (q->ip.proto == IP_PROTO_UDP || q->ip.proto == IP_PROTO_SCTP)
        return read_ports(r, &q->sport, &q->dport);
    return q->ip.proto != icmp_proto(&q->ip) || icmp_read(r, &q->icmp);
}

/* An error stands even if its quote cannot be read: it is then an error about we do not know what. */
static void read_quoted(const struct rd *r, uint32_t zone, struct frame *f) {
    struct frame_quoted *q = &f->quoted;
    struct rd upper;
    q->sport = q->dport = 0;
    q->seq = 0;
    q->icmp = (struct icmp){0};
    q->ok = ip_read_quoted(r->p, r->n, zone, &q->ip, &upper) && q->ip.src.family == f->ip.src.family &&
            read_quoted_upper(&upper, q);
}

/* RFC 4861 7.1: anything but hop limit 255 and code 0 came from beyond the link. */
static bool read_nd(struct rd r, uint32_t zone, struct frame *f) {
    if (f->ip.ttl != ND_HOP_LIMIT || f->icmp.code != 0 ||
        !nd_read(&r, f->icmp.type, &f->nd_target, &f->nd_has_mac, f->nd_mac))
        return false;
    if (addr_is_link_local(&f->nd_target))
        f->nd_target.zone = zone;
    return true;
}

static bool read_icmp(struct rd *r, uint32_t zone, struct frame *f) {
    if (!icmp_read(r, &f->icmp))
        return false;
    enum addr_family family = f->ip.src.family;
    f->kind = FRAME_ICMP;
    if (icmp_is_error(family, &f->icmp)) {
        f->kind = FRAME_ICMP_ERROR;
        read_quoted(r, zone, f);
        return true;
    }
    bool nd = family == ADDR_V6 && (f->icmp.type == ICMP6_NEIGHBOR_SOLICIT || f->icmp.type == ICMP6_NEIGHBOR_ADVERT);
    return !nd || read_nd(*r, zone, f);
}

static bool read_upper(struct rd *r, uint32_t zone, struct frame *f) {
    if (f->ip.fragment)
        return true;
    switch (f->ip.proto) {
    case IP_PROTO_TCP:
        return read_tcp(r, f);
    case IP_PROTO_UDP:
        return read_udp(r, f);
    case IP_PROTO_SCTP:
        return read_sctp(r, f);
    default:
        return f->ip.proto != icmp_proto(&f->ip) || read_icmp(r, zone, f);
    }
}

/* The payload is the cursor from the start: copying one that was just moved costs more than reading a header. */
static bool read_ip(const struct rd *r, uint32_t zone, struct frame *f) {
    if (!ip_read(r->p, r->n, zone, &f->ip, &f->payload))
        return false;
    f->length = (size_t)(f->payload.p - r->p) + f->payload.n;
    return read_upper(&f->payload, zone, f);
}

static bool read_ethernet(struct rd *r, uint32_t zone, struct frame *f) {
    struct eth e;
    if (!eth_read(r, &e))
        return false;
    f->has_mac = true;
    memcpy(f->src_mac, e.src, MAC_LEN);
    if (e.type == ETH_TYPE_ARP)
        return read_arp(r, f);
    if (e.type != ETH_TYPE_IP4 && e.type != ETH_TYPE_IP6)
        return false;
    return read_ip(r, zone, f) && (f->ip.src.family == ADDR_V6) == (e.type == ETH_TYPE_IP6);
}

bool frame_read(enum frame_link link, const uint8_t *p, size_t n, uint32_t zone, struct frame *out) {
    frame_reset(out);
    struct rd r = rd_of(p, n);
    return link == FRAME_ETHERNET ? read_ethernet(&r, zone, out) : read_ip(&r, zone, out);
}
