/* UDP (RFC 768): a datagram to each port, with a question of the port's usual protocol where we have one. Nothing is
 * echoed in general: an answer counts only while its question is outstanding, from the asked port to the own port of
 * that try. */
#include "net/udp.h"

#include "probe/answer.h"
#include "probe/icmp_error.h"
#include "probe/list.h"

static void udp_build(struct wr *w, const struct question *q) {
    udp_write(w, q->sport, q->port, q->payload, &q->src, &q->dst);
}

/* RFC 1122 4.1.3.1: a port unreachable from the host itself says that nobody listens; everything else, and the same
 * from somebody else, that something is in the way. */
static bool udp_error(const struct frame *f, struct verdict *v) {
    static const uint8_t udp[2] = {IP_PROTO_UDP, IP_PROTO_UDP};
    if (!icmp_error_verdict(f, udp, v))
        return false;
    v->port = f->quoted.dport;
    v->sport = f->quoted.sport;
    if (v->reason == REASON_PORT_UNREACH && addr_eq(&v->peer, &v->from))
        v->state = PORT_CLOSED;
    return true;
}

static bool udp_classify(const struct frame *f, struct verdict *v) {
    if (f->kind == FRAME_ICMP_ERROR)
        return udp_error(f, v);
    if (f->kind != FRAME_UDP)
        return false;
    answer_of_port(f, v);
    v->state = PORT_OPEN;
    v->reason = REASON_UDP_RESPONSE;
    v->said = (struct slice){(const char *)f->payload.p, f->payload.n};
    return true;
}

const struct probe probe_udp = {
    .name = "udp",
    .phase = PHASE_UDP,
    .proto = PROTO_UDP,
    .via = PROBE_FRAME,
    .over = PROBE_OVER_IP,
    .ip_proto = {IP_PROTO_UDP, IP_PROTO_UDP},
    .v4 = true,
    .v6 = true,
    .payload = true,
    .silence = PORT_OPEN_FILTERED,
    .build = udp_build,
    .classify = udp_classify,
};
