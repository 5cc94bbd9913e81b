#include "cli/console.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/text.h"

#define LINE_MAX_BYTES 4096

static const char *const console_marks[] = {[LOG_ERROR] = "leadline: ",
                                            [LOG_WARNING] = "leadline: warning: ",
                                            [LOG_INFO] = "leadline: ",
                                            [LOG_DEBUG] = "leadline: debug: "};

/* One write for one line, so that lines of several processes do not mix; names in messages may be hostile bytes. */
static void console_emit(void *ctx, enum log_level level, const char *text) {
    const struct sink_guard *guard = ctx;
    struct buf line;
    buf_init(&line, LINE_MAX_BYTES);
    buf_put_str(&line, console_marks[level]);
    text_plain(&line, slice_of(text));
    line.failed = false;
    buf_put_char(&line, '\n');
    if (guard && guard->before)
        guard->before(guard->ctx);
    fwrite(line.p, 1, line.n, stderr);
    if (guard && guard->after)
        guard->after(guard->ctx);
    buf_finish(&line);
}

void console_hold_descriptors(void) {
    static const int wrong_way[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    /* open() takes the lowest number that is free, which is the one just found closed. */
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", wrong_way[fd]) != fd)
            return;
}

struct log console_log(int debug, struct sink_guard *guard) {
    return (struct log){.emit = console_emit, .ctx = guard, .debug = debug};
}

void console_error(const char *text) {
    console_emit(NULL, LOG_ERROR, text);
}
