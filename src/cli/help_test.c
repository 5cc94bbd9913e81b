/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
/* The command's own files are not in the library. */
#include "cli/help.c"

#include <string.h>

#include "model/option.h"

static char text[32768];

static void print(bool (*what)(FILE *, const struct program *), const struct program *as) {
    FILE *f = fmemopen(text, sizeof text, "w");
    assert_non_null(f);
    assert_true(what(f, as));
    assert_int_equal(fclose(f), 0);
}

static void version_line_is_what_tools_match(void **state) {
    (void)state;
    print(help_print_version, &program_own);
    assert_int_equal(strncmp(text, "Leadline version " LL_VERSION " ( https://", 17 + strlen(LL_VERSION) + 11), 0);
    assert_non_null(strstr(text, " )\n"));
}

/* python-nmap's expression is anchored at a line's beginning: "Nmap version [0-9]*\\.[0-9]*[^ ]* \\( http(|s)://.*
 * \\)". */
static void under_nmaps_name_the_second_line_is_honest(void **state) {
    (void)state;
    print(help_print_version, &program_as_nmap);
    assert_true(slice_starts(slice_of(text), SLICE("Nmap version 7.93 ( https://nmap.org )\nThis is Leadline ")));
    print(help_print, &program_as_nmap);
    assert_true(slice_starts(slice_of(text), SLICE("Nmap 7.93 ( https://nmap.org )\nThis is Leadline ")));
}

static void help_fits_and_is_complete(void **state) {
    (void)state;
    print(help_print, &program_own);
    for (char *line = text, *nl; (nl = strchr(line, '\n')); line = nl + 1)
        if (nl - line > 100)
            fail_msg("too long: %.*s", (int)(nl - line), line);
    size_t shown = 0;
    for (const struct option_row *r = option_rows; r->name; r++) {
        char name[64];
        snprintf(name, sizeof name, " %s%s ", option_dashes(r), r->name);
        bool here = strstr(text, name) != NULL;
        shown += here;
        if (here && (r->standing == OPTION_LATER || r->standing == OPTION_REFUSED))
            fail_msg("%sis in the help, but not to be had", name);
    }
    assert_true(shown > 40);
}

static void a_full_disk_is_noticed(void **state) {
    (void)state;
    FILE *f = fopen("/dev/full", "w");
    if (!f)
        skip();
    assert_false(help_print(f, &program_own));
    fclose(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(version_line_is_what_tools_match),
                                       cmocka_unit_test(under_nmaps_name_the_second_line_is_honest),
                                       cmocka_unit_test(help_fits_and_is_complete),
                                       cmocka_unit_test(a_full_disk_is_noticed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
