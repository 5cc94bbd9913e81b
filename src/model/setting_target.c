/* Targets, excluded targets and names. */
#include "base/num.h"
#include "model/option_ids.h"
#include "model/setting.h"

static bool target_file(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    struct slice path;
    return setting_text(s, row, value, &path, e) && setting_list_add(s, &s->target_files, path, e);
}

static bool exclude(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    struct slice rest = value, part;
    while (slice_split(&rest, ',', &part)) {
        part = slice_trim(part);
        if (part.n == 0)
            return setting_bad(e, row, value, "must be targets separated by commas, with none of them empty");
        if (!setting_list_add(s, &s->excludes, part, e))
            return false;
    }
    return true;
}

static bool exclude_file(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    struct slice path;
    return setting_text(s, row, value, &path, e) && setting_list_add(s, &s->exclude_files, path, e);
}

static bool ipv4(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->only_v4 = true;
    return true;
}

static bool ipv6(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->only_v6 = true;
    return true;
}

static bool randomize_hosts(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->randomize_hosts = true;
    return true;
}

static bool random_targets(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    if (s->random_targets)
        return setting_bad(e, row, value, "may be given once");
    s->random_targets = true;
    return setting_number(row, value, 0, UINT32_MAX, &s->random_count, e);
}

static bool resolve_all(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->resolve_all = true;
    return true;
}

static bool unique(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->unique = true;
    return true;
}

static bool seed(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    if (!num_any_base(value, &s->seed))
        return setting_bad(e, row, value, "must be a whole number, decimal or 0x hexadecimal, below 2^64");
    s->has_seed = true;
    return true;
}

static bool no_resolve(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->dns = DNS_NEVER;
    return true;
}

static bool resolve_always(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->dns = DNS_ALWAYS;
    return true;
}

static bool system_dns(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->system_dns = true;
    return true;
}

static bool dns_servers(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    struct slice rest = value, part;
    while (slice_split(&rest, ',', &part)) {
        struct addr server;
        part = slice_trim(part);
        if (!addr_parse(part, &server))
            return setting_bad(e, row, part, "must be IP addresses of name servers, separated by commas");
        if (!setting_list_add(s, &s->dns_servers, part, e))
            return false;
    }
    return true;
}

struct setting_group setting_target_group(void) {
    static const struct setting_handler v[] = {
        {OPT_TARGET_FILE, target_file},
        {OPT_EXCLUDE, exclude},
        {OPT_EXCLUDE_FILE, exclude_file},
        {OPT_IPV4, ipv4},
        {OPT_IPV6, ipv6},
        {OPT_RANDOMIZE_HOSTS, randomize_hosts},
        {OPT_RANDOM_TARGETS, random_targets},
        {OPT_RESOLVE_ALL, resolve_all},
        {OPT_UNIQUE, unique},
        {OPT_SEED, seed},
        {OPT_NO_RESOLVE, no_resolve},
        {OPT_RESOLVE_ALWAYS, resolve_always},
        {OPT_SYSTEM_DNS, system_dns},
        {OPT_DNS_SERVERS, dns_servers},
    };
    return (struct setting_group){v, LL_COUNT(v)};
}
