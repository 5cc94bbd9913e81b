/* Discovery, scan types, and how packets leave. */
#include "model/option_ids.h"
#include "model/setting.h"

static bool list_scan(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->list_only = true;
    return true;
}

static bool ping_scan(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->ping_only = true;
    return true;
}

static bool no_ping(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->discovery = DISCOVER_NONE;
    return true;
}

static bool disable_arp_ping(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->no_arp = true;
    return true;
}

static const char *scan_type_option(enum scan_type t) {
    return t == SCAN_SYN ? "-sS" : "-sT";
}

static bool choose_scan(struct settings *s, enum scan_type t, struct err *e) {
    if (s->scan != SCAN_DEFAULT && s->scan != t)
        return err_set(e, ERR_USAGE, "%s and %s together: a run has one kind of TCP scan; choose one of them",
                       scan_type_option(s->scan), scan_type_option(t));
    s->scan = t;
    return true;
}

static bool syn_scan(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value;
    return choose_scan(s, SCAN_SYN, e);
}

static bool connect_scan(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value;
    return choose_scan(s, SCAN_CONNECT, e);
}

static bool udp_scan(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->scan_udp = true;
    return true;
}

static bool defeat_icmp_ratelimit(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->defeat_icmp_ratelimit = true;
    return true;
}

static bool interface(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    enum { NAME_MAX_BYTES = 15 }; /* IFNAMSIZ without the NUL */
    bool blank = false;
    for (size_t i = 0; i < value.n; i++)
        blank = blank || value.p[i] == '/' || (unsigned char)value.p[i] <= ' ';
    if (value.n == 0 || value.n > NAME_MAX_BYTES || blank)
        return setting_bad(e, row, value, "must be the name of a network interface, such as eth0 (see: ip link)");
    return setting_text(s, row, value, &s->interface, e);
}

static bool source_address(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    struct addr a;
    if (!addr_parse(value, &a))
        return setting_bad(e, row, value, "must be an IP address, such as 192.0.2.10");
    return setting_text(s, row, value, &s->source, e);
}

static bool source_port(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    uint64_t n;
    if (!setting_number(row, value, 1, 65535, &n, e))
        return false;
    s->source_port = (int)n;
    return true;
}

static bool ttl(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    uint64_t n;
    if (!setting_number(row, value, 0, 255, &n, e))
        return false;
    s->ttl = (int)n;
    return true;
}

struct setting_group setting_scan_group(void) {
    static const struct setting_handler v[] = {
        {OPT_LIST_SCAN, list_scan},     {OPT_PING_SCAN, ping_scan},
        {OPT_NO_PING, no_ping},         {OPT_DISABLE_ARP_PING, disable_arp_ping},
        {OPT_SYN_SCAN, syn_scan},       {OPT_CONNECT_SCAN, connect_scan},
        {OPT_UDP_SCAN, udp_scan},       {OPT_DEFEAT_ICMP_RATELIMIT, defeat_icmp_ratelimit},
        {OPT_INTERFACE, interface},     {OPT_SOURCE_ADDRESS, source_address},
        {OPT_SOURCE_PORT, source_port}, {OPT_TTL, ttl},
    };
    return (struct setting_group){v, LL_COUNT(v)};
}

bool setting_scan_complete(struct settings *s, const struct log *warn, struct err *e) {
    const char *no_ports = s->list_only ? "-sL" : s->ping_only ? "-sn" : NULL;
    if (no_ports && (s->scan != SCAN_DEFAULT || s->scan_udp))
        return err_set(e, ERR_USAGE, "%s and %s together: %s scans no ports; leave out one of them", no_ports,
                       s->scan_udp ? "-sU" : scan_type_option(s->scan), no_ports);
    if (s->defeat_icmp_ratelimit && !s->scan_udp)
        return err_set(e, ERR_USAGE, "--defeat-icmp-ratelimit is about the UDP scan: add -sU, or leave it out");
    if (s->list_only)
        s->ping_only = false; /* listing is less than pinging: it wins */
    if (s->only_v4 && s->only_v6)
        s->only_v4 = s->only_v6 = false;
    if (s->random_targets && s->only_v6)
        return err_set(e, ERR_USAGE, "-iR and -6 together: random addresses are IPv4; nearly all of IPv6 is empty");
    if (s->system_dns && s->dns_servers.n > 0)
        log_message(warn, LOG_WARNING, "--dns-servers is not used: --system-dns asks the system's own resolver");
    return true;
}
