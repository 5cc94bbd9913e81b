#include "net/packet_text.h"

#include "net/arp.h"
#include "net/bytes.h"
#include "net/icmp.h"
#include "net/ip.h"
#include "net/tcp.h"

enum { VERSION_ARP = 0, VERSION_4 = 4, VERSION_6 = 6, FLOW_BITS = 0xfffff };

static void put_addr(struct buf *b, const struct addr *a) {
    char text[ADDR_TEXT_MAX];
    buf_put_str(b, addr_format(a, text));
}

/* "ttl=64 id=0 iplen=44" or "hopl=64 flow=0 payloadlen=24": the numbers as the header claims them. */
static void put_header(struct buf *b, const uint8_t *p, const struct ip *h) {
    if (h->src.family == ADDR_V4)
        buf_printf(b, "ttl=%u id=%u iplen=%u", h->ttl, h->id, get_u16(p + 2));
    else
        buf_printf(b, "hopl=%u flow=%x payloadlen=%u", h->ttl, (unsigned)(get_u32(p) & FLOW_BITS), get_u16(p + 4));
}

static void put_ends(struct buf *b, const struct ip *h, unsigned sport, unsigned dport) {
    put_addr(b, &h->src);
    buf_printf(b, ":%u > ", sport);
    put_addr(b, &h->dst);
    buf_printf(b, ":%u ", dport);
}

static void put_flags(struct buf *b, uint8_t flags) {
    static const struct {
        uint8_t bit;
        char letter;
    } letters[] = {{TCP_SYN, 'S'}, {TCP_FIN, 'F'}, {TCP_RST, 'R'}, {TCP_PSH, 'P'},
                   {TCP_ACK, 'A'}, {TCP_URG, 'U'}, {64, 'E'},      {128, 'C'}}; /* RFC 3168 */
    for (size_t i = 0; i < LL_COUNT(letters); i++)
        if (flags & letters[i].bit)
            buf_put_char(b, letters[i].letter);
    buf_put_char(b, ' ');
}

static bool put_tcp(struct buf *b, const uint8_t *p, const struct ip *h, struct rd *body) {
    struct tcp t;
    if (!tcp_read(body, &t))
        return false;
    buf_put_str(b, "TCP ");
    put_ends(b, h, t.sport, t.dport);
    put_flags(b, t.flags);
    put_header(b, p, h);
    buf_printf(b, h->src.family == ADDR_V4 ? "  seq=%u win=%u" : " seq=%u win=%u", (unsigned)t.seq, t.window);
    if (t.mss)
        buf_printf(b, " <mss %u>", t.mss);
    return true;
}

static bool put_ports_only(struct buf *b, const char *name, const uint8_t *p, const struct ip *h, struct rd *body) {
    unsigned sport = rd_u16(body), dport = rd_u16(body);
    if (body->bad)
        return false;
    buf_printf(b, "%s ", name);
    put_ends(b, h, sport, dport);
    put_header(b, p, h);
    return true;
}

static const char *unreachable_text(unsigned code) {
    static const char *const names[] = {[0] = "Network unreachable",
                                        [1] = "Host unreachable",
                                        [2] = "Protocol unreachable",
                                        [3] = "Port unreachable",
                                        [4] = "Fragmentation required",
                                        [9] = "Network administratively prohibited",
                                        [10] = "Host administratively prohibited",
                                        [13] = "Communication administratively prohibited"};
    return code < LL_COUNT(names) && names[code] ? names[code] : "Destination unreachable";
}

static const char *icmp_text(const struct icmp *m) {
    switch (m->type) {
    case ICMP_ECHO_REPLY:
        return "Echo reply";
    case ICMP_UNREACHABLE:
        return unreachable_text(m->code);
    case ICMP_SOURCE_QUENCH:
        return "Source quench";
    case ICMP_ECHO:
        return "Echo request";
    case ICMP_TIME_EXCEEDED:
        return "TTL=0 during transit";
    case ICMP_PARAM_PROBLEM:
        return "Parameter problem";
    case ICMP_TIMESTAMP:
        return "Timestamp request";
    case ICMP_TIMESTAMP_REPLY:
        return "Timestamp reply";
    case ICMP_MASK:
        return "Address mask request";
    case ICMP_MASK_REPLY:
        return "Address mask reply";
    default:
        return "Message";
    }
}

/* "Port 53 unreachable" when the quoted packet says which one it was. */
static void put_icmp_words(struct buf *b, const struct icmp *m, struct rd *body) {
    struct ip inner;
    struct rd quoted;
    bool port = m->type == ICMP_UNREACHABLE && m->code == 3 && ip_read_quoted(body->p, body->n, 0, &inner, &quoted);
    bool has_ports = port && (inner.proto == IP_PROTO_TCP || inner.proto == IP_PROTO_UDP);
    unsigned dport = has_ports ? (unsigned)(rd_u32(&quoted) & 0xffff) : 0;
    if (has_ports && !quoted.bad)
        buf_printf(b, "Port %u unreachable", dport);
    else
        buf_put_str(b, icmp_text(m));
}

static bool put_icmp4(struct buf *b, const uint8_t *p, const struct ip *h, struct rd *body) {
    struct icmp m;
    if (!icmp_read(body, &m))
        return false;
    buf_put_str(b, "ICMP [");
    put_addr(b, &h->src);
    buf_put_str(b, " > ");
    put_addr(b, &h->dst);
    buf_put_char(b, ' ');
    put_icmp_words(b, &m, body);
    buf_printf(b, " (type=%u/code=%u) ", m.type, m.code);
    if (!icmp_is_error(ADDR_V4, &m))
        buf_printf(b, "id=%u seq=%u", m.id, m.seq);
    buf_put_str(b, "] IP [");
    put_header(b, p, h);
    buf_put_str(b, " ]");
    return true;
}

static bool put_icmp6(struct buf *b, const uint8_t *p, const struct ip *h, struct rd *body) {
    struct icmp m;
    if (!icmp_read(body, &m))
        return false;
    buf_put_str(b, "ICMPv6 (58) ");
    put_addr(b, &h->src);
    buf_put_str(b, " > ");
    put_addr(b, &h->dst);
    buf_printf(b, " (type=%u/code=%u) ", m.type, m.code);
    put_header(b, p, h);
    return true;
}

static bool put_upper(struct buf *b, const uint8_t *p, const struct ip *h, struct rd body) {
    if (h->fragment)
        return false;
    switch (h->proto) {
    case IP_PROTO_TCP:
        return put_tcp(b, p, h, &body);
    case IP_PROTO_UDP:
        return put_ports_only(b, "UDP", p, h, &body);
    case IP_PROTO_SCTP:
        return put_ports_only(b, "SCTP", p, h, &body);
    case IP_PROTO_ICMP:
        return h->src.family == ADDR_V4 && put_icmp4(b, p, h, &body);
    case IP_PROTO_ICMP6:
        return h->src.family == ADDR_V6 && put_icmp6(b, p, h, &body);
    default:
        return false;
    }
}

static void put_ip(struct buf *b, const uint8_t *p, size_t n) {
    struct ip h;
    struct rd body;
    if (!ip_read(p, n, 0, &h, &body)) {
        buf_printf(b, "IP malformed (%zu bytes)", n);
        return;
    }
    if (put_upper(b, p, &h, body))
        return;
    buf_put_str(b, "IP ");
    put_addr(b, &h.src);
    buf_put_str(b, " > ");
    put_addr(b, &h.dst);
    buf_printf(b, " proto=%u%s ", h.proto, h.fragment ? " fragment" : "");
    put_header(b, p, &h);
}

static void put_arp(struct buf *b, const uint8_t *p, size_t n) {
    struct rd r = rd_of(p, n);
    struct arp a;
    char mac[18];
    if (!arp_read(&r, &a)) {
        buf_printf(b, "ARP malformed (%zu bytes)", n);
    } else if (a.op == ARP_REQUEST) {
        buf_put_str(b, "ARP who-has ");
        put_addr(b, &a.target);
        buf_put_str(b, " tell ");
        put_addr(b, &a.sender);
    } else {
        buf_put_str(b, a.op == ARP_REPLY ? "ARP reply " : "ARP other ");
        put_addr(b, &a.sender);
        buf_printf(b, " is-at %s", mac_format(a.sender_mac, mac));
    }
}

void packet_text(struct buf *b, const uint8_t *p, size_t n) {
    unsigned version = n ? p[0] >> 4 : 0;
    if (n && (version == VERSION_4 || version == VERSION_6))
        put_ip(b, p, n);
    else if (n && version == VERSION_ARP)
        put_arp(b, p, n);
    else
        buf_printf(b, "Packet of another kind (%zu bytes)", n);
}
