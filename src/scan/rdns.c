#include "scan/rdns.h"

struct rdns_item {
    struct rdns_item *next, *prev;
    struct rdns *rdns;
    struct stage_host host; /* engine_host NULL: a plain look-up, or cancelled */
    rdns_fn fn;
    void *ctx;
};

static void rdns_unlink(struct rdns_item *it) {
    if (it->prev)
        it->prev->next = it->next;
    else
        it->rdns->open = it->next;
    if (it->next)
        it->next->prev = it->prev;
    free(it);
}

static void rdns_answered(void *ctx, const struct name_answer *a) {
    struct rdns_item *it = ctx;
    struct rdns_item copy = *it;
    rdns_unlink(it);
    struct slice name = a->ok ? a->name : (struct slice){0};
    if (copy.fn)
        copy.fn(copy.ctx, name);
    if (!copy.host.engine_host)
        return;
    if (name.n)
        copy.host.result->ptr = arena_copy(copy.host.arena, name);
    stage_done(copy.host.engine_host, &rdns_stage);
}

static struct rdns_item *rdns_ask(struct rdns *r, const struct addr *a) {
    struct rdns_item *it = calloc(1, sizeof *it);
    if (!it)
        return NULL;
    it->rdns = r;
    it->next = r->open;
    if (r->open)
        r->open->prev = it;
    r->open = it;
    if (r->names->ops->reverse(r->names, a, rdns_answered, it))
        return it;
    rdns_unlink(it);
    return NULL;
}

bool rdns_lookup(struct rdns *r, const struct addr *a, rdns_fn fn, void *ctx) {
    struct rdns_item *it = rdns_ask(r, a);
    if (!it)
        return false;
    it->fn = fn;
    it->ctx = ctx;
    return true;
}

static bool rdns_wanted(void *ctx, const struct stage_host *h) {
    const struct rdns *r = ctx;
    (void)h;
    return r->mode != DNS_NEVER;
}

static void rdns_start(void *ctx, const struct stage_host *h) {
    struct rdns_item *it = rdns_ask(ctx, &h->result->addr);
    if (it)
        it->host = *h;
    else
        stage_done(h->engine_host, &rdns_stage);
}

static void rdns_cancel(void *ctx, const struct stage_host *h) {
    struct rdns *r = ctx;
    for (struct rdns_item *it = r->open; it; it = it->next)
        if (it->host.engine_host == h->engine_host)
            it->host.engine_host = NULL;
}

void rdns_give_up(struct rdns *r) {
    for (struct rdns_item *it = r->open; it; it = it->next) {
        rdns_fn fn = it->fn;
        it->fn = NULL;
        if (fn)
            fn(it->ctx, (struct slice){0});
    }
}

void rdns_finish(struct rdns *r) {
    while (r->open) {
        struct rdns_item *it = r->open;
        r->open = it->next;
        free(it);
    }
}

const struct stage rdns_stage = {
    .name = "names",
    .phase = PHASE_DNS,
    .needs = STAGE_NEEDS_UP,
    .wanted = rdns_wanted,
    .start = rdns_start,
    .cancel = rdns_cancel,
};
