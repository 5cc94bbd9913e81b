#include "scan/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "model/option.h"
#include "probe/list.h"

struct fixture {
    struct settings settings;
    struct services *services;
    struct engine_config engine;
    struct plan plan;
    struct log log;
    unsigned messages;
};

static void said(void *ctx, enum log_level level, const char *text) {
    (void)level, (void)text;
    ((struct fixture *)ctx)->messages++;
}

static void option(struct fixture *f, const char *name, const char *value) {
    struct err e = {0};
    struct slice v = slice_of(value);
    if (!option_apply(&f->settings, option_find(slice_of(name), &e), value ? &v : NULL, &e))
        fail_msg("%s", e.text);
}

static void begin(struct fixture *f) {
    struct err e = {0};
    *f = (struct fixture){.log = {.emit = said}};
    f->log.ctx = f;
    f->services = services_builtin(&e);
    assert_non_null(f->services);
    assert_true(settings_init(&f->settings, &e));
}

static void make(struct fixture *f, bool raw, uint64_t seed) {
    struct err e = {0};
    if (!option_complete(&f->settings, f->services, &f->log, &e) ||
        !plan_make(&f->plan, &f->settings, f->services, raw, seed, &f->engine, &e))
        fail_msg("%s", e.text);
}

static void end(struct fixture *f) {
    plan_finish(&f->plan);
    services_destroy(f->services);
    settings_finish(&f->settings);
}

/* Each port once, and the highest ranks among them in front. */
static void test_likely_ports_first(void **state) {
    (void)state;
    struct fixture f;
    begin(&f);
    option(&f, "p", "1-65535");
    make(&f, true, 7);
    assert_int_equal(f.engine.scans[0].n_ports, 65535);
    bool *seen = calloc(65536, sizeof *seen);
    assert_non_null(seen);
    size_t ascending = 0;
    for (size_t i = 0; i < f.engine.scans[0].n_ports; i++) {
        uint16_t port = f.engine.scans[0].ports[i];
        assert_false(seen[port]);
        seen[port] = true;
        unsigned rank = services_rank(f.services, PROTO_TCP, port);
        assert_int_equal(i < 30, rank >= 1 && rank <= 30);
        ascending += i > 0 && f.engine.scans[0].ports[i - 1] < port;
    }
    assert_in_range(ascending, 30000, 35500); /* the others are mixed */
    free(seen);
    end(&f);
}

static void test_ascending(void **state) {
    (void)state;
    struct fixture f;
    begin(&f);
    option(&f, "r", NULL);
    option(&f, "p", "443,80,22,1000-1002");
    make(&f, true, 7);
    static const uint16_t wanted[] = {22, 80, 443, 1000, 1001, 1002};
    assert_int_equal(f.engine.scans[0].n_ports, LL_COUNT(wanted));
    assert_memory_equal(f.engine.scans[0].ports, wanted, sizeof wanted);
    assert_true(slice_eq(f.plan.info.scans[0].services, SLICE("22,80,443,1000-1002")));
    end(&f);
}

static void test_seeds_repeat(void **state) {
    (void)state;
    struct fixture a, b, c;
    begin(&a);
    begin(&b);
    begin(&c);
    make(&a, true, 1);
    make(&b, true, 1);
    make(&c, true, 2);
    assert_int_equal(a.engine.scans[0].n_ports, 1000);
    assert_memory_equal(a.engine.scans[0].ports, b.engine.scans[0].ports, 2000);
    assert_memory_not_equal(a.engine.scans[0].ports, c.engine.scans[0].ports, 2000);
    end(&a);
    end(&b);
    end(&c);
}

static void test_probes(void **state) {
    (void)state;
    static const struct {
        const char *option;
        bool raw;
        const struct probe *scan;
        const char *type;
        size_t pings;
    } cases[] = {
        {NULL, true, &probe_syn, "syn", 4}, {NULL, false, &probe_connect, "connect", 2},
        {"sS", true, &probe_syn, "syn", 4}, {"sT", false, &probe_connect, "connect", 2},
        {"sn", true, NULL, NULL, 4},        {"sn", false, NULL, NULL, 2},
        {"sL", true, NULL, NULL, 0},        {"PE", true, &probe_syn, "syn", 1},
        {"PB", true, &probe_syn, "syn", 3}, {"PM", false, &probe_connect, "connect", 2},
        {"Pn", true, &probe_syn, "syn", 0},
    };
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct fixture f;
        begin(&f);
        if (cases[i].option)
            option(&f, cases[i].option, NULL);
        make(&f, cases[i].raw, 1);
        assert_ptr_equal(f.engine.scans[0].probe, cases[i].scan);
        assert_int_equal(f.engine.n_pings, cases[i].pings);
        assert_int_equal(f.engine.neighbor4 != NULL, cases[i].raw);
        assert_int_equal(f.plan.info.n_scans, cases[i].scan != NULL);
        if (cases[i].type)
            assert_string_equal(f.plan.info.scans[0].type, cases[i].type);
        end(&f);
    }
}

static void test_warning(void **state) {
    (void)state;
    struct fixture f;
    begin(&f);
    plan_warn(&f.settings, false, &f.log);
    assert_int_equal(f.messages, 0);
    option(&f, "g", "53");
    plan_warn(&f.settings, true, &f.log);
    assert_int_equal(f.messages, 0);
    plan_warn(&f.settings, false, &f.log);
    assert_int_equal(f.messages, 1);
    end(&f);
}

static void test_impossible_pings(void **state) {
    (void)state;
    struct fixture f;
    struct err e = {0};
    begin(&f);
    option(&f, "PS", "1-300");
    assert_true(option_complete(&f.settings, f.services, &f.log, &e));
    assert_false(plan_make(&f.plan, &f.settings, f.services, true, 1, &f.engine, &e));
    assert_int_equal(e.code, ERR_LIMIT);
    end(&f);
    begin(&f);
    option(&f, "PU", NULL);
    assert_true(option_complete(&f.settings, f.services, &f.log, &e));
    assert_false(plan_make(&f.plan, &f.settings, f.services, false, 1, &f.engine, &e));
    assert_int_equal(e.code, ERR_PRIVILEGE);
    end(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_likely_ports_first),
        cmocka_unit_test(test_ascending),
        cmocka_unit_test(test_seeds_repeat),
        cmocka_unit_test(test_probes),
        cmocka_unit_test(test_warning),
        cmocka_unit_test(test_impossible_pings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
