#include "scan/sink_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#define PATH_TEXT_MAX 4096
#define WRITE_WAIT_MS 10000 /* how long a full pipe may hold the scan up */

static bool sink_file_is_stdout(const struct sink_file *f) {
    return slice_eq(f->path, SLICE("-"));
}

bool sink_file_open(struct sink_file *f, struct slice path, bool append, struct err *e) {
    *f = (struct sink_file){.fd = -1, .path = path};
    if (sink_file_is_stdout(f)) {
        f->fd = STDOUT_FILENO;
        return true;
    }
    char name[PATH_TEXT_MAX];
    if (path.n >= sizeof name)
        return err_set(e, ERR_INPUT, "the name of a report file is longer than %d bytes", PATH_TEXT_MAX - 1);
    memcpy(name, path.p, path.n);
    name[path.n] = 0;
    f->fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0666);
    if (f->fd < 0)
        return err_os(e, errno, "cannot open the report file \"%s\"", name);
    f->own = true;
    return true;
}

static void sink_file_fail(struct sink_file *f, int os) {
    f->failed = true;
    struct err e = {0};
    if (sink_file_is_stdout(f))
        err_os(&e, os, "cannot write the report to standard output");
    else
        err_os(&e, os, "cannot write the report file \"" SLICE_FMT "\"", SLICE_ARG(f->path));
    if (f->on_failure)
        f->on_failure(f->ctx, f, &e);
}

static bool sink_file_wait(const struct sink_file *f) {
    struct pollfd p = {.fd = f->fd, .events = POLLOUT};
    return poll(&p, 1, WRITE_WAIT_MS) > 0;
}

static void sink_file_write_all(struct sink_file *f, struct slice bytes) {
    while (bytes.n && !f->failed) {
        ssize_t n = write(f->fd, bytes.p, bytes.n);
        if (n > 0)
            bytes = slice_skip(bytes, (size_t)n);
        else if (n == 0)
            sink_file_fail(f, EIO);
        else if (errno == EAGAIN && sink_file_wait(f))
            continue;
        else if (errno != EINTR)
            sink_file_fail(f, errno);
    }
    f->lost += bytes.n;
}

static void sink_file_write(void *ctx, struct slice bytes) {
    struct sink_file *f = ctx;
    if (f->guard.before)
        f->guard.before(f->guard.ctx);
    sink_file_write_all(f, bytes);
    if (f->guard.after)
        f->guard.after(f->guard.ctx);
}

struct sink sink_file_sink(struct sink_file *f) {
    return (struct sink){.write = sink_file_write, .ctx = f};
}

bool sink_file_close(struct sink_file *f) {
    if (f->own && f->fd >= 0 && close(f->fd) != 0 && !f->failed)
        sink_file_fail(f, errno);
    f->fd = -1;
    return !f->failed;
}
