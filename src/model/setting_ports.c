/* Which ports, and in which order. */
#include "model/option_ids.h"
#include "model/setting.h"

enum { DEFAULT_PORTS = 1000, FAST_PORTS = 100 };

static bool ports(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    if (s->port_text.p)
        return setting_bad(e, row, value, "may be given once; separate the ports with commas");
    return setting_text(s, row, value, &s->port_text, e);
}

static bool exclude_ports(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    if (s->exclude_port_text.p)
        return setting_bad(e, row, value, "may be given once; separate the ports with commas");
    return setting_text(s, row, value, &s->exclude_port_text, e);
}

static bool fast_ports(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->fast_ports = true;
    return true;
}

static bool top_ports(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    uint64_t n;
    if (!setting_number(row, value, 1, 65535, &n, e))
        return false;
    s->top_ports = (unsigned)n;
    return true;
}

static bool sequential_ports(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->sequential_ports = true;
    return true;
}

struct setting_group setting_ports_group(void) {
    static const struct setting_handler v[] = {
        {OPT_PORTS, ports},         {OPT_EXCLUDE_PORTS, exclude_ports},       {OPT_FAST_PORTS, fast_ports},
        {OPT_TOP_PORTS, top_ports}, {OPT_SEQUENTIAL_PORTS, sequential_ports},
    };
    return (struct setting_group){v, LL_COUNT(v)};
}

static const unsigned scanned_protocols = 1U << PROTO_TCP;

/* -p names protocols that this run does not scan: they are left out, loudly. */
static void keep_scanned(const struct portspec *spec, struct settings *s, const struct log *warn) {
    for (int p = 0; p < PROTO_COUNT; p++) {
        if (scanned_protocols & (1U << p))
            s->ports[p] = spec->set[p];
        else if (portset_count(&spec->set[p]) > 0)
            log_message(warn, LOG_WARNING, "-p names %s ports, but no %s scan was asked for: they are left out",
                        proto_text((enum proto)p), proto_text((enum proto)p));
    }
}

static bool parse_ports(struct slice text, const char *option, const struct services *services, struct portspec *spec,
                        struct err *e) {
    *spec = (struct portspec){0};
    return portspec_parse(text, services, scanned_protocols, spec, e) || err_context(e, "%s", option);
}

static bool nothing_left(const struct settings *s, enum proto p, const char *why, struct err *e) {
    return portset_count(&s->ports[p]) > 0 ||
           err_set(e, ERR_USAGE, "no %s port is left to scan: %s", proto_text(p), why);
}

static bool choose_top(struct settings *s, const struct services *services, const struct log *warn, struct err *e) {
    size_t wanted = s->top_ports ? s->top_ports : s->fast_ports ? FAST_PORTS : DEFAULT_PORTS;
    struct portset within = s->ports[PROTO_TCP];
    portset_clear(&s->ports[PROTO_TCP]);
    size_t got = services_top(services, PROTO_TCP, wanted, s->port_text.p ? &within : NULL, &s->ports[PROTO_TCP]);
    if (got < wanted && s->top_ports && !s->port_text.p)
        log_message(warn, LOG_WARNING, "--top-ports %u: the port table has only %zu ports; these are scanned",
                    s->top_ports, got);
    return nothing_left(s, PROTO_TCP, "none of the ports of -p is among the --top-ports", e);
}

bool setting_ports_complete(struct settings *s, const struct services *services, const struct log *warn,
                            struct err *e) {
    if (s->list_only || s->ping_only) {
        const char *given = s->port_text.p ? "-p" : s->fast_ports ? "-F" : s->top_ports ? "--top-ports" : NULL;
        const char *mode = s->list_only ? "-sL" : "-sn";
        return !given ||
               err_set(e, ERR_USAGE, "%s and %s together: %s scans no ports; leave out one of them", given, mode, mode);
    }
    if (s->fast_ports && s->port_text.p)
        return err_set(e, ERR_USAGE,
                       "-F and -p together: -F chooses the ports itself; leave out one of them "
                       "(--top-ports with -p takes the most frequent of the ports of -p)");
    struct portspec spec;
    if (s->port_text.p) {
        if (!parse_ports(s->port_text, "-p", services, &spec, e))
            return false;
        if (spec.duplicate)
            log_message(warn, LOG_WARNING, "-p names some ports more than once; each is scanned once");
        keep_scanned(&spec, s, warn);
        if (!nothing_left(s, PROTO_TCP, "-p names none; add some, such as -p T:22", e))
            return false;
    }
    if ((!s->port_text.p || s->top_ports) && !choose_top(s, services, warn, e))
        return false;
    if (s->exclude_port_text.p) {
        if (!parse_ports(s->exclude_port_text, "--exclude-ports", services, &spec, e))
            return false;
        for (int p = 0; p < PROTO_COUNT; p++)
            portset_remove_all(&s->ports[p], &spec.set[p]);
        return nothing_left(s, PROTO_TCP, "--exclude-ports removes all of them", e);
    }
    return true;
}
