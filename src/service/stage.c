/* The stage: each live host's open ports, some at a time, fairly among the hosts. */
#include "service/state.h"

#include <stdlib.h>

#define ALIKE_FROM 100 /* so many open ports are suspicious: a sample is asked first */
#define SAMPLE 24
#define KINDS_REAL 3
#define RAW_KEY_MAX 32

struct host_port {
    uint16_t port;
    uint8_t proto;
    bool sampled;
    bool begun;
    struct service_port *work; /* while it is asked */
};

struct service_host {
    struct service_host *prev, *next;
    struct service_scan *scan;
    struct stage_host face;
    struct host_port *ports; /* in the arena of the host */
    size_t n_ports, cursor, open, n_done;
    struct service_result *results; /* room for all */
    struct byte_budget bytes;
    bool sampling;
    char ip[ADDR_TEXT_MAX];
};

struct port_ctx { /* in the arena of the host */
    struct service_host *host;
    size_t place;
};

/* ---- which ports */

static bool is_printer(uint16_t port) {
    return port == 515 || (port >= 9100 && port <= 9107);
}

static bool excluded(const struct service_scan *s, const struct host_port *p) {
    if (s->c.settings->all_ports || p->proto != PROTO_TCP)
        return false;
    return is_printer(p->port) || (s->user && versiondb_excludes(s->user, p->proto, p->port));
}

static bool wants(const struct port_result *p) {
    return (p->proto == PROTO_TCP && p->state == PORT_OPEN) ||
           (p->proto == PROTO_UDP && (p->state == PORT_OPEN || p->state == PORT_OPEN_FILTERED));
}

static size_t count_wanted(const struct host_result *r) {
    size_t n = 0;
    for (size_t i = 0; i < r->n_ports; i++)
        n += wants(&r->ports[i]);
    return n;
}

static bool service_wanted(void *ctx, const struct stage_host *h) {
    (void)ctx;
    return h->result->scanned && count_wanted(h->result) > 0;
}

/* Of very many open ports every n-th is asked before the others. */
static void choose_sample(struct service_host *h) {
    size_t tcp = 0, seen = 0;
    for (size_t i = 0; i < h->n_ports; i++)
        tcp += h->ports[i].proto == PROTO_TCP;
    if (tcp < ALIKE_FROM)
        return;
    h->sampling = true;
    for (size_t i = 0; i < h->n_ports; i++)
        if (h->ports[i].proto == PROTO_TCP && !excluded(h->scan, &h->ports[i]) && seen++ % (tcp / SAMPLE) == 0)
            h->ports[i].sampled = true;
}

static bool host_list(struct service_host *h) {
    const struct host_result *r = h->face.result;
    size_t n = count_wanted(r);
    h->ports = arena_array(h->face.arena, n, sizeof *h->ports);
    h->results = arena_array(h->face.arena, n, sizeof *h->results);
    if (!h->ports || !h->results)
        return false;
    for (size_t i = 0; i < r->n_ports; i++)
        if (wants(&r->ports[i]))
            h->ports[h->n_ports++] = (struct host_port){.port = r->ports[i].port, .proto = r->ports[i].proto};
    choose_sample(h);
    return true;
}

/* ---- the end of a host */

static void host_unlink(struct service_host *h) {
    struct service_scan *s = h->scan;
    if (h->prev)
        h->prev->next = h->next;
    else
        s->hosts = h->next;
    if (h->next)
        h->next->prev = h->prev;
}

static int by_port(const void *a, const void *b) {
    const struct service_result *x = a, *y = b;
    int proto = (x->proto > y->proto) - (x->proto < y->proto);
    return proto ? proto : (x->port > y->port) - (x->port < y->port);
}

static void host_result_ready(struct service_host *h) {
    qsort(h->results, h->n_done, sizeof *h->results, by_port);
    h->face.result->services = h->results;
    h->face.result->n_services = h->n_done;
}

/* ---- hosts that answer alike on every port */

static bool alike(const struct service_result *a, const struct service_result *b) {
    return a->end == b->end && a->evidence.hash == b->evidence.hash && slice_eq(a->name, b->name) &&
           slice_eq(a->print.n ? SLICE("x") : SLICE(""), b->print.n ? SLICE("x") : SLICE(""));
}

/* Nine of ten of the sample are like one another. */
static bool sample_is_alike(const struct service_host *h) {
    size_t most = 0;
    for (size_t i = 0; i < h->n_done; i++) {
        size_t same = 0;
        for (size_t k = 0; k < h->n_done; k++)
            same += alike(&h->results[i], &h->results[k]);
        most = same > most ? same : most;
    }
    return h->n_done >= SAMPLE / 2 && most * 10 >= h->n_done * 9;
}

/* So many different services are no trick: the sample need not be finished. */
static bool sample_is_real(const struct service_host *h) {
    size_t kinds = 0;
    for (size_t i = 0; i < h->n_done; i++) {
        bool first = h->results[i].probed && h->results[i].name.n > 0;
        for (size_t k = 0; k < i && first; k++)
            first = !slice_eq(h->results[k].name, h->results[i].name);
        kinds += first;
    }
    return kinds >= KINDS_REAL;
}

/* The ports that were not asked leave the list: they would only repeat the sample. */
static void host_drop_alike(struct service_host *h) {
    struct host_result *r = h->face.result;
    size_t kept = 0, place = 0;
    for (size_t i = 0; i < r->n_ports; i++) {
        bool drop = false;
        if (wants(&r->ports[i]) && place < h->n_ports) {
            drop = !h->ports[place].begun && h->ports[place].proto == PROTO_TCP;
            place++;
        }
        if (drop)
            r->alike++;
        else
            r->ports[kept++] = r->ports[i];
    }
    r->n_ports = kept;
    h->n_ports = 0; /* nothing is left to begin */
    h->cursor = 0;
}

/* ---- ports at work */

static void scan_fill(struct service_scan *s);

static bool sample_open(const struct service_host *h) {
    for (size_t i = 0; i < h->n_ports; i++)
        if (h->ports[i].sampled && !h->ports[i].begun)
            return true;
    return false;
}

static bool host_more(const struct service_host *h) {
    if (h->sampling)
        return sample_open(h);
    return h->cursor < h->n_ports;
}

static void host_check(struct service_host *h) {
    if (h->open > 0 || host_more(h))
        return;
    if (h->sampling) {
        h->sampling = false;
        if (sample_is_alike(h))
            host_drop_alike(h);
        if (host_more(h))
            return;
    }
    host_result_ready(h);
    host_unlink(h);
    void *engine_host = h->face.engine_host;
    free(h);
    stage_done(engine_host, &service_stage);
}

static void host_put(struct service_host *h, const struct service_result *r) {
    h->results[h->n_done++] = *r;
}

/* A port that is not asked: of UDP nothing is said then. */
static void host_skip(struct service_host *h, const struct service_result *r) {
    if (r->proto == PROTO_TCP)
        host_put(h, r);
}

static void port_done(void *ctx, struct service_port *work, const struct service_result *r, bool answered) {
    const struct port_ctx *c = ctx;
    struct service_host *h = c->host;
    struct service_scan *s = h->scan;
    struct host_port *p = &h->ports[c->place];
    (void)work;
    p->work = NULL;
    h->open--;
    s->open_ports--;
    if (p->proto == PROTO_UDP && answered) {
        struct port_result *row = result_port(h->face.result, (enum proto)p->proto, p->port);
        if (row && row->state == PORT_OPEN_FILTERED) {
            row->state = PORT_OPEN;
            row->reason = REASON_UDP_RESPONSE;
        }
    }
    if (p->proto == PROTO_TCP || answered)
        host_put(h, r);
    if (h->sampling && sample_is_real(h))
        h->sampling = false;
    host_check(h);
    scan_fill(s);
}

static bool host_begin_port(struct service_host *h, size_t place) {
    struct service_scan *s = h->scan;
    struct host_port *p = &h->ports[place];
    const struct host_result *r = h->face.result;
    struct port_ctx *c = arena_alloc(h->face.arena, sizeof *c);
    p->begun = true;
    if (!c)
        return false;
    *c = (struct port_ctx){h, place};
    struct parser_peer peer = {.host = r->given.n ? r->given : slice_of(h->ip),
                               .addr = r->addr,
                               .port = p->port,
                               .udp = p->proto == PROTO_UDP};
    struct port_request q = {.scan = s,
                             .arena = h->face.arena,
                             .peer = &peer,
                             .host_bytes = &h->bytes,
                             .rtt = r->timed ? (int64_t)r->srtt_us * NS_PER_US : 0,
                             .done = port_done,
                             .ctx = c};
    p->work = port_begin(&q);
    if (!p->work)
        return false;
    h->open++;
    s->open_ports++;
    return true;
}

/* The next port of the host that is to be asked; n_ports when there is none. */
static size_t host_next_port(struct service_host *h) {
    if (h->sampling) {
        for (size_t i = 0; i < h->n_ports; i++)
            if (h->ports[i].sampled && !h->ports[i].begun)
                return i;
        return h->n_ports;
    }
    while (h->cursor < h->n_ports && h->ports[h->cursor].begun)
        h->cursor++;
    return h->cursor;
}

static void host_begin_next(struct service_host *h) {
    size_t i = host_next_port(h);
    if (i >= h->n_ports)
        return;
    struct host_port *p = &h->ports[i];
    struct service_result r = {.port = p->port, .proto = p->proto, .confidence = 3};
    if (excluded(h->scan, p)) {
        p->begun = true;
        r.end = SERVICE_END_EXCLUDED;
        host_put(h, &r);
    } else if (budget_is_over(&h->bytes)) {
        p->begun = true;
        r.end = SERVICE_END_HOST_BYTES;
        host_skip(h, &r);
    } else if (!host_begin_port(h, i)) {
        r.end = SERVICE_END_CUT;
        host_put(h, &r);
    }
}

static size_t ports_a_host(const struct settings *s) {
    static const size_t by_template[] = {1, 1, 1, 240, 480, 960};
    size_t n = by_template[s->timing.template_level];
    return s->timing.max_parallelism && s->timing.max_parallelism < n ? s->timing.max_parallelism : n;
}

/* Ports of the hosts in turn, until enough are at work. A port that ends inside begins this anew, later. */
static void scan_fill(struct service_scan *s) {
    if (s->filling) {
        s->refill = true;
        return;
    }
    s->filling = true;
    size_t most = ports_a_host(s->c.settings);
    do {
        s->refill = false;
        bool any = true;
        while (any && s->open_ports < s->ports_max) {
            any = false;
            struct service_host *next;
            for (struct service_host *h = s->hosts; h && s->open_ports < s->ports_max; h = next) {
                next = h->next;
                if (h->open < most && host_more(h)) {
                    host_begin_next(h);
                    any = true;
                }
                host_check(h); /* may end it */
            }
        }
    } while (s->refill);
    s->filling = false;
}

/* ---- the contract */

static void service_start(void *ctx, const struct stage_host *face) {
    struct service_scan *s = ctx;
    struct service_host *h = calloc(1, sizeof *h);
    if (h) {
        h->scan = s;
        h->face = *face;
        h->bytes.most = HOST_BYTES_MAX;
        addr_format(&face->result->addr, h->ip);
    }
    if (!h || !host_list(h)) {
        log_message(s->c.log, LOG_ERROR, "no memory for the services of a host: they were not asked");
        free(h);
        stage_done(face->engine_host, &service_stage);
        return;
    }
    h->next = s->hosts;
    if (s->hosts)
        s->hosts->prev = h;
    s->hosts = h;
    scan_fill(s);
}

static void service_cancel(void *ctx, const struct stage_host *face) {
    struct service_scan *s = ctx;
    struct service_host *h = s->hosts;
    while (h && h->face.engine_host != face->engine_host)
        h = h->next;
    if (!h)
        return;
    for (size_t i = 0; i < h->n_ports; i++) {
        struct host_port *p = &h->ports[i];
        const struct service_result *known = p->work ? port_known(p->work) : NULL;
        if (known)
            host_put(h, known);
        if (p->work) {
            port_cancel(p->work);
            p->work = NULL;
            s->open_ports--;
        } else if (p->begun)
            continue;
        if (p->proto == PROTO_TCP && !known)
            host_put(h, &(struct service_result){
                            .port = p->port, .proto = p->proto, .confidence = 3, .end = SERVICE_END_CUT});
    }
    host_result_ready(h);
    host_unlink(h);
    free(h);
}

const struct stage service_stage = {
    .name = "services",
    .phase = PHASE_SERVICE,
    .needs = STAGE_NEEDS_PORTS,
    .wanted = service_wanted,
    .start = service_start,
    .cancel = service_cancel,
};

/* ---- life */

static bool make_raw_keys(struct service_scan *s) {
    size_t n = 0;
    while (parser_list[n])
        n++;
    s->raw_keys = calloc(n + 1, sizeof *s->raw_keys);
    for (size_t i = 0; s->raw_keys && i < n; i++)
        snprintf(s->raw_keys[i], sizeof s->raw_keys[i], "raw.%s", parser_list[i]->name);
    return s->raw_keys != NULL;
}

struct service_scan *service_create(const struct service_config *c, struct err *e) {
    struct service_scan *s = calloc(1, sizeof *s);
    if (!s) {
        err_set(e, ERR_MEMORY, "no memory for service detection");
        return NULL;
    }
    s->c = *c;
    s->streams = streams_create(c->loop, c->connector, e);
    s->db = s->streams ? signatures_builtin(e) : NULL;
    const struct slice path = c->settings->version_db;
    if (s->db && path.n)
        s->user = versiondb_read(path.p, e); /* settings end with a NUL */
    const struct slice cache = c->settings->version_db_cache;
    if (s->user && cache.n)
        versiondb_prepare(s->user, slice_eq(cache, slice_of("auto")) ? NULL : cache.p, c->log);
    if (!s->db || (path.n && !s->user) || !make_raw_keys(s)) {
        service_destroy(s);
        return NULL;
    }
    static const size_t by_template[] = {10, 10, 10, 400, 1500, SIZE_MAX};
    s->ports_max = streams_capacity(s->streams) / PORT_TALKS_MAX;
    if (s->ports_max > by_template[c->settings->timing.template_level])
        s->ports_max = by_template[c->settings->timing.template_level];
    if (!s->ports_max)
        s->ports_max = 1;
    return s;
}

void service_destroy(struct service_scan *s) {
    if (!s)
        return;
    signatures_destroy(s->db);
    versiondb_destroy(s->user);
    if (s->streams)
        streams_destroy(s->streams);
    free(s->raw_keys);
    free(s);
}
