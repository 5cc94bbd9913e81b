#include "link/tx_batch.h"

#include <assert.h>
#include <errno.h>

#define STUCK_NS (250 * NS_PER_MS)

void tx_batch_init(struct tx_batch *b, struct link *l, struct loop *loop, const struct log *log) {
    b->link = l;
    b->loop = loop;
    b->stuck_since = 0;
    b->log = *log;
    b->first = b->n = 0;
    b->error_logged = false;
}

uint8_t *tx_batch_alloc(struct tx_batch *b) {
    if (b->n == TX_BATCH)
        tx_batch_flush(b);
    return b->n == TX_BATCH ? NULL : b->bytes[b->n];
}

void tx_batch_commit(struct tx_batch *b, size_t n, int fd, const union tx_to *to, socklen_t to_len) {
    assert(b->n < TX_BATCH && n <= LINK_FRAME_MAX);
    size_t i = b->n++;
    b->fd[i] = fd;
    b->iov[i] = (struct iovec){b->bytes[i], n};
    memset(&b->msg[i], 0, sizeof b->msg[i]);
    b->msg[i].msg_hdr.msg_iov = &b->iov[i];
    b->msg[i].msg_hdr.msg_iovlen = 1;
    if (to) {
        b->to[i] = *to;
        b->msg[i].msg_hdr.msg_name = &b->to[i];
        b->msg[i].msg_hdr.msg_namelen = to_len;
    }
}

static void count_sent(struct tx_batch *b, size_t sent) {
    for (size_t i = 0; i < sent; i++)
        b->link->count.sent_bytes += b->iov[b->first + i].iov_len;
    b->link->count.sent += sent;
    b->stuck_since = 0;
    b->first += sent;
}

/* A lost packet is the loss estimator's business; the user hears of the first one only. */
static void count_refused(struct tx_batch *b, int os) {
    b->link->count.send_errors++;
    b->first++;
    if (b->error_logged)
        return;
    b->error_logged = true;
    log_message(&b->log, LOG_WARNING, "%s: the kernel refuses to send a packet (%s); going on", b->link->ifname,
                strerror(os));
}

static bool stuck_too_long(struct tx_batch *b) {
    int64_t now = loop_now(b->loop);
    if (b->stuck_since == 0)
        b->stuck_since = now;
    if (now - b->stuck_since < STUCK_NS)
        return false;
    b->stuck_since = 0;
    return true;
}

void tx_batch_flush(struct tx_batch *b) {
    while (b->first < b->n) {
        size_t end = b->first + 1;
        while (end < b->n && b->fd[end] == b->fd[b->first])
            end++;
        int sent = sendmmsg(b->fd[b->first], &b->msg[b->first], (unsigned)(end - b->first), MSG_DONTWAIT);
        if (sent > 0) {
            count_sent(b, (size_t)sent);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
            int os = errno;
            if (!stuck_too_long(b))
                return;
            while (b->first < b->n)
                count_refused(b, os);
        } else if (errno != EINTR) {
            count_refused(b, errno);
        }
    }
    b->first = b->n = 0;
}
