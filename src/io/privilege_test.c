/* Each drop happens in a child: it cannot be taken back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "io/privilege.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OK = 0, DROP_FAILED = 10, RAW_DIFFERS, CHROOT_ALLOWED, EXEC_REGAINED };

static bool raw_works(void) {
    int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, 255);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static int drop_in_child(bool keep, bool was_allowed) {
    struct err e = {0};
    if (!privilege_drop(keep, &e)) {
        (void)!write(2, e.text, strlen(e.text));
        return DROP_FAILED;
    }
    if (raw_works() != (keep && was_allowed))
        return RAW_DIFFERS;
    if (chroot("/") == 0) /* needs another capability */
        return CHROOT_ALLOWED;
    if (!privilege_drop(keep, &e)) /* a second time is harmless */
        return DROP_FAILED;
    /* A program started now has no more: CapEff is 0, or CAP_NET_RAW (bit 13) at most. */
    const char *none = "grep -qE '^CapEff:[[:space:]]*0000000000000000$' /proc/self/status";
    const char *net_raw = "grep -qE '^CapEff:[[:space:]]*000000000000[02]000$' /proc/self/status";
    return system(keep ? net_raw : none) == 0 ? OK : EXEC_REGAINED;
}

static void privileges_are_gone(void **state) {
    (void)state;
    bool allowed = raw_works();
    if (!allowed)
        print_message("only half of the test: no CAP_NET_RAW to give up\n");
    for (int keep = 0; keep < 2; keep++) {
        pid_t child = fork();
        if (child == 0)
            _exit(drop_in_child(keep, allowed));
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), OK);
    }
    assert_int_equal(raw_works(), allowed);
}

static void the_way_out_names_this_program(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 8192);
    assert_true(privilege_missing_text(&b, "SYN scans"));
    assert_non_null(strstr(buf_cstr(&b), "SYN scans need CAP_NET_RAW"));
    assert_non_null(strstr(buf_cstr(&b), "sudo setcap cap_net_raw=eip /"));
    assert_non_null(strstr(buf_cstr(&b), "privilege_test"));
    assert_null(strchr(buf_cstr(&b), '\n'));
    buf_finish(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(privileges_are_gone),
        cmocka_unit_test(the_way_out_names_this_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
