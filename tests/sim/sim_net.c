/* The network face: routes from the world's interfaces, one link each, and a neighbour table. */
#include <stdlib.h>
#include <string.h>

#include "sim_parts.h"

static struct sim *of(struct network *n) {
    return (struct sim *)(void *)((char *)n - offsetof(struct sim, network));
}

static struct sim_link *link_of(struct link *l) {
    return (struct sim_link *)(void *)l;
}

/* The address that the kernel would choose there: of the family, link-local only towards link-local. */
static const struct addr *source_for(const struct sim_interface *in, const struct addr *dst) {
    const struct addr *second = NULL;
    for (size_t i = 0; i < in->n; i++) {
        if (in->addr[i].family != dst->family)
            continue;
        if (addr_is_link_local(&in->addr[i]) != addr_is_link_local(dst))
            continue;
        if (addr_in_prefix(dst, &in->addr[i], in->bits[i]))
            return &in->addr[i];
        second = second ? second : &in->addr[i];
    }
    return second;
}

static bool fill(const struct sim_interface *in, const struct addr *dst, struct route *out) {
    const struct addr *source = source_for(in, dst);
    if (!source)
        return false;
    memset(out, 0, sizeof *out);
    out->ifindex = in->index;
    memcpy(out->ifname, in->name, sizeof in->name);
    out->ethernet = !in->raw;
    out->mtu = in->mtu;
    if (!in->raw)
        memcpy(out->mac, in->mac, MAC_LEN);
    out->source = *source;
    if (addr_is_link_local(source) && source->family == ADDR_V6)
        out->source.zone = (uint32_t)in->index;
    out->next_hop = *dst;
    return true;
}

static bool route_by_gateway(const struct sim *s, const struct addr *dst, struct route *out) {
    const struct sim_interface *raw = NULL;
    for (size_t i = 0; i < s->world->n_gateways; i++) {
        const struct sim_gateway *g = &s->world->gateways[i];
        const struct sim_interface *in = g->addr.family == dst->family ? sim_interface_of(s, &g->addr) : NULL;
        if (in && fill(in, dst, out)) {
            out->next_hop = g->addr;
            return true;
        }
    }
    for (size_t i = 1; i < s->world->n_interfaces && !raw; i++)
        raw = s->world->interfaces[i].raw ? &s->world->interfaces[i] : NULL;
    return raw && fill(raw, dst, out);
}

bool sim_net_route(struct sim *s, const struct addr *addr, struct route *out, struct err *e) {
    struct addr dst = *addr;
    char text[ADDR_TEXT_MAX];
    dst.zone = 0;
    if (sim_is_own(s, &dst)) {
        const struct sim_interface *lo = &s->world->interfaces[0];
        memset(out, 0, sizeof *out);
        out->ifindex = lo->index;
        memcpy(out->ifname, lo->name, sizeof lo->name);
        out->local = out->direct = true;
        out->mtu = lo->mtu;
        out->source = out->next_hop = *addr;
        return true;
    }
    const struct sim_interface *in = rangeset_has(&s->world->no_route, &dst) ? NULL : sim_interface_of(s, &dst);
    if (in && addr->zone != 0 && addr->zone != (uint32_t)in->index)
        in = NULL;
    if (in && fill(in, &dst, out)) {
        out->direct = true;
        out->next_hop = *addr;
        return true;
    }
    if (!rangeset_has(&s->world->no_route, &dst) && addr->zone == 0 && route_by_gateway(s, &dst, out))
        return true;
    return err_set(e, ERR_NO_ROUTE, "no route to %s", addr_format(addr, text));
}

static bool op_route(struct network *n, const struct addr *dst, struct route *out, struct err *e) {
    return sim_net_route(of(n), dst, out, e);
}

static void op_flush(struct link *face) {
    struct sim_link *l = link_of(face);
    for (size_t i = 0; i < l->n; i++)
        sim_frame_sent(l, l->batch[i], l->length[i]);
    l->n = 0;
}

/* The device sends at its own pace: a full queue refuses more. */
static bool device_takes(struct sim_link *l) {
    struct sim *s = l->sim;
    const struct sim_pipe *nic = &s->world->nic;
    int64_t now = sim_loop_time(s->loop);
    if (nic->pps <= 0 || l->interface->index == 1)
        return true;
    return (double)(s->nic_free - now) * nic->pps / (double)NS_PER_S < nic->queue;
}

static uint8_t *op_alloc(struct link *face) {
    struct sim_link *l = link_of(face);
    if (l->n == SIM_BATCH)
        op_flush(face);
    if (!device_takes(l))
        return NULL;
    return l->batch[l->n];
}

static void op_commit(struct link *face, size_t n) {
    struct sim_link *l = link_of(face);
    struct sim *s = l->sim;
    if (s->world->nic.pps > 0)
        s->nic_free = ll_max_i64(s->nic_free, sim_loop_time(s->loop)) + (int64_t)((double)NS_PER_S / s->world->nic.pps);
    l->length[l->n++] = (uint16_t)ll_min_size(n, LINK_FRAME_MAX);
    face->count.sent++;
    face->count.sent_bytes += n;
}

static void op_destroy_link(struct link *l) {
    (void)l; /* lives as long as the simulation */
}

static const struct link_ops link_ops = {
    .name = "sim", .alloc = op_alloc, .commit = op_commit, .flush = op_flush, .destroy = op_destroy_link};

static bool op_raw_allowed(struct network *n, struct err *e) {
    return !of(n)->world->raw_refused || err_set(e, ERR_PRIVILEGE, "raw sockets: Operation not permitted");
}

static struct link *op_open(struct network *n, const struct route *r, const struct link_filter *f, link_receive_fn fn,
                            void *ctx, struct err *e) {
    struct sim *s = of(n);
    if (!op_raw_allowed(n, e))
        return NULL;
    if (r->ifindex < 1 || (size_t)r->ifindex > s->world->n_interfaces) {
        err_set(e, ERR_NO_ROUTE, "no interface %d", r->ifindex);
        return NULL;
    }
    struct sim_link **place = &s->links[r->ifindex - 1];
    if (*place)
        return &(*place)->face;
    struct sim_link *l = arena_alloc(&s->arena, sizeof *l);
    if (!l) {
        err_set(e, ERR_MEMORY, "out of memory");
        return NULL;
    }
    *place = l;
    l->interface = &s->world->interfaces[r->ifindex - 1];
    l->sim = s;
    l->filter = *f;
    l->fn = fn;
    l->ctx = ctx;
    l->face.ops = &link_ops;
    l->face.frame = l->interface->raw ? FRAME_RAW_IP : FRAME_ETHERNET;
    l->face.ifindex = r->ifindex;
    memcpy(l->face.ifname, l->interface->name, sizeof l->interface->name);
    memcpy(l->face.mac, l->interface->mac, MAC_LEN);
    l->face.mtu = l->interface->mtu;
    if (!sim_noise_start(l)) {
        err_set(e, ERR_MEMORY, "out of memory");
        return NULL;
    }
    return &l->face;
}

static bool op_neighbor(struct network *n, int ifindex, const struct addr *addr, uint8_t mac[MAC_LEN]) {
    struct sim *s = of(n);
    struct addr a = *addr;
    a.zone = 0;
    const struct sim_interface *in = sim_interface_of(s, &a);
    const struct sim_gateway *g = sim_gateway_of(s, &a);
    if (!in || in->index != ifindex || in->raw)
        return false;
    if (g && !g->unknown) {
        memcpy(mac, g->mac, MAC_LEN);
        return true;
    }
    const struct sim_block *absent, *b = sim_block_at(s, &a, &absent);
    const struct sim_host *h = b && b->m.known ? sim_host_at(s, &a, &absent) : NULL;
    if (!h)
        return false;
    memcpy(mac, h->mac, MAC_LEN);
    return true;
}

static void op_destroy(struct network *n) {
    (void)n; /* belongs to the simulation */
}

static const struct network_ops network_ops = {
    .route = op_route, .open = op_open, .neighbor = op_neighbor, .raw_allowed = op_raw_allowed, .destroy = op_destroy};

void sim_net_init(struct sim *s) {
    s->network.ops = &network_ops;
}
