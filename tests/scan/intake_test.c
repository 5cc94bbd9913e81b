/* Targets in order while their names answer in any order, families, excludes, files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake.h"
#include "scan/intake.h"

#define PLACE "intake_test.tmp"

struct fixture {
    struct settings settings;
    struct fake_names names;
    struct fake_log log;
    struct intake intake;
    struct err fatal;
    unsigned ready, sealed, bad;
    char walk[2048]; /* "10.0.0.1 10.0.0.2=name" */
    u128 walked;
};

static void on_ready(void *ctx) {
    ((struct fixture *)ctx)->ready++;
}
static void on_added(void *ctx) {
    struct fixture *f = ctx;
    u128 size = target_space_size(f->intake.space);
    for (; f->walked < size; f->walked++) {
        struct target_at at;
        char text[ADDR_TEXT_MAX];
        assert_true(target_space_nth(f->intake.space, f->walked, &at));
        size_t n = strlen(f->walk);
        if (!at.excluded)
            snprintf(f->walk + n, sizeof f->walk - n, "%s%s%s" SLICE_FMT, n ? " " : "", addr_format(&at.addr, text),
                     at.given.n ? "=" : "", SLICE_ARG(at.given));
    }
}
static void on_sealed(void *ctx) {
    ((struct fixture *)ctx)->sealed++;
}
static void on_bad(void *ctx, struct slice text) {
    struct fixture *f = ctx;
    assert_true(text.n > 0);
    f->bad++;
}
static void on_fatal(void *ctx, const struct err *e) {
    ((struct fixture *)ctx)->fatal = *e;
}

static void add_words(struct fixture *f, struct text_list *l, const char *words) {
    struct slice rest = slice_of(words), word;
    while (slice_word(&rest, &word))
        assert_true(text_list_add(l, &f->settings.arena, word));
}

static struct fixture *fixture_new(const char *targets, const char *excludes) {
    struct err e = {0};
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_true(settings_init(&f->settings, &e));
    fake_names_init(&f->names);
    fake_log_init(&f->log);
    add_words(f, &f->settings.targets, targets);
    add_words(f, &f->settings.excludes, excludes);
    f->intake = (struct intake){.settings = &f->settings,
                                .names = &f->names.names,
                                .log = &f->log.log,
                                .on_ready = on_ready,
                                .on_added = on_added,
                                .on_sealed = on_sealed,
                                .on_bad = on_bad,
                                .on_fatal = on_fatal,
                                .ctx = f};
    assert_true(intake_init(&f->intake, &e));
    return f;
}

static void fixture_free(struct fixture *f) {
    f->names.names.ops->cancel_all(&f->names.names);
    intake_finish(&f->intake);
    fake_names_finish(&f->names);
    settings_finish(&f->settings);
    free(f);
}

static void start(struct fixture *f) {
    struct err e = {0};
    if (!intake_start(&f->intake, &e))
        fail_msg("%s", e.text);
}

static void write_place(const char *text) {
    FILE *file = fopen(PLACE, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void order_is_kept_while_names_answer_in_any_order(void **state) {
    (void)state;
    struct fixture *f = fixture_new("10.0.0.1 a.example 10.0.0.2-3 b.example c.example ::5", NULL);
    start(f);
    assert_int_equal(f->ready, 1);
    assert_string_equal(f->walk, "10.0.0.1"); /* the walk begins before any name is known */
    fake_names_resolve(&f->names, "c.example", "10.1.0.3");
    assert_string_equal(f->walk, "10.0.0.1");
    fake_names_resolve(&f->names, "a.example", "10.1.0.1 10.1.0.9");
    assert_string_equal(f->walk, "10.0.0.1 10.1.0.1=a.example 10.0.0.2 10.0.0.3");
    assert_int_equal(f->sealed, 0);
    fake_names_resolve(&f->names, "b.example", "10.1.0.2");
    assert_string_equal(f->walk,
                        "10.0.0.1 10.1.0.1=a.example 10.0.0.2 10.0.0.3 10.1.0.2=b.example 10.1.0.3=c.example ::5");
    assert_int_equal(f->sealed, 1);
    assert_int_equal(f->intake.given, 6);
    assert_string_equal(f->log.text, "");
    struct target_at at;
    assert_true(target_space_nth(f->intake.space, 1, &at));
    assert_int_equal(at.n_others, 1);
    fixture_free(f);
}

static void families(void **state) {
    (void)state;
    static const struct {
        bool v4, v6;
        const char *answer, *walk;
    } cases[] = {
        {false, false, "2001:db8::1 10.0.0.1", "10.0.0.1=n.example"},
        {false, false, "2001:db8::1", "2001:db8::1=n.example"},
        {true, false, "2001:db8::1 10.0.0.1", "10.0.0.1=n.example"},
        {true, false, "2001:db8::1", ""},
        {false, true, "10.0.0.1 2001:db8::1", "2001:db8::1=n.example"},
        {false, true, "10.0.0.1", ""},
        {true, true, "2001:db8::1 10.0.0.1 10.0.0.2", "10.0.0.1=n.example 2001:db8::1=n.example"},
    };
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        struct fixture *f = fixture_new("n.example", NULL);
        f->settings.only_v4 = cases[i].v4;
        f->settings.only_v6 = cases[i].v6;
        start(f);
        fake_names_resolve(&f->names, "n.example", cases[i].answer);
        assert_string_equal(f->walk, cases[i].walk);
        assert_int_equal(f->bad, !*cases[i].walk);
        assert_int_equal(f->sealed, 1);
        fixture_free(f);
    }
}

static void literals_of_the_wrong_family(void **state) {
    (void)state;
    struct fixture *f = fixture_new("::1 10.0.0.1 2001:db8::/126", NULL);
    f->settings.only_v4 = true;
    start(f);
    assert_string_equal(f->walk, "10.0.0.1");
    assert_string_equal(f->log.text, "target '::1': -4 asks for IPv4 only; it is skipped\n"
                                     "target '2001:db8::/126': -4 asks for IPv4 only; it is skipped\n");
    assert_int_equal(f->bad, 2);
    fixture_free(f);
}

static void unresolvable_names_are_skipped(void **state) {
    (void)state;
    struct fixture *f = fixture_new("no.example 10.0.0.1 10.0.0.999 10.0.0.2", NULL);
    start(f);
    assert_string_equal(f->walk, "");
    fake_names_resolve(&f->names, "no.example", NULL);
    assert_string_equal(f->walk, "10.0.0.1 10.0.0.2");
    assert_string_equal(f->log.text,
                        "target '10.0.0.999': octet 999 is above 255; it is skipped\n"
                        "target 'no.example': its name cannot be resolved (no such name); it is skipped\n");
    assert_int_equal(f->sealed, 1);
    fixture_free(f);
}

static void names_beyond_the_limit_are_skipped(void **state) {
    (void)state;
    struct fixture *f = fixture_new("a.example b.example 10.0.0.1", NULL);
    f->names.limit = 1;
    start(f);
    fake_names_resolve(&f->names, "a.example", "10.0.0.7");
    assert_string_equal(f->walk, "10.0.0.7=a.example 10.0.0.1");
    assert_int_equal(f->bad, 1);
    assert_non_null(strstr(f->log.text, "'b.example'"));
    assert_int_equal(f->sealed, 1);
    fixture_free(f);
}

static void excludes_by_name_come_first(void **state) {
    (void)state;
    struct fixture *f = fixture_new("10.0.0.0/29 n.example", "10.0.0.1 x.example y.example/31");
    start(f);
    assert_int_equal(f->ready, 0); /* nothing may be sent before all excludes are known */
    fake_names_resolve(&f->names, "y.example", "10.0.0.4");
    assert_int_equal(f->ready, 0);
    fake_names_resolve(&f->names, "x.example", "10.0.0.2 10.0.0.3 ::1");
    assert_int_equal(f->ready, 1);
    assert_string_equal(f->walk, "10.0.0.0 10.0.0.6 10.0.0.7");
    fake_names_resolve(&f->names, "n.example", "10.0.0.3");
    assert_string_equal(f->walk, "10.0.0.0 10.0.0.6 10.0.0.7");
    assert_int_equal(f->sealed, 1);
    fixture_free(f);
}

static void an_excluded_name_without_an_address_ends_the_run(void **state) {
    (void)state;
    struct fixture *f = fixture_new("10.0.0.0/29", "x.example y.example");
    start(f);
    fake_names_resolve(&f->names, "x.example", NULL);
    assert_int_equal(f->fatal.code, ERR_RESOLVE);
    assert_non_null(strstr(f->fatal.text, "x.example"));
    fake_names_resolve(&f->names, "y.example", "10.0.0.1");
    assert_int_equal(f->ready, 0);
    fixture_free(f);
}

/* What waits for names is freed although no answer comes (the leak sanitizer looks). */
static void an_abort_while_names_are_out(void **state) {
    (void)state;
    struct fixture *f = fixture_new("10.0.0.0/29", "x.example y.example z.example");
    start(f);
    fake_names_resolve(&f->names, "y.example", "10.0.0.1");
    fixture_free(f);
    f = fixture_new("a.example b.example 10.0.0.1", NULL);
    start(f);
    fixture_free(f);
    f = fixture_new("10.0.0.1", "x.example 10.0.0.1/99");
    struct err e = {0};
    assert_false(intake_start(&f->intake, &e));
    assert_non_null(strstr(e.text, "10.0.0.1/99"));
    fixture_free(f);
}

static void bad_lines_of_files_are_named(void **state) {
    (void)state;
    struct fixture *f = fixture_new("10.0.0.9", NULL);
    write_place("10.0.0.1 # first\n\n10.0.0.2/40\tno.example\n10.0.0.3\n");
    add_words(f, &f->settings.target_files, PLACE);
    start(f);
    assert_string_equal(f->walk, "10.0.0.9 10.0.0.1");
    fake_names_resolve(&f->names, "no.example", NULL);
    assert_string_equal(f->walk, "10.0.0.9 10.0.0.1 10.0.0.3");
    assert_string_equal(f->log.text,
                        PLACE ":3: target '10.0.0.2/40': /40 is above /32; it is skipped\n" PLACE
                              ":3: target 'no.example': its name cannot be resolved (no such name); it is skipped\n");
    fixture_free(f);
    f = fixture_new("10.0.0.9", NULL);
    add_words(f, &f->settings.exclude_files, PLACE);
    struct err e = {0};
    assert_false(intake_start(&f->intake, &e));
    assert_true(slice_starts(slice_of(e.text), SLICE(PLACE ":3: excluded \"10.0.0.2/40\"")));
    fixture_free(f);
    unlink(PLACE);
}

static void files_that_cannot_be_used(void **state) {
    (void)state;
    for (int exclude = 0; exclude < 2; exclude++) {
        struct err e = {0};
        struct fixture *f = fixture_new("10.0.0.9", NULL);
        add_words(f, exclude ? &f->settings.exclude_files : &f->settings.target_files, "there/is/none");
        assert_false(intake_start(&f->intake, &e));
        assert_non_null(strstr(e.text, "there/is/none"));
        fixture_free(f);
        char word[1200];
        memset(word, 'a', sizeof word - 1);
        word[sizeof word - 1] = 0;
        write_place(word);
        f = fixture_new("10.0.0.9", NULL);
        add_words(f, exclude ? &f->settings.exclude_files : &f->settings.target_files, PLACE);
        assert_false(intake_start(&f->intake, &e));
        assert_non_null(strstr(e.text, PLACE));
        assert_non_null(strstr(e.text, "line 1"));
        fixture_free(f);
        unlink(PLACE);
    }
}

static void targets_from_standard_input(void **state) {
    (void)state;
    int saved = dup(STDIN_FILENO);
    write_place("10.0.0.1\n10.0.0.2/99\n");
    assert_non_null(freopen(PLACE, "r", stdin));
    struct fixture *f = fixture_new(NULL, NULL);
    add_words(f, &f->settings.target_files, "-");
    start(f);
    assert_string_equal(f->walk, "10.0.0.1");
    assert_true(slice_starts(slice_of(f->log.text), SLICE("-:2: target '10.0.0.2/99'")));
    assert_int_equal(f->sealed, 1);
    fixture_free(f);
    unlink(PLACE);
    dup2(saved, STDIN_FILENO);
    close(saved);
}

static void no_targets_are_said(void **state) {
    (void)state;
    struct fixture *f = fixture_new(NULL, NULL);
    start(f);
    assert_int_equal(f->sealed, 1);
    assert_non_null(strstr(f->log.text, "no targets"));
    fixture_free(f);
}

static void a_long_expression_does_not_hide_the_reason(void **state) {
    (void)state;
    char word[1000];
    memset(word, '1', sizeof word - 1);
    word[0] = 'a';
    for (size_t i = 50; i < sizeof word - 1; i += 50)
        word[i] = '.';
    word[sizeof word - 1] = 0;
    struct fixture *f = fixture_new(word, NULL);
    start(f);
    assert_true(strlen(f->log.text) < 480);
    assert_non_null(strstr(f->log.text, "; it is skipped\n"));
    fixture_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_is_kept_while_names_answer_in_any_order),
        cmocka_unit_test(families),
        cmocka_unit_test(literals_of_the_wrong_family),
        cmocka_unit_test(unresolvable_names_are_skipped),
        cmocka_unit_test(names_beyond_the_limit_are_skipped),
        cmocka_unit_test(excludes_by_name_come_first),
        cmocka_unit_test(an_excluded_name_without_an_address_ends_the_run),
        cmocka_unit_test(an_abort_while_names_are_out),
        cmocka_unit_test(bad_lines_of_files_are_named),
        cmocka_unit_test(files_that_cannot_be_used),
        cmocka_unit_test(targets_from_standard_input),
        cmocka_unit_test(no_targets_are_said),
        cmocka_unit_test(a_long_expression_does_not_hide_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
