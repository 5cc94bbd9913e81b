/* Discovery probes that the user asks for; together they take the place of the default set. */
#include "model/option_ids.h"
#include "model/setting.h"

#define UDP_PORT 40125 /* of nobody: a port unreachable is hoped for */

static const char *ping_option(enum ping_kind k) {
    static const char *const names[PING_KINDS] = {"-PE", "-PS", "-PA", "-PP", "-PU", "-PM"};
    return names[k];
}

static bool ping(struct settings *s, enum ping_kind k) {
    s->pings |= 1U << k;
    return true;
}

static bool ping_with_ports(struct settings *s, enum ping_kind k, const struct option_row *row, struct slice value,
                            struct err *e) {
    if (s->pings & 1U << k && (s->ping_text[k].p || value.p))
        return setting_bad(e, row, value, "may be given once; separate the ports with commas");
    return ping(s, k) && (!value.p || setting_text(s, row, value, &s->ping_text[k], e));
}

static bool ping_syn(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return ping_with_ports(s, PING_SYN, row, value, e);
}

static bool ping_ack(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return ping_with_ports(s, PING_ACK, row, value, e);
}

static bool ping_udp(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return ping_with_ports(s, PING_UDP, row, value, e);
}

static bool ping_echo(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    return ping(s, PING_ECHO);
}

static bool ping_timestamp(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    return ping(s, PING_TIMESTAMP);
}

static bool ping_mask(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    return ping(s, PING_MASK);
}

static bool ping_mixed(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return ping(s, PING_ECHO) && ping(s, PING_TIMESTAMP) && ping_ack(s, row, value, e);
}

static bool ignore_rst(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->ignore_rst = true;
    return true;
}

struct setting_group setting_ping_group(void) {
    static const struct setting_handler v[] = {
        {OPT_PING_SYN, ping_syn},
        {OPT_PING_ACK, ping_ack},
        {OPT_PING_UDP, ping_udp},
        {OPT_PING_ECHO, ping_echo},
        {OPT_PING_TIMESTAMP, ping_timestamp},
        {OPT_PING_MASK, ping_mask},
        {OPT_PING_MIXED, ping_mixed},
        {OPT_DISCOVERY_IGNORE_RST, ignore_rst},
    };
    return (struct setting_group){v, LL_COUNT(v)};
}

/* The ports of one kind: those given or the usual one, without the excluded ones. */
static bool ping_ports(struct settings *s, enum ping_kind k, enum proto proto, uint16_t usual,
                       const struct services *services, const struct log *warn, struct err *e) {
    struct portspec spec = {0};
    if (!(s->pings & 1U << k))
        return true;
    if (!s->ping_text[k].p)
        portset_add(&spec.set[proto], usual);
    else if (!portspec_parse(s->ping_text[k], services, 1U << proto, &spec, e))
        return err_context(e, "%s", ping_option(k));
    if (portset_count(&spec.set[proto]) == 0)
        return err_set(e, ERR_USAGE, "%s names no %s port", ping_option(k), proto_text(proto));
    portset_remove_all(&spec.set[proto], &s->excluded_ports[proto]);
    if (portset_count(&spec.set[proto]) == 0)
        log_message(warn, LOG_WARNING, "--exclude-ports removes all ports of %s: it asks nobody", ping_option(k));
    s->ping_ports[k] = spec.set[proto];
    return true;
}

/* RFC 792 and RFC 950 messages that ICMPv6 does not have. */
static bool ping_families(struct settings *s, const struct log *warn, struct err *e) {
    unsigned v4_only = s->pings & (1U << PING_TIMESTAMP | 1U << PING_MASK);
    if (!s->only_v6 || !v4_only)
        return true;
    s->pings &= ~v4_only;
    if (!s->pings)
        return err_set(e, ERR_USAGE, "-PP and -PM exist for IPv4 only; with -6 use -PE");
    log_message(warn, LOG_WARNING, "-PP and -PM exist for IPv4 only: with -6 they are left out");
    return true;
}

bool setting_ping_complete(struct settings *s, const struct services *services, const struct log *warn, struct err *e) {
    if (s->pings && s->discovery == DISCOVER_NONE)
        log_message(warn, LOG_WARNING, "-Pn takes every target as up: the other discovery options are not used");
    return ping_families(s, warn, e) && ping_ports(s, PING_SYN, PROTO_TCP, 80, services, warn, e) &&
           ping_ports(s, PING_ACK, PROTO_TCP, 80, services, warn, e) &&
           ping_ports(s, PING_UDP, PROTO_UDP, UDP_PORT, services, warn, e);
}
