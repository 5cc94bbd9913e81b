/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include "model/option.h"

#include <string.h>

#include "model/option_ids.h"

static const char table[] = "22\ttcp\tssh\t-\t-\t2\n"
                            "25\ttcp\tsmtp\t-\t-\t3\n"
                            "53\tudp\tdomain\t-\t-\t1\n"
                            "80\ttcp\thttp\t-\t-\t1\n"
                            "443\ttcp\thttps\t-\t-\t4\n"
                            "8080\ttcp\thttp-alt\t-\t-\t-\n";

struct run {
    struct settings s;
    char warnings[512];
};

static void keep_warning(void *ctx, enum log_level level, const char *text) {
    char *to = ctx;
    assert_int_equal(level, LOG_WARNING);
    size_t n = strlen(text);
    assert_true(n < sizeof((struct run *)NULL)->warnings);
    memcpy(to, text, n + 1);
}

/* As a library would do it: options by name, values behind "=" or right behind a short name. */
static void begin(struct run *t, const char *words) {
    struct err e = {0};
    struct slice rest = slice_of(words), word;
    *t = (struct run){.warnings = ""};
    assert_true(settings_init(&t->s, &e));
    while (slice_word(&rest, &word)) {
        size_t equals = slice_find(word, '=');
        struct slice value = slice_skip(word, equals + 1);
        const struct option_row *row = option_find(slice_sub(word, 0, equals), &e);
        bool has_value = equals < word.n;
        if (!row) {
            row = option_attached(word, &value);
            has_value = true;
        }
        if (!row || !option_apply(&t->s, row, has_value ? &value : NULL, &e))
            fail_msg("\"%s\": %s", words, e.text);
    }
    struct services *services = services_parse(SLICE(table), "test.tsv", &e);
    struct log warn = {.emit = keep_warning, .ctx = t->warnings};
    if (!services || !option_complete(&t->s, services, &warn, &e))
        fail_msg("\"%s\": %s", words, e.text);
    services_destroy(services);
}

static void end(struct run *t) {
    settings_finish(&t->s);
}

static void names_are_found(void **state) {
    (void)state;
    static const struct {
        const char *name, *found; /* NULL: not found */
    } cases[] = {
        {"exclude", "exclude"},
        {"--exclude", "exclude"},
        {"-exclude", "exclude"},
        {"excludef", "excludefile"},
        {"--exclude-p", "exclude-ports"},
        {"exclud", NULL},
        {"p", "p"},
        {"-sS", "sS"},
        {"ss", NULL},
        {"sS2", NULL},
        {"", NULL},
        {"--", NULL},
        {"source", "source-port"},
        {"fuz", "fuzzy"},
        {"osscan-g", "osscan-guess"},
        {"prox", "proxies"},
    };
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct err e = {0};
        const struct option_row *row = option_find(slice_of(cases[i].name), &e);
        if (!cases[i].found != !row || (row && strcmp(row->name, cases[i].found) != 0))
            fail_msg("\"%s\" finds %s: %s", cases[i].name, row ? row->name : "nothing", e.text);
        assert_true(row || e.text[0]);
    }
}

static void attached_values_are_found(void **state) {
    (void)state;
    static const struct {
        const char *token, *name, *value;
    } cases[] = {
        {"-p22", "p", "22"}, {"oXfile", "oX", "file"}, {"-v3", "v", "3"},     {"T4", "T", "4"},   {"-p-", "p", "-"},
        {"iLx", "iL", "x"},  {"ix", "i", "x"},         {"-PS80", "PS", "80"}, {"-p", NULL, NULL}, {"-sSx", NULL, NULL},
        {"-pr", NULL, NULL}, {"-e", NULL, NULL},       {"", NULL, NULL},
    };
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct slice value = {NULL, 0};
        const struct option_row *row = option_attached(slice_of(cases[i].token), &value);
        if (!cases[i].name != !row || (row && strcmp(row->name, cases[i].name) != 0))
            fail_msg("\"%s\" is %s", cases[i].token, row ? row->name : "nothing");
        assert_true(!row || slice_eq(value, slice_of(cases[i].value)));
    }
}

/* Messages stay one short printable line, whatever was typed. */
static void strange_names_stay_short(void **state) {
    (void)state;
    char name[600];
    memset(name, 'x', sizeof name);
    memcpy(name, "--\n\x1b[31m\xff", 9);
    for (size_t n = 0; n < sizeof name; n++) {
        struct err e = {0};
        const struct option_row *row = option_find((struct slice){name, n}, &e);
        assert_null(row);
        assert_true(strlen(e.text) < 200);
        for (const char *p = e.text; *p; p++)
            assert_true(*p >= ' ' && *p <= '~');
    }
}

static void port_sets(void **state) {
    (void)state;
    static const struct {
        const char *words;
        const char *ports;
        const char *warning; /* beginning, or NULL for none */
        const char *udp;     /* NULL for none */
    } cases[] = {
        {"", "22,25,80,443,8080", NULL, NULL},
        {"-F", "22,25,80,443,8080", NULL, NULL},
        {"--top-ports=2", "22,80", NULL, NULL},
        {"-F --top-ports=2", "22,80", NULL, NULL},
        {"--top-ports=9", "22,25,80,443,8080", "--top-ports 9: the port table has only 5 tcp ports", NULL},
        {"-p22", "22", NULL, NULL},
        {"-p=22,80-82", "22,80-82", NULL, NULL},
        {"-p=22", "22", NULL, NULL},
        {"-p=-3", "1-3", NULL, NULL},
        {"-p- --exclude-ports=4-", "1-3", NULL, NULL},
        {"-p=http*", "80,443,8080", NULL, NULL},
        {"-p=22-100 --top-ports=2", "22,80", NULL, NULL},
        {"--exclude-ports=80,ssh", "25,443,8080", NULL, NULL},
        {"-p=22,22", "22", "-p names some ports more than once", NULL},
        {"-p=T:22,U:53", "22", "-p names udp ports, but no udp scan was asked for", NULL},
        {"-sU -p=53-54", "", NULL, "53-54"},
        {"-sS -sU -p=53", "53", NULL, "53"},
        {"-sS -sU -p=T:22,U:53", "22", NULL, "53"},
        {"-sT -sU -F", "22,25,80,443,8080", NULL, "53"},
        {"-sU -p=T:22,U:53", "", "-p names tcp ports, but no tcp scan was asked for", "53"},
        {"-sS -sU -p=U:53", "", "no tcp port is left to scan: -p names none; that scan is left out", "53"},
    };
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct run t;
        begin(&t, cases[i].words);
        struct buf b;
        buf_init(&b, 4096);
        portset_format(&t.s.ports[PROTO_TCP], &b);
        if (strcmp(buf_cstr(&b), cases[i].ports) != 0)
            fail_msg("\"%s\" scans %s, not %s", cases[i].words, buf_cstr(&b), cases[i].ports);
        buf_clear(&b);
        portset_format(&t.s.ports[PROTO_UDP], &b);
        assert_string_equal(buf_cstr(&b), cases[i].udp ? cases[i].udp : "");
        buf_finish(&b);
        const char *warning = cases[i].warning ? cases[i].warning : "";
        if (strncmp(t.warnings, warning, cases[i].warning ? strlen(warning) : 1) != 0)
            fail_msg("\"%s\" warns: %s", cases[i].words, t.warnings);
        end(&t);
    }
}

static const struct timing_case {
    const char *words;
    double initial_ms, min_ms, max_ms, delay_ms, cap_ms;
    unsigned retries, parallel;
    double host_s, host_rate, prefix_rate;
} timing_cases[] = {
    {"", 1000, 100, 10000, 0, 1000, 10, 0, 0, 30000, 100000},
    {"-T3", 1000, 100, 10000, 0, 1000, 10, 0, 0, 30000, 100000},
    {"-T0", 300000, 100, 300000, 300000, 300000, 10, 1, 0, 1.0 / 300, 100000},
    {"-T=Sneaky", 15000, 100, 15000, 15000, 15000, 10, 1, 0, 1.0 / 15, 100000},
    {"-Tpolite", 1000, 100, 10000, 400, 1000, 10, 1, 0, 2.5, 100000},
    {"-T4", 500, 100, 1250, 0, 10, 6, 0, 0, 100000, 100000},
    {"-T5", 250, 50, 300, 0, 5, 2, 0, 900, 1e9, 1e9},
    {"--max-retries=1 -T4", 500, 100, 1250, 0, 10, 1, 0, 0, 100000, 100000},
    {"-T4 --max-retries=1", 500, 100, 1250, 0, 10, 1, 0, 0, 100000, 100000},
    {"--host-timeout=0 -T5", 250, 50, 300, 0, 5, 2, 0, 0, 1e9, 1e9},
    {"--initial-rtt-timeout=2 -T4", 2000, 100, 2000, 0, 10, 6, 0, 0, 100000, 100000},
    {"--initial-rtt-timeout=50ms", 50, 50, 10000, 0, 1000, 10, 0, 0, 30000, 100000},
    {"--max-rtt-timeout=80ms", 80, 80, 80, 0, 1000, 10, 0, 0, 30000, 100000},
    {"--min-rtt-timeout=20s", 20000, 20000, 20000, 0, 1000, 10, 0, 0, 30000, 100000},
    {"--scan-delay=2s -T5", 250, 50, 300, 2000, 2000, 2, 0, 900, 0.5, 1e9},
    {"--scan-delay=0 -T2", 1000, 100, 10000, 0, 1000, 10, 1, 0, 30000, 100000},
    {"--max-scan-delay=20ms", 1000, 100, 10000, 0, 20, 10, 0, 0, 30000, 100000},
    {"-T2 --min-parallelism=7", 1000, 100, 10000, 400, 1000, 10, 7, 0, 2.5, 100000},
    {"-T2 -M=9", 1000, 100, 10000, 400, 1000, 10, 9, 0, 2.5, 100000},
};

static void templates_and_overrides(void **state) {
    (void)state;
    for (size_t i = 0; i < LL_COUNT(timing_cases); i++) {
        struct run t;
        begin(&t, timing_cases[i].words);
        const struct timing *m = &t.s.timing;
        double ms = (double)NS_PER_MS;
        const double wanted[] = {timing_cases[i].initial_ms,
                                 timing_cases[i].min_ms,
                                 timing_cases[i].max_ms,
                                 timing_cases[i].delay_ms,
                                 timing_cases[i].cap_ms,
                                 timing_cases[i].retries,
                                 timing_cases[i].parallel,
                                 timing_cases[i].host_s,
                                 timing_cases[i].host_rate,
                                 timing_cases[i].prefix_rate,
                                 1e-4};
        const double got[] = {(double)m->initial_rtt / ms,
                              (double)m->min_rtt / ms,
                              (double)m->max_rtt / ms,
                              (double)m->scan_delay / ms,
                              (double)m->max_scan_delay / ms,
                              m->max_retries,
                              m->max_parallelism,
                              (double)m->host_timeout / ms / 1000,
                              m->host_rate_max,
                              m->prefix_rate_max,
                              m->completeness};
        for (size_t k = 0; k < LL_COUNT(wanted); k++)
            if (got[k] < wanted[k] * 0.999999 || got[k] > wanted[k] * 1.000001)
                fail_msg("\"%s\": value %zu is %g, not %g", timing_cases[i].words, k, got[k], wanted[k]);
        assert_string_equal(t.warnings, "");
        end(&t);
    }
}

static bool is_commands(int id) {
    static const int ids[] = {OPT_HELP,   OPT_VERSION,   OPT_PRIVILEGED, OPT_UNPRIVILEGED,
                              OPT_IFLIST, OPT_NO_CONFIG, OPT_CONFIG,     OPT_ECHO};
    for (size_t i = 0; i < LL_COUNT(ids); i++)
        if (ids[i] == id)
            return true;
    return false;
}

/* Whatever has a row does something sensible: it works through one function, or is refused in one line. */
static void every_row_is_handled(void **state) {
    (void)state;
    size_t n = 0;
    for (const struct option_row *r = option_rows; r->name; r++, n++) {
        struct err e = {0};
        assert_ptr_equal(option_find(slice_of(r->name), &e), r);
        bool command = is_commands(r->id);
        if (r->standing == OPTION_WORKS && !command && !option_is_setting(r))
            fail_msg("%s works, but nothing handles it", r->name);
        if (r->standing == OPTION_LATER || r->standing == OPTION_REFUSED) {
            struct settings s;
            assert_true(settings_init(&s, &e));
            assert_false(option_apply(&s, r, NULL, &e));
            assert_true(e.text[0] != '\0');
            settings_finish(&s);
        }
        assert_true((r->arg == ARG_NONE) == (r->placeholder == NULL));
    }
    assert_true(n > 150);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found),          cmocka_unit_test(attached_values_are_found),
        cmocka_unit_test(strange_names_stay_short), cmocka_unit_test(port_sets),
        cmocka_unit_test(templates_and_overrides),  cmocka_unit_test(every_row_is_handled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
