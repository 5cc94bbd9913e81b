/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include "model/program.h"

#include <stdio.h>

static void the_name_decides(void **state) {
    (void)state;
    static const struct {
        const char *argv0;
        bool nmap;
    } cases[] = {
        {"nmap", true},
        {"/usr/local/bin/nmap", true},
        {"./nmap", true},
        {"nmap/leadline", false},
        {"leadline", false},
        {"nmap-leadline", false},
        {"/usr/bin/xnmap", false},
        {"nmap/", false},
        {"/bin/nmap.real", false},
        {"", false},
        {"NMAP", false},
        {NULL, false},
    };
    for (size_t i = 0; i < LL_COUNT(cases); i++)
        if ((program_called(cases[i].argv0) == &program_as_nmap) != cases[i].nmap)
            fail_msg("%s", cases[i].argv0 ? cases[i].argv0 : "NULL");
}

/* Callers compare: Ocsinventory wants a major version above 3, testssl.sh one digit from 4 to 8. */
static void the_version_is_one_that_callers_take(void **state) {
    (void)state;
    unsigned major, minor;
    char rest;
    assert_int_equal(sscanf(program_as_nmap.version, "%u.%u%c", &major, &minor, &rest), 2);
    assert_in_range(major, 4, 8);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_name_decides),
                                       cmocka_unit_test(the_version_is_one_that_callers_take)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
