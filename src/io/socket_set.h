/* Kernel sockets of one user (dial_socket.c, conn_socket.c): all in one epoll of their own, which the loop watches
 * while there are any, since a watch keeps the loop running. Linux only. */
#ifndef LL_IO_SOCKET_SET_H
#define LL_IO_SOCKET_SET_H

#include "base/err.h"
#include "io/loop.h"

#include <sys/epoll.h>

/* Part of the user's struct of one socket. */
struct socket_one {
    struct socket_one *next; /* in `dead` */
};

struct socket_set_ops {
    void (*event)(struct socket_one *one, uint32_t events); /* also for one that was buried in this batch */
    void (*free)(struct socket_one *one);
    int rounds; /* batches of events in one turn of the loop */
};

struct socket_set {
    const struct socket_set_ops *ops;
    struct loop *loop;
    int epoll;
    struct loop_watch *watch;
    struct socket_one *dead; /* closed while a batch of events may still name them */
    size_t busy;             /* depth of batches */
    size_t n, capacity;      /* the user counts in, socket_set_leave counts out */
};

/* Raises the limit of open files; the capacity leaves some of them to others. */
bool socket_set_init(struct socket_set *s, struct loop *loop, const struct socket_set_ops *ops, struct err *e);
/* Frees what is buried. The user's sockets have ended already, or nobody hears of them any more. */
void socket_set_finish(struct socket_set *s);
/* Waits for `events` of fd. False: a limit of the kernel, in whichever words. */
bool socket_set_add(struct socket_set *s, struct socket_one *one, int fd, uint32_t events);
void socket_set_change(struct socket_set *s, struct socket_one *one, int fd, uint32_t events);
void socket_set_ignore(struct socket_set *s, int fd); /* no events of it from here on; closing does the same */
/* No more waiting when nothing is left; for an attempt that failed behind socket_set_add. */
void socket_set_rest(struct socket_set *s);
/* One less; it was closed. */
void socket_set_leave(struct socket_set *s);
/* Frees it, at the end of the outermost batch if there is one. */
void socket_set_bury(struct socket_set *s, struct socket_one *one);
/* A batch of the user's own begins and ends. */
void socket_set_begin(struct socket_set *s);
void socket_set_end(struct socket_set *s);

#endif
