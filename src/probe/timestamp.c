/* ICMP timestamp (RFC 792): discovery of IPv4 hosts that hide from echo. */
#include "probe/icmp_query.h"
#include "probe/list.h"

static void timestamp_build(struct wr *w, const struct question *q) {
    icmp_query_build(w, q, ICMP_TIMESTAMP, 0);
}

static bool timestamp_classify(const struct frame *f, struct verdict *v) {
    if (f->ip.src.family != ADDR_V4)
        return false;
    return icmp_query_classify(f, ICMP_TIMESTAMP, ICMP_TIMESTAMP_REPLY, 0, 0, REASON_TIMESTAMP_REPLY, v);
}

const struct probe probe_timestamp = {
    .name = "timestamp",
    .phase = PHASE_PING,
    .proto = PROTO_IP,
    .via = PROBE_FRAME,
    .over = PROBE_OVER_IP,
    .ip_proto = {IP_PROTO_ICMP, IP_PROTO_ICMP6},
    .v4 = true,
    .v6 = false,
    .echo_bits = 16,
    .canary_value = 40,
    .build = timestamp_build,
    .classify = timestamp_classify,
};
