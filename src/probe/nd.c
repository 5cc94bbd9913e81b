/* Neighbour Solicitation (RFC 4861 7.2): discovery of IPv6 hosts on the link, and next hops. An answer counts only
 * while the question is outstanding. */
#include "probe/list.h"

static void nd_build(struct wr *w, const struct question *q) {
    struct addr group = addr_solicited_node(&q->dst);
    nd_write_solicit(w, &q->src, &group, &q->dst, q->src_mac);
}

static bool nd_classify(const struct frame *f, struct verdict *v) {
    if (f->kind != FRAME_ICMP || f->ip.src.family != ADDR_V6 || f->icmp.type != ICMP6_NEIGHBOR_ADVERT)
        return false;
    v->kind = VERDICT_ANSWER;
    v->peer = v->from = f->nd_target;
    v->host = HOST_UP;
    v->reason = REASON_ND_RESPONSE;
    v->ttl = f->ip.ttl;
    /* An advertisement without the option came unicast to us: its sender is the neighbour (RFC 4861 4.4). */
    v->has_mac = f->nd_has_mac || f->has_mac;
    memcpy(v->mac, f->nd_has_mac ? f->nd_mac : f->src_mac, MAC_LEN);
    return true;
}

static void nd_aim(const struct addr *dst, uint8_t mac[MAC_LEN], struct addr *ip_dst) {
    *ip_dst = addr_solicited_node(dst);
    addr_multicast_mac(ip_dst, mac);
}

const struct probe probe_nd = {
    .name = "nd",
    .phase = PHASE_ND_PING,
    .proto = PROTO_IP,
    .via = PROBE_FRAME,
    .over = PROBE_OVER_IP,
    .ip_proto = {IP_PROTO_ICMP6, IP_PROTO_ICMP6},
    .v4 = false,
    .v6 = true,
    .build = nd_build,
    .classify = nd_classify,
    .aim = nd_aim,
};
