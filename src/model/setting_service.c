/* Service detection. */
#include "model/option_ids.h"
#include "model/setting.h"

enum { INTENSITY_LIGHT = 2, INTENSITY_DEFAULT = 7, INTENSITY_ALL = 9 };

static bool service_scan(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->service_scan = true;
    return true;
}

static bool intensity(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    uint64_t n;
    if (!setting_number(row, value, 0, INTENSITY_ALL, &n, e))
        return false;
    s->version_intensity = (unsigned)n;
    s->version_intensity_given = true;
    return true;
}

static bool light(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->version_intensity = INTENSITY_LIGHT;
    s->version_intensity_given = true;
    return true;
}

static bool all(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->version_intensity = INTENSITY_ALL;
    s->version_intensity_given = true;
    return true;
}

static bool trace(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->version_trace = true;
    return true;
}

static bool all_ports(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->all_ports = true;
    return true;
}

static bool version_db(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return setting_text(s, row, value, &s->version_db, e);
}

static bool version_db_cache(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    bool off = slice_eq(value, slice_of("off"));
    s->version_db_cache = (struct slice){0};
    return off || setting_text(s, row, value, &s->version_db_cache, e);
}

struct setting_group setting_service_group(void) {
    static const struct setting_handler v[] = {
        {OPT_SERVICE_SCAN, service_scan}, {OPT_VERSION_INTENSITY, intensity},
        {OPT_VERSION_LIGHT, light},       {OPT_VERSION_ALL, all},
        {OPT_VERSION_TRACE, trace},       {OPT_ALL_PORTS, all_ports},
        {OPT_VERSION_DB, version_db},     {OPT_VERSION_DB_CACHE, version_db_cache},
    };
    return (struct setting_group){v, LL_COUNT(v)};
}

bool setting_service_complete(struct settings *s, const struct log *warn, struct err *e) {
    (void)e;
    if (!s->version_intensity_given)
        s->version_intensity = INTENSITY_DEFAULT;
    if (s->service_scan && (s->list_only || s->ping_only)) {
        log_message(warn, LOG_WARNING, "-sV has no effect: %s scans no ports", s->list_only ? "-sL" : "-sn");
        s->service_scan = false;
    }
    if (!s->service_scan && (s->version_intensity_given || s->version_trace || s->version_db.n > 0 || s->all_ports))
        log_message(warn, LOG_WARNING,
                    "--version-..., --versiondb and --allports have no effect without service detection: add -sV");
    if (s->version_db_cache.n && !s->version_db.n)
        log_message(warn, LOG_WARNING, "--versiondb-cache has no effect without --versiondb");
    return true;
}
