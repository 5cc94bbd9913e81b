/* Dialled connections: the kernel (or the simulator) opens a TCP connection and tells how that ended. For connect
 * scans, discovery without privilege, and later the conversations of the stages. */
#ifndef LL_IO_DIAL_H
#define LL_IO_DIAL_H

#include "net/addr.h"

struct dialer;
struct dial; /* one attempt; owned by the dialer until the callback or dial_cancel */

/* result: 0 = connected, else an errno value (ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EACCES ...). No time-out of its
 * own: whoever dialled cancels. Called from the loop, never from inside `start`. After the call the dial is gone; a
 * connection is closed with an RST (SO_LINGER 0). */
typedef void (*dial_fn)(void *ctx, int result);

struct dial_request {
    struct addr dst;
    uint16_t dport;
    const struct addr *source; /* NULL = the kernel's choice */
    int sport;                 /* -1 = the kernel's choice */
    int ttl;                   /* -1 = the kernel's choice */
    const char *interface;     /* NULL = any; SO_BINDTODEVICE */
    dial_fn fn;
    void *ctx;
};

struct dialer_ops {
    /* NULL: errno-like reason in *os. EMFILE, ENFILE, EADDRNOTAVAIL, ENOBUFS, EAGAIN are temporary: try again when
     * another attempt has ended. */
    struct dial *(*start)(struct dialer *d, const struct dial_request *r, int *os);
    void (*cancel)(struct dialer *d, struct dial *a); /* no callback follows */
    size_t (*capacity)(struct dialer *d);             /* how many may be open at once */
    void (*destroy)(struct dialer *d);
};
struct dialer {
    const struct dialer_ops *ops;
};

#endif
