/* Scenarios for what goes on beside a scan: the packet trace. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "scenario.h"

struct seen {
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_packet_is_traced),
        cmocka_unit_test(every_connection_is_traced),
        cmocka_unit_test(nothing_is_traced_unasked),
    };
    return cmocka_run_group_tests_name("live_scenarios", tests, NULL, NULL);
}
