#include "io/names_system.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define THREADS 4
#define REQUESTS_MAX 1000000
#define NAME_MAX_BYTES 253

struct request {
    struct request *next;
    names_fn fn;
    void *ctx;
    uint64_t generation; /* older than the owner's: cancelled */
    bool reverse;
    enum addr_family family;
    struct addr addr;
    char *text; /* forward: the question; reverse: the answer */
    struct addr *addrs;
    size_t n_addrs;
    const char *error;
};

struct queue {
    struct request *first, *last;
};

/* Shared by the loop thread and the workers; the last of them frees it, since a worker may hang in the library. */
struct names_system {
    struct names base;
    struct loop *loop;
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct queue waiting, done; /* under lock */
    unsigned users;             /* under lock: threads + 1 */
    bool quitting;              /* under lock */
    int wake;                   /* eventfd: something is done */
    /* the rest is the loop thread's */
    struct loop_watch *watch; /* while questions are open */
    unsigned threads;
    uint64_t generation;
    size_t n;
};

static struct names_system *of(struct names *n) {
    return (struct names_system *)(void *)n;
}

static void put(struct queue *q, struct request *r) {
    r->next = NULL;
    if (q->last)
        q->last->next = r;
    else
        q->first = r;
    q->last = r;
}

static struct request *take(struct queue *q) {
    struct request *r = q->first;
    if (r && !(q->first = r->next))
        q->last = NULL;
    return r;
}

static void request_free(struct request *r) {
    free(r->text);
    free(r->addrs);
    free(r);
}

/* Gives the lock back. */
static void release(struct names_system *n) {
    bool last = --n->users == 0;
    pthread_mutex_unlock(&n->lock);
    if (!last)
        return;
    struct request *r;
    while ((r = take(&n->waiting)) || (r = take(&n->done)))
        request_free(r);
    pthread_cond_destroy(&n->work);
    pthread_mutex_destroy(&n->lock);
    close(n->wake);
    free(n);
}

/* On the worker threads ------------------------------------------------------------------------------------------- */

static const char *ask_name(struct request *r) {
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_scope_id = r->addr.zone};
    char host[NI_MAXHOST];
    memcpy(&v4.sin_addr, r->addr.b, 4);
    memcpy(&v6.sin6_addr, r->addr.b, 16);
    bool is_v4 = r->addr.family == ADDR_V4;
    int rc = getnameinfo(is_v4 ? (const struct sockaddr *)&v4 : (const struct sockaddr *)&v6,
                         is_v4 ? sizeof v4 : sizeof v6, host, sizeof host, NULL, 0, NI_NAMEREQD);
    if (rc != 0)
        return gai_strerror(rc);
    if (host[0] == 0 || strlen(host) > NAME_MAX_BYTES)
        return "the name is empty or too long";
    r->text = strdup(host);
    return r->text ? NULL : "no memory";
}

static const char *ask_addrs(struct request *r) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_family = r->family == ADDR_V4   ? AF_INET
                                          : r->family == ADDR_V6 ? AF_INET6
                                                                 : AF_UNSPEC};
    struct addrinfo *list = NULL;
    int rc = getaddrinfo(r->text, NULL, &hints, &list);
    if (rc != 0)
        return gai_strerror(rc);
    r->addrs = (struct addr *)calloc(NAMES_ADDRS_MAX, sizeof *r->addrs);
    for (const struct addrinfo *i = list; i && r->addrs && r->n_addrs < NAMES_ADDRS_MAX; i = i->ai_next) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)i->ai_addr;
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)i->ai_addr;
        if (i->ai_family == AF_INET)
            r->addrs[r->n_addrs++] = addr_v4(ntohl(v4->sin_addr.s_addr));
        else if (i->ai_family == AF_INET6)
            r->addrs[r->n_addrs++] = addr_v6(v6->sin6_addr.s6_addr, v6->sin6_scope_id);
    }
    freeaddrinfo(list);
    return !r->addrs ? "no memory" : r->n_addrs == 0 ? "the name has no address of that kind" : NULL;
}

static void *work(void *ctx) {
    struct names_system *n = (struct names_system *)ctx;
    const uint64_t one = 1;
    pthread_mutex_lock(&n->lock);
    while (!n->quitting) {
        struct request *r = take(&n->waiting);
        if (!r) {
            pthread_cond_wait(&n->work, &n->lock);
            continue;
        }
        pthread_mutex_unlock(&n->lock);
        r->error = r->reverse ? ask_name(r) : ask_addrs(r);
        pthread_mutex_lock(&n->lock);
        put(&n->done, r);
        (void)!write(n->wake, &one, sizeof one);
    }
    release(n);
    return NULL;
}

/* On the loop thread ---------------------------------------------------------------------------------------------- */

static void rest_when_idle(struct names_system *n) {
    if (n->n > 0 || !n->watch)
        return;
    n->loop->ops->unwatch(n->loop, n->watch);
    n->watch = NULL;
}

static void on_wake(void *ctx) {
    struct names_system *n = (struct names_system *)ctx;
    uint64_t count;
    (void)!read(n->wake, &count, sizeof count);
    pthread_mutex_lock(&n->lock);
    struct queue done = n->done;
    n->done = (struct queue){NULL, NULL};
    pthread_mutex_unlock(&n->lock);
    struct request *r;
    while ((r = take(&done))) {
        if (r->generation == n->generation) { /* a callback may cancel those behind it */
            struct name_answer a = {
                .ok = r->error == NULL, .error = r->error, .addrs = r->addrs, .n_addrs = r->n_addrs};
            if (r->reverse)
                a.name = slice_of(r->text);
            n->n--;
            r->fn(r->ctx, &a);
        }
        request_free(r);
    }
    rest_when_idle(n);
}

/* Signals are for the loop thread. */
static bool start_threads(struct names_system *n) {
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    for (; n->threads < THREADS; n->threads++) {
        pthread_t t;
        pthread_mutex_lock(&n->lock);
        bool ok = pthread_create(&t, NULL, work, n) == 0;
        n->users += ok;
        pthread_mutex_unlock(&n->lock);
        if (!ok)
            break;
        pthread_detach(t);
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return n->threads > 0;
}

static bool submit(struct names_system *n, struct request *r) {
    if (!n->watch)
        n->watch = n->loop->ops->watch(n->loop, n->wake, LOOP_READ, on_wake, n);
    if (!n->watch || !start_threads(n)) {
        request_free(r);
        rest_when_idle(n);
        return false;
    }
    r->generation = n->generation;
    n->n++;
    pthread_mutex_lock(&n->lock);
    put(&n->waiting, r);
    pthread_cond_signal(&n->work);
    pthread_mutex_unlock(&n->lock);
    return true;
}

static bool names_system_forward(struct names *names, struct slice name, enum addr_family family, names_fn fn,
                                 void *ctx) {
    struct names_system *n = of(names);
    if (n->n >= REQUESTS_MAX || name.n > NAME_MAX_BYTES + 1 || (name.n > 0 && memchr(name.p, 0, name.n)))
        return false;
    struct request *r = (struct request *)calloc(1, sizeof *r);
    if (!r)
        return false;
    r->fn = fn;
    r->ctx = ctx;
    r->family = family;
    r->text = strndup(name.n ? name.p : "", name.n);
    if (r->text)
        return submit(n, r);
    free(r);
    return false;
}

static bool names_system_reverse(struct names *names, const struct addr *a, names_fn fn, void *ctx) {
    struct names_system *n = of(names);
    struct request *r = n->n < REQUESTS_MAX ? (struct request *)calloc(1, sizeof *r) : NULL;
    if (!r)
        return false;
    r->fn = fn;
    r->ctx = ctx;
    r->reverse = true;
    r->addr = *a;
    return submit(n, r);
}

static void names_system_cancel_all(struct names *names) {
    struct names_system *n = of(names);
    struct request *r;
    n->generation++;
    n->n = 0;
    pthread_mutex_lock(&n->lock);
    while ((r = take(&n->waiting)) || (r = take(&n->done)))
        request_free(r);
    pthread_mutex_unlock(&n->lock);
    rest_when_idle(n);
}

static void names_system_destroy(struct names *names) {
    struct names_system *n = of(names);
    names_system_cancel_all(names);
    pthread_mutex_lock(&n->lock);
    n->quitting = true;
    pthread_cond_broadcast(&n->work);
    release(n);
}

static const struct names_ops names_system_ops = {
    .forward = names_system_forward,
    .reverse = names_system_reverse,
    .cancel_all = names_system_cancel_all,
    .destroy = names_system_destroy,
};

struct names *names_system_create(struct loop *loop, struct err *e) {
    struct names_system *n = (struct names_system *)calloc(1, sizeof *n);
    if (!n) {
        err_set(e, ERR_MEMORY, "no memory for name resolution");
        return NULL;
    }
    n->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (n->wake < 0) {
        err_os(e, errno, "cannot create a wake-up descriptor");
        free(n);
        return NULL;
    }
    n->base.ops = &names_system_ops;
    n->loop = loop;
    n->users = 1;
    pthread_mutex_init(&n->lock, NULL);
    pthread_cond_init(&n->work, NULL);
    return &n->base;
}
