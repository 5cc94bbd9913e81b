#include "io/conn_socket.h"

#include "base/buf.h"
#include "io/socket.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

#define CAPACITY_MAX 60000
#define FILES_RESERVED 64
#define EVENTS 256
#define DATAGRAM_MAX 65536
#define READS 4 /* of one connection in one turn */

struct conn_one {
    struct conn base;
    struct conn_socket *owner;
    struct conn_one *next; /* in `ready` or `dead` */
    struct conn_request r;
    struct buf out;
    int fd;
    int os; /* of an attempt that failed at once; later: what `send` was told, which the kernel forgets then */
    bool open, paused, ended, dead, is_ready;
};

struct conn_socket {
    struct connector base;
    struct loop *loop;
    int epoll;
    struct loop_watch *watch;
    struct loop_timer ready_timer;
    struct conn_one *ready; /* what `open` decided already, told in the next turn */
    struct conn_one *dead;  /* closed while a batch of events may still name them */
    size_t busy;            /* depth of callbacks */
    size_t n, capacity;
    char *datagram;
};

static struct conn_one *one_of(struct conn *c) {
    return (struct conn_one *)(void *)c;
}

static struct conn_socket *of(struct connector *c) {
    return (struct conn_socket *)(void *)c;
}

/* ---- life of one */

static void free_one(struct conn_one *c) {
    buf_finish(&c->out);
    free(c);
}

static void bury(struct conn_socket *s) {
    while (s->busy == 0 && s->dead) {
        struct conn_one *c = s->dead;
        s->dead = c->next;
        free_one(c);
    }
}

static void rest_when_idle(struct conn_socket *s) {
    if (s->n > 0 || !s->watch)
        return;
    s->loop->ops->unwatch(s->loop, s->watch);
    s->watch = NULL;
}

static void conn_socket_close(struct conn *face) {
    struct conn_one *c = one_of(face);
    struct conn_socket *s = c->owner;
    close(c->fd);
    c->fd = -1;
    c->dead = true;
    s->n--;
    if (!c->is_ready) {
        c->next = s->dead;
        s->dead = c;
    }
    bury(s);
    rest_when_idle(s);
}

static void want(struct conn_one *c) {
    uint32_t events =
        (c->paused || c->ended ? 0U : (uint32_t)EPOLLIN) | (c->out.n || !c->open || c->os ? (uint32_t)EPOLLOUT : 0U);
    struct epoll_event ev = {.events = c->ended ? 0U : events, .data.ptr = c};
    (void)epoll_ctl(c->owner->epoll, c->ended ? EPOLL_CTL_DEL : EPOLL_CTL_MOD, c->fd, &ev);
}

static void tell_ended(struct conn_one *c, int os) {
    if (c->ended || c->dead)
        return;
    c->ended = true;
    want(c);
    c->r.events->ended(c->r.ctx, os);
}

/* ---- events */

static int socket_error(const struct conn_one *c) {
    int os = 0;
    socklen_t n = sizeof os;
    return getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &os, &n) == 0 ? os : errno;
}

static void became_open(struct conn_one *c) {
    int os = socket_error(c);
    if (os == 0 && c->r.kind == CONN_TCP && socket_is_own_echo(c->fd))
        os = ECONNREFUSED;
    if (os) {
        tell_ended(c, os);
        return;
    }
    c->open = true;
    want(c);
    c->r.events->opened(c->r.ctx);
}

static void flush_out(struct conn_one *c) {
    while (c->out.n && !c->dead) {
        ssize_t n = send(c->fd, c->out.p, c->out.n, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno != EAGAIN) {
            c->os = errno;
            buf_clear(&c->out);
        }
        if (n <= 0)
            break;
        buf_drop_front(&c->out, (size_t)n);
    }
    want(c);
}

/* The next bytes; -1 and errno EINTR also for a datagram of a stranger. */
static ssize_t receive(struct conn_one *c) {
    char *to = c->owner->datagram;
    union socket_address from, peer;
    socklen_t n = sizeof from;
    if (!c->r.elsewhere)
        return recv(c->fd, to, c->r.kind == CONN_UDP ? DATAGRAM_MAX : CONN_RECEIVE_MAX, 0);
    memset(&from, 0, sizeof from);
    ssize_t got = recvfrom(c->fd, to, DATAGRAM_MAX, 0, &from.any, &n);
    socket_address_of(&c->r.dst, 0, &peer);
    bool same = c->r.dst.family == ADDR_V4 ? from.v4.sin_addr.s_addr == peer.v4.sin_addr.s_addr
                                           : memcmp(&from.v6.sin6_addr, &peer.v6.sin6_addr, 16) == 0;
    if (got < 0 || same)
        return got;
    errno = EINTR;
    return -1;
}

static ssize_t transmit(const struct conn_one *c, struct slice bytes) {
    union socket_address to;
    if (!c->r.elsewhere)
        return send(c->fd, bytes.p, bytes.n, MSG_NOSIGNAL);
    socklen_t n = socket_address_of(&c->r.dst, c->r.dport, &to);
    return sendto(c->fd, bytes.p, bytes.n, MSG_NOSIGNAL, &to.any, n);
}

static void read_some(struct conn_one *c) {
    struct conn_socket *s = c->owner;
    for (int i = 0; i < READS && !c->dead && !c->paused && !c->ended; i++) {
        ssize_t n = receive(c);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN && !c->os)
            return;
        if (n > 0 || (n == 0 && c->r.kind == CONN_UDP))
            c->r.events->received(c->r.ctx, (struct slice){s->datagram, (size_t)n});
        else
            tell_ended(c, c->os ? c->os : n == 0 ? 0 : errno);
    }
}

static void on_event(struct conn_one *c, uint32_t events) {
    if (c->is_ready) /* what `open` knows already is told by on_ready */
        return;
    if (!c->open) {
        if (events & (EPOLLOUT | EPOLLERR | EPOLLHUP))
            became_open(c);
        return;
    }
    if (events & EPOLLOUT)
        flush_out(c);
    bool failed = c->os || events & (EPOLLERR | EPOLLHUP);
    if (c->paused && failed) {
        int os = c->os ? c->os : socket_error(c);
        tell_ended(c, os ? os : ECONNRESET);
    } else if (failed || events & EPOLLIN) {
        read_some(c);
    }
}

static void on_events(void *ctx) {
    struct conn_socket *s = ctx;
    struct epoll_event events[EVENTS];
    int n = epoll_wait(s->epoll, events, EVENTS, 0);
    s->busy++;
    for (int i = 0; i < n; i++) {
        struct conn_one *c = events[i].data.ptr;
        if (!c->dead)
            on_event(c, events[i].events);
    }
    s->busy--;
    bury(s);
}

static void on_ready(void *ctx) {
    struct conn_socket *s = ctx;
    struct conn_one *list = s->ready;
    s->ready = NULL;
    s->busy++;
    while (list) {
        struct conn_one *c = list;
        list = c->next;
        c->is_ready = false;
        if (c->dead) {
            c->next = s->dead;
            s->dead = c;
        } else if (c->os) {
            tell_ended(c, c->os);
        } else {
            became_open(c);
        }
    }
    s->busy--;
    bury(s);
}

/* ---- opening */

static bool dress(int fd, const struct conn_request *r) {
    int on = 1;
    if (r->interface && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, r->interface, (socklen_t)strlen(r->interface)) != 0)
        return false;
    if (r->kind == CONN_TCP)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (r->elsewhere) { /* else nobody tells an unconnected socket of port unreachables (ip(7), ipv6(7)) */
        bool v4 = r->dst.family == ADDR_V4;
        (void)setsockopt(fd, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_RECVERR : IPV6_RECVERR, &on, sizeof on);
    }
    if (!r->source)
        return true;
    /* A port chosen at connect() may be shared by connections to different peers. */
    (void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    union socket_address from;
    socklen_t n = socket_address_of(r->source, 0, &from);
    return bind(fd, &from.any, n) == 0;
}

static int begin(struct conn_socket *s, struct conn_one *c) {
    int type = c->r.kind == CONN_UDP ? SOCK_DGRAM : SOCK_STREAM;
    if (s->n >= s->capacity)
        return EMFILE;
    c->fd = socket(c->r.dst.family == ADDR_V4 ? AF_INET : AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0)
        return socket_lack(errno) ? socket_lack(errno) : errno;
    if (!dress(c->fd, &c->r))
        return socket_lack(errno) ? socket_lack(errno) : errno;
    union socket_address to;
    socklen_t n = socket_address_of(&c->r.dst, c->r.dport, &to);
    int os = c->r.elsewhere || connect(c->fd, &to.any, n) == 0 ? 0 : errno;
    if (socket_lack(os))
        return socket_lack(os);
    struct epoll_event ev = {.events = os == EINPROGRESS ? (uint32_t)EPOLLOUT : 0U, .data.ptr = c};
    if (!s->watch && !(s->watch = s->loop->ops->watch(s->loop, s->epoll, LOOP_READ, on_events, s)))
        return ENOBUFS;
    if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, c->fd, &ev) != 0)
        return ENOBUFS;
    if (os != EINPROGRESS) {
        if (!loop_timer_armed(&s->ready_timer) && !loop_timer_at(s->loop, &s->ready_timer, 0))
            return ENOBUFS;
        c->os = os;
        c->is_ready = true;
        c->next = s->ready;
        s->ready = c;
    }
    s->n++;
    return 0;
}

static struct conn *conn_socket_open(struct connector *face, const struct conn_request *r, int *os) {
    struct conn_socket *s = of(face);
    struct conn_one *c = calloc(1, sizeof *c);
    if (!c) {
        *os = ENOBUFS;
        return NULL;
    }
    *c = (struct conn_one){.base = {face}, .owner = s, .r = *r, .fd = -1};
    buf_init(&c->out, CONN_SEND_MAX);
    *os = begin(s, c);
    if (*os == 0) {
        c->r.source = NULL; /* borrowed for this call only */
        c->r.interface = NULL;
        return &c->base;
    }
    if (c->fd >= 0)
        close(c->fd);
    free_one(c);
    rest_when_idle(s);
    return NULL;
}

static bool conn_socket_send(struct conn *face, struct slice bytes) {
    struct conn_one *c = one_of(face);
    if (!c->open || c->ended || (c->r.kind == CONN_TCP && c->out.n + bytes.n > CONN_SEND_MAX))
        return false;
    ssize_t n = c->out.n ? 0 : transmit(c, bytes);
    if (n < 0 && errno == EMSGSIZE)
        return false;
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        c->os = errno; /* comes by `ended`, behind what is still to be read */
        want(c);
        return true;
    }
    struct slice rest = slice_skip(bytes, n > 0 ? (size_t)n : 0);
    if (!rest.n || c->r.kind == CONN_UDP)
        return true;
    bool kept = buf_put(&c->out, rest);
    c->out.failed = false;
    want(c);
    return kept;
}

static void conn_socket_pause(struct conn *face, bool paused) {
    one_of(face)->paused = paused;
    if (!one_of(face)->ended)
        want(one_of(face));
}

static size_t conn_socket_capacity(struct connector *face) {
    return of(face)->capacity;
}

static void conn_socket_destroy(struct connector *face) {
    struct conn_socket *s = of(face);
    loop_timer_off(s->loop, &s->ready_timer);
    on_ready(s);
    bury(s);
    if (s->watch)
        s->loop->ops->unwatch(s->loop, s->watch);
    close(s->epoll);
    free(s->datagram);
    free(s);
}

static const struct connector_ops conn_socket_ops = {
    .open = conn_socket_open,
    .send = conn_socket_send,
    .pause = conn_socket_pause,
    .close = conn_socket_close,
    .capacity = conn_socket_capacity,
    .destroy = conn_socket_destroy,
};

struct connector *conn_socket_create(struct loop *loop, struct err *e) {
    struct conn_socket *s = calloc(1, sizeof *s);
    if (s)
        s->datagram = malloc(DATAGRAM_MAX);
    if (!s || !s->datagram) {
        free(s);
        err_set(e, ERR_MEMORY, "no memory for connections");
        return NULL;
    }
    s->base.ops = &conn_socket_ops;
    s->loop = loop;
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (s->epoll < 0) {
        err_os(e, errno, "cannot wait for connections (epoll)");
        free(s->datagram);
        free(s);
        return NULL;
    }
    loop_timer_init(&s->ready_timer, on_ready, s);
    size_t files = socket_files();
    s->capacity = ll_min_size(files > FILES_RESERVED + 1 ? files - FILES_RESERVED : 1, CAPACITY_MAX);
    return &s->base;
}
