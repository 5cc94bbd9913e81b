/* Connections that carry bytes, for the conversations of the stages: TCP connections and UDP sockets. Two
 * implementations: conn_socket.c and the simulator's. `dial.h` is for connections of which only the result counts. */
#ifndef LL_IO_CONN_H
#define LL_IO_CONN_H

#include "net/addr.h"

struct connector;
struct conn; /* owned by the connector until conn_close; every opened one must be closed by its user */

#define CONN_SEND_MAX (64U << 10)    /* bytes that wait to be sent */
#define CONN_RECEIVE_MAX (16U << 10) /* most bytes of one `received` call; a datagram comes whole (up to 64 KiB) */

enum conn_kind { CONN_TCP, CONN_UDP };

/* Called from the loop, never from inside `open`, `send` or `close`. Any of them may close the connection. */
struct conn_events {
    void (*opened)(void *ctx); /* TCP: established; UDP: the socket is ready */
    void (*received)(void *ctx, struct slice bytes);
    /* Once, nothing follows: 0 = the peer closed, else an errno value (ECONNREFUSED, ECONNRESET, EHOSTUNREACH ...). */
    void (*ended)(void *ctx, int os);
};

struct conn_request {
    enum conn_kind kind;
    struct addr dst;
    uint16_t dport;
    const struct addr *source; /* NULL = the kernel's choice; borrowed for the call */
    const char *interface;     /* NULL = any; borrowed for the call */
    bool elsewhere;            /* UDP: answers may come from any port of `dst`. Sent is always to `dport` */
    const struct conn_events *events;
    void *ctx;
};

struct connector_ops {
    /* NULL: errno value in *os. EMFILE, ENFILE, EADDRNOTAVAIL, ENOBUFS, EAGAIN are temporary: try again when another
     * connection has been closed. No time-out of its own: whoever opened closes. */
    struct conn *(*open)(struct connector *c, const struct conn_request *r, int *os);
    /* Takes all of it or (false) nothing, when more than CONN_SEND_MAX would wait, or the connection is not open. UDP:
     * one datagram. */
    bool (*send)(struct conn *c, struct slice bytes);
    void (*pause)(struct conn *c,
                  bool paused);              /* while paused nothing is read, and nothing but `ended` by error told */
    void (*close)(struct conn *c);           /* no callback follows; an orderly end (FIN) where that is possible */
    size_t (*capacity)(struct connector *c); /* how many may be open at once */
    void (*destroy)(struct connector *c);
};
struct connector {
    const struct connector_ops *ops;
};
struct conn { /* head of every implementation's own struct */
    struct connector *owner;
};

#endif
