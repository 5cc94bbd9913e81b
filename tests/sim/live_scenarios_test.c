/* Scenarios for what goes on beside a scan: the packet trace, and limits that end it early. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "scenario.h"

#define S NS_PER_S

struct seen {
    uint64_t not_asked;
    uint64_t sent, received, begun, ended;
};

static bool begins(struct slice text, const char *with) {
    return slice_starts(text, slice_of(with));
}

static bool ends(struct slice text, const char *with) {
    size_t n = strlen(with);
    return text.n > n && slice_eq(slice_skip(text, text.n - n), slice_of(with));
}

static void look(void *ctx, const struct event *ev, struct sim *sim) {
    struct seen *s = ctx;
    (void)sim;
    if (ev->kind == EVENT_HOST)
        s->not_asked += ev->host->not_asked;
    if (ev->kind != EVENT_TRACE)
        return;
    s->sent += begins(ev->text, "SENT (");
    s->received += begins(ev->text, "RCVD (");
    if (begins(ev->text, "CONN (")) {
        bool begun = ends(ev->text, "=> Operation now in progress");
        s->begun += begun;
        s->ended += !begun;
    }
}

static struct scenario_result play(const char *command, bool connect, struct seen *seen) {
    struct scenario s = {.world = "host 10.0.0.5; open 22,80", .command = command, .seed = 7, .connect = connect};
    struct scenario_result r = {.on_event = look, .ctx = seen};
    *seen = (struct seen){0};
    if (!scenario_run(&s, &r))
        fail_msg("%s", r.error.text);
    assert_int_equal(r.end, RUN_COMPLETE);
    assert_int_equal(r.open_true - r.open_missed, 2);
    return r;
}

static void every_packet_is_traced(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r = play("-n --packet-trace -p 1-100 10.0.0.5", false, &seen);
    assert_int_equal(seen.sent, r.count.frames);
    assert_true(seen.received >= 100);
    assert_int_equal(seen.begun + seen.ended, 0);
}

static void every_connection_is_traced(void **state) {
    (void)state;
    struct seen seen;
    play("-n -Pn --packet-trace -p 1-100 10.0.0.5", true, &seen);
    assert_int_equal(seen.sent + seen.received, 0);
    assert_true(seen.begun >= 100); /* and loss canaries */
    assert_true(seen.ended >= 100 && seen.ended <= seen.begun);
}

static void nothing_is_traced_unasked(void **state) {
    (void)state;
    struct seen seen;
    play("-n -p 1-100 10.0.0.5", false, &seen);
    assert_int_equal(seen.sent + seen.received + seen.begun + seen.ended, 0);
}

static struct scenario_result play_world(const char *world, const char *command, struct seen *seen) {
    struct scenario s = {.world = world, .command = command, .seed = 7};
    struct scenario_result r = {.on_event = look, .ctx = seen};
    *seen = (struct seen){0};
    if (!scenario_run(&s, &r))
        fail_msg("%s", r.error.text);
    assert_int_equal(r.up, 1);
    assert_int_equal(r.wrong, 0);
    return r;
}

static void a_host_that_answers_everywhere_is_sampled(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r =
        play_world("host 10.0.0.5; default open", "-n --max-open 200 -p 1-20000 10.0.0.5", &seen);
    assert_int_equal(r.end, RUN_COMPLETE);
    assert_int_equal(r.ports + seen.not_asked, 20000);
    /* What is on the way when the limit is reached comes on top. */
    assert_true(r.ports >= 200 + 19800 / 16 && r.ports <= 4000);
    assert_true(r.count.frames < 12000);
    assert_int_equal(r.open_missed, 0);
}

static void other_hosts_are_asked_in_full(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r =
        play_world("host 10.0.0.5; default closed; open 1-199", "-n --max-open 200 -p 1-5000 10.0.0.5", &seen);
    assert_int_equal(r.ports, 5000);
    assert_int_equal(seen.not_asked, 0);
    assert_int_equal(r.open_true, 199);
}

static void a_sampled_scan_is_followed_by_the_next(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r =
        play_world("host 10.0.0.5; default open", "-n --max-open 50 -sS -sU -p T:1-3000,U:53 10.0.0.5", &seen);
    assert_int_equal(r.end, RUN_COMPLETE);
    assert_int_equal(r.ports + seen.not_asked, 3001);
    assert_true(seen.not_asked > 0);
}

static void silent_ports_of_a_sampled_host_end_too(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r = play_world("host 10.0.0.5; default filtered; open 1-1000; loss 1% 1%",
                                          "-n --max-open 300 -p 1-4000 10.0.0.5", &seen);
    assert_int_equal(r.end, RUN_COMPLETE);
    assert_int_equal(r.ports + seen.not_asked, 4000);
    assert_int_equal(r.open_missed, 0);
    assert_true(r.elapsed < 30 * S);
}

static void a_run_ends_when_its_time_is_over(void **state) {
    (void)state;
    struct seen seen;
    struct scenario_result r = play_world("host 10.0.0.5; default closed; open 22",
                                          "-n -r --max-rate 100 --max-runtime 3s -p 1-5000 10.0.0.5", &seen);
    assert_int_equal(r.end, RUN_OUT_OF_TIME);
    assert_true(r.elapsed >= 3 * S && r.elapsed < 4 * S);
    assert_true(r.ports > 100 && r.ports < 400);
    r = play_world("host 10.0.0.5; default closed; open 22", "-n --max-runtime 1h -p 1-500 10.0.0.5", &seen);
    assert_int_equal(r.end, RUN_COMPLETE);
    assert_true(r.elapsed < 10 * S); /* the timer does not hold the run up */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_packet_is_traced),
        cmocka_unit_test(every_connection_is_traced),
        cmocka_unit_test(nothing_is_traced_unasked),
        cmocka_unit_test(a_host_that_answers_everywhere_is_sampled),
        cmocka_unit_test(other_hosts_are_asked_in_full),
        cmocka_unit_test(a_sampled_scan_is_followed_by_the_next),
        cmocka_unit_test(silent_ports_of_a_sampled_host_end_too),
        cmocka_unit_test(a_run_ends_when_its_time_is_over),
    };
    return cmocka_run_group_tests_name("live_scenarios", tests, NULL, NULL);
}
