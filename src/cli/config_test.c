/* Configuration file and --echo: what the one reads, the other shows. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
/* The command's own files are not in the library. */
#include "cli/args.c"
#include "cli/config.c"
#include "cli/echo.c"

#include <fcntl.h>

enum { WORDS = 32 };

struct line {
    char text[512];
    char *argv[WORDS + 1];
    int argc;
};

static void split(struct line *l, const char *words) {
    l->argc = 0;
    size_t n = strlen(words);
    assert_true(n < sizeof l->text);
    memcpy(l->text, words, n + 1);
    bool inside = false;
    for (size_t i = 0; i < n; i++) {
        bool blank = l->text[i] == ' ';
        if (blank)
            l->text[i] = '\0';
        else if (!inside && l->argc < WORDS)
            l->argv[l->argc++] = &l->text[i];
        inside = !blank;
    }
    l->argv[l->argc] = NULL;
}

/* The command with this file and these words; the line that --echo prints, or the message. */
static bool play(const char *file, const char *words, char out[512]) {
    struct line l;
    struct settings given, s;
    struct args_result args;
    struct err e = {0};
    struct buf b;
    struct log quiet = {0};
    split(&l, words);
    buf_init(&b, 4096);
    struct services *services = services_parse(SLICE("22\ttcp\tssh\t-\t-\t1\n"), "test", &e);
    assert_non_null(services);
    assert_true(settings_init(&given, &e) && settings_init(&s, &e));
    bool ok = args_parse(l.argc, l.argv, &given, &args, &e) && config_apply(&s, &given, slice_of(file), "f.conf", &e) &&
              args_parse(l.argc, l.argv, &s, &args, &e) && option_complete(&s, services, &quiet, &e);
    if (ok)
        echo_put(&b, &s, &args);
    snprintf(out, 512, "%s", ok ? buf_cstr(&b) : e.text);
    buf_finish(&b);
    settings_finish(&given);
    settings_finish(&s);
    services_destroy(services);
    return ok;
}

static const struct {
    const char *file, *words, *echo;
} good[] = {
    {"", "leadline x", "leadline --no-config x\n"},
    {"# all of it\n\n  max-rate 100 # packets\n--open\n", "leadline x",
     "leadline --no-config --max-rate 100 --open x\n"},
    {"max-rate=100\r\np 22\nT4\n", "leadline x", "leadline --no-config -T 4 --max-rate 100 -p 22 x\n"},
    {"max-rate = 100\nv\nvv\n", "leadline x", "leadline --no-config -v3 --max-rate 100 x\n"},
    {"oN \"a b#c\"\n", "leadline x", "leadline --no-config -oN \"a b#c\" x\n"},
    /* the command line wins, also where another option of the same kind is meant */
    {"max-rate 100\n", "leadline --max-rate 5 x", "leadline --no-config --max-rate 5 x\n"},
    {"v3\n", "leadline -v x", "leadline --no-config -v1 x\n"},
    {"sS\nF\nn\n4\n", "leadline -sT -p 22 -R -6 ::1", "leadline --no-config -sT -6 -p 22 -R ::1\n"},
    {"sS\n", "leadline -sn x", "leadline --no-config -sn x\n"},
    /* order and defaults */
    {"", "leadline x -T3 --max-rate 1 --color auto -dd --max-rate 2", "leadline --no-config -d2 --max-rate 2 x\n"},
    {"", "leadline -v0 --unprivileged -T sneaky --exclude a --exclude b -- -x",
     "leadline --no-config --unprivileged -T 1 -v0 --exclude a --exclude b -- -x\n"},
};

static void files_and_words_become_one_line(void **state) {
    (void)state;
    for (size_t i = 0; i < LL_COUNT(good); i++) {
        char out[512], again[512];
        if (!play(good[i].file, good[i].words, out))
            fail_msg("%s: %s", good[i].file, out);
        assert_string_equal(out, good[i].echo);
        if (strchr(out, '"'))
            continue; /* needs a shell */
        out[strlen(out) - 1] = '\0';
        assert_true(play("", out, again));
        assert_string_equal(again, good[i].echo);
    }
}

static const struct {
    const char *file, *message;
} bad[] = {
    {"open\nnonsense-option 3\n", "f.conf:2: unknown option \"--nonsense-option\""},
    {"max-rate\n", "f.conf:1: --max-rate needs a value"},
    {"\n\n--max-rate fast\n", "f.conf:3: --max-rate \"fast\": must be packets per second"},
    {"open 3\n", "f.conf:1: --open takes no value"},
    {"config other\n", "f.conf:1: a configuration file cannot name another one"},
    {"help\n", "f.conf:1: --help: this option belongs to the command line"},
    {"echo\n", "f.conf:1: --echo: this option belongs to the command line"},
    {"192.0.2.1\n", "f.conf:1: unknown option"},
};

static void errors_name_file_and_line(void **state) {
    (void)state;
    for (size_t i = 0; i < LL_COUNT(bad); i++) {
        char out[512];
        assert_false(play(bad[i].file, "leadline x", out));
        if (strncmp(out, bad[i].message, strlen(bad[i].message)) != 0)
            fail_msg("\"%s\": %s", bad[i].file, out);
    }
}

static bool own_path(char out[256]) {
    struct buf b;
    buf_init(&b, 4096);
    bool found = config_own_path(&b);
    snprintf(out, 256, "%s", buf_cstr(&b));
    buf_finish(&b);
    return found;
}

static void the_users_own_file(void **state) {
    (void)state;
    char place[] = "/tmp/leadline-config-XXXXXX", folder[64], file[96], path[256];
    assert_non_null(mkdtemp(place));
    snprintf(folder, sizeof folder, "%s/leadline", place);
    snprintf(file, sizeof file, "%s/config", folder);
    setenv("XDG_CONFIG_HOME", place, 1);
    assert_false(own_path(path));
    assert_int_equal(mkdir(folder, 0700), 0);
    int fd = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
    assert_true(own_path(path));
    assert_string_equal(path, file);
    assert_int_equal(chmod(place, 0777), 0);
    assert_false(own_path(path)); /* everybody could put one there */
    setenv("XDG_CONFIG_HOME", "relative", 1);
    setenv("HOME", "/nonexistent", 1);
    assert_false(own_path(path));
    unlink(file);
    rmdir(folder);
    rmdir(place);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_and_words_become_one_line),
        cmocka_unit_test(errors_name_file_and_line),
        cmocka_unit_test(the_users_own_file),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
