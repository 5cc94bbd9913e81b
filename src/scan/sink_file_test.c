#include "scan/sink_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#define BIG (1U << 20)

struct failure {
    unsigned n;
    struct err e;
};

static void failed(void *ctx, const struct sink_file *f, const struct err *e) {
    struct failure *seen = ctx;
    assert_true(f->failed);
    seen->n++;
    seen->e = *e;
}

static void write_text(struct sink_file *f, const char *text) {
    struct sink s = sink_file_sink(f);
    s.write(s.ctx, slice_of(text));
}

/* Reads a pipe to its end, slowly at first: the writer meets a full pipe again and again. */
struct reader {
    int fd;
    size_t n;
    uint64_t sum;
};

static void *reader_run(void *ctx) {
    struct reader *r = ctx;
    char part[3001];
    ssize_t n;
    for (unsigned turn = 0; (n = read(r->fd, part, sizeof part)) > 0; turn++) {
        for (ssize_t i = 0; i < n; i++)
            r->sum = r->sum * 31 + (unsigned char)part[i];
        r->n += (size_t)n;
        if (turn < 30)
            usleep(1000);
    }
    return NULL;
}

static void on_alarm(int signum) {
    (void)signum;
}

/* EAGAIN of a non-blocking pipe, EINTR and short writes: every byte arrives, once and in order. */
static void test_pipes(void **state) {
    (void)state;
    char *bytes = malloc(BIG);
    assert_non_null(bytes);
    uint64_t sum = 0;
    for (size_t i = 0; i < BIG; i++) {
        bytes[i] = (char)(i * 7 + i / 251);
        sum = sum * 31 + (unsigned char)bytes[i];
    }
    struct sigaction act = {.sa_handler = on_alarm}, old;
    sigaction(SIGALRM, &act, &old);
    for (int nonblocking = 0; nonblocking < 2; nonblocking++) {
        int fds[2];
        struct reader r = {0};
        struct failure seen = {0};
        pthread_t thread;
        assert_int_equal(pipe2(fds, nonblocking ? O_NONBLOCK : 0), 0);
        fcntl(fds[0], F_SETFL, 0);
        r.fd = fds[0];
        sigset_t alarm, before;
        sigemptyset(&alarm);
        sigaddset(&alarm, SIGALRM);
        pthread_sigmask(SIG_BLOCK, &alarm, &before); /* the interruptions are for the writer */
        assert_int_equal(pthread_create(&thread, NULL, reader_run, &r), 0);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        struct itimerval often = {{0, 500}, {0, 500}}, never = {0};
        setitimer(ITIMER_REAL, &often, NULL);
        struct sink_file f = {.fd = fds[1], .own = true, .path = SLICE("pipe"), .on_failure = failed, .ctx = &seen};
        struct sink s = sink_file_sink(&f);
        s.write(s.ctx, (struct slice){bytes, BIG});
        setitimer(ITIMER_REAL, &never, NULL);
        assert_true(sink_file_close(&f));
        pthread_join(thread, NULL);
        close(fds[0]);
        assert_int_equal(r.n, BIG);
        assert_true(r.sum == sum);
        assert_int_equal(f.lost + seen.n, 0);
    }
    sigaction(SIGALRM, &old, NULL);
    free(bytes);
}

static void test_full_device(void **state) {
    (void)state;
    struct err e = {0};
    struct failure seen = {0};
    struct sink_file f;
    assert_true(sink_file_open(&f, SLICE("/dev/full"), false, &e));
    f.on_failure = failed;
    f.ctx = &seen;
    write_text(&f, "12345");
    write_text(&f, "678");
    assert_int_equal(seen.n, 1); /* said once */
    assert_int_equal(seen.e.os, ENOSPC);
    assert_string_equal(seen.e.text, "cannot write the report file \"/dev/full\": No space left on device");
    assert_int_equal(f.lost, 8);
    assert_false(sink_file_close(&f));
    assert_false(sink_file_close(&f)); /* again: nothing happens */
    assert_int_equal(seen.n, 1);
}

static void test_reader_gone(void **state) {
    (void)state;
    int fds[2];
    struct failure seen = {0};
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(fds), 0);
    close(fds[0]);
    struct sink_file f = {.fd = fds[1], .own = true, .path = SLICE("pipe"), .on_failure = failed, .ctx = &seen};
    write_text(&f, "x");
    assert_int_equal(seen.e.os, EPIPE);
    assert_false(sink_file_close(&f));
    signal(SIGPIPE, SIG_DFL);
}

static void test_closed_standard_output(void **state) {
    (void)state;
    struct err e = {0};
    struct failure seen = {0};
    struct sink_file f;
    assert_true(sink_file_open(&f, SLICE("-"), false, &e));
    assert_false(f.own); /* it is not ours to close */
    f.on_failure = failed;
    f.ctx = &seen;
    int saved = dup(STDOUT_FILENO);
    close(STDOUT_FILENO);
    write_text(&f, "x");
    bool closed = sink_file_close(&f);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    assert_false(closed);
    assert_int_equal(seen.e.os, EBADF);
    assert_non_null(strstr(seen.e.text, "standard output"));
    assert_int_equal(fcntl(STDOUT_FILENO, F_GETFD) < 0, 0);
}

static void test_files(void **state) {
    (void)state;
    struct err e = {0};
    struct sink_file f;
    char name[] = "sink_file_test.XXXXXX", back[16] = "";
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "what was there before", 21), 21);
    assert_true(sink_file_open(&f, slice_of(name), false, &e));
    write_text(&f, "new");
    assert_int_equal(pread(fd, back, sizeof back, 0), 3); /* with the kernel at once, and nothing of the old file */
    assert_true(sink_file_close(&f));
    assert_true(sink_file_open(&f, slice_of(name), true, &e));
    write_text(&f, "er");
    assert_true(sink_file_close(&f));
    assert_int_equal(pread(fd, back, sizeof back, 0), 5); /* appended */
    assert_memory_equal(back, "newer", 5);
    close(fd);
    unlink(name);
    assert_false(sink_file_open(&f, SLICE("there/is/none"), false, &e));
    assert_int_equal(e.os, ENOENT);
    assert_non_null(strstr(e.text, "\"there/is/none\""));
    assert_true(sink_file_close(&f) && f.fd < 0);
    char *longer = calloc(1, 5001);
    assert_non_null(longer);
    memset(longer, 'a', 5000);
    assert_false(sink_file_open(&f, slice_of(longer), false, &e));
    free(longer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pipes),       cmocka_unit_test(test_full_device),
        cmocka_unit_test(test_reader_gone), cmocka_unit_test(test_closed_standard_output),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
