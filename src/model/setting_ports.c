/* Which ports, and in which order. */
#include "base/num.h"
#include "model/option_ids.h"
#include "model/setting.h"

enum { DEFAULT_PORTS = 1000, FAST_PORTS = 100, LOW_PORTS = 1024 };

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

/* Frequencies by Zipf's law, from ranks: docs/options/port-ratio.md. */
#define RATIO_OF_THE_FIRST 0.5

static bool port_ratio(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    double ratio;
    if (!num_real(value, &ratio) || !(ratio > 0 && ratio < 1))
        return setting_bad(e, row, value, "must be a number above 0 and below 1, such as 0.01");
    if (ratio > RATIO_OF_THE_FIRST)
        return setting_bad(e, row, value, "no port is that frequent: the likeliest one counts as %.1f",
                           RATIO_OF_THE_FIRST);
    double n = RATIO_OF_THE_FIRST / ratio + 1e-9;
    s->port_ratio = ratio;
    s->top_ports = n >= 65535 ? 65535 : (unsigned)n;
    return true;
}

static bool sequential_ports(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->sequential_ports = true;
    return true;
}

static bool service_db(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return setting_text(s, row, value, &s->service_db, e);
}

static bool data_dir(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return setting_text(s, row, value, &s->data_dir, e);
}

struct setting_group setting_ports_group(void) {
    static const struct setting_handler v[] = {
        {OPT_PORTS, ports},
        {OPT_EXCLUDE_PORTS, exclude_ports},
        {OPT_FAST_PORTS, fast_ports},
        {OPT_TOP_PORTS, top_ports},
        {OPT_SEQUENTIAL_PORTS, sequential_ports},
        {OPT_SERVICE_DB, service_db},
        {OPT_DATA_DIR, data_dir},
        {OPT_PORT_RATIO, port_ratio},
    };
    return (struct setting_group){v, LL_COUNT(v)};
}

static unsigned scanned_protocols(const struct settings *s) {
    unsigned bits = 0;
    for (int p = 0; p < PROTO_COUNT; p++)
        bits |= settings_scans(s, (enum proto)p) ? 1U << p : 0;
    return bits;
}

/* -p names protocols that this run does not scan: they are left out, loudly. */
static void keep_scanned(const struct portspec *spec, struct settings *s, const struct log *warn) {
    for (int p = 0; p < PROTO_COUNT; p++) {
        if (settings_scans(s, (enum proto)p))
            s->ports[p] = spec->set[p];
        else if (portset_count(&spec->set[p]) > 0)
            log_message(warn, LOG_WARNING, "-p names %s ports, but no %s scan was asked for: they are left out",
                        proto_text((enum proto)p), proto_text((enum proto)p));
    }
}

static bool parse_ports(const struct settings *s, struct slice text, const char *option,
                        const struct services *services, struct portspec *spec, struct err *e) {
    *spec = (struct portspec){0};
    return portspec_parse(text, services, scanned_protocols(s), spec, e) || err_context(e, "%s", option);
}

/* Discovery asks ports of its own, so that all protocols are meant. */
static bool parse_excluded(struct settings *s, const struct services *services, struct err *e) {
    enum { ALL = 1 << PROTO_TCP | 1 << PROTO_UDP | 1 << PROTO_SCTP };
    struct portspec spec = {0};
    if (!s->exclude_port_text.p)
        return true;
    if (!portspec_parse(s->exclude_port_text, services, ALL, &spec, e))
        return err_context(e, "--exclude-ports");
    memcpy(s->excluded_ports, spec.set, sizeof s->excluded_ports);
    return true;
}

/* A scan without ports is left out, loudly; a run needs one that has some. */
static bool something_left(const struct settings *s, const struct log *warn, const char *why, const char *how,
                           struct err *e) {
    size_t left = 0;
    const char *empty = NULL;
    for (int p = 0; p < PROTO_COUNT; p++) {
        size_t n = settings_scans(s, (enum proto)p) ? portset_count(&s->ports[p]) : 0;
        left += n;
        if (n == 0 && settings_scans(s, (enum proto)p))
            empty = proto_text((enum proto)p);
    }
    if (left == 0)
        return err_set(e, ERR_USAGE, "no %s port is left to scan: %s%s",
                       proto_text(settings_scans(s, PROTO_TCP) ? PROTO_TCP : PROTO_UDP), why, how);
    if (empty)
        log_message(warn, LOG_WARNING, "no %s port is left to scan: %s; that scan is left out", empty, why);
    return true;
}

/* A table of the user's that ranks nothing: what it names, and without -F the low ports, too. */
static void choose_named(struct settings *s, enum proto p, const struct services *services) {
    services_all(services, p, &s->ports[p]);
    if (!s->fast_ports && !s->service_db.p)
        portset_add_range(&s->ports[p], 1, LOW_PORTS);
}

static const char *top_option(const struct settings *s) {
    return s->port_ratio > 0 ? "--port-ratio" : s->top_ports ? "--top-ports" : NULL;
}

static void choose_top(struct settings *s, enum proto p, const struct services *services, const struct log *warn) {
    bool fast = s->fast_ports || s->service_db.p;
    size_t wanted = s->top_ports ? s->top_ports : fast ? FAST_PORTS : DEFAULT_PORTS;
    struct portset within = s->ports[p];
    portset_clear(&s->ports[p]);
    if (!s->top_ports && services_ranked(services, p) == 0) {
        choose_named(s, p, services);
        return;
    }
    size_t got = services_top(services, p, wanted, s->port_text.p ? &within : NULL, &s->ports[p]);
    if (s->port_ratio > 0)
        log_message(
            warn, LOG_WARNING,
            "--port-ratio: the %zu likeliest %s ports are scanned; our table ranks ports, it has not counted them", got,
            proto_text(p));
    else if (got < wanted && s->top_ports && !s->port_text.p)
        log_message(warn, LOG_WARNING, "--top-ports %u: the port table has only %zu %s ports; these are scanned",
                    s->top_ports, got, proto_text(p));
}

static bool exclude_given(struct settings *s, const struct log *warn, struct err *e) {
    for (int p = 0; p < PROTO_COUNT; p++)
        portset_remove_all(&s->ports[p], &s->excluded_ports[p]);
    return something_left(s, warn, "--exclude-ports removes all of them", "", e);
}

/* The ports of -p. */
static bool take_given(struct settings *s, const struct services *services, const struct log *warn, struct err *e) {
    struct portspec spec;
    if (!parse_ports(s, s->port_text, "-p", services, &spec, e))
        return false;
    if (spec.duplicate)
        log_message(warn, LOG_WARNING, "-p names some ports more than once; each is scanned once");
    keep_scanned(&spec, s, warn);
    const char *how = settings_scans(s, PROTO_TCP) ? "; add some, such as -p T:22" : "; add some, such as -p U:53";
    return something_left(s, warn, "-p names none", how, e);
}

/* The most frequent ones: of all, or of those of -p. */
static bool take_top(struct settings *s, const struct services *services, const struct log *warn, struct err *e) {
    for (int p = 0; p < PROTO_COUNT; p++)
        if (settings_scans(s, (enum proto)p))
            choose_top(s, (enum proto)p, services, warn);
    const char *why = s->port_text.p ? "none of the ports of -p is among the --top-ports" : "the port table has none";
    return something_left(s, warn, why, "", e);
}

static bool without_ports(const struct settings *s, struct err *e) {
    const char *given = s->port_text.p ? "-p" : s->fast_ports ? "-F" : top_option(s);
    const char *mode = s->list_only ? "-sL" : "-sn";
    return !given ||
           err_set(e, ERR_USAGE, "%s and %s together: %s scans no ports; leave out one of them", given, mode, mode);
}

bool setting_ports_complete(struct settings *s, const struct services *services, const struct log *warn,
                            struct err *e) {
    if (!parse_excluded(s, services, e))
        return false;
    if (s->list_only || s->ping_only)
        return without_ports(s, e);
    if (s->fast_ports && s->port_text.p)
        return err_set(e, ERR_USAGE,
                       "-F and -p together: -F chooses the ports itself; leave out one of them "
                       "(--top-ports with -p takes the most frequent of the ports of -p)");
    if (s->port_text.p && !take_given(s, services, warn, e))
        return false;
    if ((!s->port_text.p || s->top_ports) && !take_top(s, services, warn, e))
        return false;
    return !s->exclude_port_text.p || exclude_given(s, warn, e);
}
