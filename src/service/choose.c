#include "service/choose.h"

static bool ports_have(const uint16_t *ports, uint16_t port) {
    for (; ports && *ports; ports++)
        if (*ports == port)
            return true;
    return false;
}

static bool asks_have(const struct ask_list *l, const struct ask *a) {
    for (size_t i = 0; i < l->n; i++)
        if (l->v[i].kind == a->kind && l->v[i].parser == a->parser && l->v[i].probe == a->probe)
            return true;
    return false;
}

static void asks_add(struct ask_list *l, struct ask a) {
    if (l->n < ASKS_MAX && !asks_have(l, &a) && !(a.kind == ASK_PARSER && a.parser == l->gone_on))
        l->v[l->n++] = a;
}

bool parser_is_tls(const struct parser *p) {
    return slice_eq(slice_of(p->name), SLICE("tls"));
}

bool parser_is_dtls(const struct parser *p) {
    return slice_eq(slice_of(p->name), SLICE("dtls"));
}

static bool can_ask(const struct parser *q, const struct ask_port *p) {
    unsigned needed = p->udp ? PARSER_UDP : p->tunnel ? PARSER_TLS : PARSER_TCP;
    bool again = p->tunnel && (parser_is_tls(q) || parser_is_dtls(q)); /* no tunnel in a tunnel */
    return q->hello && (q->transports & needed) && !again;
}

static bool tls_is_usual(uint16_t port) {
    for (size_t i = 0; parser_list[i]; i++)
        if (ports_have(parser_list[i]->tls_ports, port) ||
            (parser_is_tls(parser_list[i]) && ports_have(parser_list[i]->ports, port)))
            return true;
    return false;
}

bool choose_greets(uint16_t port) {
    for (size_t i = 0; parser_list[i]; i++)
        if (parser_list[i]->greets && ports_have(parser_list[i]->ports, port))
            return true;
    return false;
}

static void add_user(struct ask_list *l, const struct ask_port *p, bool usual) {
    const struct versiondb_probe *v;
    size_t n = p->user ? versiondb_probes(p->user, &v) : 0;
    for (size_t i = 0; i < n; i++) {
        bool here = portset_has(p->tunnel ? &v[i].tls_ports : &v[i].ports, p->port);
        if (v[i].udp != p->udp || !v[i].payload.n || here != usual || (!here && v[i].rarity > p->intensity))
            continue;
        asks_add(l, (struct ask){.kind = ASK_USER, .probe = &v[i], .place = i, .usual = usual});
    }
}

/* Inside of TLS the ports of the plain form are as good a hint. */
static void add_usual(struct ask_list *l, const struct ask_port *p) {
    bool tls = !p->udp && !p->tunnel && tls_is_usual(p->port);
    if (tls)
        asks_add(l, (struct ask){.kind = ASK_TLS, .usual = true});
    for (size_t i = 0; parser_list[i]; i++) {
        const struct parser *q = parser_list[i];
        bool here = ports_have(q->ports, p->port) || (p->tunnel && ports_have(q->tls_ports, p->port));
        if (here && can_ask(q, p) && !(tls && parser_is_tls(q)))
            asks_add(l, (struct ask){.kind = ASK_PARSER, .parser = q, .usual = true});
    }
}

/* TLS said that HTTP is in it. Servers of both HTTP/2 and HTTP/1.1 say more in the older one, so that comes first. */
static void add_chosen(struct ask_list *l, const struct ask_port *p) {
    const struct parser *http = parser_find(SLICE("http"));
    bool h2 = slice_eq(p->alpn, SLICE("h2"));
    if (http && can_ask(http, p) && (h2 || slice_eq(p->alpn, SLICE("http/1.1"))))
        asks_add(l, (struct ask){.kind = ASK_PARSER, .parser = http, .usual = true});
    for (size_t i = 0; parser_list[i]; i++) {
        const struct parser *q = parser_list[i];
        if (q->alpn && slice_eq(p->alpn, slice_of(q->alpn + 1)) && can_ask(q, p))
            asks_add(l, (struct ask){.kind = ASK_PARSER, .parser = q, .waits = h2});
    }
}

static void add_rest(struct ask_list *l, const struct ask_port *p) {
    const struct parser *http = parser_find(SLICE("http"));
    if (p->intensity > 0 && http && can_ask(http, p))
        asks_add(l, (struct ask){.kind = ASK_PARSER, .parser = http});
    if (p->intensity > 0 && !p->udp && !p->tunnel)
        asks_add(l, (struct ask){.kind = ASK_TLS});
    add_user(l, p, false);
    for (unsigned rarity = 1; rarity <= p->intensity; rarity++)
        for (size_t i = 0; parser_list[i]; i++)
            if (parser_list[i]->rarity == rarity && can_ask(parser_list[i], p))
                asks_add(l, (struct ask){.kind = ASK_PARSER, .parser = parser_list[i]});
}

/* Listening is free where nobody is asked at once. Behind a question it stands second: some servers take one connection
 * at a time, and should answer the question. */
static void add_listen(struct ask_list *l, const struct ask_port *p) {
    const struct parser *http = parser_find(SLICE("http"));
    bool goes_on = l->n == 0 && !choose_greets(p->port) && p->intensity > 0 && http && can_ask(http, p);
    asks_add(l, (struct ask){.kind = ASK_LISTEN, .parser = goes_on ? http : NULL, .usual = l->n == 0});
    if (goes_on)
        l->gone_on = http;
}

void choose_asks(const struct ask_port *p, struct ask_list *out) {
    out->n = 0;
    out->gone_on = NULL;
    add_user(out, p, true);
    add_usual(out, p);
    if (p->tunnel)
        add_chosen(out, p);
    if (!p->udp)
        add_listen(out, p);
    add_rest(out, p);
}

const char *ask_name(const struct ask *a) {
    switch (a->kind) {
    case ASK_PARSER:
        return a->parser->name;
    case ASK_TLS:
        return "tls";
    case ASK_USER:
        return "user";
    case ASK_LISTEN:
        break;
    }
    return "banner";
}
