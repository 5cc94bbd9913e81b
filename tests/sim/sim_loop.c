/* Virtual time. Two heaps of timers (ordinary and background) and a queue of posted calls. */
#include <stdlib.h>

#include "sim_loop.h"

enum { POSTED_MAX = 1 << 20 };
static const int64_t TURN_COST = NS_PER_US;

struct posted {
    loop_fn fn;
    void *ctx;
};

struct sim_loop {
    struct loop face;
    struct heap ordinary, background;
    struct posted *posted; /* in order of arrival */
    size_t n_posted, cap_posted;
    int64_t now;
    int64_t time_bound;
    uint64_t turns, turn_bound;
    bool stopped, bounded;
};

static struct sim_loop *of(struct loop *l) {
    return (struct sim_loop *)(void *)l;
}

static int64_t op_now(struct loop *l) {
    return of(l)->now;
}

static int64_t op_wall(struct loop *l) {
    return SIM_LOOP_WALL_START * 1000000 + (of(l)->now - SIM_LOOP_START) / NS_PER_US;
}

static bool op_timer_at(struct loop *l, struct loop_timer *t, int64_t due) {
    return heap_set(&of(l)->ordinary, &t->entry, ll_max_i64(due, of(l)->now + 1));
}

static void op_timer_off(struct loop *l, struct loop_timer *t) {
    heap_remove(&of(l)->ordinary, &t->entry);
}

static struct loop_watch *op_watch(struct loop *l, int fd, unsigned what, loop_fn fn, void *ctx) {
    (void)l, (void)fd, (void)what, (void)fn, (void)ctx;
    return NULL;
}

static void op_unwatch(struct loop *l, struct loop_watch *w) {
    (void)l, (void)w;
}

static bool op_post(struct loop *l, loop_fn fn, void *ctx) {
    struct sim_loop *s = of(l);
    if (s->n_posted == s->cap_posted) {
        size_t cap = s->cap_posted ? s->cap_posted * 2 : 64;
        if (cap > POSTED_MAX)
            return false;
        struct posted *p = realloc(s->posted, cap * sizeof *p);
        if (!p)
            return false;
        s->posted = p;
        s->cap_posted = cap;
    }
    s->posted[s->n_posted++] = (struct posted){fn, ctx};
    return true;
}

static int64_t next_due(const struct sim_loop *s) {
    const struct heap_entry *a = heap_min(&s->ordinary), *b = heap_min(&s->background);
    int64_t due = INT64_MAX;
    if (a)
        due = a->key;
    if (b)
        due = ll_min_i64(due, b->key);
    return due;
}

/* Only the calls posted before this turn: a call that posts itself again gets the next turn. */
static void run_posted(struct sim_loop *s) {
    size_t count = s->n_posted;
    for (size_t i = 0; i < count && !s->stopped; i++) {
        struct posted p = s->posted[i];
        p.fn(p.ctx);
        s->posted[i].fn = NULL;
    }
    size_t kept = 0;
    for (size_t i = 0; i < s->n_posted; i++)
        if (s->posted[i].fn)
            s->posted[kept++] = s->posted[i];
    s->n_posted = kept;
}

static void run_due(struct sim_loop *s, struct heap *h) {
    for (struct heap_entry *e = heap_min(h); e && e->key <= s->now && !s->stopped; e = heap_min(h)) {
        struct loop_timer *t = HEAP_OWNER(e, struct loop_timer, entry);
        heap_remove(h, e);
        t->fn(t->ctx);
    }
}

static void op_run(struct loop *l) {
    struct sim_loop *s = of(l);
    s->stopped = false;
    while (!s->stopped && (s->n_posted > 0 || heap_min(&s->ordinary))) {
        int64_t turn = s->now + TURN_COST;
        s->now = s->n_posted > 0 ? turn : ll_max_i64(turn, next_due(s));
        if (s->now - SIM_LOOP_START > s->time_bound || s->turns >= s->turn_bound) {
            s->bounded = true;
            return;
        }
        s->turns++;
        run_posted(s);
        run_due(s, &s->background);
        run_due(s, &s->ordinary);
    }
}

static void op_stop(struct loop *l) {
    of(l)->stopped = true;
}

static void op_destroy(struct loop *l) {
    (void)l; /* belongs to the simulation; see sim_loop_destroy */
}

static const struct loop_ops loop_ops = {.now = op_now,
                                         .wall = op_wall,
                                         .timer_at = op_timer_at,
                                         .timer_off = op_timer_off,
                                         .watch = op_watch,
                                         .unwatch = op_unwatch,
                                         .post = op_post,
                                         .run = op_run,
                                         .stop = op_stop,
                                         .destroy = op_destroy};

struct sim_loop *sim_loop_create(void) {
    struct sim_loop *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->face.ops = &loop_ops;
    heap_init(&s->ordinary);
    heap_init(&s->background);
    s->now = SIM_LOOP_START;
    s->time_bound = INT64_C(48) * 3600 * NS_PER_S;
    s->turn_bound = UINT64_C(100000000);
    return s;
}

void sim_loop_destroy(struct sim_loop *l) {
    if (!l)
        return;
    heap_finish(&l->ordinary);
    heap_finish(&l->background);
    free(l->posted);
    free(l);
}

struct loop *sim_loop_face(struct sim_loop *l) {
    return &l->face;
}

void sim_loop_set_bounds(struct sim_loop *l, int64_t virtual_ns, uint64_t turns) {
    l->time_bound = virtual_ns;
    l->turn_bound = turns;
}

bool sim_loop_hit_bound(const struct sim_loop *l) {
    return l->bounded;
}
uint64_t sim_loop_turns(const struct sim_loop *l) {
    return l->turns;
}
int64_t sim_loop_time(const struct sim_loop *l) {
    return l->now;
}

bool sim_loop_background_at(struct sim_loop *l, struct loop_timer *t, int64_t due) {
    return heap_set(&l->background, &t->entry, ll_max_i64(due, l->now + 1));
}

void sim_loop_background_off(struct sim_loop *l, struct loop_timer *t) {
    heap_remove(&l->background, &t->entry);
}
