#include "scan/plan.h"

#include "probe/list.h"

#define PORTS_TEXT_MAX (1U << 20)
/* The likeliest ports go first: open ports are told early, and answers clock the start. */
#define FIRST_RANKS 30

/* -r: ascending. Otherwise shuffled, with the highest ranks in front. */
static bool plan_ports(struct plan *p, const struct settings *s, const struct services *services, uint64_t seed) {
    p->ports = calloc(65537, sizeof *p->ports);
    if (!p->ports)
        return false;
    const struct portset *set = &s->ports[PROTO_TCP];
    p->n_ports = portset_list(set, p->ports, 65536);
    if (s->sequential_ports)
        return true;
    struct rng rng;
    rng_seed(&rng, seed);
    for (size_t i = p->n_ports; i > 1; i--) {
        size_t k = (size_t)rng_below(&rng, i);
        uint16_t v = p->ports[i - 1];
        p->ports[i - 1] = p->ports[k];
        p->ports[k] = v;
    }
    size_t front = 0;
    for (size_t i = 0; i < p->n_ports; i++) {
        unsigned rank = services_rank(services, PROTO_TCP, p->ports[i]);
        if (rank == 0 || rank > FIRST_RANKS)
            continue;
        uint16_t v = p->ports[i];
        p->ports[i] = p->ports[front];
        p->ports[front++] = v;
    }
    return true;
}

static void plan_ping(struct engine_config *c, const struct probe *p, uint16_t port) {
    c->pings[c->n_pings++] = (struct engine_ping){.probe = p, .port = port};
}

static void plan_probes(const struct settings *s, bool raw, struct engine_config *c) {
    if (raw) {
        plan_ping(c, &probe_echo, 0);
        plan_ping(c, &probe_syn, 443);
        plan_ping(c, &probe_tcp_ack, 80);
        plan_ping(c, &probe_timestamp, 0);
        c->neighbor4 = &probe_arp;
        c->neighbor6 = &probe_nd;
    } else {
        plan_ping(c, &probe_connect, 80);
        plan_ping(c, &probe_connect, 443);
    }
    if (s->ping_only || s->list_only)
        return;
    bool syn = s->scan == SCAN_SYN || (s->scan == SCAN_DEFAULT && raw);
    c->scan = syn ? &probe_syn : &probe_connect;
}

static bool plan_info(struct plan *p, const struct settings *s, bool raw, const struct engine_config *c) {
    struct run_info *i = &p->info;
    *i = (struct run_info){.version = LL_VERSION,
                           .verbose = s->verbose,
                           .debug = s->debug,
                           .show_reason = s->reason || s->debug > 0,
                           .open_only = s->open_only,
                           .ping_only = s->ping_only,
                           .list_only = s->list_only,
                           .raw = raw && !s->list_only,
                           .show_down = s->verbose > 0 || s->dns == DNS_ALWAYS,
                           .data_dir = SLICE("built in")};
    if (!c->scan)
        return true;
    buf_init(&p->services, PORTS_TEXT_MAX);
    if (!portset_format(&s->ports[c->scan->proto], &p->services))
        return false;
    i->scans[i->n_scans++] = (struct scan_info){
        .type = c->scan->name, .proto = c->scan->proto, .n_services = p->n_ports, .services = buf_slice(&p->services)};
    return true;
}

bool plan_make(struct plan *p, const struct settings *s, const struct services *services, bool raw, uint64_t seed,
               struct engine_config *c, struct err *e) {
    *p = (struct plan){0};
    plan_probes(s, raw, c);
    if ((c->scan && !plan_ports(p, s, services, seed)) || !plan_info(p, s, raw, c))
        return err_set(e, ERR_MEMORY, "no memory for the port list");
    c->ports = p->ports;
    c->n_ports = p->n_ports;
    return true;
}

void plan_warn(const struct settings *s, bool raw, const struct log *log) {
    if (!raw && !s->list_only && s->source_port >= 0)
        log_message(
            log, LOG_WARNING,
            "-g with a connect scan: where the system does not let connections use port %d, ports look filtered",
            s->source_port);
}

void plan_finish(struct plan *p) {
    free(p->ports);
    buf_finish(&p->services);
}
