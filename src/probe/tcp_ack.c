/* TCP ACK: a host without such a connection answers with an RST whose sequence number is our acknowledgement
 * (RFC 9293 3.10.7.1). Discovery; passes firewalls that only drop SYNs. */
#include "probe/answer.h"
#include "probe/icmp_error.h"
#include "probe/list.h"

#define ACK_WINDOW 1024

static void tcp_ack_build(struct wr *w, const struct question *q) {
    struct tcp t = {.sport = q->sport,
                    .dport = q->port,
                    .seq = (uint32_t)q->cookie, /* quoted by ICMP errors */
                    .ack = (uint32_t)q->cookie,
                    .flags = TCP_ACK,
                    .window = ACK_WINDOW};
    tcp_write(w, &t, &q->src, &q->dst);
}

static bool tcp_ack_classify(const struct frame *f, struct verdict *v) {
    if (f->kind == FRAME_ICMP_ERROR)
        return icmp_error_tcp(f, v);
    if (f->kind != FRAME_TCP || (f->tcp.flags & (TCP_RST | TCP_ACK)) != TCP_RST)
        return false;
    answer_of_port(f, v);
    v->has_echo = true;
    v->echo = f->tcp.seq;
    v->state = PORT_UNFILTERED;
    v->reason = REASON_RESET;
    return true;
}

const struct probe probe_tcp_ack = {
    .name = "ack",
    .phase = PHASE_PING,
    .proto = PROTO_TCP,
    .via = PROBE_FRAME,
    .over = PROBE_OVER_IP,
    .ip_proto = {IP_PROTO_TCP, IP_PROTO_TCP},
    .v4 = true,
    .v6 = true,
    .echo_bits = 32,
    .silence = PORT_FILTERED,
    .canary_value = 55,
    .build = tcp_ack_build,
    .classify = tcp_ack_classify,
};
