#include "scan/plan.h"

#include "probe/list.h"
#include "scan/plan_pings.h"

#define PORTS_TEXT_MAX (1U << 20)
/* The likeliest ports go first: open ports are told early, and answers clock the start. */
#define FIRST_RANKS 30

/* -r: ascending. Otherwise shuffled, with the highest ranks in front. */
static size_t plan_ports(uint16_t *ports, enum proto proto, const struct settings *s, const struct services *services,
                         uint64_t seed) {
    size_t n = portset_list(&s->ports[proto], ports, 65536);
    if (s->sequential_ports)
        return n;
    struct rng rng;
    rng_seed(&rng, seed);
    for (size_t i = n; i > 1; i--) {
        size_t k = (size_t)rng_below(&rng, i);
        uint16_t v = ports[i - 1];
        ports[i - 1] = ports[k];
        ports[k] = v;
    }
    size_t front = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned rank = services_rank(services, proto, ports[i]);
        if (rank == 0 || rank > FIRST_RANKS)
            continue;
        uint16_t v = ports[i];
        ports[i] = ports[front];
        ports[front++] = v;
    }
    return n;
}

static void plan_probes(bool raw, struct engine_config *c) {
    if (raw) {
        c->neighbor4 = &probe_arp;
        c->neighbor6 = &probe_nd;
    }
}

/* A scan whose port list is empty is left out. */
static bool plan_scan(struct plan *p, const struct probe *probe, const struct settings *s,
                      const struct services *services, uint64_t seed, struct engine_config *c) {
    struct plan_scan *one = &p->scans[c->n_scans];
    if (portset_count(&s->ports[probe->proto]) == 0)
        return true;
    buf_init(&one->text, PORTS_TEXT_MAX);
    one->ports = calloc(65537, sizeof *one->ports);
    if (!one->ports || !portset_format(&s->ports[probe->proto], &one->text))
        return false;
    size_t n = plan_ports(one->ports, probe->proto, s, services, seed);
    bool closed = probe->proto == PROTO_UDP && s->defeat_icmp_ratelimit;
    c->scans[c->n_scans++] = (struct engine_scan){.probe = probe,
                                                  .ports = one->ports,
                                                  .n_ports = n,
                                                  .silence = closed ? PORT_CLOSED_FILTERED : probe->silence,
                                                  .follow_icmp_limit = probe->proto == PROTO_UDP && !closed,
                                                  .canary = probe->canary_value ? NULL : &probe_echo};
    p->info.scans[p->info.n_scans++] = (struct scan_info){
        .type = probe->name, .proto = probe->proto, .n_services = n, .services = buf_slice(&one->text)};
    return true;
}

/* In the order in which their rows are reported. */
static bool plan_scans(struct plan *p, const struct settings *s, const struct services *services, bool raw,
                       uint64_t seed, struct engine_config *c) {
    bool syn = s->scan == SCAN_SYN || (s->scan == SCAN_DEFAULT && raw);
    if (settings_scans(s, PROTO_TCP) && !plan_scan(p, syn ? &probe_syn : &probe_connect, s, services, seed, c))
        return false;
    return !settings_scans(s, PROTO_UDP) || plan_scan(p, &probe_udp, s, services, seed, c);
}

static void plan_info(struct plan *p, const struct settings *s, bool raw) {
    struct run_info *i = &p->info;
    *i = (struct run_info){.version = LL_VERSION,
                           .verbose = s->verbose,
                           .debug = s->debug,
                           .show_reason = s->reason || s->debug > 0,
                           .open_only = s->open_only,
                           .ping_only = s->ping_only,
                           .service_scan = s->service_scan,
                           .list_only = s->list_only,
                           .raw = raw && !s->list_only,
                           .show_down = s->verbose > 0 || s->dns == DNS_ALWAYS,
                           .data_dir = SLICE("built in"),
                           .stylesheet = s->stylesheet};
}

static struct slice plan_payload(void *ctx, uint16_t port) {
    const struct payload *p = payloads_find(ctx, port);
    return p ? p->bytes : (struct slice){0};
}

static uint16_t plan_elsewhere(void *ctx, struct slice said) {
    return payloads_elsewhere(ctx, said);
}

bool plan_make(struct plan *p, const struct settings *s, const struct services *services, bool raw, uint64_t seed,
               struct engine_config *c, struct err *e) {
    *p = (struct plan){0};
    if (s->scan_udp && !raw)
        return err_set(e, ERR_PRIVILEGE, "a UDP scan needs the right to send packets");
    if (raw && (s->scan_udp || s->pings & 1U << PING_UDP)) {
        p->payloads = payloads_builtin(e);
        if (!p->payloads)
            return false;
        c->payload_of = plan_payload;
        c->elsewhere_of = plan_elsewhere;
        c->payload_ctx = p->payloads;
    }
    plan_probes(raw, c);
    plan_info(p, s, raw);
    if (!plan_pings(s, raw, c, e))
        return false;
    return plan_scans(p, s, services, raw, seed, c) || err_set(e, ERR_MEMORY, "no memory for the port list");
}

void plan_warn(const struct settings *s, bool raw, const struct log *log) {
    plan_pings_warn(s, raw, log);
    if ((!raw || s->scan == SCAN_CONNECT) && !s->list_only && s->source_port >= 0)
        log_message(
            log, LOG_WARNING,
            "-g with a connect scan: where the system does not let connections use port %d, ports look filtered",
            s->source_port);
}

void plan_finish(struct plan *p) {
    payloads_destroy(p->payloads);
    for (size_t i = 0; i < LL_COUNT(p->scans); i++) {
        free(p->scans[i].ports);
        buf_finish(&p->scans[i].text);
    }
}
