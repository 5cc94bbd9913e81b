/* A batch of packets on their way to the kernel: 64 places filled by the engine, handed over by sendmmsg. What the
 * kernel cannot take at the moment stays and is offered again at the next flush; when it takes nothing for a quarter of
 * a second (no carrier), the packets count as refused, so that the scan goes on. */
#ifndef LL_LINK_TX_BATCH_H
#define LL_LINK_TX_BATCH_H

#include "base/log.h"
#include "io/loop.h"
#include "link/link.h"

#include <netinet/in.h>
#include <sys/socket.h>

#define TX_BATCH 64

union tx_to {
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

struct tx_batch {
    struct link *link; /* counters and name; not owned */
    struct loop *loop; /* not owned */
    struct log log;
    int64_t stuck_since; /* 0 = not stuck */
    size_t first, n;     /* places [first, n) wait to be sent */
    bool error_logged;
    int fd[TX_BATCH];
    union tx_to to[TX_BATCH];
    struct iovec iov[TX_BATCH];
    struct mmsghdr msg[TX_BATCH];
    uint8_t bytes[TX_BATCH][LINK_FRAME_MAX];
};

void tx_batch_init(struct tx_batch *b, struct link *l, struct loop *loop, const struct log *log);
uint8_t *tx_batch_alloc(struct tx_batch *b); /* NULL: full, and the kernel takes nothing now */
/* The packet in the last place has n bytes and goes out through fd; `to` may be NULL (a bound packet socket). */
void tx_batch_commit(struct tx_batch *b, size_t n, int fd, const union tx_to *to, socklen_t to_len);
void tx_batch_flush(struct tx_batch *b);

#endif
