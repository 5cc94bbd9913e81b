/* Timing: the six templates, and the options that override single values of them whatever the order. */
#include "base/num.h"
#include "model/option_ids.h"
#include "model/setting.h"

#define MS(n) ((int64_t)(n)*NS_PER_MS)
#define S(n) ((int64_t)(n)*NS_PER_S)

/* Numbers without a unit from here on were most likely meant as milliseconds. */
static const double suspicious_rtt = 50, suspicious_delay = 100, suspicious_host = 10000, suspicious_run = 1000000;

static const double probability_least = 1e-9;
enum { GROUP_MAX = 100000, PARALLELISM_MAX = 1000000, RETRIES_MAX = 1000 };

static const char *const template_names[] = {"paranoid", "sneaky", "polite", "normal", "aggressive", "insane"};

static const struct timing templates[] = {
    {.initial_rtt = S(300),
     .min_rtt = MS(100),
     .max_rtt = S(300),
     .max_retries = 10,
     .scan_delay = S(300),
     .max_scan_delay = S(300),
     .max_parallelism = 1,
     .host_rate_max = 30000,
     .prefix_rate_max = 100000},
    {.initial_rtt = S(15),
     .min_rtt = MS(100),
     .max_rtt = S(15),
     .max_retries = 10,
     .scan_delay = S(15),
     .max_scan_delay = S(15),
     .max_parallelism = 1,
     .host_rate_max = 30000,
     .prefix_rate_max = 100000},
    {.initial_rtt = S(1),
     .min_rtt = MS(100),
     .max_rtt = S(10),
     .max_retries = 10,
     .scan_delay = MS(400),
     .max_scan_delay = S(1),
     .max_parallelism = 1,
     .host_rate_max = 30000,
     .prefix_rate_max = 100000},
    {.initial_rtt = S(1),
     .min_rtt = MS(100),
     .max_rtt = S(10),
     .max_retries = 10,
     .max_scan_delay = S(1),
     .host_rate_max = 30000,
     .prefix_rate_max = 100000},
    {.initial_rtt = MS(500),
     .min_rtt = MS(100),
     .max_rtt = MS(1250),
     .max_retries = 6,
     .max_scan_delay = MS(10),
     .host_rate_max = 100000,
     .prefix_rate_max = 100000},
    {.initial_rtt = MS(250),
     .min_rtt = MS(50),
     .max_rtt = MS(300),
     .max_retries = 2,
     .max_scan_delay = MS(5),
     .host_timeout = S(900),
     .host_rate_max = 1e9,
     .prefix_rate_max = 1e9},
};
static const double default_completeness = 1e-4;

static bool timing_template(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    for (int i = 0; i < (int)LL_COUNT(templates); i++) {
        char digit = (char)('0' + i);
        if (slice_eq_nocase(value, slice_of(template_names[i])) || (value.n == 1 && value.p[0] == digit)) {
            s->timing.template_level = i;
            return true;
        }
    }
    return setting_bad(e, row, value, "must be 0 to 5, or paranoid, sneaky, polite, normal, aggressive or insane");
}

/* The shape of most options here: read a value, keep it, remember that it was given. */
static bool keep_time(struct settings *s, const struct option_row *row, struct slice value, double suspicious,
                      int64_t least, enum timing_value bit, int64_t *out, struct err *e) {
    int64_t t;
    if (!setting_time(row, value, suspicious, &t, e))
        return false;
    if (t < least)
        return setting_bad(e, row, value, "is too short; the least is %gms", (double)least / (double)NS_PER_MS);
    *out = t;
    s->timing_given |= (unsigned)bit;
    return true;
}

static bool keep_count(struct settings *s, const struct option_row *row, struct slice value, uint64_t least,
                       uint64_t most, unsigned bit, unsigned *out, struct err *e) {
    uint64_t n;
    if (!setting_number(row, value, least, most, &n, e))
        return false;
    *out = (unsigned)n;
    s->timing_given |= bit;
    return true;
}

static bool min_rtt(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return keep_time(s, row, value, suspicious_rtt, NS_PER_MS, TIMING_MIN_RTT, &s->timing.min_rtt, e);
}

static bool max_rtt(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return keep_time(s, row, value, suspicious_rtt, MS(5), TIMING_MAX_RTT, &s->timing.max_rtt, e);
}

static bool initial_rtt(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return keep_time(s, row, value, suspicious_rtt, NS_PER_MS, TIMING_INITIAL_RTT, &s->timing.initial_rtt, e);
}

static bool host_timeout(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return keep_time(s, row, value, suspicious_host, 0, TIMING_HOST_TIMEOUT, &s->timing.host_timeout, e);
}

static bool max_runtime(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return setting_time(row, value, suspicious_run, &s->max_runtime, e);
}

static bool max_open(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return keep_count(s, row, value, 1, 65535, 0, &s->max_open, e);
}

static bool scan_delay(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return keep_time(s, row, value, suspicious_delay, 0, TIMING_SCAN_DELAY, &s->timing.scan_delay, e);
}

static bool max_scan_delay(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return keep_time(s, row, value, suspicious_delay, 0, TIMING_MAX_SCAN_DELAY, &s->timing.max_scan_delay, e);
}

static bool max_retries(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return keep_count(s, row, value, 0, RETRIES_MAX, TIMING_RETRIES, &s->timing.max_retries, e);
}

static bool min_parallelism(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return keep_count(s, row, value, 1, PARALLELISM_MAX, TIMING_MIN_PARALLELISM, &s->timing.min_parallelism, e);
}

static bool max_parallelism(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return keep_count(s, row, value, 1, PARALLELISM_MAX, TIMING_MAX_PARALLELISM, &s->timing.max_parallelism, e);
}

static bool min_hostgroup(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return keep_count(s, row, value, 1, GROUP_MAX, 0, &s->timing.min_hostgroup, e);
}

static bool max_hostgroup(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return keep_count(s, row, value, 1, GROUP_MAX, 0, &s->timing.max_hostgroup, e);
}

static bool rate(const struct option_row *row, struct slice value, double *out, struct err *e) {
    double r;
    if (!num_real(value, &r) || !(r > 0) || r > 1e9)
        return setting_bad(e, row, value, "must be packets per second, above 0 and at most 1000000000");
    *out = r;
    return true;
}

static bool min_rate(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return rate(row, value, &s->timing.min_rate, e);
}

static bool max_rate(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return rate(row, value, &s->timing.max_rate, e);
}

static bool completeness(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    double p;
    if (!num_real(value, &p) || !(p >= probability_least) || !(p < 1))
        return setting_bad(e, row, value, "must be a probability between 0.000000001 and 1, such as 0.0001");
    s->timing.completeness = p;
    s->timing_given |= TIMING_COMPLETENESS;
    return true;
}

struct setting_group setting_timing_group(void) {
    static const struct setting_handler v[] = {
        {OPT_TIMING_TEMPLATE, timing_template},
        {OPT_MIN_RTT_TIMEOUT, min_rtt},
        {OPT_MAX_RTT_TIMEOUT, max_rtt},
        {OPT_INITIAL_RTT_TIMEOUT, initial_rtt},
        {OPT_HOST_TIMEOUT, host_timeout},
        {OPT_MAX_RUNTIME, max_runtime},
        {OPT_MAX_OPEN, max_open},
        {OPT_SCAN_DELAY, scan_delay},
        {OPT_MAX_SCAN_DELAY, max_scan_delay},
        {OPT_MAX_RETRIES, max_retries},
        {OPT_MIN_PARALLELISM, min_parallelism},
        {OPT_MAX_PARALLELISM, max_parallelism},
        {OPT_MIN_HOSTGROUP, min_hostgroup},
        {OPT_MAX_HOSTGROUP, max_hostgroup},
        {OPT_MIN_RATE, min_rate},
        {OPT_MAX_RATE, max_rate},
        {OPT_COMPLETENESS, completeness},
    };
    return (struct setting_group){v, LL_COUNT(v)};
}

/* The template, with what the user gave on top of it. */
static struct timing merged(const struct timing *user, unsigned given) {
    struct timing t = templates[user->template_level];
    t.template_level = user->template_level;
    t.completeness = given & TIMING_COMPLETENESS ? user->completeness : default_completeness;
    if (given & TIMING_INITIAL_RTT)
        t.initial_rtt = user->initial_rtt;
    if (given & TIMING_MIN_RTT)
        t.min_rtt = user->min_rtt;
    if (given & TIMING_MAX_RTT)
        t.max_rtt = user->max_rtt;
    if (given & TIMING_RETRIES)
        t.max_retries = user->max_retries;
    if (given & TIMING_SCAN_DELAY)
        t.scan_delay = user->scan_delay;
    if (given & TIMING_MAX_SCAN_DELAY)
        t.max_scan_delay = user->max_scan_delay;
    if (given & TIMING_MIN_PARALLELISM)
        t.min_parallelism = user->min_parallelism;
    if (given & TIMING_MAX_PARALLELISM)
        t.max_parallelism = user->max_parallelism;
    if (given & TIMING_HOST_TIMEOUT)
        t.host_timeout = user->host_timeout;
    t.min_rate = user->min_rate;
    t.max_rate = user->max_rate;
    t.min_hostgroup = user->min_hostgroup;
    t.max_hostgroup = user->max_hostgroup;
    return t;
}

/* min <= initial <= max: a value of the user's drags those of the template with it. */
static bool order_rtt(struct timing *t, unsigned given, struct err *e) {
    bool has_min = given & TIMING_MIN_RTT, has_max = given & TIMING_MAX_RTT, has_initial = given & TIMING_INITIAL_RTT;
    if (has_initial && !has_min)
        t->min_rtt = ll_min_i64(t->min_rtt, t->initial_rtt);
    if (has_initial && !has_max)
        t->max_rtt = ll_max_i64(t->max_rtt, t->initial_rtt);
    if (has_max && !has_min)
        t->min_rtt = ll_min_i64(t->min_rtt, t->max_rtt);
    if (has_min && !has_max)
        t->max_rtt = ll_max_i64(t->max_rtt, t->min_rtt);
    if (t->min_rtt > t->max_rtt)
        return err_set(e, ERR_USAGE,
                       "--min-rtt-timeout (%gms) is above --max-rtt-timeout (%gms); lower the first or "
                       "raise the second",
                       (double)t->min_rtt / (double)NS_PER_MS, (double)t->max_rtt / (double)NS_PER_MS);
    t->initial_rtt = ll_max_i64(t->min_rtt, ll_min_i64(t->max_rtt, t->initial_rtt));
    return true;
}

static bool check_pairs(const struct timing *t, struct err *e) {
    if (t->min_rate > 0 && t->max_rate > 0 && t->min_rate > t->max_rate)
        return err_set(e, ERR_USAGE, "--min-rate %g is above --max-rate %g; lower the first or raise the second",
                       t->min_rate, t->max_rate);
    if (t->max_parallelism && t->min_parallelism > t->max_parallelism)
        return err_set(e, ERR_USAGE,
                       "--min-parallelism %u is above --max-parallelism %u; lower the first or raise "
                       "the second",
                       t->min_parallelism, t->max_parallelism);
    if (t->max_hostgroup && t->min_hostgroup > t->max_hostgroup)
        return err_set(e, ERR_USAGE,
                       "--min-hostgroup %u is above --max-hostgroup %u; lower the first or raise the "
                       "second",
                       t->min_hostgroup, t->max_hostgroup);
    return true;
}

bool setting_timing_complete(struct settings *s, const struct log *warn, struct err *e) {
    unsigned given = s->timing_given;
    struct timing t = merged(&s->timing, given);
    /* T0 to T2 ask one port at a time; a user who wants more in flight gets it. */
    if ((given & TIMING_MIN_PARALLELISM) && !(given & TIMING_MAX_PARALLELISM) && t.min_parallelism > t.max_parallelism)
        t.max_parallelism = t.max_parallelism ? t.min_parallelism : 0;
    if (!order_rtt(&t, given, e) || !check_pairs(&t, e))
        return false;
    t.max_scan_delay = ll_max_i64(t.max_scan_delay, t.scan_delay);
    if (t.scan_delay > 0) {
        double by_delay = (double)NS_PER_S / (double)t.scan_delay;
        t.host_rate_max = by_delay < t.host_rate_max ? by_delay : t.host_rate_max;
    }
    if ((given & TIMING_SCAN_DELAY) && t.scan_delay > 0 && (given & (TIMING_MIN_PARALLELISM | TIMING_MAX_PARALLELISM)))
        log_message(warn, LOG_WARNING,
                    "--min-parallelism and --max-parallelism are not used: --scan-delay sets the pace of each host");
    if ((given & TIMING_MAX_RTT) && t.max_rtt < MS(20))
        log_message(warn, LOG_WARNING, "--max-rtt-timeout %gms is very short: answers that take longer are missed",
                    (double)t.max_rtt / (double)NS_PER_MS);
    s->timing = t;
    return true;
}
