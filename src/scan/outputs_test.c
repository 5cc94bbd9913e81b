#include "scan/outputs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define START INT64_C(1767323045) /* 2026-01-02 03:04:05 UTC */

struct fixture {
    struct settings settings;
    struct outputs outputs;
    struct run_info run;
    struct log log;
    unsigned messages, dead;
    char said[600];
    char place[32], before[512];
};

static void said(void *ctx, enum log_level level, const char *text) {
    struct fixture *f = ctx;
    (void)level;
    f->messages++;
    snprintf(f->said, sizeof f->said, "%s", text);
}

static void on_dead(void *ctx) {
    ((struct fixture *)ctx)->dead++;
}

/* Every test works in a folder of its own. */
static int setup(void **state) {
    struct err e = {0};
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_true(settings_init(&f->settings, &e));
    f->log = (struct log){.emit = said, .ctx = f};
    f->run = (struct run_info){.version = "0", .wall_start = START};
    snprintf(f->place, sizeof f->place, "outputs_test.XXXXXX");
    assert_non_null(getcwd(f->before, sizeof f->before));
    assert_non_null(mkdtemp(f->place));
    assert_int_equal(chdir(f->place), 0);
    *state = f;
    return 0;
}

static int teardown(void **state) {
    struct fixture *f = *state;
    assert_int_equal(chdir(f->before), 0);
    assert_int_equal(rmdir(f->place), 0); /* nothing was left there */
    settings_finish(&f->settings);
    free(f);
    return 0;
}

static void file(struct fixture *f, enum log_format format, const char *path) {
    f->settings.files[f->settings.n_files++] = (struct output_file){format, slice_of(path)};
}

static bool opened(struct fixture *f, bool terminal, struct err *e) {
    bool ok = outputs_open(&f->outputs, &f->settings, terminal, START, &f->log, e);
    f->outputs.on_dead = on_dead;
    f->outputs.ctx = f;
    return ok;
}

static void begin(struct fixture *f) {
    struct err e = {0};
    if (!opened(f, false, &e) || !outputs_begin(&f->outputs, &f->run, NULL, &e))
        fail_msg("%s", e.text);
}

static void host(struct fixture *f) {
    struct host_result h = {.state = HOST_UP, .reason = REASON_ECHO_REPLY};
    assert_true(addr_parse(SLICE("192.0.2.77"), &h.addr));
    struct event ev = {.kind = EVENT_HOST, .host = &h, .wall = START};
    outputs_event(&f->outputs, &ev);
}

static bool end(struct fixture *f) {
    struct run_stats stats = {.wall_end = START, .hosts_up = 1, .hosts_total = 1};
    bool ok = outputs_end(&f->outputs, &stats);
    outputs_destroy(&f->outputs);
    return ok;
}

static void assert_holds(const char *path, const char *first, const char *second) {
    char text[8192] = "";
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    assert_true(read(fd, text, sizeof text - 1) > 0);
    close(fd);
    assert_non_null(strstr(text, first));
    assert_non_null(strstr(text, second));
    unlink(path);
}

static void test_every_report_gets_everything(void **state) {
    struct fixture *f = *state;
    file(f, LOG_FORMAT_NORMAL, "n");
    file(f, LOG_FORMAT_XML, "x");
    file(f, LOG_FORMAT_JSON, "j");
    begin(f);
    host(f);
    assert_true(end(f));
    assert_holds("n", "192.0.2.77", "done");
    assert_holds("x", "192.0.2.77", "</nmaprun>");
    assert_holds("j", "192.0.2.77", "\"end\"");
    assert_int_equal(f->messages, 0);
}

static void test_one_fails_and_the_others_go_on(void **state) {
    struct fixture *f = *state;
    file(f, LOG_FORMAT_XML, "/dev/full");
    file(f, LOG_FORMAT_JSON, "j");
    begin(f);
    assert_int_equal(f->messages, 1); /* the head could not be written */
    assert_non_null(strstr(f->said, "/dev/full"));
    assert_null(strstr(f->said, "the scan ends"));
    host(f);
    assert_false(end(f));
    assert_int_equal(f->dead, 0);
    assert_int_equal(f->messages, 1);
    assert_holds("j", "192.0.2.77", "\"end\"");
}

static void test_the_last_one_fails(void **state) {
    struct fixture *f = *state;
    file(f, LOG_FORMAT_XML, "/dev/full");
    begin(f);
    assert_int_equal(f->dead, 1);
    assert_non_null(strstr(f->said, "the scan ends"));
    host(f);
    assert_int_equal(f->dead, 1);
    assert_false(end(f));
}

static void test_somebody_else_listens(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    file(f, LOG_FORMAT_XML, "/dev/full");
    assert_true(opened(f, false, &e));
    f->outputs.on_dead = NULL;
    assert_true(outputs_begin(&f->outputs, &f->run, NULL, &e));
    assert_null(strstr(f->said, "the scan ends"));
    assert_false(end(f));
}

static void test_names_with_the_time(void **state) {
    struct fixture *f = *state;
    file(f, LOG_FORMAT_XML, "scan-%F-%T-100%%.xml");
    file(f, LOG_FORMAT_JSON, "%H%M%S%m%d%y%Y%R%D%q%");
    begin(f);
    host(f);
    assert_true(end(f));
    assert_holds("scan-2026-01-02-030405-100%.xml", "192.0.2.77", "</nmaprun>");
    assert_holds("0304050102262026030401022"
                 "6%q%",
                 "192.0.2.77", "\"end\"");
}

static void test_names_that_become_the_same(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    file(f, LOG_FORMAT_XML, "a%%b");
    file(f, LOG_FORMAT_JSON, "a%b");
    assert_false(opened(f, false, &e));
    assert_string_equal(e.text, "two reports would go to \"a%b\"; give each a file of its own");
    outputs_destroy(&f->outputs);
    unlink("a%b");
}

/* What was opened before the failure is closed again. */
static void test_a_file_that_cannot_be_opened(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    int before = open("/dev/null", O_RDONLY);
    close(before);
    file(f, LOG_FORMAT_XML, "good");
    file(f, LOG_FORMAT_JSON, "there/is/none");
    assert_false(opened(f, false, &e));
    assert_non_null(strstr(e.text, "there/is/none"));
    outputs_destroy(&f->outputs);
    int after = open("/dev/null", O_RDONLY);
    close(after);
    assert_int_equal(after, before);
    unlink("good");
    f->settings.n_files = 0;
    char *name = calloc(1, 4000 + 100 * 2 + 1); /* fits as a pattern, not as a name */
    assert_non_null(name);
    memset(name, 'a', 4000);
    for (size_t i = 0; i < 100; i++)
        memcpy(name + 4000 + 2 * i, "%F", 2);
    file(f, LOG_FORMAT_XML, name);
    assert_false(opened(f, false, &e));
    assert_non_null(strstr(e.text, "longer than"));
    outputs_destroy(&f->outputs);
    free(name);
}

static void test_the_report_on_standard_output(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    assert_true(opened(f, true, &e));
    assert_int_equal(f->outputs.n, 1);
    assert_true(f->outputs.v[0].terminal);
    outputs_destroy(&f->outputs);
    file(f, LOG_FORMAT_XML, "-"); /* takes the place of the text */
    assert_true(opened(f, true, &e));
    assert_int_equal(f->outputs.n, 1);
    assert_false(f->outputs.v[0].terminal);
    outputs_destroy(&f->outputs);
    f->settings.n_files = 0;
    assert_true(opened(f, false, &e)); /* the library: no report at all */
    assert_int_equal(f->outputs.n, 0);
    host(f);
    assert_true(end(f));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    setenv("TZ", "UTC", 1);
    const struct CMUnitTest tests[] = {
        CASE(test_every_report_gets_everything), CASE(test_one_fails_and_the_others_go_on),
        CASE(test_the_last_one_fails),           CASE(test_somebody_else_listens),
        CASE(test_names_with_the_time),          CASE(test_names_that_become_the_same),
        CASE(test_a_file_that_cannot_be_opened), CASE(test_the_report_on_standard_output),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
