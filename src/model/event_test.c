/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include "model/event.h"
#include <string.h>

static void every_phase_has_its_own_name(void **state) {
    (void)state;
    for (int a = PHASE_LIST; a < PHASE_COUNT; a++) {
        assert_non_null(phase_text((enum phase)a));
        assert_true(phase_text((enum phase)a)[0] != '\0');
        for (int b = PHASE_LIST; b < a; b++) {
            assert_string_not_equal(phase_text((enum phase)a), phase_text((enum phase)b));
        }
    }
    assert_string_equal(phase_text(PHASE_SYN), "SYN Stealth Scan");
    assert_string_equal(phase_text(PHASE_UDP), "UDP Scan");
    assert_string_equal(phase_text(PHASE_COUNT), "");
    assert_true(phase_is_scan(PHASE_UDP) && !phase_is_scan(PHASE_DNS));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_phase_has_its_own_name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
