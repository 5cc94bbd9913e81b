/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include "model/reason.h"
#include <string.h>

static void every_reason_has_its_own_text(void **state) {
    (void)state;
    for (int a = 0; a < REASON_COUNT; a++) {
        assert_true(strlen(reason_text((enum reason)a)) > 3);
        for (int b = 0; b < a; b++)
            assert_string_not_equal(reason_text((enum reason)a), reason_text((enum reason)b));
    }
    assert_string_equal(reason_text(REASON_CONN_REFUSED), "conn-refused");
    assert_string_equal(reason_text(REASON_COUNT), "");
}

static void states_and_protocols_have_texts(void **state) {
    (void)state;
    assert_string_equal(host_state_text(HOST_UP), "up");
    assert_string_equal(host_state_text(HOST_SKIPPED), "skipped");
    assert_string_equal(port_state_text(PORT_OPEN_FILTERED), "open|filtered");
    assert_string_equal(port_state_text(PORT_CLOSED_FILTERED), "closed|filtered");
    assert_string_equal(port_state_text(PORT_STATE_COUNT), "");
    assert_string_equal(proto_text(PROTO_SCTP), "sctp");
    assert_string_equal(proto_text(PROTO_IP), "ip");
    assert_string_equal(proto_text(PROTO_COUNT), "");
}

static void icmp_errors_become_reasons(void **state) {
    (void)state;
    static const struct {
        int family;
        uint8_t type;
        uint8_t code;
        enum reason reason;
    } cases[] = {
        {4, 3, 0, REASON_NET_UNREACH},       {4, 3, 1, REASON_HOST_UNREACH},     {4, 3, 2, REASON_PROTO_UNREACH},
        {4, 3, 3, REASON_PORT_UNREACH},      {4, 3, 9, REASON_NET_PROHIBITED},   {4, 3, 10, REASON_HOST_PROHIBITED},
        {4, 3, 13, REASON_ADMIN_PROHIBITED}, {4, 3, 5, REASON_DEST_UNREACH},     {4, 3, 255, REASON_DEST_UNREACH},
        {4, 4, 0, REASON_SOURCE_QUENCH},     {4, 11, 0, REASON_TIME_EXCEEDED},   {4, 11, 1, REASON_TIME_EXCEEDED},
        {4, 12, 0, REASON_PARAM_PROBLEM},    {4, 8, 0, REASON_UNKNOWN},          {4, 1, 4, REASON_UNKNOWN},
        {6, 1, 0, REASON_NO_ROUTE},          {6, 1, 1, REASON_ADMIN_PROHIBITED}, {6, 1, 2, REASON_BEYOND_SCOPE},
        {6, 1, 3, REASON_HOST_UNREACH},      {6, 1, 4, REASON_PORT_UNREACH},     {6, 1, 5, REASON_ADMIN_PROHIBITED},
        {6, 1, 6, REASON_REJECT_ROUTE},      {6, 1, 7, REASON_DEST_UNREACH},     {6, 3, 0, REASON_TIME_EXCEEDED},
        {6, 4, 1, REASON_PARAM_PROBLEM},     {6, 11, 0, REASON_UNKNOWN},
    };
    for (size_t i = 0; i < LL_COUNT(cases); i++)
        assert_int_equal(reason_of_icmp(cases[i].family, cases[i].type, cases[i].code), cases[i].reason);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reason_has_its_own_text),
        cmocka_unit_test(states_and_protocols_have_texts),
        cmocka_unit_test(icmp_errors_become_reasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
