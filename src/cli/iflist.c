#include "cli/iflist.h"

#include <linux/if.h>
#include <linux/if_arp.h>
#include <stdio.h>
#include <stdlib.h>

#define TITLE_WIDTH 58

struct iflist {
    struct netlink_link *links;
    size_t n_links;
    struct netlink_address *addresses;
    size_t n_addresses;
    struct iflist_table interfaces, routes;
    bool failed;
};

/* Doubles where needed. NULL: no memory. */
static void *iflist_grow(void *v, size_t n, size_t size) {
    if (n & (n - 1))
        return v;
    return realloc(v, (n ? 2 * n : 1) * size);
}

static struct iflist_row *iflist_row(struct iflist_table *t) {
    struct iflist_row *rows = iflist_grow(t->rows, t->n, sizeof *rows);
    if (!rows) {
        t->failed = true;
        return NULL;
    }
    t->rows = rows;
    rows[t->n] = (struct iflist_row){0};
    return &rows[t->n++];
}

static void iflist_titles(struct iflist_table *t, const char *const titles[], size_t n) {
    struct iflist_row *r = iflist_row(t);
    for (size_t i = 0; r && i < n; i++)
        snprintf(r->cell[i], IFLIST_CELL, "%s", titles[i]);
}

static void iflist_see_link(void *ctx, const struct netlink_link *l) {
    struct iflist *f = ctx;
    struct netlink_link *v = iflist_grow(f->links, f->n_links, sizeof *v);
    f->failed = f->failed || !v;
    if (!v)
        return;
    f->links = v;
    v[f->n_links++] = *l;
}

static void iflist_see_address(void *ctx, const struct netlink_address *a) {
    struct iflist *f = ctx;
    struct netlink_address *v = iflist_grow(f->addresses, f->n_addresses, sizeof *v);
    f->failed = f->failed || !v;
    if (!v)
        return;
    f->addresses = v;
    v[f->n_addresses++] = *a;
}

static const char *iflist_type(unsigned type) {
    switch (type) {
    case ARPHRD_ETHER:
        return "ethernet";
    case ARPHRD_LOOPBACK:
        return "loopback";
    case ARPHRD_PPP:
    case ARPHRD_NONE:
        return "point2point";
    default:
        return "other";
    }
}

static void iflist_prefix(char cell[IFLIST_CELL], const struct addr *a, unsigned bits) {
    struct addr plain = *a;
    char text[ADDR_TEXT_MAX];
    plain.zone = 0;
    snprintf(cell, IFLIST_CELL, "%s/%u", addr_format(&plain, text), bits);
}

static void iflist_add_interface(struct iflist *f, const struct netlink_link *l, const struct netlink_address *a) {
    struct iflist_row *r = iflist_row(&f->interfaces);
    if (!r)
        return;
    snprintf(r->cell[0], IFLIST_CELL, "%s", l->name);
    snprintf(r->cell[1], IFLIST_CELL, "(%s)", l->name);
    if (a)
        iflist_prefix(r->cell[2], &a->addr, a->bits);
    else
        snprintf(r->cell[2], IFLIST_CELL, "(none)/0");
    snprintf(r->cell[3], IFLIST_CELL, "%s", iflist_type(l->type));
    snprintf(r->cell[4], IFLIST_CELL, "%s", l->flags & IFF_UP ? "up" : "down");
    snprintf(r->cell[5], IFLIST_CELL, "%u", l->mtu);
    if (l->has_mac && l->type == ARPHRD_ETHER)
        mac_format(l->mac, r->cell[6]);
}

static void iflist_interfaces(struct iflist *f) {
    static const char *const titles[] = {"DEV", "(SHORT)", "IP/MASK", "TYPE", "UP", "MTU", "MAC"};
    iflist_titles(&f->interfaces, titles, LL_COUNT(titles));
    for (size_t i = 0; i < f->n_links; i++) {
        size_t before = f->interfaces.n;
        for (size_t k = 0; k < f->n_addresses; k++)
            if (f->addresses[k].ifindex == f->links[i].ifindex)
                iflist_add_interface(f, &f->links[i], &f->addresses[k]);
        if (f->interfaces.n == before)
            iflist_add_interface(f, &f->links[i], NULL);
    }
}

static const char *iflist_name(const struct iflist *f, int ifindex) {
    for (size_t i = 0; i < f->n_links; i++)
        if (f->links[i].ifindex == ifindex)
            return f->links[i].name;
    return "(several)";
}

static void iflist_see_route(void *ctx, const struct netlink_entry *e) {
    struct iflist *f = ctx;
    struct iflist_row *r = iflist_row(&f->routes);
    char text[ADDR_TEXT_MAX];
    if (!r)
        return;
    iflist_prefix(r->cell[0], &e->dst, e->bits);
    snprintf(r->cell[1], IFLIST_CELL, "%s", iflist_name(f, e->oif));
    snprintf(r->cell[2], IFLIST_CELL, "%u", (unsigned)e->metric);
    if (!e->has_gateway)
        return;
    struct addr gateway = e->gateway;
    gateway.zone = 0;
    snprintf(r->cell[3], IFLIST_CELL, "%s", addr_format(&gateway, text));
}

static bool iflist_ask(struct iflist *f, struct err *e) {
    static const char *const titles[] = {"DST/MASK", "DEV", "METRIC", "GATEWAY"};
    struct netlink *n = netlink_create(e);
    if (!n)
        return false;
    bool ok = netlink_each_link(n, iflist_see_link, f, e) && netlink_each_address(n, iflist_see_address, f, e);
    iflist_titles(&f->routes, titles, LL_COUNT(titles));
    ok = ok && netlink_each_route(n, iflist_see_route, f, e);
    netlink_destroy(n);
    iflist_interfaces(f);
    if (ok && (f->failed || f->interfaces.failed || f->routes.failed))
        return err_set(e, ERR_MEMORY, "no memory for the list of interfaces");
    return ok;
}

void iflist_put(struct buf *b, const char *title, const struct iflist_table *t) {
    size_t width[IFLIST_COLUMNS] = {0}, stars = TITLE_WIDTH - strlen(title);
    buf_fill(b, '*', stars / 2);
    buf_put_str(b, title);
    buf_fill(b, '*', stars - stars / 2);
    buf_put_char(b, '\n');
    for (size_t i = 0; i < t->n; i++)
        for (size_t c = 0; c < IFLIST_COLUMNS; c++)
            width[c] = ll_max_size(width[c], strlen(t->rows[i].cell[c]));
    for (size_t i = 0; i < t->n; i++) {
        size_t blanks = 0;
        for (size_t c = 0; c < IFLIST_COLUMNS; c++) {
            size_t n = strlen(t->rows[i].cell[c]);
            if (n)
                buf_fill(b, ' ', blanks);
            buf_put_str(b, t->rows[i].cell[c]);
            blanks = n ? width[c] - n + 1 : blanks + width[c] + 1;
        }
        buf_put_char(b, '\n');
    }
}

bool iflist_text(struct buf *b, struct err *e) {
    struct iflist f = {0};
    bool ok = iflist_ask(&f, e);
    if (ok) {
        iflist_put(b, "INTERFACES", &f.interfaces);
        buf_put_char(b, '\n');
        iflist_put(b, "ROUTES", &f.routes);
    }
    free(f.links);
    free(f.addresses);
    free(f.interfaces.rows);
    free(f.routes.rows);
    return ok && (!b->failed || err_set(e, ERR_MEMORY, "no memory for the list of interfaces"));
}
