/* What every answer of the asked host itself, from a port to a port, has in common. */
#ifndef LL_PROBE_ANSWER_H
#define LL_PROBE_ANSWER_H

#include "engine/probe.h"

/* The sender is whom the question was addressed to, and its ports are the question's the other way round. */
static inline void answer_of_port(const struct frame *f, struct verdict *v) {
    v->kind = VERDICT_ANSWER;
    v->peer = v->from = f->ip.src;
    v->port = f->sport;
    v->sport = f->dport;
    v->ttl = f->ip.ttl;
    v->host = HOST_UP;
}

#endif
