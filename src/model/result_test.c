/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include "model/result.h"
#include <string.h>

#define PORTS 2200

struct room {
    struct port_result ports[PORTS];
    struct host_result host;
};

static void add(struct room *r, unsigned count, enum port_state s, enum reason why, enum proto proto) {
    for (unsigned i = 0; i < count; i++) {
        assert_true(r->host.n_ports < PORTS);
        size_t n = r->host.n_ports++;
        r->ports[n] = (struct port_result){
            .port = (uint16_t)(n + 1), .proto = (uint8_t)proto, .state = (uint8_t)s, .reason = (uint8_t)why};
    }
    r->host.ports = r->ports;
}

static void threshold_follows_verbosity(void **state) {
    (void)state;
    const struct {
        int verbose, debug;
        bool open_only;
        enum port_state s;
        unsigned count;
        bool hidden;
    } rows[] = {
        {0, 0, false, PORT_CLOSED, 25, false},       {0, 0, false, PORT_CLOSED, 26, true},
        {1, 0, false, PORT_CLOSED, 50, false},       {1, 0, false, PORT_CLOSED, 51, true},
        {2, 0, false, PORT_FILTERED, 75, false},     {2, 0, false, PORT_FILTERED, 76, true},
        {1, 1, false, PORT_FILTERED, 550, false},    {1, 1, false, PORT_FILTERED, 551, true},
        {3, 3, false, PORT_FILTERED, 2000, false},   {3, 0, false, PORT_OPEN_FILTERED, 2000, false},
        {2, 0, false, PORT_OPEN_FILTERED, 76, true}, {0, 0, false, PORT_OPEN, 2000, false},
        {0, 0, true, PORT_CLOSED, 1, true},          {3, 3, true, PORT_FILTERED, 1, true},
        {0, 0, true, PORT_UNFILTERED, 25, false},    {0, 0, true, PORT_OPEN_FILTERED, 25, false},
        {0, 0, true, PORT_OPEN_FILTERED, 26, true},  {3, 3, false, PORT_UNKNOWN, 1, true},
        {0, 0, true, PORT_CLOSED_FILTERED, 1, true},
    };
    for (size_t i = 0; i < LL_COUNT(rows); i++) {
        static struct room r;
        memset(&r, 0, sizeof r);
        add(&r, rows[i].count, rows[i].s, REASON_RESET, PROTO_TCP);
        struct shown_rules rules = {rows[i].verbose, rows[i].debug, rows[i].open_only};
        struct ignored out;
        result_ignored(&r.host, &rules, &out);
        assert_int_equal(out.hidden[rows[i].s], rows[i].hidden);
        assert_int_equal(out.n, rows[i].hidden ? 1 : 0);
        if (rows[i].hidden) {
            assert_int_equal(out.v[0].count, rows[i].count);
        }
    }
}

static void summary_has_most_first(void **state) {
    (void)state;
    static struct room r;
    memset(&r, 0, sizeof r);
    add(&r, 30, PORT_FILTERED, REASON_NO_RESPONSE, PROTO_TCP);
    add(&r, 5, PORT_OPEN, REASON_SYN_ACK, PROTO_TCP);
    add(&r, 40, PORT_FILTERED, REASON_ADMIN_PROHIBITED, PROTO_TCP);
    add(&r, 100, PORT_CLOSED, REASON_RESET, PROTO_TCP);
    add(&r, 35, PORT_FILTERED, REASON_NO_RESPONSE, PROTO_UDP);
    struct shown_rules rules = {0, 0, false};
    struct ignored out;
    result_ignored(&r.host, &rules, &out);
    assert_int_equal(out.n, 2);
    assert_int_equal(out.v[0].state, PORT_FILTERED);
    assert_int_equal(out.v[0].count, 105);
    assert_int_equal(out.v[0].n_reasons, 3);
    assert_int_equal(out.v[0].reasons[0].reason, REASON_ADMIN_PROHIBITED);
    assert_int_equal(out.v[0].reasons[1].proto, PROTO_UDP);
    assert_int_equal(out.v[0].reasons[1].count, 35);
    assert_int_equal(out.v[0].reasons[2].count, 30);
    assert_int_equal(out.v[1].state, PORT_CLOSED);
    assert_false(out.hidden[PORT_OPEN]);
}

static void many_reasons_stay_in_bounds(void **state) {
    (void)state;
    static struct room r;
    memset(&r, 0, sizeof r);
    for (int p = 0; p < PROTO_COUNT; p++) {
        for (int why = 0; why < REASON_COUNT; why++) {
            add(&r, 1u + (unsigned)(why % 3), PORT_FILTERED, (enum reason)why, (enum proto)p);
        }
    }
    add(&r, 50, PORT_FILTERED, REASON_NO_RESPONSE, PROTO_IP);
    r.ports[0].state = 200; /* an impossible row is left out, not believed */
    r.ports[1].reason = 200;
    struct shown_rules rules = {0, 0, false};
    struct ignored out;
    result_ignored(&r.host, &rules, &out);
    assert_int_equal(out.n, 1);
    assert_int_equal(out.v[0].count, r.host.n_ports - 2);
    assert_int_equal(out.v[0].n_reasons, EXTRA_REASONS_MAX);
    assert_int_equal(out.v[0].reasons[0].proto, PROTO_IP);
    for (size_t i = 1; i < out.v[0].n_reasons; i++) {
        assert_true(out.v[0].reasons[i - 1].count >= out.v[0].reasons[i].count);
    }
}

static void open_is_found(void **state) {
    (void)state;
    static struct room r;
    memset(&r, 0, sizeof r);
    assert_false(result_has_open(&r.host));
    add(&r, 3, PORT_CLOSED, REASON_RESET, PROTO_TCP);
    add(&r, 3, PORT_FILTERED, REASON_NO_RESPONSE, PROTO_TCP);
    assert_false(result_has_open(&r.host));
    r.ports[5].state = PORT_OPEN_FILTERED;
    assert_true(result_has_open(&r.host));
    r.ports[5].state = PORT_OPEN;
    assert_true(result_has_open(&r.host));
}

static void rows_are_found(void **state) {
    (void)state;
    static struct room r;
    memset(&r, 0, sizeof r);
    assert_null(result_port(&r.host, PROTO_TCP, 1));
    add(&r, 100, PORT_CLOSED, REASON_RESET, PROTO_TCP);      /* 1 to 100 */
    add(&r, 100, PORT_OPEN, REASON_UDP_RESPONSE, PROTO_UDP); /* 101 to 200 */
    for (uint16_t port = 0; port <= 201; port++) {
        struct port_result *tcp = result_port(&r.host, PROTO_TCP, port);
        struct port_result *udp = result_port(&r.host, PROTO_UDP, port);
        assert_ptr_equal(tcp, port >= 1 && port <= 100 ? &r.ports[port - 1] : NULL);
        assert_ptr_equal(udp, port >= 101 && port <= 200 ? &r.ports[port - 1] : NULL);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threshold_follows_verbosity),
        cmocka_unit_test(summary_has_most_first),
        cmocka_unit_test(many_reasons_stay_in_bounds),
        cmocka_unit_test(open_is_found),
        cmocka_unit_test(rows_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
