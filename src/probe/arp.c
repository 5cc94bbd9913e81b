/* ARP request (RFC 826): discovery of IPv4 hosts on the link, and next hops. Nothing is echoed: an answer counts only
 * while the question is outstanding. */
#include "probe/list.h"

static void arp_build(struct wr *w, const struct question *q) {
    struct arp a = {.op = ARP_REQUEST, .sender = q->src, .target = q->dst};
    memcpy(a.sender_mac, q->src_mac, MAC_LEN);
    arp_write(w, &a);
}

static bool arp_classify(const struct frame *f, struct verdict *v) {
    if (f->kind != FRAME_ARP || f->arp.op != ARP_REPLY)
        return false;
    v->kind = VERDICT_ANSWER;
    v->peer = v->from = f->arp.sender;
    v->host = HOST_UP;
    v->reason = REASON_ARP_RESPONSE;
    v->has_mac = true;
    memcpy(v->mac, f->arp.sender_mac, MAC_LEN);
    return true;
}

static void arp_aim(const struct addr *dst, uint8_t mac[MAC_LEN], struct addr *ip_dst) {
    memset(mac, 0xff, MAC_LEN);
    *ip_dst = *dst;
}

const struct probe probe_arp = {
    .name = "arp",
    .phase = PHASE_ARP_PING,
    .proto = PROTO_IP,
    .via = PROBE_FRAME,
    .over = PROBE_OVER_ETHERNET,
    .ethertype = ETH_TYPE_ARP,
    .v4 = true,
    .v6 = false,
    .build = arp_build,
    .classify = arp_classify,
    .aim = arp_aim,
};
