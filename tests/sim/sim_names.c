/* Names, forward and reverse, from the world's data, with latency, loss and time-outs of the name service. */
#include <string.h>

#include "sim_parts.h"

struct sim_query {
    struct loop_timer timer;
    struct sim *sim;
    struct sim_query *next, **back; /* list of the waiting, or of the free */
    names_fn fn;
    void *ctx;
    bool forward;
    enum addr_family family;
    const struct sim_name *name; /* forward: the entry, or NULL */
    struct addr addr;            /* reverse */
    bool timed_out;
};

static struct sim *of(struct names *n) {
    return (struct sim *)(void *)((char *)n - offsetof(struct sim, names));
}

static const char *failure(const struct sim_query *q) {
    if (q->timed_out || (q->name && q->name->fate == SIM_NAME_TIMEOUT))
        return "the name servers did not answer";
    return q->name && q->name->fate == SIM_NAME_SERVFAIL ? "the name server failed" : "no such name";
}

static void answer_forward(const struct sim_query *q) {
    struct addr v[NAMES_ADDRS_MAX];
    struct name_answer a = {.addrs = v};
    for (size_t i = 0; q->name && !q->timed_out && i < q->name->n && a.n_addrs < LL_COUNT(v); i++)
        if (q->family == ADDR_NONE || q->name->addrs[i].family == q->family)
            v[a.n_addrs++] = q->name->addrs[i];
    a.ok = a.n_addrs > 0;
    a.error = a.ok ? NULL : failure(q);
    q->fn(q->ctx, &a);
}

/* "*.example.net" -> "10-0-0-5.example.net" */
static size_t expand(struct slice pattern, const struct addr *addr, char *out, size_t max) {
    char text[ADDR_TEXT_MAX];
    size_t n = 0, star = slice_find(pattern, '*');
    addr_format(addr, text);
    for (size_t i = 0; i < pattern.n && n < max; i++) {
        if (i != star) {
            out[n++] = pattern.p[i];
            continue;
        }
        for (const char *c = text; *c && n < max; c++)
            out[n++] = *c == '.' || *c == ':' ? '-' : *c;
    }
    return n;
}

static void answer_reverse(const struct sim_query *q) {
    const struct sim_block *absent;
    const struct sim_block *b = sim_block_at(q->sim, &q->addr, &absent);
    struct slice ptr = b ? b->m.ptr : absent ? absent->m.ptr : (struct slice){NULL, 0};
    char text[256];
    struct name_answer a = {.ok = ptr.n > 0 && !q->timed_out};
    if (a.ok)
        a.name = (struct slice){text, expand(ptr, &q->addr, text, sizeof text)};
    else
        a.error = failure(q);
    q->fn(q->ctx, &a);
}

static void unlink_query(struct sim_query *q) {
    struct sim *s = q->sim;
    *q->back = q->next;
    if (q->next)
        q->next->back = q->back;
    q->next = s->free_queries;
    s->free_queries = q;
    s->queries_open--;
}

static void due(void *ctx) {
    struct sim_query *q = ctx, copy = *q;
    unlink_query(q);
    (copy.forward ? answer_forward : answer_reverse)(&copy);
}

/* Each lost query costs a time-out; when all are lost, so is the answer. */
static int64_t answer_time(struct sim_query *q) {
    struct sim *s = q->sim;
    const struct sim_world *w = s->world;
    int64_t at = sim_loop_time(s->loop);
    bool dead = q->name && q->name->fate == SIM_NAME_TIMEOUT;
    for (uint32_t i = 0; i < w->dns_tries; i++) {
        if (!dead && !sim_chance(s, w->dns_loss))
            return at + w->dns_latency + (int64_t)(rng_real(&s->rng) * (double)w->dns_jitter);
        at += w->dns_timeout;
    }
    q->timed_out = true;
    return at;
}

static bool ask(struct sim *s, const struct sim_query *what) {
    struct sim_query *q = s->free_queries;
    if (s->queries_open >= s->world->dns_limit)
        return false;
    if (q)
        s->free_queries = q->next;
    else
        q = arena_alloc(&s->arena, sizeof *q);
    if (!q)
        return false;
    *q = *what;
    q->sim = s;
    q->next = s->queries;
    q->back = &s->queries;
    if (q->next)
        q->next->back = &q->next;
    s->queries = q;
    s->queries_open++;
    s->count.lookups++;
    loop_timer_init(&q->timer, due, q);
    if (loop_timer_at(sim_loop_face(s->loop), &q->timer, answer_time(q)))
        return true;
    unlink_query(q);
    return false;
}

static bool op_forward(struct names *n, struct slice name, enum addr_family family, names_fn fn, void *ctx) {
    struct sim *s = of(n);
    const struct sim_name *entry = s->world->names;
    if (name.n > 0 && name.p[name.n - 1] == '.')
        name.n--;
    while (entry && !slice_eq_nocase(entry->name, name))
        entry = entry->next;
    return ask(s, &(struct sim_query){.fn = fn, .ctx = ctx, .forward = true, .family = family, .name = entry});
}

static bool op_reverse(struct names *n, const struct addr *a, names_fn fn, void *ctx) {
    struct sim_query q = {.fn = fn, .ctx = ctx, .addr = *a};
    q.addr.zone = 0;
    return ask(of(n), &q);
}

static void op_cancel_all(struct names *n) {
    struct sim *s = of(n);
    while (s->queries) {
        loop_timer_off(sim_loop_face(s->loop), &s->queries->timer);
        unlink_query(s->queries);
    }
}

static void op_destroy(struct names *n) {
    op_cancel_all(n);
}

static const struct names_ops names_ops = {
    .forward = op_forward, .reverse = op_reverse, .cancel_all = op_cancel_all, .destroy = op_destroy};

void sim_names_init(struct sim *s) {
    s->names.ops = &names_ops;
}
