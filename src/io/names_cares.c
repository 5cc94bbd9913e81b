#define CARES_NO_DEPRECATED /* the calls of version 1.18 are deprecated in later ones, and work there */

#include "io/names_cares.h"

#include "base/num.h"
#include "io/hosts_file.h"
#include "io/ptr_reply.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <assert.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#define IN_FLIGHT_MAX 200 /* with more, answers overrun the socket's buffer and rates collapse */
#define REQUESTS_MAX 1000000
#define NAME_MAX_BYTES 253
#define TIMEOUT_MS 1500
#define TRIES 3
#define RECEIVE_BUFFER (4 * 1024 * 1024)
#define SERVERS_MAX 64

struct request {
    struct request *next; /* in `waiting` or `done` */
    struct names_cares *owner;
    names_fn fn;
    void *ctx;
    bool reverse;
    enum addr_family family; /* forward */
    struct addr addr;        /* reverse */
    char *text;              /* forward: the question; reverse: the answer */
    size_t text_n;
    struct addr *addrs; /* forward: the answer */
    size_t n_addrs;
    const char *error; /* NULL = answered */
};

struct queue {
    struct request *first, *last;
};

struct socket_watch {
    struct socket_watch *next;
    struct names_cares *owner;
    ares_socket_t fd;
    bool read, write;
    struct loop_watch *watch;
};

/* Callbacks of c-ares only move a request to `done`; the users are called from `deliver`, outside of c-ares and outside
 * of their own calls. */
struct names_cares {
    struct names base;
    struct loop *loop;
    ares_channel channel;
    bool have_library, have_channel, have_hosts;
    bool cancelling;
    struct hosts_file hosts;
    struct loop_timer timeout, deliver;
    struct socket_watch *sockets;
    struct queue waiting, done;
    size_t in_flight, n_done, n; /* n: all requests */
};

static struct names_cares *of(struct names *n) {
    return (struct names_cares *)(void *)n;
}

/* Requests -------------------------------------------------------------------------------------------------------- */

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
    r->owner->n--;
    free(r->text);
    free(r->addrs);
    free(r);
}

static const char *words_for(int status, bool reverse) {
    switch (status) {
    case ARES_SUCCESS:
        return NULL;
    case ARES_ENOTFOUND:
        return "no such name";
    case ARES_ENODATA:
        return reverse ? "no name for this address" : "the name has no address of that kind";
    case ARES_ETIMEOUT:
        return "the name server did not answer";
    case ARES_ECONNREFUSED:
        return "the name server could not be reached";
    case ARES_ESERVFAIL:
        return "the name server failed";
    case ARES_EREFUSED:
        return "the name server refused the question";
    case ARES_EBADNAME:
        return "not a valid name";
    case ARES_EBADRESP:
        return "the answer of the name server is malformed";
    default:
        return ares_strerror(status);
    }
}

static void finish(struct request *r, const char *error) {
    struct names_cares *n = r->owner;
    n->in_flight--;
    if (n->cancelling) {
        request_free(r);
        return;
    }
    r->error = error;
    put(&n->done, r);
    n->n_done++;
    loop_timer_at(n->loop, &n->deliver, 0);
}

static void on_ptr(void *arg, int status, int timeouts, unsigned char *p, int len) {
    (void)timeouts;
    struct request *r = (struct request *)arg;
    char name[PTR_NAME_MAX];
    if (status == ARES_SUCCESS && !ptr_reply_read(p, len > 0 ? (size_t)len : 0, name, &r->text_n))
        status = ARES_EBADRESP;
    if (status == ARES_SUCCESS) {
        r->text = (char *)malloc(r->text_n);
        if (r->text)
            memcpy(r->text, name, r->text_n);
        else
            status = ARES_ENOMEM;
    }
    finish(r, words_for(status, true));
}

static bool to_addr(const struct sockaddr *sa, struct addr *out) {
    if (sa->sa_family == AF_INET) {
        *out = addr_v4(ntohl(((const struct sockaddr_in *)(const void *)sa)->sin_addr.s_addr));
    } else if (sa->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)sa;
        *out = addr_v6(v6->sin6_addr.s6_addr, v6->sin6_scope_id);
    } else {
        return false;
    }
    return true;
}

static bool has_addr(const struct request *r, const struct addr *a) {
    for (size_t i = 0; i < r->n_addrs; i++)
        if (addr_eq(&r->addrs[i], a))
            return true;
    return false;
}

static void on_addrs(void *arg, int status, int timeouts, struct ares_addrinfo *info) {
    (void)timeouts;
    struct request *r = (struct request *)arg;
    if (status == ARES_SUCCESS && !(r->addrs = (struct addr *)calloc(NAMES_ADDRS_MAX, sizeof *r->addrs)))
        status = ARES_ENOMEM;
    if (status == ARES_SUCCESS) {
        struct addr a;
        for (const struct ares_addrinfo_node *i = info->nodes; i && r->n_addrs < NAMES_ADDRS_MAX; i = i->ai_next)
            if (to_addr(i->ai_addr, &a) && !has_addr(r, &a))
                r->addrs[r->n_addrs++] = a;
        if (r->n_addrs == 0)
            status = ARES_ENODATA;
    }
    ares_freeaddrinfo(info);
    finish(r, words_for(status, false));
}

/* The answer may come before this returns. */
static void issue(struct names_cares *n, struct request *r) {
    n->in_flight++;
    if (r->reverse) {
        char question[80];
        addr_reverse_name(&r->addr, question);
        ares_query(n->channel, question, C_IN, T_PTR, on_ptr, r);
    } else {
        struct ares_addrinfo_hints hints = {.ai_flags = ARES_AI_NOSORT,
                                            .ai_family = r->family == ADDR_V4   ? AF_INET
                                                         : r->family == ADDR_V6 ? AF_INET6
                                                                                : AF_UNSPEC,
                                            .ai_socktype = SOCK_STREAM};
        ares_getaddrinfo(n->channel, r->text, NULL, &hints, on_addrs, r);
    }
}

/* Time and sockets ------------------------------------------------------------------------------------------------ */

static void set_timeout(struct names_cares *n) {
    struct timeval tv;
    if (!ares_timeout(n->channel, NULL, &tv)) {
        loop_timer_off(n->loop, &n->timeout);
        return;
    }
    int64_t wait = (int64_t)tv.tv_sec * NS_PER_S + (int64_t)tv.tv_usec * NS_PER_US;
    loop_timer_at(n->loop, &n->timeout, loop_now(n->loop) + wait);
}

static void deliver(void *ctx) {
    struct names_cares *n = (struct names_cares *)ctx;
    struct request *r;
    /* What callbacks add waits for the next turn. */
    for (size_t budget = n->n_done; budget > 0 && (r = take(&n->done)); budget--) {
        n->n_done--;
        struct name_answer a = {.ok = r->error == NULL, .error = r->error, .addrs = r->addrs, .n_addrs = r->n_addrs};
        if (r->reverse)
            a.name = (struct slice){r->text, r->text_n};
        r->fn(r->ctx, &a);
        request_free(r);
    }
    while (n->in_flight < IN_FLIGHT_MAX && (r = take(&n->waiting)))
        issue(n, r);
    if (n->done.first)
        loop_timer_at(n->loop, &n->deliver, 0);
    set_timeout(n);
}

static void on_timeout(void *ctx) {
    struct names_cares *n = (struct names_cares *)ctx;
    ares_process_fd(n->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    set_timeout(n);
}

static void on_socket(void *ctx) {
    const struct socket_watch *s = (const struct socket_watch *)ctx;
    struct names_cares *n = s->owner;
    ares_process_fd(n->channel, s->read ? s->fd : ARES_SOCKET_BAD, s->write ? s->fd : ARES_SOCKET_BAD);
    set_timeout(n); /* s may be gone */
}

/* c-ares says which of its sockets want what; neither: it is about to close the socket. */
static void on_socket_state(void *ctx, ares_socket_t fd, int readable, int writable) {
    struct names_cares *n = (struct names_cares *)ctx;
    struct socket_watch **at = &n->sockets;
    while (*at && (*at)->fd != fd)
        at = &(*at)->next;
    struct socket_watch *s = *at;
    if (s && s->watch)
        n->loop->ops->unwatch(n->loop, s->watch);
    if (!readable && !writable) {
        if (s)
            *at = s->next;
        free(s);
        return;
    }
    if (!s) {
        s = (struct socket_watch *)calloc(1, sizeof *s);
        if (!s)
            return; /* without a watch the question times out */
        *s = (struct socket_watch){.next = n->sockets, .owner = n, .fd = fd};
        n->sockets = s;
    }
    s->read = readable;
    s->write = writable;
    unsigned what = (readable ? (unsigned)LOOP_READ : 0) | (writable ? (unsigned)LOOP_WRITE : 0);
    s->watch = n->loop->ops->watch(n->loop, fd, what, on_socket, s);
}

/* Calls ----------------------------------------------------------------------------------------------------------- */

static struct request *request_new(struct names_cares *n, names_fn fn, void *ctx) {
    struct request *r = n->n < REQUESTS_MAX ? (struct request *)calloc(1, sizeof *r) : NULL;
    if (!r)
        return NULL;
    n->n++;
    r->owner = n;
    r->fn = fn;
    r->ctx = ctx;
    return r;
}

static bool submit(struct names_cares *n, struct request *r, const char *error, bool known) {
    if (known || error) {
        n->in_flight++;
        finish(r, error);
    } else if (n->in_flight >= IN_FLIGHT_MAX) {
        put(&n->waiting, r);
    } else {
        issue(n, r);
        if (!loop_timer_armed(&n->timeout))
            set_timeout(n);
    }
    return true;
}

static char *copy_text(struct slice s) {
    char *p = (char *)malloc(s.n + 1);
    if (!p)
        return NULL;
    memcpy(p, s.p, s.n);
    p[s.n] = 0;
    return p;
}

static bool names_cares_forward(struct names *names, struct slice name, enum addr_family family, names_fn fn,
                                void *ctx) {
    struct names_cares *n = of(names);
    bool valid = name.n > 0 && name.n <= NAME_MAX_BYTES + 1 && !memchr(name.p, 0, name.n);
    struct request *r = request_new(n, fn, ctx);
    if (!r)
        return false;
    r->family = family;
    if (valid && !(r->text = copy_text(name))) {
        request_free(r);
        return false;
    }
    return submit(n, r, valid ? NULL : words_for(ARES_EBADNAME, false), false);
}

static bool names_cares_reverse(struct names *names, const struct addr *a, names_fn fn, void *ctx) {
    struct names_cares *n = of(names);
    struct slice known = hosts_file_find(&n->hosts, a);
    char question[80];
    struct request *r = request_new(n, fn, ctx);
    if (!r)
        return false;
    r->reverse = true;
    r->addr = *a;
    if (known.n > 0) {
        r->text = copy_text(known);
        r->text_n = known.n;
        if (!r->text) {
            request_free(r);
            return false;
        }
    }
    return submit(n, r, addr_reverse_name(a, question) ? NULL : words_for(ARES_EBADNAME, true), known.n > 0);
}

static void names_cares_cancel_all(struct names *names) {
    struct names_cares *n = of(names);
    struct request *r;
    n->cancelling = true;
    ares_cancel(n->channel);
    n->cancelling = false;
    assert(n->in_flight == 0);
    while ((r = take(&n->waiting)) || (r = take(&n->done)))
        request_free(r);
    n->n_done = 0;
    loop_timer_off(n->loop, &n->deliver);
    loop_timer_off(n->loop, &n->timeout);
}

static void names_cares_destroy(struct names *names) {
    struct names_cares *n = of(names);
    if (n->have_channel) {
        names_cares_cancel_all(names);
        ares_destroy(n->channel); /* ends the socket watches, too */
    }
    if (n->have_library)
        ares_library_cleanup();
    if (n->have_hosts)
        hosts_file_finish(&n->hosts);
    free(n);
}

static const struct names_ops names_cares_ops = {
    .forward = names_cares_forward,
    .reverse = names_cares_reverse,
    .cancel_all = names_cares_cancel_all,
    .destroy = names_cares_destroy,
};

/* Creation -------------------------------------------------------------------------------------------------------- */

/* An IPv6 address stands in brackets when a port follows. */
static bool parse_server(struct slice text, struct ares_addr_port_node *out) {
    struct slice host = text, port = {NULL, 0};
    struct addr a;
    uint64_t number = 53;
    size_t colon = slice_find(text, ':'), bracket = slice_find(text, ']');
    if (text.n > 0 && text.p[0] == '[' && bracket < text.n) {
        host = slice_sub(text, 1, bracket - 1);
        port = slice_skip(text, bracket + 1);
        if (port.n > 0 && port.p[0] != ':')
            return false;
    } else if (!addr_parse(text, &a) && colon < text.n) {
        host = slice_sub(text, 0, colon);
        port = slice_skip(text, colon);
    }
    if (!addr_parse(host, &a) || a.zone != 0) /* c-ares 1.18 takes no zones */
        return false;
    if (port.n > 0 && (!num_u64_max(slice_skip(port, 1), 65535, &number) || number == 0))
        return false;
    memset(out, 0, sizeof *out);
    out->family = a.family == ADDR_V4 ? AF_INET : AF_INET6;
    memcpy(&out->addr, a.b, addr_bytes(&a));
    out->udp_port = out->tcp_port = (int)number;
    return true;
}

static bool set_servers(struct names_cares *n, const struct names_cares_options *o, struct err *e) {
    struct ares_addr_port_node node[SERVERS_MAX];
    if (!o || o->n_servers == 0)
        return true;
    if (o->n_servers > SERVERS_MAX)
        return err_set(e, ERR_LIMIT, "more than %d name servers", SERVERS_MAX);
    for (size_t i = 0; i < o->n_servers; i++) {
        if (!parse_server(o->servers[i], &node[i]))
            return err_set(e, ERR_USAGE,
                           "name server \"" SLICE_FMT "\" is not an address, with an optional port as in "
                           "192.0.2.1:53 or [2001:db8::1]:53",
                           SLICE_ARG(o->servers[i]));
        node[i].next = i + 1 < o->n_servers ? &node[i + 1] : NULL;
    }
    int status = ares_set_servers_ports(n->channel, node);
    return status == ARES_SUCCESS || err_set(e, ERR_RESOLVE, "cannot use the name servers: %s", ares_strerror(status));
}

static bool prepare(struct names_cares *n, const struct names_cares_options *o, struct err *e) {
    char lookups[] = "fb";                                    /* hosts file, then servers */
    struct ares_options ao = {.flags = ARES_FLAG_NOCHECKRESP, /* the first answer wins, also SERVFAIL */
                              .timeout = o && o->timeout_ms > 0 ? o->timeout_ms : TIMEOUT_MS,
                              .tries = TRIES,
                              .lookups = lookups,
                              .sock_state_cb = on_socket_state,
                              .sock_state_cb_data = n,
                              .socket_receive_buffer_size = RECEIVE_BUFFER};
    int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB |
               ARES_OPT_SOCK_RCVBUF | ARES_OPT_NOROTATE;
    int status = ares_library_init(ARES_LIB_INIT_ALL);
    n->have_library = status == ARES_SUCCESS;
    if (status == ARES_SUCCESS)
        status = ares_init_options(&n->channel, &ao, mask);
    n->have_channel = status == ARES_SUCCESS;
    if (status != ARES_SUCCESS)
        return err_set(e, ERR_RESOLVE, "cannot set up name resolution: %s", ares_strerror(status));
    hosts_file_load(&n->hosts, o && o->hosts_path ? o->hosts_path : "/etc/hosts");
    n->have_hosts = true;
    return set_servers(n, o, e);
}

struct names *names_cares_create(struct loop *loop, const struct names_cares_options *o, struct err *e) {
    struct names_cares *n = (struct names_cares *)calloc(1, sizeof *n);
    if (!n) {
        err_set(e, ERR_MEMORY, "no memory for name resolution");
        return NULL;
    }
    n->base.ops = &names_cares_ops;
    n->loop = loop;
    loop_timer_init(&n->timeout, on_timeout, n);
    loop_timer_init(&n->deliver, deliver, n);
    if (prepare(n, o, e))
        return &n->base;
    names_cares_destroy(&n->base);
    return NULL;
}
