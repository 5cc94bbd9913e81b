#include "cli/console.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/text.h"

#define LINE_MAX_BYTES 4096

static const char *const console_marks[] = {[LOG_ERROR] = "leadline: ",
                                            [LOG_WARNING] = "leadline: warning: ",
                                            [LOG_INFO] = "leadline: ",
                                            [LOG_DEBUG] = "leadline: debug: "};

/* Callers of Nmap's take lines without "Warning:" for errors, some of them any byte; so there is no LOG_INFO. */
static const char *const console_nmap_marks[] = {
    [LOG_ERROR] = "", [LOG_WARNING] = "Warning: ", [LOG_INFO] = NULL, [LOG_DEBUG] = "debug: "};

/* One write for one line, so that lines of several processes do not mix; names in messages may be hostile bytes. */
static void console_line(const struct sink_guard *guard, const char *mark, const char *text) {
    struct buf line;
    buf_init(&line, LINE_MAX_BYTES);
    buf_put_str(&line, mark);
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

static void console_emit(void *ctx, enum log_level level, const char *text) {
    console_line(ctx, console_marks[level], text);
}

static void console_emit_nmap(void *ctx, enum log_level level, const char *text) {
    if (console_nmap_marks[level])
        console_line(ctx, console_nmap_marks[level], text);
}

void console_hold_descriptors(void) {
    static const int wrong_way[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    /* open() takes the lowest number that is free, which is the one just found closed. */
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", wrong_way[fd]) != fd)
            return;
}

struct log console_log(const struct program *as, int debug, struct sink_guard *guard) {
    return (struct log){.emit = as->strict ? console_emit_nmap : console_emit, .ctx = guard, .debug = debug};
}

void console_error(const struct program *as, const char *text) {
    console_log(as, 0, NULL).emit(NULL, LOG_ERROR, text);
}
