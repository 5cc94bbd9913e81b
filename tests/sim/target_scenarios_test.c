/* Scenarios of targets: names and their addresses, repeated, random and shuffled targets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/special.h"
#include "scenario.h"

struct expectation {
    const char *name;
    const char *world;
    const char *command;
    const char *told;   /* "name address state, others;" for each host in order of reports */
    uint64_t most_syns; /* 0 = not checked */
};

static const struct expectation expectations[] = {
    {.name = "the first address of a name, and the others named",
     .world = "host 10.0.0.5 10.0.0.6 2001:db8::7; open 22; name a.example 10.0.0.5 2001:db8::7 10.0.0.6",
     .command = "-n -p 22 a.example",
     .told = "a.example 10.0.0.5 up 2001:db8::7 10.0.0.6;"},
    {.name = "all addresses of a name",
     .world = "host 10.0.0.5 10.0.0.6 2001:db8::7; open 22; name a.example 10.0.0.5 2001:db8::7 10.0.0.6",
     .command = "-n -p 22 --resolve-all a.example",
     .told = "a.example 10.0.0.5 up;a.example 2001:db8::7 up;a.example 10.0.0.6 up;"},
    {.name = "all addresses of a name in one family",
     .world = "host 10.0.0.5 10.0.0.6 2001:db8::7; open 22; name a.example 10.0.0.5 2001:db8::7 10.0.0.6",
     .command = "-n -6 -p 22 --resolve-all a.example",
     .told = "a.example 2001:db8::7 up;"},
    {.name = "two names, one address",
     .world = "host 10.0.0.5; open 22; name a.example 10.0.0.5; name b.example 10.0.0.5",
     .command = "-n -PE -p 22 a.example b.example",
     .told = "a.example 10.0.0.5 up;b.example 10.0.0.5 up;",
     .most_syns = 1},
    {.name = "the second name comes when the first is done",
     .world = "host 10.0.0.5; open 22; name a.example 10.0.0.5; name b.example 10.0.0.5; name slow.example timeout; "
              "dns timeout 2s tries 1",
     .command = "-n -PE -p 22 a.example slow.example b.example",
     .told = "a.example 10.0.0.5 up;b.example 10.0.0.5 up;",
     .most_syns = 1},
    {.name = "and when nobody was there",
     .world = "host 10.0.0.6; name a.example 10.0.0.5; name b.example 10.0.0.5; name slow.example timeout; "
              "dns timeout 9s tries 1",
     .command = "-n -PS22 -p 22 --max-retries 1 a.example slow.example b.example",
     .told = "a.example 10.0.0.5 down;b.example 10.0.0.5 down;",
     .most_syns = 2},
    {.name = "an address twice",
     .world = "host 10.0.0.5; open 22; name a.example 10.0.0.5",
     .command = "-n -p 22 10.0.0.5 10.0.0.4-5 a.example",
     .told = " 10.0.0.5 up; 10.0.0.4 down; 10.0.0.5 up;a.example 10.0.0.5 up;"},
    {.name = "an address once",
     .world = "host 10.0.0.5; open 22; name a.example 10.0.0.5",
     .command = "-n -p 22 --unique 10.0.0.5 10.0.0.4-5 a.example",
     .told = " 10.0.0.5 up; 10.0.0.4 down;"},
    {.name = "the interface is the zone",
     .world = "host fe80::7; open 22",
     .command = "-n -p 22 -e sim0 fe80::7",
     .told = " fe80::7% up;"},
    {.name = "no interface, no zone",
     .world = "host fe80::7 10.0.0.5; open 22",
     .command = "-n -p 22 fe80::7 10.0.0.5",
     .told = " 10.0.0.5 up;"},
};

struct told {
    size_t n;
    char text[600];
};

static void tell(struct told *t, const char *text) {
    int n = snprintf(t->text + t->n, sizeof t->text - t->n, "%s", text);
    t->n = ll_min_size(t->n + (size_t)n, sizeof t->text - 1);
}

/* Reports come in order of targets when they are ready together; down hosts are told late. */
static void keep_host(void *ctx, const struct event *ev, struct sim *sim) {
    struct told *t = ctx;
    const struct host_result *h = ev->host;
    char address[ADDR_TEXT_MAX], line[200];
    (void)sim;
    if (ev->kind != EVENT_HOST)
        return;
    struct addr a = h->addr;
    a.zone = 0; /* which names the test machine has for it is not known */
    snprintf(line, sizeof line, SLICE_FMT " %s%s %s", SLICE_ARG(h->given), addr_format(&a, address),
             h->addr.zone ? "%" : "", host_state_text(h->state));
    tell(t, line);
    for (size_t i = 0; i < h->n_others; i++) {
        snprintf(line, sizeof line, " %s", addr_format(&h->others[i], address));
        tell(t, line);
    }
    tell(t, ";");
}

/* All of the expected parts, and nothing else. */
static bool same_parts(const char *expected, const char *got) {
    struct slice rest = slice_of(expected), part;
    size_t n = 0;
    while (slice_split(&rest, ';', &part)) {
        char text[200];
        snprintf(text, sizeof text, SLICE_FMT ";", SLICE_ARG(part));
        if (part.n && !strstr(got, text))
            return false;
        n += part.n ? part.n + 1 : 0;
    }
    return n == strlen(got);
}

static void check(const struct expectation *x) {
    struct told told = {.n = 0};
    struct scenario s = {.world = x->world, .command = x->command, .seed = 3};
    struct scenario_result r = {.on_event = keep_host, .ctx = &told};
    if (!scenario_run(&s, &r))
        fail_msg("%s: %s", x->name, r.error.text);
    if (!same_parts(x->told, told.text))
        fail_msg("%s: %s", x->name, told.text);
    if (x->most_syns && r.count.syns > x->most_syns)
        fail_msg("%s: %llu SYNs", x->name, (unsigned long long)r.count.syns);
}

static void every_target_is_told(void **state) {
    (void)state;
    for (size_t i = 0; i < LL_COUNT(expectations); i++)
        check(&expectations[i]);
}

struct random_hosts {
    struct rangeset special;
    uint32_t seen[1000];
    size_t n;
};

static void keep_random(void *ctx, const struct event *ev, struct sim *sim) {
    struct random_hosts *t = ctx;
    (void)sim;
    if (ev->kind != EVENT_HOST)
        return;
    assert_false(rangeset_has(&t->special, &ev->host->addr));
    assert_true(t->n < LL_COUNT(t->seen));
    uint32_t a = addr_v4_value(&ev->host->addr);
    for (size_t i = 0; i < t->n; i++)
        assert_int_not_equal(t->seen[i], a);
    t->seen[t->n++] = a;
}

/* Inside the simulator only: these addresses belong to strangers. */
static void random_targets_are_public_and_different(void **state) {
    (void)state;
    struct random_hosts t = {.n = 0};
    rangeset_init(&t.special);
    assert_true(special_add_v4(&t.special));
    rangeset_seal(&t.special);
    struct scenario s = {
        .world = "range 0.0.0.0/0 up 30% seed 5; default filtered", .command = "-n -sn -PE -iR 1000 --rH", .seed = 9};
    struct scenario_result r = {.on_event = keep_random, .ctx = &t};
    if (!scenario_run(&s, &r))
        fail_msg("%s", r.error.text);
    if (r.end != RUN_COMPLETE)
        fail_msg("%s", r.error.text);
    assert_int_equal(t.n, 1000);
    assert_true(r.up > 200 && r.up < 400);
    assert_int_equal(r.hosts_missed + r.hosts_false, 0);
    rangeset_finish(&t.special);
}

/* Without end, until it is stopped. */
static void endless_random_targets_end_when_stopped(void **state) {
    (void)state;
    struct scenario s = {.world = "range 0.0.0.0/0 up 1% seed 5; default filtered",
                         .command = "-n -sn -PE -iR 0 --max-rate 1000",
                         .seed = 9,
                         .stop_at = 3 * NS_PER_S};
    struct scenario_result r = {0};
    if (!scenario_run(&s, &r))
        fail_msg("%s", r.error.text);
    assert_int_equal(r.end, RUN_INTERRUPTED);
    assert_true(r.up > 0 && r.count.echos > 1000);
}

struct order {
    uint32_t last;
    unsigned rising, n;
};

static void keep_order(void *ctx, const struct event *ev, struct sim *sim) {
    struct order *o = ctx;
    (void)sim;
    if (ev->kind != EVENT_HOST_UP)
        return;
    uint32_t a = addr_v4_value(&ev->host->addr);
    o->rising += a > o->last;
    o->last = a;
    o->n++;
}

static void shuffled_targets_are_all_scanned(void **state) {
    (void)state;
    struct order o = {.n = 0};
    struct scenario s = {.world = "range 10.0.0.0/24 up 100%; default filtered; open 22; name a.example 10.0.0.77",
                         .command = "-n -p 22 --randomize-hosts --max-rate 2000 a.example 10.0.0.0/24",
                         .seed = 9};
    struct scenario_result r = {.on_event = keep_order, .ctx = &o};
    if (!scenario_run(&s, &r))
        fail_msg("%s", r.error.text);
    assert_int_equal(r.up, 257);
    assert_int_equal(r.wrong, 0);
    assert_true(o.rising < o.n * 2 / 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_target_is_told),
        cmocka_unit_test(random_targets_are_public_and_different),
        cmocka_unit_test(endless_random_targets_end_when_stopped),
        cmocka_unit_test(shuffled_targets_are_all_scanned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
