#include "probe/icmp_query.h"

#include "probe/icmp_error.h"

void icmp_query_build(struct wr *w, const struct question *q, uint8_t type4, uint8_t type6) {
    struct icmp m = {
        .type = q->dst.family == ADDR_V6 ? type6 : type4, .id = (uint16_t)(q->cookie & 0xffff), .seq = q->sport};
    icmp_write_query(w, &m, &q->src, &q->dst);
}

bool icmp_query_classify(const struct frame *f, uint8_t query4, uint8_t type4, uint8_t query6, uint8_t type6,
                         enum reason reason, struct verdict *v) {
    static const uint8_t icmp[2] = {IP_PROTO_ICMP, IP_PROTO_ICMP6};
    const struct icmp *m = &f->icmp;
    if (f->kind == FRAME_ICMP_ERROR) {
        if (!icmp_error_verdict(f, icmp, v))
            return false;
        m = &f->quoted.icmp;
        if (m->type != (v->peer.family == ADDR_V6 ? query6 : query4))
            return false;
    } else {
        if (f->kind != FRAME_ICMP || m->type != (f->ip.src.family == ADDR_V6 ? type6 : type4))
            return false;
        v->kind = VERDICT_ANSWER;
        v->peer = v->from = f->ip.src;
        v->ttl = f->ip.ttl;
        v->host = HOST_UP;
        v->reason = reason;
    }
    v->state = PORT_UNKNOWN;
    v->port = 0;
    v->sport = m->seq;
    v->has_echo = true;
    v->echo = m->id;
    return true;
}
