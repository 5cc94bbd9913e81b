/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
/* The command's own files are not in the library. */
#include "cli/progress_line.c"
#include "cli/terminal.c"

static const struct {
    struct run_totals totals;
    double rate;
    size_t width;
    const char *line;
} lines[] = {
    {{.phase = PHASE_SYN,
      .progress = {.percent = 42.13, .remaining_s = 65},
      .hosts_done = 3,
      .hosts_up = 2,
      .hosts_total = 256,
      .open_ports = 5},
     12345.6,
     100,
     "SYN Stealth Scan 42.1%  12346 packets/s  3/256 hosts done, 2 up, 5 open  ETA 0:01:05"},
    {{.phase = PHASE_NONE, .progress = {.remaining_s = -1}}, -1, 100, "Working 0.0%  0 hosts done, 0 up, 0 open"},
    {{.phase = PHASE_PING, .progress = {.percent = 1, .remaining_s = 864000}, .hosts_total = UINT64_MAX},
     0,
     100,
     "Ping Scan 1.0%  0 packets/s  0/18446744073709551615 hosts done, 0 up, 0 open  ETA 240:00:00"},
    {{.phase = PHASE_SYN, .progress = {.percent = 42.13, .remaining_s = 65}}, 1, 9, "SYN Steal"},
    {{.phase = PHASE_SYN, .progress = {.percent = 42.13, .remaining_s = 65}}, 1, 0, ""},
};

static void a_line_says_where_the_run_is_and_keeps_to_the_width(void **state) {
    (void)state;
    for (size_t i = 0; i < LL_COUNT(lines); i++) {
        struct buf b;
        buf_init(&b, PROGRESS_LINE_MAX);
        progress_line_format(&b, &lines[i].totals, lines[i].rate, lines[i].width);
        assert_string_equal(buf_cstr(&b), lines[i].line);
        buf_finish(&b);
    }
}

static void colour_is_a_matter_of_the_terminal_and_of_the_user(void **state) {
    (void)state;
    unsetenv("NO_COLOR");
    assert_true(terminal_color(COLOR_ALWAYS));
    assert_false(terminal_color(COLOR_NEVER));
    assert_int_equal(terminal_color(COLOR_AUTO), terminal_is_able() && isatty(STDOUT_FILENO));
    setenv("NO_COLOR", "1", 1);
    assert_false(terminal_color(COLOR_AUTO));
    assert_true(terminal_color(COLOR_ALWAYS));
    setenv("TERM", "dumb", 1);
    assert_int_equal(terminal_line_fd(), -1);
}

static void a_line_that_was_never_begun_does_nothing(void **state) {
    (void)state;
    struct progress_line p;
    progress_line_init(&p);
    progress_line_hide(&p);
    progress_line_show(&p);
    progress_line_resized(&p);
    progress_line_stop(&p);
    assert_false(p.shown);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_says_where_the_run_is_and_keeps_to_the_width),
        cmocka_unit_test(colour_is_a_matter_of_the_terminal_and_of_the_user),
        cmocka_unit_test(a_line_that_was_never_begun_does_nothing),
    };
    return cmocka_run_group_tests_name("progress_line", tests, NULL, NULL);
}
