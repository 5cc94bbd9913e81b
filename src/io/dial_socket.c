#include "io/dial_socket.h"
#include "io/socket.h"
#include "io/socket_set.h"

#include <assert.h>
#include <errno.h>
#include <unistd.h>

#define ROUNDS 8 /* batches of events in one turn of the loop */

struct dial {
    struct socket_one one;
    struct dial *prev, *next; /* in `open` or `ready` */
    struct dial_socket *owner;
    dial_fn fn;
    void *ctx;
    int fd;
    int result; /* in `ready` */
    uint16_t dport;
    bool is_ready;
    bool dead;
};

struct dial_list {
    struct dial *first, *last;
};

struct dial_socket {
    struct dialer base;
    struct socket_set set;
    struct loop_timer ready_timer;
    struct dial_list open;  /* waiting for the kernel */
    struct dial_list ready; /* ended inside `start`, to be reported in the next turn */
    size_t n_ready;
};

static struct dial_socket *of(struct dialer *d) {
    return (struct dial_socket *)(void *)d;
}

/* Attempts -------------------------------------------------------------------------------------------------------- */

static void append(struct dial_list *l, struct dial *a) {
    a->prev = l->last;
    a->next = NULL;
    if (l->last)
        l->last->next = a;
    else
        l->first = a;
    l->last = a;
}

static void take_out(struct dial_list *l, struct dial *a) {
    if (a->prev)
        a->prev->next = a->next;
    else
        l->first = a->next;
    if (a->next)
        a->next->prev = a->prev;
    else
        l->last = a->prev;
}

static struct dial *take_first(struct dial_list *l) {
    struct dial *a = l->first;
    if (!a)
        return NULL;
    l->first = a->next;
    if (l->first)
        l->first->prev = NULL;
    else
        l->last = NULL;
    return a;
}

/* Closes with an RST: the target forgets the connection at once, and so do we (no TIME_WAIT). */
static void close_reset(int fd) {
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(fd);
}

static struct dial *holder_of(struct socket_one *one) {
    return (struct dial *)(void *)((char *)one - offsetof(struct dial, one));
}

static void free_dead(struct socket_one *one) {
    free(holder_of(one));
}

/* `a` is in no list any more. */
static void end(struct dial_socket *s, struct dial *a) {
    close_reset(a->fd);
    s->n_ready -= a->is_ready;
    a->dead = true;
    socket_set_bury(&s->set, &a->one);
    socket_set_leave(&s->set);
}

static void end_and_report(struct dial_socket *s, struct dial *a, int result) {
    dial_fn fn = a->fn;
    void *ctx = a->ctx;
    end(s, a);
    fn(ctx, result);
}

static int result_of(const struct dial *a) {
    int os = socket_error(a->fd);
    return os == 0 && socket_is_own_echo(a->fd) ? ECONNREFUSED : os;
}

static void on_event(struct socket_one *one, uint32_t events) {
    (void)events;
    struct dial *a = holder_of(one);
    if (a->dead)
        return;
    take_out(&a->owner->open, a);
    end_and_report(a->owner, a, result_of(a));
}

static void on_ready(void *ctx) {
    struct dial_socket *s = (struct dial_socket *)ctx;
    /* Callbacks may add to the list for ever: what they add waits for the next turn. */
    struct dial *a;
    for (size_t budget = s->n_ready; budget > 0 && (a = take_first(&s->ready)); budget--)
        end_and_report(s, a, a->result);
    if (s->ready.first)
        loop_timer_at(s->set.loop, &s->ready_timer, 0);
}

/* Starting -------------------------------------------------------------------------------------------------------- */

static bool set_ttl(int fd, enum addr_family family, int ttl) {
    if (family == ADDR_V4)
        return setsockopt(fd, IPPROTO_IP, IP_TTL, &ttl, sizeof ttl) == 0;
    return setsockopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &ttl, sizeof ttl) == 0;
}

static bool bind_source(int fd, const struct dial_request *r) {
    if (!r->source && r->sport < 0)
        return true;
    struct addr any = {.family = r->dst.family};
    return socket_bind_source(fd, r->source ? r->source : &any, r->sport);
}

/* False: errno says why. */
static bool dress(int fd, const struct dial_request *r) {
    if (!socket_bind_interface(fd, r->interface))
        return false;
    if (r->ttl >= 0 && !set_ttl(fd, (enum addr_family)r->dst.family, r->ttl))
        return false;
    return bind_source(fd, r);
}

/* Watches the attempt, or puts it among those that have ended. False: errno says why. */
static bool enlist(struct dial_socket *s, struct dial *a, int connect_os) {
    if (connect_os == EINPROGRESS) {
        if (!socket_set_add(&s->set, &a->one, a->fd, EPOLLOUT)) {
            errno = ENOBUFS;
            return false;
        }
        append(&s->open, a);
    } else {
        if (!loop_timer_armed(&s->ready_timer) && !loop_timer_at(s->set.loop, &s->ready_timer, 0)) {
            errno = ENOBUFS;
            return false;
        }
        a->is_ready = true;
        a->result = connect_os == 0 && socket_is_own_echo(a->fd) ? ECONNREFUSED : connect_os;
        append(&s->ready, a);
        s->n_ready++;
    }
    s->set.n++;
    return true;
}

/* 0, or errno. */
static int begin(struct dial_socket *s, const struct dial_request *r, struct dial *a) {
    if (s->set.n >= s->set.capacity)
        return EMFILE;
    int family = r->dst.family == ADDR_V4 ? AF_INET : AF_INET6;
    a->fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (a->fd < 0)
        return socket_reason(errno);
    if (!dress(a->fd, r))
        return socket_reason(errno);
    union socket_address to;
    socklen_t n = socket_address_of(&r->dst, r->dport, &to);
    int os = connect(a->fd, &to.any, n) == 0 ? 0 : errno;
    if (socket_lack(os))
        return socket_lack(os);
    return enlist(s, a, os) ? 0 : errno;
}

static struct dial *dial_socket_start(struct dialer *d, const struct dial_request *r, int *os) {
    struct dial_socket *s = of(d);
    struct dial *a = (struct dial *)calloc(1, sizeof *a);
    if (!a) {
        *os = ENOBUFS;
        return NULL;
    }
    *a = (struct dial){.owner = s, .fn = r->fn, .ctx = r->ctx, .fd = -1, .dport = r->dport};
    *os = begin(s, r, a);
    if (*os == 0)
        return a;
    if (a->fd >= 0)
        close(a->fd);
    free(a);
    socket_set_rest(&s->set);
    return NULL;
}

static void dial_socket_cancel(struct dialer *d, struct dial *a) {
    assert(a->owner == of(d) && !a->dead);
    struct dial_socket *s = of(d);
    take_out(a->is_ready ? &s->ready : &s->open, a);
    end(s, a);
}

static size_t dial_socket_capacity(struct dialer *d) {
    return of(d)->set.capacity;
}

static void dial_socket_destroy(struct dialer *d) {
    struct dial_socket *s = of(d);
    struct dial *a;
    while ((a = take_first(&s->open)) || (a = take_first(&s->ready)))
        end(s, a);
    loop_timer_off(s->set.loop, &s->ready_timer);
    socket_set_finish(&s->set);
    free(s);
}

static const struct dialer_ops dial_socket_ops = {
    .start = dial_socket_start,
    .cancel = dial_socket_cancel,
    .capacity = dial_socket_capacity,
    .destroy = dial_socket_destroy,
};

static const struct socket_set_ops set_ops = {.event = on_event, .free = free_dead, .rounds = ROUNDS};

struct dialer *dial_socket_create(struct loop *loop, struct err *e) {
    struct dial_socket *s = (struct dial_socket *)calloc(1, sizeof *s);
    if (!s) {
        err_set(e, ERR_MEMORY, "no memory for connections");
        return NULL;
    }
    s->base.ops = &dial_socket_ops;
    if (!socket_set_init(&s->set, loop, &set_ops, e)) {
        free(s);
        return NULL;
    }
    loop_timer_init(&s->ready_timer, on_ready, s);
    return &s->base;
}

bool dial_socket_port_allowed(uint16_t port, struct err *e) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return true; /* no IPv4 here: the attempts themselves will tell */
    int on = 1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_port = htons(port)};
    bool ok = bind(fd, (const struct sockaddr *)&from, sizeof from) == 0;
    int os = errno;
    close(fd);
    return ok || err_os(e, os, "connections cannot be made from port %u", port);
}
