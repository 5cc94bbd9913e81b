/* TCP SYN: half-open scan and discovery. The peer echoes our sequence number + 1 as its acknowledgement
 * (RFC 9293 3.10.7.2 to 3.10.7.4). */
#include "probe/answer.h"
#include "probe/icmp_error.h"
#include "probe/list.h"

#define SYN_WINDOW 1024
#define SYN_MSS 1460 /* some hosts do not answer a SYN without options */

static void syn_build(struct wr *w, const struct question *q) {
    struct tcp t = {.sport = q->sport,
                    .dport = q->port,
                    .seq = (uint32_t)q->cookie,
                    .flags = TCP_SYN,
                    .window = SYN_WINDOW,
                    .mss = SYN_MSS};
    tcp_write(w, &t, &q->src, &q->dst);
}

static void syn_answer(const struct frame *f, struct verdict *v) {
    const struct tcp *t = &f->tcp;
    if (t->flags & TCP_RST) {
        v->state = PORT_CLOSED;
        v->reason = REASON_RESET;
        v->has_echo = true;
    } else if (t->flags & TCP_ACK) {
        v->state = PORT_OPEN;
        v->reason = REASON_SYN_ACK;
        v->has_echo = true;
        v->rst_due = true;
        v->rst_seq = t->ack;
    } else { /* simultaneous open: the peer answers a SYN with a SYN of its own */
        v->state = PORT_OPEN;
        v->reason = REASON_SPLIT_HANDSHAKE_SYN;
        v->has_echo = false;
    }
    v->echo = t->ack - 1;
}

static bool syn_classify(const struct frame *f, struct verdict *v) {
    if (f->kind == FRAME_ICMP_ERROR)
        return icmp_error_tcp(f, v);
    /* An RST that answers a SYN acknowledges it (RFC 9293 3.10.7.1); one without ACK answers something else. */
    if (f->kind != FRAME_TCP || !(f->tcp.flags & (TCP_SYN | TCP_RST)))
        return false;
    if ((f->tcp.flags & (TCP_RST | TCP_ACK)) == TCP_RST)
        return false;
    answer_of_port(f, v);
    syn_answer(f, v);
    return true;
}

const struct probe probe_syn = {
    .name = "syn",
    .phase = PHASE_SYN,
    .proto = PROTO_TCP,
    .via = PROBE_FRAME,
    .over = PROBE_OVER_IP,
    .ip_proto = {IP_PROTO_TCP, IP_PROTO_TCP},
    .v4 = true,
    .v6 = true,
    .echo_bits = 32,
    .silence = PORT_FILTERED,
    .canary_value = 60,
    .build = syn_build,
    .classify = syn_classify,
};
