#include "link/tx_crew.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>

#define BUNDLE 64
#define BUNDLES 8 /* what may wait: at 200,000 packets a second less than 3 ms */
#define STUCK_NS (250 * NS_PER_MS)
#define NAP_NS (100 * NS_PER_US)
/* Frames stand close together: most are small, and the other processor has to fetch them. A bundle is full when another
 * frame might not fit. */
#define BUNDLE_BYTES (BUNDLE * 128 + LINK_FRAME_MAX)
#define FRAME_ALIGN 64

enum bundle_state { BUNDLE_FREE, BUNDLE_READY, BUNDLE_SENDING };

struct bundle {
    enum bundle_state state; /* under the lock, except for the one that is being filled */
    size_t first, n;         /* places [first, n) wait to be sent */
    struct iovec iov[BUNDLE];
    struct mmsghdr msg[BUNDLE];
    size_t used; /* of bytes */
    uint8_t bytes[BUNDLE_BYTES] __attribute__((aligned(FRAME_ALIGN)));
};

/* What sending came to; added to the link's counters by the loop thread only. */
struct tally {
    uint64_t sent, bytes, refused;
    int os; /* why the last one was refused */
};

struct tx_crew {
    struct tx_crew_options o;
    size_t fill;         /* bundle that the loop thread fills */
    int64_t stuck_since; /* of the loop thread; 0 = not stuck */
    bool error_logged;
    bool started;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work; /* there is a bundle, or the end */
    size_t oldest,
        waiting;       /* under the lock: bundles [oldest, oldest + waiting) are READY or SENDING or just FREE again */
    bool ending;       /* under the lock */
    struct tally told; /* under the lock: of the thread, not yet in the link's counters */
    struct bundle b[BUNDLES];
};

/* ---- sending one bundle: either thread */

static void bundle_refuse(struct bundle *b, struct tally *t, size_t n, int os) {
    t->refused += n;
    t->os = os;
    b->first += n;
}

/* False: the kernel takes nothing at the moment; *os says why. */
static bool bundle_send(struct bundle *b, int fd, struct tally *t, int *os) {
    while (b->first < b->n) {
        int sent = sendmmsg(fd, &b->msg[b->first], (unsigned)(b->n - b->first), MSG_DONTWAIT);
        if (sent > 0) {
            for (size_t i = 0; i < (size_t)sent; i++)
                t->bytes += b->iov[b->first + i].iov_len;
            t->sent += (size_t)sent;
            b->first += (size_t)sent;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
            *os = errno;
            return false;
        } else if (errno != EINTR) {
            bundle_refuse(b, t, 1, errno);
        }
    }
    b->first = b->n = b->used = 0;
    return true;
}

static bool bundle_full(const struct bundle *b) {
    return b->n == BUNDLE || BUNDLE_BYTES - b->used < LINK_FRAME_MAX;
}

/* ---- the thread */

static int64_t crew_clock(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

static bool crew_ending(struct tx_crew *c) {
    pthread_mutex_lock(&c->lock);
    bool ending = c->ending;
    pthread_mutex_unlock(&c->lock);
    return ending;
}

static void crew_insist(struct tx_crew *c, struct bundle *b, struct tally *t) {
    int64_t since = crew_clock();
    uint64_t before = 0;
    int os = 0;
    while (!bundle_send(b, c->o.fd, t, &os)) {
        if (t->sent != before) {
            before = t->sent;
            since = crew_clock();
        }
        if (crew_clock() - since >= STUCK_NS || crew_ending(c)) {
            bundle_refuse(b, t, b->n - b->first, os);
        } else if (os == ENOBUFS) { /* the driver's ring is full: poll would say that there is room */
            nanosleep(&(struct timespec){.tv_nsec = NAP_NS}, NULL);
        } else {
            struct pollfd p = {.fd = c->o.fd, .events = POLLOUT};
            (void)poll(&p, 1, 10);
        }
    }
}

/* Under the lock. */
static struct bundle *crew_claim(struct tx_crew *c) {
    for (size_t i = 0; i < c->waiting; i++) {
        struct bundle *b = &c->b[(c->oldest + i) % BUNDLES];
        if (b->state == BUNDLE_READY) {
            b->state = BUNDLE_SENDING;
            return b;
        }
    }
    return NULL;
}

/* Under the lock. */
static void crew_release(struct tx_crew *c) {
    while (c->waiting && c->b[c->oldest].state == BUNDLE_FREE) {
        c->oldest = (c->oldest + 1) % BUNDLES;
        c->waiting--;
    }
}

static void *crew_run(void *arg) {
    struct tx_crew *c = arg;
    pthread_mutex_lock(&c->lock);
    for (;;) {
        struct bundle *b = crew_claim(c);
        if (!b) {
            if (c->ending)
                break;
            pthread_cond_wait(&c->work, &c->lock);
            continue;
        }
        pthread_mutex_unlock(&c->lock);
        struct tally t = {0};
        crew_insist(c, b, &t);
        pthread_mutex_lock(&c->lock);
        b->state = BUNDLE_FREE;
        crew_release(c);
        c->told.sent += t.sent;
        c->told.bytes += t.bytes;
        c->told.refused += t.refused;
        if (t.refused)
            c->told.os = t.os;
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

/* ---- the loop thread */

/* A lost packet is the loss estimator's business; the user hears of the first one only. */
static void crew_count(struct tx_crew *c, const struct tally *t) {
    struct link_counters *n = &c->o.link->count;
    n->sent += t->sent;
    n->sent_bytes += t->bytes;
    n->send_errors += t->refused;
    if (!t->refused || c->error_logged)
        return;
    c->error_logged = true;
    log_message(&c->o.log, LOG_WARNING, "%s: the kernel refuses to send a packet (%s); going on", c->o.link->ifname,
                strerror(t->os));
}

static void crew_collect(struct tx_crew *c) {
    if (!c->started)
        return;
    pthread_mutex_lock(&c->lock);
    struct tally t = c->told;
    c->told = (struct tally){0};
    pthread_mutex_unlock(&c->lock);
    crew_count(c, &t);
}

/* Both threads are busy in system calls and soft interrupts, of which the scheduler knows little: left alone it often
 * keeps them on one processor for the whole of a short scan. */
static void crew_elsewhere(pthread_t thread) {
    cpu_set_t cpus;
    int here = sched_getcpu();
    if (here < 0 || pthread_getaffinity_np(thread, sizeof cpus, &cpus) != 0)
        return;
    CPU_CLR((unsigned)here, &cpus);
    if (CPU_COUNT(&cpus) > 0)
        (void)pthread_setaffinity_np(thread, sizeof cpus, &cpus);
}

/* Signals stay with the threads that asked for them. */
static bool crew_start(struct tx_crew *c) {
    sigset_t all, before;
    if (c->started || !c->o.threads)
        return c->started;
    sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
        return false;
    c->started = pthread_create(&c->thread, NULL, crew_run, c) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (c->started)
        crew_elsewhere(c->thread);
    else
        c->o.threads = false;
    return c->started;
}

/* Sends on the loop thread, without waiting; false: something is left in it. */
static bool crew_send(struct tx_crew *c, struct bundle *b) {
    struct tally t = {0};
    int os = 0;
    bool done = bundle_send(b, c->o.fd, &t, &os);
    int64_t now = done ? 0 : loop_now(c->o.loop);
    if (done || t.sent)
        c->stuck_since = 0;
    else if (c->stuck_since == 0)
        c->stuck_since = now;
    if (!done && c->stuck_since && now - c->stuck_since >= STUCK_NS) {
        bundle_refuse(b, &t, b->n - b->first, os);
        b->first = b->n = b->used = 0;
        c->stuck_since = 0;
        done = true;
    }
    crew_count(c, &t);
    return done;
}

/* Hands the full bundle over and takes the next one; false: there is none. */
static bool crew_submit(struct tx_crew *c) {
    size_t next = (c->fill + 1) % BUNDLES;
    pthread_mutex_lock(&c->lock);
    bool room = c->waiting < BUNDLES - 1;
    if (room) {
        c->b[c->fill].state = BUNDLE_READY;
        if (c->waiting++ == 0)
            c->oldest = c->fill;
        pthread_cond_signal(&c->work);
    }
    pthread_mutex_unlock(&c->lock);
    if (room)
        c->fill = next;
    return room;
}

/* The thread has fallen behind: one of its bundles less. */
static void crew_help(struct tx_crew *c) {
    pthread_mutex_lock(&c->lock);
    struct bundle *b = crew_claim(c);
    pthread_mutex_unlock(&c->lock);
    if (!b)
        return;
    bool done = crew_send(c, b);
    pthread_mutex_lock(&c->lock);
    b->state = done ? BUNDLE_FREE : BUNDLE_READY;
    crew_release(c);
    if (!done)
        pthread_cond_signal(&c->work);
    pthread_mutex_unlock(&c->lock);
}

uint8_t *tx_crew_alloc(struct tx_crew *c) {
    struct bundle *b = &c->b[c->fill];
    if (bundle_full(b) && crew_start(c)) {
        if (!crew_submit(c)) {
            crew_help(c);
            crew_collect(c);
            if (!crew_submit(c))
                return NULL;
        }
        b = &c->b[c->fill];
    } else if (bundle_full(b) && !crew_send(c, b)) {
        return NULL;
    }
    return b->bytes + b->used;
}

void tx_crew_commit(struct tx_crew *c, size_t n) {
    struct bundle *b = &c->b[c->fill];
    assert(!bundle_full(b) && n <= LINK_FRAME_MAX);
    size_t i = b->n++;
    b->iov[i] = (struct iovec){b->bytes + b->used, n};
    b->used += (n + FRAME_ALIGN - 1) / FRAME_ALIGN * FRAME_ALIGN;
    b->msg[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &b->iov[i], .msg_iovlen = 1}};
}

void tx_crew_flush(struct tx_crew *c) {
    struct bundle *b = &c->b[c->fill];
    if (b->first < b->n)
        (void)crew_send(c, b);
    crew_collect(c);
}

bool tx_crew_helped(const struct tx_crew *c) {
    return c->started;
}

struct tx_crew *tx_crew_create(const struct tx_crew_options *o, struct err *e) {
    struct tx_crew *c = (struct tx_crew *)aligned_alloc(FRAME_ALIGN, sizeof *c);
    if (!c) {
        err_set(e, ERR_MEMORY, "no memory for packets to be sent");
        return NULL;
    }
    cpu_set_t cpus;
    memset(c, 0, sizeof *c);
    c->o = *o;
    c->o.threads = o->threads && sched_getaffinity(0, sizeof cpus, &cpus) == 0 && CPU_COUNT(&cpus) > 1;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->work, NULL);
    return c;
}

void tx_crew_destroy(struct tx_crew *c) {
    if (!c)
        return;
    if (c->started) {
        pthread_mutex_lock(&c->lock);
        c->ending = true;
        pthread_cond_signal(&c->work);
        pthread_mutex_unlock(&c->lock);
        pthread_join(c->thread, NULL);
        crew_collect(c);
    }
    pthread_cond_destroy(&c->work);
    pthread_mutex_destroy(&c->lock);
    free(c);
}
