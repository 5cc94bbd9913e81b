/* One port: the conversations with it, several at a time, until one tells what it is or nothing is left to ask. */
#include "service/port.h"

#include <errno.h>

#define PORT_TIME (10 * NS_PER_S)
#define AGAIN_TIME (4 * NS_PER_S) /* at least, for the last round */
#define STAGGER (150 * NS_PER_MS) /* and two round trips: then the next question goes out beside the silent ones */
#define STAGGER_GREETER (1000 * NS_PER_MS) /* where the server usually speaks first */
#define PATIENCE_LISTEN (6 * NS_PER_S)
#define PATIENCE_USUAL (5 * NS_PER_S)
#define PATIENCE_OTHER (2 * NS_PER_S)
#define SILENT_ENOUGH (700 * NS_PER_MS) /* and four round trips: such a talk may make room */
#define USUAL_ENOUGH (3 * NS_PER_S)     /* the port's own protocol may take longer: servers are busy at times */
#define GREETING_ENOUGH (5 * NS_PER_S)
#define SECOND_TIME (2500 * NS_PER_MS) /* and eight round trips */
#define SAME_ENOUGH 4                  /* equal answers to so many questions */
#define SAME_BINARY 24                 /* an error in a binary protocol: the right question may be a rare one */
#define READ_ALONE (500 * NS_PER_MS)   /* and two round trips */
#define LAST_WORD_TIME (2 * NS_PER_S)  /* for who is in the middle of a message when the time is over */
#define RETRY_DELAY (20 * NS_PER_MS)   /* when no connection could be had */
#define ANSWERS_MAX ((size_t)4 * SERVICE_PRINT_MAX)

unsigned port_talks(const struct service_port *p) {
    return p->n_talks;
}

static int64_t port_now(const struct service_port *p) {
    return loop_now(p->r.scan->c.loop);
}

static void port_plan(struct service_port *p) {
    struct ask_port a = {.port = p->peer.port,
                         .udp = p->peer.udp,
                         .tunnel = p->tunnel,
                         .alpn = slice_of(p->alpn),
                         .intensity = p->r.scan->c.settings->version_intensity,
                         .user = p->r.scan->user};
    choose_asks(&a, &p->asks);
    p->next_ask = 0;
    p->next_at = 0;
}

static void port_free(struct service_port *p) {
    extra_cancel(&p->extra);
    loop_timer_off(p->r.scan->c.loop, &p->timer);
    for (unsigned i = 0; i < p->n_talks; i++)
        talk_cancel(p->talks[i].talk);
    buf_finish(&p->answers);
    free(p);
}

void port_cancel(struct service_port *p) {
    port_free(p);
}

/* -S and -e */
static void port_choose_way(struct service_port *p, struct stream_request *r) {
    const struct settings *set = p->r.scan->c.settings;
    if (set->source.n && addr_parse(set->source, &p->source) && p->source.family == p->peer.addr.family)
        r->source = &p->source;
    if (set->interface.n == 0 || set->interface.n >= sizeof p->interface)
        return;
    memcpy(p->interface, set->interface.p, set->interface.n);
    p->interface[set->interface.n] = 0;
    r->interface = p->interface;
}

/* ---- the end */

static void port_label(const struct service_port *p, struct service_result *r) {
    if (p->have_best)
        return;
    if (budget_is_over(p->r.host_bytes))
        r->end = SERVICE_END_HOST_BYTES;
    else if (budget_is_over(&p->bytes))
        r->end = SERVICE_END_PORT_BYTES;
    else if (p->too_much)
        r->end = SERVICE_END_BYTES;
    else if (p->too_slow)
        r->end = SERVICE_END_TIME;
    else if (!p->peer.udp && !p->heard && !p->tunnel && p->hung_up) {
        r->end = SERVICE_END_WRAPPED;
        r->name = SLICE("tcpwrapped");
        r->probed = true;
        r->confidence = 8;
    } else if (!p->heard && !p->tunnel && p->connected > 0 && !p->peer.udp)
        r->end = SERVICE_END_SILENT;
}

const struct service_result *port_known(const struct service_port *p) {
    return p->ended ? &p->best : NULL;
}

static void port_tell(void *ctx) {
    struct service_port *p = ctx;
    p->extra = (struct extra){0};
    p->best.facts = p->told.v;
    p->best.n_facts = p->told.n;
    p->r.done(p->r.ctx, p, &p->best, p->answered);
    port_free(p);
}

static void port_end(struct service_port *p) {
    struct service_result r = p->best;
    r.port = p->peer.port;
    r.proto = p->peer.udp ? PROTO_UDP : PROTO_TCP;
    r.tunnel = !p->tunnel ? TUNNEL_NONE : p->peer.udp ? TUNNEL_DTLS : TUNNEL_SSL;
    if (!r.confidence)
        r.confidence = 3;
    port_label(p, &r);
    if (!p->have_best)
        r.print = print_line(p->r.arena, &p->answers, &r, p->r.scan->c.settings->version_intensity, p->r.scan->c.wall);
    p->ended = true;
    r.facts = p->told.v;
    r.n_facts = p->told.n;
    p->best = r;
    p->answered = p->heard || p->tunnel || (p->connected > 0 && !p->peer.udp);
    for (unsigned i = 0; i < p->n_talks; i++)
        talk_cancel(p->talks[i].talk);
    p->n_talks = 0;
    loop_timer_off(p->r.scan->c.loop, &p->timer);
    struct extra_request more = {.scan = p->r.scan,
                                 .arena = p->r.arena,
                                 .peer = &p->peer,
                                 .stream = {.kind = STREAM_TCP, .dst = p->peer.addr, .dport = p->peer.port},
                                 .rtt = p->rtt,
                                 .result = &p->best,
                                 .told = &p->told,
                                 .done = port_tell,
                                 .ctx = p};
    port_choose_way(p, &more.stream);
    if (!extra_begin(&p->extra, &more))
        port_tell(p);
}

/* ---- asking */

static void port_talk_done(void *ctx, struct talk *t, const struct talk_result *r);

static int64_t port_patience(const struct service_port *p, const struct ask *a) {
    int64_t trips = 4 * p->rtt;
    if (a->kind == ASK_LISTEN)
        return PATIENCE_LISTEN + trips;
    if (a->kind == ASK_USER)
        return ll_min_i64(a->probe->total_wait, PATIENCE_USUAL) + trips;
    return (a->usual ? PATIENCE_USUAL : PATIENCE_OTHER) + trips;
}

static enum stream_kind port_stream(const struct service_port *p, const struct ask *a) {
    bool inside = p->tunnel || a->kind == ASK_TLS;
    if (p->peer.udp)
        return inside ? STREAM_DTLS : STREAM_UDP;
    return inside ? STREAM_TLS : STREAM_TCP;
}

/* Wire form of names for ALPN. */
static struct slice port_alpn(const struct service_port *p, const struct ask *a) {
    bool offers = a->kind == ASK_TLS && !p->no_alpn && !p->peer.udp;
    const char *one = a->kind == ASK_PARSER && a->parser ? a->parser->alpn : NULL;
    return offers ? SLICE("\x02h2\x08http/1.1") : slice_of(one ? one : "");
}

/* False: no connection can be had now. */
static bool port_ask(struct service_port *p, const struct ask *a) {
    struct service_scan *s = p->r.scan;
    struct addr named;
    struct talk_request r = {
        .streams = s->streams,
        .loop = s->c.loop,
        .trace = s->c.trace,
        .stream = {.kind = port_stream(p, a),
                   .dst = p->peer.addr,
                   .dport = p->peer.port,
                   .elsewhere = a->parser && a->parser->answers_elsewhere,
                   .alpn = port_alpn(p, a)},
        .peer = &p->peer,
        .parser = a->kind == ASK_PARSER || a->kind == ASK_LISTEN ? a->parser : NULL,
        .listen_first = a->kind == ASK_LISTEN && a->parser ? STAGGER + 2 * p->rtt : 0,
        .payload = a->kind == ASK_USER ? a->probe->payload : (struct slice){0},
        .name = ask_name(a),
        .only_handshake = a->kind == ASK_TLS,
        .patience = port_patience(p, a),
        .rtt = p->rtt,
        .budget = &p->bytes,
        .done = port_talk_done,
        .ctx = p,
    };
    port_choose_way(p, &r.stream);
    if (!addr_parse(p->peer.host, &named))
        r.stream.server_name = p->peer.host;
    int os = 0;
    struct talk *t = talk_start(&r, &os);
    if (!t)
        return false;
    p->talks[p->n_talks++] = (struct port_talk){t, *a};
    return true;
}

/* The first listening that has asked, too, and the first handshake leave the port to others for a while, because it may
 * be a server that attends to one connection at a time. They come back. */
static bool port_comes_back(const struct service_port *p, const struct ask *a) {
    return !p->second && ((a->kind == ASK_TLS && !a->usual) || (a->kind == ASK_LISTEN && a->parser));
}

/* Has it been silent so long that it may make room? Not before its connection is there: a SYN may be lost, and a slow
 * server computes long for a handshake. Who listens waits for a slow greeting, and the port's own question for a busy
 * server. */
static bool port_may_go(const struct service_port *p, const struct port_talk *t) {
    bool back = port_comes_back(p, &t->ask), listens = t->ask.kind == ASK_LISTEN;
    int64_t since = back && talk_shakes(t->talk) ? talk_begun(t->talk) : talk_connected(t->talk);
    bool usual = t->ask.kind == ASK_PARSER && t->ask.usual;
    int64_t enough = (listens && !back ? GREETING_ENOUGH : usual ? USUAL_ENOUGH : SILENT_ENOUGH) + 4 * p->rtt;
    if (listens && back)
        enough += STAGGER + 2 * p->rtt;
    return !talk_has_bytes(t->talk) && since > 0 && port_now(p) - since >= enough;
}

/* A silent conversation that has had its time ends, so that the next question can be asked. In their order: whoever
 * attends to one connection at a time comes to each of them. */
static bool port_make_room(struct service_port *p) {
    unsigned oldest = p->n_talks;
    if (p->n_talks < PORT_TALKS_MAX)
        return true;
    for (unsigned i = 0; i < p->n_talks; i++) {
        bool older = oldest == p->n_talks || talk_begun(p->talks[i].talk) < talk_begun(p->talks[oldest].talk);
        if (older && port_may_go(p, &p->talks[i]))
            oldest = i;
    }
    if (oldest == p->n_talks)
        return false;
    const struct ask *a = &p->talks[oldest].ask;
    if (port_comes_back(p, a))
        p->cut[p->n_cut++] = *a;
    talk_cancel(p->talks[oldest].talk);
    p->connected++;
    p->talks[oldest] = p->talks[--p->n_talks];
    return true;
}

/* When the likely questions have been asked, those that had to leave are asked a second time, and may stay. */
static void port_second(struct service_port *p) {
    bool time = p->next_ask == p->asks.n || port_now(p) - p->began >= SECOND_TIME + 8 * p->rtt;
    if (!p->n_cut || p->second || p->heard || !time)
        return;
    p->second = true;
    for (unsigned i = 0; i < p->n_cut && p->next_ask > 0; i++)
        p->asks.v[--p->next_ask] = p->cut[i];
}

static int64_t port_stagger(const struct service_port *p) {
    bool greeter = p->next_ask == 1 && !p->tunnel && choose_greets(p->peer.port);
    greeter = greeter || (p->next_ask < p->asks.n && p->asks.v[p->next_ask].waits);
    return (greeter ? STAGGER_GREETER : STAGGER) + 2 * p->rtt;
}

static void port_wait(struct service_port *p, int64_t at) {
    int64_t end = p->began + PORT_TIME + 8 * p->rtt;
    loop_timer_at(p->r.scan->c.loop, &p->timer, at > 0 && at < end ? at : end);
}

/* Nothing is left to ask and nobody talks. Somebody who is slow to greet has perhaps only been asked too early; and a
 * server that was busy gets the questions of its own protocols once more, alone. */
static bool port_again(struct service_port *p) {
    bool asked = false;
    if (p->again || p->peer.udp || p->heard || !p->connected || p->hung_up)
        return false;
    p->again = true;
    p->began = ll_max_i64(p->began, port_now(p) - PORT_TIME + AGAIN_TIME);
    for (size_t i = 0; i < p->asks.n && p->n_talks < PORT_TALKS_MAX - 1; i++)
        if (p->asks.v[i].usual && p->asks.v[i].kind != ASK_LISTEN)
            asked = port_ask(p, &p->asks.v[i]) || asked;
    if (!p->listened)
        asked = port_ask(p, &(struct ask){.kind = ASK_LISTEN}) || asked;
    return asked;
}

/* A conversation that understands the port already settles it when it ends: nothing else is asked beside it. */
static bool port_is_known(const struct service_port *p) {
    for (unsigned i = 0; i < p->n_talks; i++)
        if (talk_is_known(p->talks[i].talk))
            return true;
    return false;
}

/* Until when one that is in the middle of a message has the port to itself; 0: nobody is. */
static int64_t port_read_until(const struct service_port *p) {
    int64_t last = 0;
    for (unsigned i = 0; i < p->n_talks; i++)
        if (talk_is_read(p->talks[i].talk))
            last = ll_max_i64(last, talk_heard(p->talks[i].talk));
    return last ? last + READ_ALONE + 2 * p->rtt : 0;
}

/* How long connections take says how far it is, before any of the conversations is over. */
static void port_learn_rtt(struct service_port *p) {
    for (unsigned i = 0; i < p->n_talks; i++) {
        int64_t took = talk_connected(p->talks[i].talk) - talk_begun(p->talks[i].talk);
        if (took > 0 && (!p->rtt || took < p->rtt))
            p->rtt = took;
    }
}

static void port_go(struct service_port *p) {
    int64_t now = port_now(p);
    port_learn_rtt(p);
    if (p->restart) {
        p->restart = false;
        port_plan(p);
    }
    int64_t until = port_read_until(p);
    if (port_is_known(p) || now < until) {
        port_wait(p, port_is_known(p) ? 0 : until);
        return;
    }
    port_second(p);
    while (p->next_ask < p->asks.n) {
        const struct ask *a = &p->asks.v[p->next_ask];
        bool at_once = a->usual && p->n_talks < PORT_TALKS_MAX;
        if (!at_once && now < p->next_at && p->n_talks > 0)
            break;
        if (!port_make_room(p)) {
            port_wait(p, now + STAGGER);
            return;
        }
        if (!port_ask(p, a)) {
            port_wait(p, now + RETRY_DELAY);
            return;
        }
        p->next_ask++;
        p->next_at = now + port_stagger(p);
    }
    if (p->n_talks == 0 && p->next_ask == p->asks.n && !port_again(p)) {
        port_end(p);
        return;
    }
    port_wait(p, p->next_ask < p->asks.n ? p->next_at : 0);
}

static void port_due(void *ctx) {
    struct service_port *p = ctx;
    bool over = port_now(p) >= p->began + PORT_TIME + 8 * p->rtt;
    if (over && (port_is_known(p) || port_read_until(p)) && !p->last_word) {
        p->last_word = true;
        p->began += LAST_WORD_TIME;
        port_wait(p, 0);
    } else if (over)
        port_end(p);
    else
        port_go(p);
}

/* ---- answers */

static void port_count(struct service_port *p, const struct talk_result *r) {
    p->heard = p->heard || r->total > 0;
    p->too_much = p->too_much || r->end == TALK_TOO_MUCH;
    p->too_slow = p->too_slow || r->end == TALK_TOO_SLOW;
    p->connected += r->connected > 0 || r->end == TALK_TUNNEL;
    if (r->connected > 0 && (!p->rtt || r->connected < p->rtt))
        p->rtt = r->connected;
}

static void port_talk_done(void *ctx, struct talk *t, const struct talk_result *r) {
    struct service_port *p = ctx;
    struct ask a = {.kind = ASK_LISTEN};
    for (unsigned i = 0; i < p->n_talks; i++)
        if (p->talks[i].talk == t) {
            a = p->talks[i].ask;
            p->talks[i] = p->talks[--p->n_talks];
            break;
        }
    port_count(p, r);
    if (a.kind == ASK_LISTEN && !r->asked && r->connected > 0) {
        p->listened = true;
        p->hung_up = r->end == TALK_CLOSED;
    }
    if (port_hear(p, &a, r) || budget_is_over(&p->bytes) || budget_is_over(p->r.host_bytes)) {
        port_end(p);
        return;
    }
    p->next_at = 0;
    bool greeted =
        a.kind == ASK_LISTEN && !r->asked && r->end == TALK_BYTES; /* it speaks first: questions are lost on it */
    if (greeted || p->too_much || p->too_slow ||
        p->same >= (p->same_text ? SAME_ENOUGH : SAME_BINARY)) /* it does that to every question */
        p->next_ask = p->asks.n;
    loop_timer_at(p->r.scan->c.loop, &p->timer, port_now(p));
}

struct service_port *port_begin(const struct port_request *r) {
    struct service_port *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->r = *r;
    p->peer = *r->peer;
    p->rtt = r->rtt;
    p->bytes = (struct byte_budget){.most = PORT_BYTES_MAX, .above = r->host_bytes};
    p->began = port_now(p);
    buf_init(&p->answers, ANSWERS_MAX);
    loop_timer_init(&p->timer, port_due, p);
    port_plan(p);
    loop_timer_at(r->scan->c.loop, &p->timer, p->began);
    return p;
}
