#include "io/dial_socket.h"
#include "io/socket.h"

#include <assert.h>
#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

#define CAPACITY_MAX 60000
#define FILES_RESERVED 64 /* reports, links, name servers */
#define EVENTS 256
#define ROUNDS 8 /* batches of events in one turn of the loop */

struct dial {
    struct dial *prev, *next; /* in `open` or `ready`, or the next one in `dead` */
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

/* All sockets are in one epoll of our own; the loop watches that, while attempts are under way. */
struct dial_socket {
    struct dialer base;
    struct loop *loop;
    int epoll;
    struct loop_watch *watch;
    struct loop_timer ready_timer;
    struct dial_list open;  /* waiting for the kernel */
    struct dial_list ready; /* ended inside `start`, to be reported in the next turn */
    struct dial *dead;      /* cancelled while a batch of events may still name them */
    bool in_batch;
    size_t n, n_ready, capacity;
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

/* A watch keeps the loop running; without attempts there is nothing to wait for. */
static void rest_when_idle(struct dial_socket *s) {
    if (s->n > 0 || !s->watch)
        return;
    s->loop->ops->unwatch(s->loop, s->watch);
    s->watch = NULL;
}

/* `a` is in no list any more. */
static void end(struct dial_socket *s, struct dial *a) {
    close_reset(a->fd);
    s->n--;
    s->n_ready -= a->is_ready;
    if (s->in_batch) {
        a->dead = true;
        a->next = s->dead;
        s->dead = a;
    } else {
        free(a);
    }
    rest_when_idle(s);
}

static void end_and_report(struct dial_socket *s, struct dial *a, int result) {
    dial_fn fn = a->fn;
    void *ctx = a->ctx;
    end(s, a);
    fn(ctx, result);
}

static int result_of(const struct dial *a) {
    int os = 0;
    socklen_t n = sizeof os;
    if (getsockopt(a->fd, SOL_SOCKET, SO_ERROR, &os, &n) != 0)
        return errno;
    return os == 0 && socket_is_own_echo(a->fd) ? ECONNREFUSED : os;
}

static void on_events(void *ctx) {
    struct dial_socket *s = (struct dial_socket *)ctx;
    struct epoll_event events[EVENTS];
    int n = EVENTS;
    for (int round = 0; round < ROUNDS && n == EVENTS; round++) {
        n = epoll_wait(s->epoll, events, EVENTS, 0);
        s->in_batch = true;
        for (int i = 0; i < n; i++) {
            struct dial *a = (struct dial *)events[i].data.ptr;
            if (a->dead)
                continue;
            take_out(&s->open, a);
            end_and_report(s, a, result_of(a));
        }
        s->in_batch = false;
        while (s->dead) {
            struct dial *a = s->dead;
            s->dead = a->next;
            free(a);
        }
    }
}

static void on_ready(void *ctx) {
    struct dial_socket *s = (struct dial_socket *)ctx;
    /* Callbacks may add to the list for ever: what they add waits for the next turn. */
    struct dial *a;
    for (size_t budget = s->n_ready; budget > 0 && (a = take_first(&s->ready)); budget--)
        end_and_report(s, a, a->result);
    if (s->ready.first)
        loop_timer_at(s->loop, &s->ready_timer, 0);
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
    const struct addr *source = r->source ? r->source : &any;
    union socket_address from;
    socklen_t n = socket_address_of(source, r->sport < 0 ? 0 : (uint16_t)r->sport, &from);
    int on = 1;
    /* A port chosen at connect() may be shared by connections to different peers: else 28,000 of them would be all. */
    if (r->sport < 0)
        (void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    else
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    return bind(fd, &from.any, n) == 0;
}

/* False: errno says why. */
static bool dress(int fd, const struct dial_request *r) {
    if (r->interface && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, r->interface, (socklen_t)strlen(r->interface)) != 0)
        return false;
    if (r->ttl >= 0 && !set_ttl(fd, (enum addr_family)r->dst.family, r->ttl))
        return false;
    return bind_source(fd, r);
}

/* Watches the attempt, or puts it among those that have ended. False: errno says why. */
static bool enlist(struct dial_socket *s, struct dial *a, int connect_os) {
    if (connect_os == EINPROGRESS) {
        struct epoll_event ev = {.events = EPOLLOUT, .data.ptr = a};
        if (!s->watch && !(s->watch = s->loop->ops->watch(s->loop, s->epoll, LOOP_READ, on_events, s))) {
            errno = ENOBUFS;
            return false;
        }
        if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, a->fd, &ev) != 0) {
            errno = ENOBUFS; /* a limit of the kernel, in whichever words */
            return false;
        }
        append(&s->open, a);
    } else {
        if (!loop_timer_armed(&s->ready_timer) && !loop_timer_at(s->loop, &s->ready_timer, 0)) {
            errno = ENOBUFS;
            return false;
        }
        a->is_ready = true;
        a->result = connect_os == 0 && socket_is_own_echo(a->fd) ? ECONNREFUSED : connect_os;
        append(&s->ready, a);
        s->n_ready++;
    }
    s->n++;
    return true;
}

/* 0, or errno. */
static int begin(struct dial_socket *s, const struct dial_request *r, struct dial *a) {
    if (s->n >= s->capacity)
        return EMFILE;
    int family = r->dst.family == ADDR_V4 ? AF_INET : AF_INET6;
    a->fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (a->fd < 0)
        return socket_lack(errno) ? socket_lack(errno) : errno;
    if (!dress(a->fd, r))
        return socket_lack(errno) ? socket_lack(errno) : errno;
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
    rest_when_idle(s);
    return NULL;
}

static void dial_socket_cancel(struct dialer *d, struct dial *a) {
    assert(a->owner == of(d) && !a->dead);
    struct dial_socket *s = of(d);
    take_out(a->is_ready ? &s->ready : &s->open, a);
    end(s, a);
}

static size_t dial_socket_capacity(struct dialer *d) {
    return of(d)->capacity;
}

static void dial_socket_destroy(struct dialer *d) {
    struct dial_socket *s = of(d);
    struct dial *a;
    while ((a = take_first(&s->open)) || (a = take_first(&s->ready)))
        end(s, a);
    loop_timer_off(s->loop, &s->ready_timer);
    close(s->epoll);
    free(s);
}

static const struct dialer_ops dial_socket_ops = {
    .start = dial_socket_start,
    .cancel = dial_socket_cancel,
    .capacity = dial_socket_capacity,
    .destroy = dial_socket_destroy,
};

struct dialer *dial_socket_create(struct loop *loop, struct err *e) {
    struct dial_socket *s = (struct dial_socket *)calloc(1, sizeof *s);
    if (!s) {
        err_set(e, ERR_MEMORY, "no memory for connections");
        return NULL;
    }
    s->base.ops = &dial_socket_ops;
    s->loop = loop;
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (s->epoll < 0) {
        err_os(e, errno, "cannot wait for connections (epoll)");
        free(s);
        return NULL;
    }
    loop_timer_init(&s->ready_timer, on_ready, s);
    size_t files = socket_files();
    s->capacity = ll_min_size(files > FILES_RESERVED + 1 ? files - FILES_RESERVED : 1, CAPACITY_MAX);
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
