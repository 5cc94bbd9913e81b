#include "probe/icmp_error.h"

static enum host_state icmp_error_host(const struct verdict *v) {
    bool own = addr_eq(&v->peer, &v->from);
    if (own && (v->reason == REASON_PORT_UNREACH || v->reason == REASON_PROTO_UNREACH))
        return HOST_UP;
    return v->reason == REASON_TIME_EXCEEDED ? HOST_DOWN : HOST_UNKNOWN;
}

static bool icmp_error_final(const struct frame *f) {
    bool v6 = f->ip.src.family == ADDR_V6;
    uint8_t t = f->icmp.type;
    return v6 ? t == ICMP6_UNREACHABLE || t == ICMP6_TIME_EXCEEDED || t == ICMP6_PARAM_PROBLEM
              : t == ICMP_UNREACHABLE || t == ICMP_TIME_EXCEEDED;
}

bool icmp_error_verdict(const struct frame *f, const uint8_t ip_proto[2], struct verdict *v) {
    if (f->kind != FRAME_ICMP_ERROR || !f->quoted.ok || !icmp_error_final(f))
        return false;
    bool v6 = f->quoted.ip.dst.family == ADDR_V6;
    if (f->quoted.ip.proto != ip_proto[v6] || f->quoted.ip.fragment)
        return false;
    v->kind = VERDICT_ERROR;
    v->peer = f->quoted.ip.dst;
    v->from = f->ip.src;
    v->ttl = f->ip.ttl;
    v->reason = reason_of_icmp(v6 ? 6 : 4, f->icmp.type, f->icmp.code);
    v->state = PORT_FILTERED;
    v->host = icmp_error_host(v);
    return true;
}

bool icmp_error_tcp(const struct frame *f, struct verdict *v) {
    static const uint8_t tcp[2] = {IP_PROTO_TCP, IP_PROTO_TCP};
    if (!icmp_error_verdict(f, tcp, v))
        return false;
    v->port = f->quoted.dport;
    v->sport = f->quoted.sport;
    v->has_echo = true;
    v->echo = f->quoted.seq;
    return true;
}
