/* What an answer means for its port: a result, a tunnel, or what is to be asked next. */
#include "service/port.h"

#include "proto/lines.h"

#define TLS_TRIES 3

static void port_into_tunnel(struct service_port *p, struct slice alpn) {
    if (alpn.n < sizeof p->alpn)
        memcpy(p->alpn, alpn.p, alpn.n);
    for (unsigned i = 0; i < p->n_talks; i++)
        talk_cancel(p->talks[i].talk);
    p->n_talks = 0;
    p->tunnel = p->peer.tls = true;
    p->restart = true;
    p->heard = false;
    p->have_best = p->have_best && p->peer.udp; /* DTLS is a name where nothing inside has one */
    p->connected = 0;
    p->listened = p->hung_up = false;
    buf_clear(&p->answers);
}

static bool port_asked(const struct service_port *p, const struct parser *q) {
    for (size_t i = 0; i < p->next_ask && i < p->asks.n; i++)
        if (p->asks.v[i].kind != ASK_USER && p->asks.v[i].parser == q)
            return true;
    return false;
}

/* The next question is this one, unless it is just being asked. */
static void port_ask_next(struct service_port *p, struct ask a) {
    for (unsigned i = 0; i < p->n_talks; i++)
        if (p->talks[i].ask.kind == a.kind && p->talks[i].ask.parser == a.parser)
            return;
    for (size_t i = p->next_ask; i < p->asks.n; i++)
        if (p->asks.v[i].kind == a.kind && p->asks.v[i].parser == a.parser) {
            a = p->asks.v[i];
            p->asks.v[i] = p->asks.v[p->next_ask];
            p->asks.v[p->next_ask] = a;
            p->asks.v[p->next_ask].usual = true;
            return;
        }
    if (p->next_ask == 0)
        return;
    p->next_ask--; /* in the place of one that has been asked */
    a.usual = true;
    p->asks.v[p->next_ask] = a;
}

static bool port_is_tunnel(const struct service_port *p, const struct parser *q) {
    return p->peer.udp ? parser_is_dtls(q) : parser_is_tls(q);
}

/* What another one's bytes tell: go and ask in its own words; keep what is known already. */
static void port_other(struct service_port *p, const struct finding *f) {
    const struct parser *q = f->talk->parser;
    if (port_is_tunnel(p, q) && !p->tunnel) {
        port_ask_next(p, (struct ask){.kind = ASK_TLS});
        return;
    }
    struct service_result r = {0};
    if (!p->have_best && finding_of_other(f, &p->peer, &r)) {
        p->best = r;
        p->have_best = true;
    }
    if (q->hello && !port_asked(p, q))
        port_ask_next(p, (struct ask){.kind = ASK_PARSER, .parser = q});
    else if (p->have_best)
        p->next_ask = p->asks.n; /* nothing more to learn */
}

/* Who is to be heard before this answer counts: an answer that came earlier and is not over, and HTTP/1.1 where HTTP/2
 * answers, because it says more. Then nothing else is waited for. */
static bool port_waits(struct service_port *p, const struct parser *q) {
    bool waits = false;
    for (unsigned i = 0; i < p->n_talks; i++) {
        const struct parser *o = p->talks[i].ask.parser;
        bool older = q->alpn && p->tunnel && o && slice_eq(slice_of(o->name), SLICE("http"));
        waits = waits || older || talk_is_read(p->talks[i].talk);
    }
    if (waits)
        p->next_ask = p->asks.n;
    p->compares = p->compares || waits;
    return waits;
}

/* Who was waited for comes before who did not wait, unless it only knows less. */
static void port_understood(struct service_port *p, const struct finding *f) {
    struct service_result found = {0};
    finding_of_facts(f, &found);
    if (p->have_best && p->compares && p->best.product.n && !found.product.n)
        return;
    p->best = found;
    p->have_best = true;
}

/* Also where only our own hello is understood: then it is TLS that cannot be looked into. */
static bool port_no_tls(struct service_port *p, const struct finding *f, const struct talk_result *r) {
    if (r->os == STREAM_NO_ALPN && f->ask->kind == ASK_TLS && !p->no_alpn) {
        p->no_alpn = true;
        port_ask_next(p, (struct ask){.kind = ASK_TLS});
        return false;
    }
    p->no_tls++;
    if (r->tls && !p->tunnel && !p->have_best) {
        finding_of_handshake(f, p->peer.udp, &p->best);
        p->have_best = true;
    }
    if (p->have_best && slice_eq(p->best.evidence.parser, SLICE("tls")) &&
        p->no_tls < TLS_TRIES) { /* it spoke TLS a moment ago */
        port_ask_next(p, (struct ask){.kind = ASK_TLS});
        return false;
    }
    return p->have_best && slice_eq(p->best.evidence.parser, p->peer.udp ? SLICE("dtls") : SLICE("tls"));
}

bool port_hear(struct service_port *p, const struct ask *a, const struct talk_result *r) {
    struct finding f = {.scan = p->r.scan, .arena = p->r.arena, .ask = a, .talk = r};
    struct service_result found = {0};
    bool soft = false;
    told_talk(&p->told, p->r.arena, r);
    switch (r->end) {
    case TALK_UNDERSTOOD:
        port_understood(p, &f);
        if (!port_is_tunnel(p, r->parser) || p->tunnel || p->no_tls >= TLS_TRIES)
            return !port_waits(p, r->parser);
        port_ask_next(p, (struct ask){.kind = ASK_TLS});
        break;
    case TALK_ECHO:
        finding_of_echo(&f, &p->best);
        p->have_best = true;
        return true;
    case TALK_OTHER:
        port_other(p, &f);
        break;
    case TALK_BYTES:
    case TALK_TOO_MUCH:
    case TALK_TOO_SLOW:
        p->same = r->hash == p->last_hash ? p->same + 1 : 1;
        p->last_hash = r->hash;
        p->same_text = is_text(r->bytes);
        if (p->same == 1)
            print_add(&p->answers, ask_name(a), r->bytes);
        if (!finding_of_bytes(&f, &found, &soft))
            break;
        p->best = found;
        p->have_best = true;
        return !soft;
    case TALK_TUNNEL:
        port_into_tunnel(p, r->alpn);
        break;
    case TALK_NO_TLS:
        return port_no_tls(p, &f, r);
    case TALK_SILENT:
    case TALK_CLOSED:
    case TALK_FAILED:
        break;
    }
    return false;
}
