/* Ways out: route, link and next hop, shared by all hosts that use the same ones; and the next hop's Ethernet address,
 * from the kernel's table or asked for. */
#include "engine/match.h"
#include "engine/state.h"

#define NEXT_HOP_TRIES 4
#define NEXT_HOP_WAIT (300 * NS_PER_MS)

static bool path_same(const struct path *p, const struct route *r) {
    return p->route.ifindex == r->ifindex && p->route.local == r->local && p->route.direct == r->direct &&
           addr_eq(&p->route.source, &r->source) &&
           (r->direct || r->local || addr_eq(&p->route.next_hop, &r->next_hop));
}

static void path_ask_next_hop(void *ctx) {
    struct path *p = ctx;
    struct engine *g = p->engine;
    if (p->state != PATH_ASKING)
        return;
    bool v6 = p->route.next_hop.family == ADDR_V6;
    const struct probe *neighbor = v6 ? g->c.neighbor6 : g->c.neighbor4;
    if (p->asked >= NEXT_HOP_TRIES || !neighbor) {
        char text[ADDR_TEXT_MAX];
        p->state = PATH_FAILED;
        log_message(g->c.log, LOG_WARNING, "next hop %s on %s does not answer; its destinations count as down",
                    addr_format(&p->route.next_hop, text), p->route.ifname);
        engine_wake(g, engine_now(g));
        return;
    }
    p->asked++;
    wire_ask(g, p, NULL, neighbor, &p->route.next_hop, 0, 0);
    wire_flush(g);
    loop_timer_at(g->c.door->loop, &p->timer, engine_now(g) + NEXT_HOP_WAIT);
}

static bool path_open(struct engine *g, struct path *p, struct err *e) {
    struct network *net = g->c.door->network;
    uint16_t first = g->c.port_base, last = (uint16_t)(g->c.port_base + ENGINE_OWN_PORTS - 1);
    int fixed = g->c.settings->source_port;
    if (fixed >= 0)
        first = last = (uint16_t)fixed;
    struct link_filter filter = {.port_first = first, .port_last = last};
    p->link = net->ops->open(net, &p->route, &filter, match_receive, p, e);
    if (!p->link)
        return false;
    p->state = PATH_READY;
    if (p->link->frame != FRAME_ETHERNET || p->route.direct || p->route.local)
        return true;
    if (net->ops->neighbor(net, p->route.ifindex, &p->route.next_hop, p->mac))
        return true;
    p->state = PATH_ASKING;
    loop_timer_at(g->c.door->loop, &p->timer, engine_now(g));
    return true;
}

struct path *path_to(struct engine *g, const struct addr *dst, bool frames, struct err *e) {
    struct route r;
    struct network *net = g->c.door->network;
    if (!net->ops->route(net, dst, &r, e))
        return NULL;
    for (struct path *p = g->paths; p; p = p->next)
        if (path_same(p, &r))
            return p;
    struct path *p = calloc(1, sizeof *p);
    if (!p) {
        err_set(e, ERR_MEMORY, "no memory for a route");
        return NULL;
    }
    p->route = r;
    p->engine = g;
    loop_timer_init(&p->timer, path_ask_next_hop, p);
    if (frames && !path_open(g, p, e)) {
        free(p);
        return NULL;
    }
    p->next = g->paths;
    g->paths = p;
    return p;
}

void path_neighbor_answer(struct engine *g, const struct verdict *v, const struct path *on) {
    for (struct path *p = g->paths; p; p = p->next) {
        if (p->state != PATH_ASKING || p->link != on->link || !addr_eq(&p->route.next_hop, &v->peer))
            continue;
        memcpy(p->mac, v->mac, MAC_LEN);
        p->state = PATH_READY;
        loop_timer_off(g->c.door->loop, &p->timer);
        engine_wake(g, engine_now(g));
    }
}

void paths_destroy(struct engine *g) {
    while (g->paths) {
        struct path *p = g->paths;
        g->paths = p->next;
        loop_timer_off(g->c.door->loop, &p->timer);
        free(p);
    }
}
