#include "io/conn_socket.h"

#include "base/buf.h"
#include "io/socket.h"
#include "io/socket_set.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <unistd.h>

#define DATAGRAM_MAX 65536
#define READS 4 /* of one connection in one turn */

struct conn_one {
    struct conn base;
    struct socket_one one;
    struct conn_socket *owner;
    struct conn_one *next; /* in `ready` */
    struct conn_request r;
    struct buf out;
    int fd;
    int os; /* of an attempt that failed at once; later: what `send` was told, which the kernel forgets then */
    bool open, paused, ended, dead, is_ready;
};

struct conn_socket {
    struct connector base;
    struct socket_set set;
    struct loop_timer ready_timer;
    struct conn_one *ready; /* what `open` decided already, told in the next turn */
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

static struct conn_one *holder_of(struct socket_one *one) {
    return (struct conn_one *)(void *)((char *)one - offsetof(struct conn_one, one));
}

static void free_dead(struct socket_one *one) {
    free_one(holder_of(one));
}

static void conn_socket_close(struct conn *face) {
    struct conn_one *c = one_of(face);
    struct socket_set *set = &c->owner->set;
    close(c->fd);
    c->fd = -1;
    c->dead = true;
    if (!c->is_ready)
        socket_set_bury(set, &c->one);
    socket_set_leave(set);
}

static void want(struct conn_one *c) {
    if (c->ended) {
        socket_set_ignore(&c->owner->set, c->fd);
        return;
    }
    uint32_t events = (c->paused ? 0U : (uint32_t)EPOLLIN) | (c->out.n || !c->open || c->os ? (uint32_t)EPOLLOUT : 0U);
    socket_set_change(&c->owner->set, &c->one, c->fd, events);
}

static void tell_ended(struct conn_one *c, int os) {
    if (c->ended || c->dead)
        return;
    c->ended = true;
    want(c);
    c->r.events->ended(c->r.ctx, os);
}

/* ---- events */

static void became_open(struct conn_one *c) {
    int os = socket_error(c->fd);
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

static void on_event(struct socket_one *one, uint32_t events) {
    struct conn_one *c = holder_of(one);
    if (c->dead || c->is_ready) /* what `open` knows already is told by on_ready */
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
        int os = c->os ? c->os : socket_error(c->fd);
        tell_ended(c, os ? os : ECONNRESET);
    } else if (failed || events & EPOLLIN) {
        read_some(c);
    }
}

static void on_ready(void *ctx) {
    struct conn_socket *s = ctx;
    struct conn_one *list = s->ready;
    s->ready = NULL;
    socket_set_begin(&s->set);
    while (list) {
        struct conn_one *c = list;
        list = c->next;
        c->is_ready = false;
        if (c->dead) {
            socket_set_bury(&s->set, &c->one);
        } else if (c->os) {
            tell_ended(c, c->os);
        } else {
            became_open(c);
        }
    }
    socket_set_end(&s->set);
}

/* ---- opening */

static bool dress(int fd, const struct conn_request *r) {
    int on = 1;
    if (!socket_bind_interface(fd, r->interface))
        return false;
    if (r->kind == CONN_TCP)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (r->elsewhere) { /* else nobody tells an unconnected socket of port unreachables (ip(7), ipv6(7)) */
        bool v4 = r->dst.family == ADDR_V4;
        (void)setsockopt(fd, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_RECVERR : IPV6_RECVERR, &on, sizeof on);
    }
    if (!r->source)
        return true;
    return socket_bind_source(fd, r->source, -1);
}

static int begin(struct conn_socket *s, struct conn_one *c) {
    int type = c->r.kind == CONN_UDP ? SOCK_DGRAM : SOCK_STREAM;
    if (s->set.n >= s->set.capacity)
        return EMFILE;
    c->fd = socket(c->r.dst.family == ADDR_V4 ? AF_INET : AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0)
        return socket_reason(errno);
    if (!dress(c->fd, &c->r))
        return socket_reason(errno);
    union socket_address to;
    socklen_t n = socket_address_of(&c->r.dst, c->r.dport, &to);
    int os = c->r.elsewhere || connect(c->fd, &to.any, n) == 0 ? 0 : errno;
    if (socket_lack(os))
        return socket_lack(os);
    if (!socket_set_add(&s->set, &c->one, c->fd, os == EINPROGRESS ? (uint32_t)EPOLLOUT : 0U))
        return ENOBUFS;
    if (os != EINPROGRESS) {
        if (!loop_timer_armed(&s->ready_timer) && !loop_timer_at(s->set.loop, &s->ready_timer, 0))
            return ENOBUFS;
        c->os = os;
        c->is_ready = true;
        c->next = s->ready;
        s->ready = c;
    }
    s->set.n++;
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
    socket_set_rest(&s->set);
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
    return of(face)->set.capacity;
}

static void conn_socket_destroy(struct connector *face) {
    struct conn_socket *s = of(face);
    loop_timer_off(s->set.loop, &s->ready_timer);
    on_ready(s);
    socket_set_finish(&s->set);
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

static const struct socket_set_ops set_ops = {.event = on_event, .free = free_dead, .rounds = 1};

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
    if (!socket_set_init(&s->set, loop, &set_ops, e)) {
        free(s->datagram);
        free(s);
        return NULL;
    }
    loop_timer_init(&s->ready_timer, on_ready, s);
    return &s->base;
}
