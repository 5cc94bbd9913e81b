/* The address walk: takes addresses from the target space and asks whether anybody is there. An address costs memory
 * only while it is being asked. */
#include "engine/state.h"

#include <math.h>

/* All outstanding addresses together, each with its place in the tables, and their networks. A silent
 * one is waited for up to a second: so many thousands of them are what bounds a sweep's speed. */
#define KNOCKS_MEMORY ((size_t)112 << 20)
#define KNOCK_TABLES 112 /* bytes of one address in the map and the heap */
#define LATE_MAX 4096    /* hosts that wait for stages only: these are what is slow then */
#define ROUNDS_MIN 2
#define ROUNDS_MIN_NEIGHBOR 3
#define NEIGHBOR_WAIT (200 * NS_PER_MS)
/* A run's round trip says little about the next host: routed silence is waited out at least this long. */
#define ROUTED_WAIT_MIN (500 * NS_PER_MS)
#define PATH_POLL (20 * NS_PER_MS)
/* Most live hosts answer two or more of several kinds of probes, so that one round stands for two chances. */
#define CHANCES_MANY 2.0
#define WALK_BATCH 512
#define TICK_ROOM (250 * NS_PER_US) /* until room is looked for again */
#define CLOCK_EVERY 16              /* packets between two looks at the clock */
#define UNROUTABLE_TOLD 5

static const struct probe *knock_neighbor_probe(const struct engine *g, const struct addr *a) {
    return a->family == ADDR_V6 ? g->c.neighbor6 : g->c.neighbor4;
}

static bool knock_kind_fits(const struct engine *g, size_t kind, const struct addr *a) {
    const struct probe *p = g->c.pings[kind].probe;
    return a->family == ADDR_V6 ? p->v6 : p->v4;
}

static size_t knock_kinds(const struct engine *g, const struct knock *k) {
    return k->neighbor ? 1 : g->c.n_pings;
}

static enum phase knock_phase(const struct addr *a, bool neighbor) {
    if (!neighbor)
        return PHASE_PING;
    return a->family == ADDR_V6 ? PHASE_ND_PING : PHASE_ARP_PING;
}

static uint64_t knock_phase_ports(const struct engine *g, const struct addr *a, bool neighbor) {
    if (neighbor)
        return 1;
    uint64_t n = 0;
    for (size_t i = 0; i < g->c.n_pings; i++)
        n += knock_kind_fits(g, i, a);
    return n;
}

static void knock_free(struct engine *g, struct knock *k) {
    heap_remove(&g->knocks, &k->due);
    flights_forget(g, &k->subject);
    map_remove(&g->subjects, &k->subject.addr);
    enum phase p = knock_phase(&k->subject.addr, k->neighbor);
    prefix_leave(g, k->prefix);
    bool in_phase = k->in_phase;
    g->n_knocks--;
    free(k);
    if (in_phase)
        phase_leave(g, p, 0);
}

static void knock_down(struct engine *g, struct knock *k) {
    host_tell_unscanned(g, k, HOST_DOWN, k->reason);
    knock_free(g, k);
}

/* The address has answered, or needs no asking. `v` and `p` may be NULL. */
static struct host *knock_promote(struct engine *g, struct knock *k, enum reason reason, const struct verdict *v) {
    struct knock old = *k;
    struct prefix *prefix = prefix_of(g, &old.subject.addr); /* lives on while the knock leaves it */
    k->twins = NULL;
    knock_free(g, k);
    struct host *h = prefix ? host_create(g, &old.subject.addr, old.path, prefix) : NULL;
    if (!h) {
        log_message(g->c.log, LOG_ERROR, "no memory for another host: it is reported as down");
        host_tell_unscanned(g, &old, HOST_DOWN, REASON_UNKNOWN);
        return NULL;
    }
    h->r.index = old.index;
    h->r.given = old.given;
    h->r.others = old.others;
    h->r.n_others = old.n_others;
    h->r.reason = reason;
    h->r.wall_start = old.wall_start;
    h->twins = old.twins;
    h->r.has_mac = old.has_mac;
    memcpy(h->r.mac, old.mac, MAC_LEN);
    if (v) {
        h->r.ttl = v->ttl;
        if (v->has_mac) {
            h->r.has_mac = true;
            memcpy(h->r.mac, v->mac, MAC_LEN);
        }
    }
    return h;
}

/* ---- taking addresses */

static bool knock_wants_neighbor(const struct engine *g, const struct path *path, const struct addr *a) {
    return path && path->link && path->link->frame == FRAME_ETHERNET && path->route.direct && !path->route.local &&
           !g->c.settings->no_arp && knock_neighbor_probe(g, a);
}

/* Without ARP discovery the neighbour's address must come from somewhere before a frame can go to it. */
static bool knock_find_mac(struct engine *g, struct knock *k) {
    const struct path *p = k->path;
    if (!p->link || p->link->frame != FRAME_ETHERNET || !p->route.direct || p->route.local)
        return true;
    struct network *net = g->c.door->network;
    k->has_mac = net->ops->neighbor(net, p->route.ifindex, &k->subject.addr, k->mac);
    return k->has_mac;
}

static struct knock *knock_create(struct engine *g, uint64_t index, const struct target_at *at, struct path *path) {
    struct knock *k = calloc(1, sizeof *k + ll_max_size(1, g->c.n_pings) * sizeof k->ask[0]);
    if (!k)
        return NULL;
    k->subject = (struct subject){.kind = SUBJECT_KNOCK, .addr = at->addr};
    k->index = index;
    k->path = path;
    k->given = at->given;
    k->others = at->others;
    k->n_others = at->n_others;
    k->reason = REASON_NO_RESPONSE;
    k->wall_start = loop_wall_s(g->c.door->loop);
    k->neighbor = knock_wants_neighbor(g, path, &at->addr);
    k->prefix = prefix_of(g, &at->addr);
    if (!k->prefix || !map_put(&g->subjects, &at->addr, k)) {
        if (k->prefix)
            prefix_leave(g, k->prefix);
        free(k);
        return NULL;
    }
    g->n_knocks++;
    return k;
}

static void knock_unroutable(struct engine *g, uint64_t index, const struct target_at *at, const struct err *e) {
    struct knock k = {.subject = {.kind = SUBJECT_KNOCK, .addr = at->addr},
                      .index = index,
                      .given = at->given,
                      .others = at->others,
                      .n_others = at->n_others};
    if (g->unroutable++ < UNROUTABLE_TOLD)
        log_message(g->c.log, LOG_WARNING, "%s; it counts as down%s", e->text,
                    g->unroutable == UNROUTABLE_TOLD ? " (more such targets are not told)" : "");
    host_tell_unscanned(g, &k, HOST_DOWN, REASON_NO_ROUTE);
}

/* Up without a question: loopback and own addresses, and everything with -Pn that needs no neighbour. */
static bool knock_known_up(struct engine *g, struct knock *k) {
    bool local = k->path->route.local;
    if (k->neighbor || (!local && g->c.settings->discovery != DISCOVER_NONE))
        return false;
    if (!local && !knock_find_mac(g, k)) {
        k->neighbor = knock_neighbor_probe(g, &k->subject.addr) != NULL;
        return false;
    }
    struct host *h = knock_promote(g, k, local ? REASON_LOCALHOST : REASON_USER_SET, NULL);
    if (h)
        host_up(g, h);
    return true;
}

/* The probes that were asked for may not exist for its family, or be left without ports. */
static void knock_unaskable(struct engine *g, struct knock *k) {
    char text[ADDR_TEXT_MAX];
    if (!g->warned_unaskable)
        log_message(g->c.log, LOG_WARNING,
                    "none of the discovery probes asked for can be sent to %s: it and its like count as down; "
                    "add -PE, or -Pn to scan them unasked",
                    addr_format(&k->subject.addr, text));
    g->warned_unaskable = true;
    k->reason = REASON_UNKNOWN;
    knock_down(g, k);
}

static void knock_take(struct engine *g, uint64_t index, const struct target_at *at, int64_t now) {
    g->total++;
    struct subject *busy = map_get(&g->subjects, &at->addr);
    if (busy) {
        struct twin **list =
            busy->kind == SUBJECT_KNOCK ? &((struct knock *)busy)->twins : &((struct host *)busy)->twins;
        if (twin_add(list, index, at))
            return;
    }
    if (!busy && host_tell_again(g, index, at))
        return;
    struct err e = {0};
    bool frames = g->c.neighbor4 != NULL;
    struct path *path = path_to(g, &at->addr, frames, &e);
    if (!path) {
        knock_unroutable(g, index, at, &e);
        return;
    }
    struct knock *k = knock_create(g, index, at, path);
    if (!k) {
        log_message(g->c.log, LOG_ERROR, "no memory for another target: it is reported as down");
        knock_unroutable(g, index, at, &e);
        return;
    }
    if (knock_known_up(g, k))
        return;
    if (!k->neighbor && !knock_find_mac(g, k))
        k->neighbor = knock_neighbor_probe(g, &at->addr) != NULL;
    if (!knock_phase_ports(g, &at->addr, k->neighbor)) {
        knock_unaskable(g, k);
        return;
    }
    struct host_result only = {.addr = at->addr, .given = at->given};
    k->in_phase = true;
    phase_enter(g, knock_phase(&at->addr, k->neighbor), knock_phase_ports(g, &at->addr, k->neighbor), &only);
    if (!heap_set(&g->knocks, &k->due, now))
        knock_down(g, k);
}

bool knock_more(const struct engine *g) {
    return g->n_knocks > 0 || (!g->stopping && (!g->sealed || target_walk_more(g->c.walk)));
}

static bool knock_room(const struct engine *g) {
    size_t one = sizeof(struct knock) + ll_max_size(1, g->c.n_pings) * sizeof(struct knock_ask) + KNOCK_TABLES;
    size_t prefix = sizeof(struct prefix) + KNOCK_TABLES;
    return g->n_knocks * one + g->prefixes.n * prefix < KNOCKS_MEMORY && g->n_work < g->host_limit &&
           g->n_late < LATE_MAX;
}

/* New addresses are taken when those that are known have had their turn: what cannot be sent yet costs nothing. Without
 * discovery an address is a live host at once. */
static bool knock_wants_more(const struct engine *g, int64_t now) {
    struct heap_entry *e = heap_min(&g->knocks);
    bool held = g->hosts_held && g->c.settings->discovery == DISCOVER_NONE;
    return (!e || e->key > now) && !held && knock_room(g);
}

void knock_walk(struct engine *g, int64_t now) {
    if (!knock_wants_more(g, now))
        return;
    for (unsigned i = 0; i < WALK_BATCH && !g->stopping; i++) {
        if (!knock_room(g))
            return;
        struct target_at at;
        u128 index;
        if (!target_walk_next(g->c.walk, &at, &index))
            return;
        if (!at.excluded)
            knock_take(g, (uint64_t)index, &at, now);
    }
    if (target_walk_ready(g->c.walk))
        engine_wake(g, now);
}

/* ---- asking */

static int64_t knock_wait(const struct engine *g, const struct knock *k) {
    const struct timing *t = &g->c.settings->timing;
    if (k->neighbor)
        return ll_min_i64(ll_max_i64(NEIGHBOR_WAIT, t->min_rtt), t->max_rtt);
    int64_t wait = ll_max_i64(engine_timeout(g, NULL), ROUTED_WAIT_MIN);
    return ll_max_i64(ll_min_i64(wait, t->max_rtt), t->scan_delay);
}

/* Another round, or nobody there? */
static bool knock_round_over(struct engine *g, struct knock *k) {
    double chances = knock_phase_ports(g, &k->subject.addr, k->neighbor) > 2 ? CHANCES_MANY : 1.0;
    double now = chances * log(loss_upper(&g->loss, NULL));
    k->round++;
    /* Evidence that came later, and is worse, speaks for the earlier rounds too. */
    k->log_product = (float)fmax(k->log_product + now, k->round * now);
    k->kind = 0;
    unsigned least = k->neighbor ? ROUNDS_MIN_NEIGHBOR : ROUNDS_MIN;
    if (k->round > g->c.settings->timing.max_retries)
        return false;
    return k->round < least || k->log_product > log(g->c.settings->timing.completeness);
}

static bool knock_send(struct engine *g, struct knock *k, int64_t now) {
    size_t kind = k->kind;
    const struct probe *p = k->neighbor ? knock_neighbor_probe(g, &k->subject.addr) : g->c.pings[kind].probe;
    uint16_t port = k->neighbor ? 0 : g->c.pings[kind].port, tag = wire_tag(g, now);
    int64_t wait = knock_wait(g, k);
    if (p->via == PROBE_DIAL) {
        if (!flight_start(g, &k->subject, k->path, p, port, tag, wait, false))
            return false;
    } else {
        if (g->limited && !flight_room(g))
            return false;
        if (!wire_ask(g, k->path, k->has_mac ? k->mac : NULL, p, &k->subject.addr, port, tag))
            return false;
        if (g->limited && !flight_frame(g, &k->subject, p, port, tag, wait))
            return false;
    }
    k->ask[kind].sent = now ? now : 1; /* 0 means never */
    k->ask[kind].tag = tag;
    engine_took(g, k->prefix, NULL, now);
    return true;
}

static bool knock_kind_open(const struct engine *g, const struct knock *k, size_t kind) {
    return !k->ask[kind].over && (k->neighbor || knock_kind_fits(g, kind, &k->subject.addr));
}

/* Moves to the next kind that may still be asked; false when the round is complete. */
static bool knock_next_kind(const struct engine *g, struct knock *k) {
    size_t n = knock_kinds(g, k);
    while (k->kind < n && !knock_kind_open(g, k, k->kind))
        k->kind++;
    return k->kind < n;
}

static bool knock_all_over(const struct engine *g, const struct knock *k) {
    for (size_t i = 0; i < knock_kinds(g, k); i++)
        if (knock_kind_open(g, k, i))
            return false;
    return true;
}

/* Does what is due for one address. Returns when it wants to be looked at again; 0 = it is gone; KNOCK_LATER: nothing
 * can be sent now, neither for this one nor for the others. */
#define KNOCK_LATER INT64_MAX
static int64_t knock_step(struct engine *g, struct knock *k, int64_t now) {
    if (k->path->state == PATH_FAILED) {
        k->reason = REASON_NO_ROUTE;
        knock_down(g, k);
        return 0;
    }
    if (k->path->state == PATH_ASKING && !k->neighbor)
        return now + PATH_POLL;
    if (k->kind >= knock_kinds(g, k) && !knock_round_over(g, k)) {
        knock_down(g, k);
        return 0;
    }
    while (knock_next_kind(g, k)) {
        int64_t slot = engine_slot(g, k->prefix, NULL, now);
        if (slot > now)
            return engine_run_slot(g, now) > now ? KNOCK_LATER : slot;
        if (!knock_send(g, k, now))
            return KNOCK_LATER;
        k->kind++;
        witness_maybe(g, now);
        if (g->c.settings->timing.scan_delay)
            return now + g->c.settings->timing.scan_delay;
    }
    return now + knock_wait(g, k);
}

/* Hosts whose ports are due get half of the turn. */
static uint64_t knock_turn_end(const struct engine *g, int64_t now) {
    struct heap_entry *e = heap_min(&g->hosts);
    uint64_t sent = g->sent_packets + g->dialled;
    return e && e->key <= now ? sent + (g->turn_end - sent) / 2 : g->turn_end;
}

void knock_run(struct engine *g, int64_t now) {
    struct heap_entry *e;
    uint64_t end = knock_turn_end(g, now);
    unsigned n = 0;
    while ((e = heap_min(&g->knocks)) && e->key <= now && g->sent_packets + g->dialled < end) {
        struct knock *k = HEAP_OWNER(e, struct knock, due);
        int64_t again = knock_step(g, k, now);
        if (again == KNOCK_LATER) {
            engine_wake(g, ll_max_i64(engine_run_slot(g, now), now + TICK_ROOM));
            return;
        }
        if (again && !heap_set(&g->knocks, &k->due, again > now ? again : now + 1))
            return;
        if (++n % CLOCK_EVERY == 0)
            now = engine_now(g);
    }
    if (e)
        engine_wake(g, e->key);
    if (knock_wants_more(g, now) && target_walk_ready(g->c.walk))
        engine_wake(g, now);
}

/* ---- answers */

static int knock_kind_of(const struct engine *g, const struct knock *k, const struct probe *p, uint16_t port) {
    if (k->neighbor)
        return p == knock_neighbor_probe(g, &k->subject.addr) ? 0 : -1;
    for (size_t i = 0; i < g->c.n_pings; i++)
        if (g->c.pings[i].probe == p && g->c.pings[i].port == port)
            return (int)i;
    return -1;
}

/* The round in which kind `kind` was last sent, 0-based. */
static unsigned knock_round_of(const struct knock *k, int kind) {
    return k->kind > (unsigned)kind ? k->round : k->round - (k->round > 0);
}

/* This kind need not be asked again; when none is left nobody is there. */
static void knock_over(struct engine *g, struct knock *k, int kind) {
    k->ask[kind].over = true;
    if (!knock_all_over(g, k))
        return;
    knock_down(g, k);
    engine_wake(g, engine_now(g));
}

static void knock_error(struct engine *g, struct knock *k, int kind, const struct verdict *v) {
    k->reason = v->reason;
    k->ttl = v->ttl;
    k->from = addr_eq(&v->from, &k->subject.addr) ? (struct addr){0} : v->from;
    if (v->host == HOST_DOWN)
        for (size_t i = 0; i < knock_kinds(g, k); i++)
            k->ask[i].over = true;
    knock_over(g, k, kind);
}

/* --discovery-ignore-rst: something on the way may have sent it in the host's name. */
static bool knock_ignores(const struct engine *g, const struct verdict *v) {
    return g->c.settings->ignore_rst && (v->reason == REASON_RESET || v->reason == REASON_CONN_REFUSED);
}

void knock_verdict(struct engine *g, struct knock *k, const struct probe *p, const struct verdict *v, int64_t t) {
    int kind = knock_kind_of(g, k, p, v->port);
    if (kind < 0 || k->ask[kind].sent == 0)
        return;
    bool last = v->has_echo ? v->sport == k->ask[kind].tag : true;
    if (!v->has_echo && p->over == PROBE_OVER_IP && p->via == PROBE_FRAME && !p->aim && v->sport != k->ask[kind].tag)
        return;
    if (v->kind == VERDICT_ERROR && v->host != HOST_UP) {
        knock_error(g, k, kind, v);
        return;
    }
    if (v->host != HOST_UP)
        return;
    if (knock_ignores(g, v)) {
        knock_over(g, k, kind);
        return;
    }
    unsigned round = knock_round_of(k, kind);
    int64_t rtt = t - k->ask[kind].sent;
    if (last) {
        rtt_sample(&g->rtt, rtt);
        loss_feed(&g->loss, round + 1, round);
    }
    engine_answered(g, k->prefix, NULL, t, rtt);
    struct host *h = knock_promote(g, k, v->reason, v);
    if (!h)
        return;
    if (last)
        rtt_sample(&h->rtt, rtt);
    if (v->kind == VERDICT_ANSWER) {
        canary_learn(g, h, p, v);
        witness_learn(g, h, p, v, rtt);
    }
    host_up(g, h);
}

void knock_flight_over(struct engine *g, struct knock *k) {
    (void)k;
    engine_wake(g, engine_now(g));
}

void knock_stop(struct engine *g) {
    struct heap_entry *e;
    while ((e = heap_min(&g->knocks))) {
        struct knock *k = HEAP_OWNER(e, struct knock, due);
        g->total--; /* neither up nor down: not answered for */
        while (k->twins) {
            struct twin *t = k->twins;
            k->twins = t->next;
            g->total--;
            free(t);
        }
        knock_free(g, k);
    }
}
