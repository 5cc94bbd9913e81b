#include "scan/file_text.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define PATH_TEXT_MAX 4096

static bool file_text_fill(struct buf *b, int fd, const char *name, struct err *e) {
    char part[65536];
    for (;;) {
        ssize_t n = read(fd, part, sizeof part);
        if (n == 0)
            return true;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_os(e, errno, "cannot read \"%s\"", name);
        if (!buf_put(b, (struct slice){part, (size_t)n}))
            return err_set(e, ERR_LIMIT, "\"%s\" is larger than %u bytes", name, FILE_TEXT_MAX);
    }
}

bool file_text_read(struct buf *b, struct slice path, struct err *e) {
    char name[PATH_TEXT_MAX];
    buf_init(b, FILE_TEXT_MAX);
    if (path.n >= sizeof name)
        return err_set(e, ERR_INPUT, "a file name is longer than %d bytes", PATH_TEXT_MAX - 1);
    memcpy(name, path.p, path.n);
    name[path.n] = 0;
    bool standard = slice_eq(path, SLICE("-"));
    int fd = standard ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_os(e, errno, "cannot open \"%s\"", name);
    bool ok = file_text_fill(b, fd, name, e);
    if (!standard)
        close(fd);
    if (!ok)
        buf_finish(b);
    return ok;
}
