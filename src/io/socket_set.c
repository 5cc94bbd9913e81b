#include "io/socket_set.h"

#include "io/socket.h"

#include <errno.h>
#include <unistd.h>

#define CAPACITY_MAX 60000
#define FILES_RESERVED 64 /* reports, links, name servers */
#define EVENTS 256

bool socket_set_init(struct socket_set *s, struct loop *loop, const struct socket_set_ops *ops, struct err *e) {
    *s = (struct socket_set){.ops = ops, .loop = loop};
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (s->epoll < 0)
        return err_os(e, errno, "cannot wait for connections (epoll)");
    size_t files = socket_files();
    s->capacity = ll_min_size(files > FILES_RESERVED + 1 ? files - FILES_RESERVED : 1, CAPACITY_MAX);
    return true;
}

static void free_dead(struct socket_set *s) {
    while (s->busy == 0 && s->dead) {
        struct socket_one *one = s->dead;
        s->dead = one->next;
        s->ops->free(one);
    }
}

void socket_set_finish(struct socket_set *s) {
    free_dead(s);
    if (s->watch)
        s->loop->ops->unwatch(s->loop, s->watch);
    close(s->epoll);
}

void socket_set_begin(struct socket_set *s) {
    s->busy++;
}

void socket_set_end(struct socket_set *s) {
    s->busy--;
    free_dead(s);
}

static void on_events(void *ctx) {
    struct socket_set *s = ctx;
    struct epoll_event events[EVENTS];
    int n = EVENTS;
    for (int round = 0; round < s->ops->rounds && n == EVENTS; round++) {
        n = epoll_wait(s->epoll, events, EVENTS, 0);
        socket_set_begin(s);
        for (int i = 0; i < n; i++)
            s->ops->event(events[i].data.ptr, events[i].events);
        socket_set_end(s);
    }
}

bool socket_set_add(struct socket_set *s, struct socket_one *one, int fd, uint32_t events) {
    struct epoll_event ev = {.events = events, .data.ptr = one};
    if (!s->watch)
        s->watch = s->loop->ops->watch(s->loop, s->epoll, LOOP_READ, on_events, s);
    return s->watch && epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &ev) == 0;
}

void socket_set_change(struct socket_set *s, struct socket_one *one, int fd, uint32_t events) {
    struct epoll_event ev = {.events = events, .data.ptr = one};
    (void)epoll_ctl(s->epoll, EPOLL_CTL_MOD, fd, &ev);
}

void socket_set_ignore(struct socket_set *s, int fd) {
    struct epoll_event unused = {0};
    (void)epoll_ctl(s->epoll, EPOLL_CTL_DEL, fd, &unused);
}

void socket_set_rest(struct socket_set *s) {
    if (s->n > 0 || !s->watch)
        return;
    s->loop->ops->unwatch(s->loop, s->watch);
    s->watch = NULL;
}

void socket_set_leave(struct socket_set *s) {
    s->n--;
    socket_set_rest(s);
}

void socket_set_bury(struct socket_set *s, struct socket_one *one) {
    one->next = s->dead;
    s->dead = one;
    free_dead(s);
}
