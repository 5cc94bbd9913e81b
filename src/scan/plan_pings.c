#include "scan/plan_pings.h"

#include "probe/list.h"

#define PINGS_TCP (1U << PING_SYN | 1U << PING_ACK)

static bool plan_ping(struct engine_config *c, const struct probe *p, uint16_t port, struct err *e) {
    if (c->n_pings == ENGINE_PINGS_MAX)
        return err_set(e, ERR_LIMIT, "more than %d discovery probes for each address; leave out some ports",
                       ENGINE_PINGS_MAX);
    c->pings[c->n_pings++] = (struct engine_ping){.probe = p, .port = port};
    return true;
}

static bool plan_ping_ports(struct engine_config *c, const struct probe *p, const struct portset *ports,
                            struct err *e) {
    for (unsigned port = 0; port <= UINT16_MAX; port++)
        if (portset_has(ports, (uint16_t)port) && !plan_ping(c, p, (uint16_t)port, e))
            return false;
    return true;
}

/* A port of the default set, unless --exclude-ports has it. */
static bool plan_usual_port(const struct settings *s, struct engine_config *c, const struct probe *p, uint16_t port,
                            struct err *e) {
    return portset_has(&s->excluded_ports[PROTO_TCP], port) || plan_ping(c, p, port, e);
}

static bool plan_usual(const struct settings *s, bool raw, struct engine_config *c, struct err *e) {
    if (!raw)
        return plan_usual_port(s, c, &probe_connect, 80, e) && plan_usual_port(s, c, &probe_connect, 443, e);
    return plan_ping(c, &probe_echo, 0, e) && plan_usual_port(s, c, &probe_syn, 443, e) &&
           plan_usual_port(s, c, &probe_tcp_ack, 80, e) && plan_ping(c, &probe_timestamp, 0, e);
}

static bool plan_raw(const struct settings *s, struct engine_config *c, struct err *e) {
    static const struct {
        enum ping_kind kind;
        const struct probe *probe;
    } rows[] = {{PING_ECHO, &probe_echo},           {PING_SYN, &probe_syn}, {PING_ACK, &probe_tcp_ack},
                {PING_TIMESTAMP, &probe_timestamp}, {PING_UDP, &probe_udp}, {PING_MASK, &probe_address_mask}};
    for (size_t i = 0; i < LL_COUNT(rows); i++) {
        enum ping_kind k = rows[i].kind;
        bool ports = k == PING_SYN || k == PING_ACK || k == PING_UDP;
        if (!(s->pings & 1U << k))
            continue;
        if (ports ? !plan_ping_ports(c, rows[i].probe, &s->ping_ports[k], e) : !plan_ping(c, rows[i].probe, 0, e))
            return false;
    }
    return true;
}

/* A connection shows as much as a SYN or an ACK; for ICMP there is nothing of the kind. */
static bool plan_dialled(const struct settings *s, struct engine_config *c, struct err *e) {
    if (!(s->pings & PINGS_TCP))
        return plan_usual(s, false, c, e);
    struct portset ports = s->ping_ports[PING_SYN];
    for (unsigned port = 0; port <= UINT16_MAX; port++)
        if (portset_has(&s->ping_ports[PING_ACK], (uint16_t)port))
            portset_add(&ports, (uint16_t)port);
    return plan_ping_ports(c, &probe_connect, &ports, e);
}

bool plan_pings(const struct settings *s, bool raw, struct engine_config *c, struct err *e) {
    c->n_pings = 0;
    if (s->discovery == DISCOVER_NONE || s->list_only)
        return true;
    if (!s->pings)
        return plan_usual(s, raw, c, e);
    if (!raw && s->pings & 1U << PING_UDP)
        return err_set(e, ERR_PRIVILEGE,
                       "-PU needs the right to send packets (root or CAP_NET_RAW): nothing else tells of UDP; "
                       "leave it out, or use -PS");
    return raw ? plan_raw(s, c, e) : plan_dialled(s, c, e);
}

void plan_pings_warn(const struct settings *s, bool raw, const struct log *log) {
    if (raw || s->list_only || s->discovery == DISCOVER_NONE || !(s->pings & ~PINGS_TCP))
        return;
    log_message(log, LOG_WARNING, "ICMP probes need privileges: TCP connections %s instead",
                s->pings & PINGS_TCP ? "to the ports of -PS and -PA ask" : "to ports 80 and 443 ask");
}
