/* ICMP and ICMPv6 echo (RFC 792, RFC 4443 4.1): discovery, and the cheapest canary. */
#include "probe/icmp_query.h"
#include "probe/list.h"

static void echo_build(struct wr *w, const struct question *q) {
    icmp_query_build(w, q, ICMP_ECHO, ICMP6_ECHO);
}

static bool echo_classify(const struct frame *f, struct verdict *v) {
    return icmp_query_classify(f, ICMP_ECHO, ICMP_ECHO_REPLY, ICMP6_ECHO, ICMP6_ECHO_REPLY, REASON_ECHO_REPLY, v);
}

const struct probe probe_echo = {
    .name = "echo",
    .phase = PHASE_PING,
    .proto = PROTO_IP,
    .via = PROBE_FRAME,
    .over = PROBE_OVER_IP,
    .ip_proto = {IP_PROTO_ICMP, IP_PROTO_ICMP6},
    .v4 = true,
    .v6 = true,
    .echo_bits = 16,
    .canary_value = 50,
    .build = echo_build,
    .classify = echo_classify,
};
