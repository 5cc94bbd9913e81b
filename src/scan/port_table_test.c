/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include "scan/port_table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/option.h"

#define RANKED "2222\ttcp\tssh\tmy-ssh\twe moved it\t1\n80\ttcp\thttp\t-\t-\t2\n"
#define UNRANKED "my-ssh 2222/tcp\nmy-web 80/tcp www\nnames 53/udp\n"

struct place {
    char dir[64], file[96], table[96];
};

static void put(const char *path, const char *text) {
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static int make_place(void **state) {
    struct place *p = calloc(1, sizeof *p);
    assert_non_null(p);
    snprintf(p->dir, sizeof p->dir, "/tmp/port-table-XXXXXX");
    assert_non_null(mkdtemp(p->dir));
    snprintf(p->file, sizeof p->file, "%s/services", p->dir);
    snprintf(p->table, sizeof p->table, "%s/ports.tsv", p->dir);
    *state = p;
    return 0;
}

static int leave_place(void **state) {
    struct place *p = *state;
    unlink(p->file);
    unlink(p->table);
    rmdir(p->dir);
    free(p);
    return 0;
}

static void give(struct settings *s, const char *option, const char *value) {
    struct err e = {0};
    struct slice v = slice_of(value);
    const struct option_row *row = option_find(slice_of(option), &e);
    if (!row || !option_apply(s, row, *value ? &v : NULL, &e))
        fail_msg("%s: %s", option, e.text);
}

static void drop(void *ctx, enum log_level level, const char *text) {
    (void)ctx, (void)level, (void)text;
}

/* The TCP ports that are scanned with these options, and what 2222 is called. */
static size_t ports(const char *const given[], char name[32]) {
    struct settings s;
    struct err e = {0};
    struct log log = {.emit = drop};
    assert_true(settings_init(&s, &e));
    for (; given[0]; given += 2)
        give(&s, given[0], given[1]);
    struct services *table = port_table_load(&s, &e);
    if (!table || !option_complete(&s, table, &log, &e))
        fail_msg("%s", e.text);
    snprintf(name, 32, SLICE_FMT, SLICE_ARG(services_name(table, PROTO_TCP, 2222)));
    services_destroy(table);
    size_t n = portset_count(&s.ports[PROTO_TCP]);
    settings_finish(&s);
    return n;
}

static void the_users_table_counts(void **state) {
    const struct place *p = *state;
    const struct {
        const char *text;
        const char *given[7];
        size_t n;
        const char *name;
    } cases[] = {
        {RANKED, {"--servicedb", p->file}, 2, "my-ssh"},
        {RANKED, {"--servicedb", p->file, "--top-ports", "1"}, 1, "my-ssh"},
        {RANKED, {"--servicedb", p->file, "-p", "1-50"}, 50, "my-ssh"},
        {UNRANKED, {"--servicedb", p->file}, 2, "my-ssh"},
        {UNRANKED, {"--servicedb", p->file, "-F", ""}, 2, "my-ssh"},
        {UNRANKED, {"--servicedb", p->file, "-p", "my-*"}, 2, "my-ssh"},
        {UNRANKED, {"--servicedb", p->file, "--datadir", "/nowhere"}, 2, "my-ssh"},
    };
    for (size_t i = 0; i < LL_COUNT(cases); i++) {
        char name[32];
        put(p->file, cases[i].text);
        size_t n = ports(cases[i].given, name);
        if (n != cases[i].n || strcmp(name, cases[i].name) != 0)
            fail_msg("case %zu: %zu ports, 2222 is %s", i, n, name);
    }
}

static void a_folder_replaces_what_is_in_it(void **state) {
    const struct place *p = *state;
    const char *const folder[] = {"--datadir", p->dir, NULL};
    const char *const fast[] = {"--datadir", p->dir, "-F", "", NULL};
    char name[32];
    assert_int_equal(ports(folder, name), 1000);
    assert_string_not_equal(name, "my-ssh");
    put(p->table, UNRANKED);
    assert_int_equal(ports(folder, name), 1025);
    assert_string_equal(name, "my-ssh");
    assert_int_equal(ports(fast, name), 2);
    put(p->table, RANKED);
    assert_int_equal(ports(folder, name), 2);
}

static void refuse(const char *option, const char *value, const char *why) {
    struct settings s;
    struct err e = {0};
    assert_true(settings_init(&s, &e));
    give(&s, option, value);
    assert_null(port_table_load(&s, &e));
    if (!strstr(e.text, why))
        fail_msg("%s %s: %s", option, value, e.text);
    settings_finish(&s);
}

static void what_cannot_be_read_is_said(void **state) {
    const struct place *p = *state;
    char missing[128];
    snprintf(missing, sizeof missing, "%s/missing", p->dir);
    refuse("--servicedb", missing, "--servicedb: cannot open");
    refuse("--datadir", missing, "--datadir: cannot read");
    refuse("--servicedb", p->dir, "--servicedb: cannot read");
    put(p->file, "ssh 22/tcp\nhttp eighty/tcp\n");
    refuse("--servicedb", p->file, "services:2");
    put(p->table, "22\ttcp\tssh\n");
    refuse("--datadir", p->dir, "ports.tsv:1");
    char *long_name = calloc(1, 5000);
    assert_non_null(long_name);
    memset(long_name, 'x', 4999);
    refuse("--datadir", long_name, "longer than");
    refuse("--servicedb", long_name, "longer than");
    free(long_name);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_users_table_counts, make_place, leave_place),
        cmocka_unit_test_setup_teardown(a_folder_replaces_what_is_in_it, make_place, leave_place),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_said, make_place, leave_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
