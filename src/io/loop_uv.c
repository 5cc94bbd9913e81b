#include "io/loop_uv.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#define TIMERFD_UNSET INT64_MAX

struct loop_watch {
    uv_poll_t poll;
    struct loop_uv *owner;
    loop_fn fn;
    void *ctx;
    int events;
    bool closed;
};

struct signal_watch {
    uv_signal_t signal;
    loop_uv_signal_fn fn;
    void *ctx;
};

struct posted {
    struct posted *next;
    loop_fn fn;
    void *ctx;
};

struct loop_uv {
    struct loop base;
    uv_loop_t uv;
    uv_async_t wake;
    uv_poll_t timer_poll;
    int timer_fd;
    int64_t timer_set; /* what the timerfd waits for; TIMERFD_UNSET = nothing */
    struct heap timers;
    int64_t turn; /* while timers fire: the time up to which they are due */
    bool firing;
    bool stopped;
    size_t watches;
    pthread_mutex_t lock;
    struct posted *first; /* under lock, oldest first */
    struct posted *last;
};

static struct loop_uv *of(struct loop *l) {
    return (struct loop_uv *)(void *)l;
}

static int64_t clock_ns(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

static int64_t loop_uv_now(struct loop *l) {
    (void)l;
    return clock_ns(CLOCK_MONOTONIC);
}

static int64_t loop_uv_wall(struct loop *l) {
    (void)l;
    return clock_ns(CLOCK_REALTIME) / 1000;
}

/* Timers ---------------------------------------------------------------------------------------------------------- */

static bool loop_uv_timer_at(struct loop *l, struct loop_timer *t, int64_t due) {
    struct loop_uv *u = of(l);
    /* A timer that is armed into the past by a timer fires in the next turn, or the descriptors would starve. */
    if (u->firing && due <= u->turn)
        due = u->turn + 1;
    return heap_set(&u->timers, &t->entry, due);
}

static void loop_uv_timer_off(struct loop *l, struct loop_timer *t) {
    heap_remove(&of(l)->timers, &t->entry);
}

static void fire_due_timers(struct loop_uv *u) {
    struct heap_entry *min = heap_min(&u->timers);
    if (!min)
        return;
    u->turn = clock_ns(CLOCK_MONOTONIC);
    u->firing = true;
    while (!u->stopped && (min = heap_min(&u->timers)) && min->key <= u->turn) {
        struct loop_timer *t = HEAP_OWNER(min, struct loop_timer, entry);
        heap_remove(&u->timers, min);
        t->fn(t->ctx);
    }
    u->firing = false;
}

/* The timerfd is left alone when it goes off in time anyway: waking once too early is cheaper than a system call each
 * time the first timer moves. */
static void set_timerfd(struct loop_uv *u, int64_t due) {
    if (u->timer_set <= due)
        return;
    struct itimerspec at = {.it_value = {.tv_sec = (time_t)(due / NS_PER_S), .tv_nsec = (long)(due % NS_PER_S)}};
    if (timerfd_settime(u->timer_fd, TFD_TIMER_ABSTIME, &at, NULL) == 0)
        u->timer_set = due;
}

static void on_timerfd(uv_poll_t *p, int status, int events) {
    (void)status;
    (void)events;
    struct loop_uv *u = (struct loop_uv *)p->data;
    uint64_t expirations;
    if (read(u->timer_fd, &expirations, sizeof expirations) == (ssize_t)sizeof expirations)
        u->timer_set = TIMERFD_UNSET;
}

/* Descriptors ----------------------------------------------------------------------------------------------------- */

static void on_watch_closed(uv_handle_t *h) {
    free(h->data);
}

static void on_poll(uv_poll_t *p, int status, int events) {
    (void)events;
    struct loop_watch *w = (struct loop_watch *)p->data;
    if (w->closed)
        return;
    w->fn(w->ctx);
    /* libuv stops the handle when the descriptor has an error pending (an ICMP error, an interface that went down).
     * The owner has seen it by now, so go on watching. `w` is still there: it is freed in a later phase of the turn. */
    if (status < 0 && !w->closed)
        uv_poll_start(p, w->events, on_poll);
}

static struct loop_watch *loop_uv_watch(struct loop *l, int fd, unsigned what, loop_fn fn, void *ctx) {
    struct loop_uv *u = of(l);
    struct loop_watch *w = (struct loop_watch *)calloc(1, sizeof *w);
    if (!w)
        return NULL;
    if (uv_poll_init(&u->uv, &w->poll, fd) != 0) {
        free(w);
        return NULL;
    }
    w->poll.data = w;
    w->owner = u;
    w->fn = fn;
    w->ctx = ctx;
    w->events = ((what & LOOP_READ) ? (int)UV_READABLE : 0) | ((what & LOOP_WRITE) ? (int)UV_WRITABLE : 0);
    u->watches++;
    if (uv_poll_start(&w->poll, w->events, on_poll) != 0) {
        l->ops->unwatch(l, w);
        return NULL;
    }
    return w;
}

static void loop_uv_unwatch(struct loop *l, struct loop_watch *w) {
    if (!w || w->closed)
        return;
    w->closed = true;
    of(l)->watches--;
    uv_close((uv_handle_t *)&w->poll, on_watch_closed); /* leaves epoll at once: the descriptor may be closed now */
}

/* Posted calls ---------------------------------------------------------------------------------------------------- */

static bool loop_uv_post(struct loop *l, loop_fn fn, void *ctx) {
    struct loop_uv *u = of(l);
    struct posted *p = (struct posted *)malloc(sizeof *p);
    if (!p)
        return false;
    *p = (struct posted){NULL, fn, ctx};
    pthread_mutex_lock(&u->lock);
    if (u->last)
        u->last->next = p;
    else
        u->first = p;
    u->last = p;
    pthread_mutex_unlock(&u->lock);
    uv_async_send(&u->wake);
    return true;
}

static struct posted *take_posted(struct loop_uv *u) {
    pthread_mutex_lock(&u->lock);
    struct posted *p = u->first;
    u->first = u->last = NULL;
    pthread_mutex_unlock(&u->lock);
    return p;
}

static void on_wake(uv_async_t *a) {
    struct posted *p = take_posted((struct loop_uv *)a->data);
    while (p) { /* also after stop: a posted call is never lost */
        struct posted *next = p->next;
        p->fn(p->ctx);
        free(p);
        p = next;
    }
}

static bool has_posted(struct loop_uv *u) {
    pthread_mutex_lock(&u->lock);
    bool any = u->first != NULL;
    pthread_mutex_unlock(&u->lock);
    return any;
}

/* Running --------------------------------------------------------------------------------------------------------- */

static void loop_uv_run(struct loop *l) {
    struct loop_uv *u = of(l);
    while (!u->stopped) {
        fire_due_timers(u);
        struct heap_entry *min = heap_min(&u->timers);
        if (u->stopped || (!min && !u->watches && !has_posted(u)))
            break;
        if (min && min->key <= clock_ns(CLOCK_MONOTONIC)) {
            uv_run(&u->uv, UV_RUN_NOWAIT);
            continue;
        }
        if (min)
            set_timerfd(u, min->key);
        uv_run(&u->uv, UV_RUN_ONCE);
    }
    u->stopped = false;
}

static void loop_uv_stop(struct loop *l) {
    of(l)->stopped = true;
}

static void on_signal_closed(uv_handle_t *h) {
    free(h->data);
}

static void close_handle(uv_handle_t *h, void *arg) {
    struct loop_uv *u = (struct loop_uv *)arg;
    if (uv_is_closing(h))
        return;
    if (h == (uv_handle_t *)&u->timer_poll || h == (uv_handle_t *)&u->wake)
        uv_close(h, NULL);
    else if (h->type == UV_SIGNAL)
        uv_close(h, on_signal_closed);
    else
        uv_close(h, on_watch_closed);
}

static void loop_uv_destroy(struct loop *l) {
    struct loop_uv *u = of(l);
    uv_walk(&u->uv, close_handle, u);
    uv_run(&u->uv, UV_RUN_DEFAULT);
    int rc = uv_loop_close(&u->uv);
    assert(rc == 0);
    (void)rc;
    for (struct posted *p = take_posted(u), *next; p; p = next) {
        next = p->next;
        free(p);
    }
    heap_finish(&u->timers);
    pthread_mutex_destroy(&u->lock);
    close(u->timer_fd);
    free(u);
}

static const struct loop_ops loop_uv_ops = {
    .now = loop_uv_now,
    .wall = loop_uv_wall,
    .timer_at = loop_uv_timer_at,
    .timer_off = loop_uv_timer_off,
    .watch = loop_uv_watch,
    .unwatch = loop_uv_unwatch,
    .post = loop_uv_post,
    .run = loop_uv_run,
    .stop = loop_uv_stop,
    .destroy = loop_uv_destroy,
};

static bool open_handles(struct loop_uv *u, struct err *e) {
    int rc = uv_async_init(&u->uv, &u->wake, on_wake);
    if (rc != 0)
        return err_os(e, -rc, "cannot make the wake-up descriptor of the event loop");
    u->wake.data = u;
    if ((rc = uv_poll_init(&u->uv, &u->timer_poll, u->timer_fd)) != 0)
        return err_os(e, -rc, "cannot watch the timer of the event loop");
    u->timer_poll.data = u;
    if ((rc = uv_poll_start(&u->timer_poll, UV_READABLE, on_timerfd)) != 0)
        return err_os(e, -rc, "cannot watch the timer of the event loop");
    return true;
}

struct loop *loop_uv_create(struct err *e) {
    struct loop_uv *u = (struct loop_uv *)calloc(1, sizeof *u);
    if (!u) {
        err_set(e, ERR_MEMORY, "no memory for the event loop");
        return NULL;
    }
    u->base.ops = &loop_uv_ops;
    u->timer_set = TIMERFD_UNSET;
    u->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (u->timer_fd < 0) {
        err_os(e, errno, "cannot create a timer descriptor");
        free(u);
        return NULL;
    }
    int rc = uv_loop_init(&u->uv);
    if (rc != 0) {
        err_os(e, -rc, "cannot create the event loop");
        close(u->timer_fd);
        free(u);
        return NULL;
    }
    pthread_mutex_init(&u->lock, NULL);
    heap_init(&u->timers);
    if (!open_handles(u, e)) {
        loop_uv_destroy(&u->base);
        return NULL;
    }
    return &u->base;
}

/* Signals --------------------------------------------------------------------------------------------------------- */

static void on_signal(uv_signal_t *s, int signum) {
    struct signal_watch *w = (struct signal_watch *)s->data;
    w->fn(w->ctx, signum);
}

bool loop_uv_signal(struct loop *l, int signum, loop_uv_signal_fn fn, void *ctx, struct err *e) {
    assert(l->ops == &loop_uv_ops);
    struct loop_uv *u = of(l);
    struct signal_watch *w = (struct signal_watch *)calloc(1, sizeof *w);
    if (!w)
        return err_set(e, ERR_MEMORY, "no memory for a signal handler");
    int rc = uv_signal_init(&u->uv, &w->signal);
    if (rc != 0) {
        free(w);
        return err_os(e, -rc, "cannot handle signal %d", signum);
    }
    w->signal.data = w;
    w->fn = fn;
    w->ctx = ctx;
    rc = uv_signal_start(&w->signal, on_signal, signum);
    if (rc != 0) {
        uv_close((uv_handle_t *)&w->signal, on_signal_closed);
        return err_os(e, -rc, "cannot handle signal %d", signum);
    }
    uv_unref((uv_handle_t *)&w->signal);
    return true;
}
