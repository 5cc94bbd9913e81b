/* ICMP address mask (RFC 950, appendix I): old routers and printers answer that are deaf to other queries. */
#include "probe/icmp_query.h"
#include "probe/list.h"

static void address_mask_build(struct wr *w, const struct question *q) {
    icmp_query_build(w, q, ICMP_MASK, 0);
}

static bool address_mask_classify(const struct frame *f, struct verdict *v) {
    if (f->ip.src.family != ADDR_V4)
        return false;
    return icmp_query_classify(f, ICMP_MASK, ICMP_MASK_REPLY, 0, 0, REASON_ADDRESSMASK_REPLY, v);
}

const struct probe probe_address_mask = {
    .name = "address-mask",
    .phase = PHASE_PING,
    .proto = PROTO_IP,
    .via = PROBE_FRAME,
    .over = PROBE_OVER_IP,
    .ip_proto = {IP_PROTO_ICMP, IP_PROTO_ICMP6},
    .v4 = true,
    .v6 = false,
    .echo_bits = 16,
    .canary_value = 35,
    .build = address_mask_build,
    .classify = address_mask_classify,
};
