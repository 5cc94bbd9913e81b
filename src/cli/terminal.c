#include "cli/terminal.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define WIDTH_USUAL 80

static bool terminal_is_able(void) {
    struct slice term = slice_of(getenv("TERM"));
    return term.n > 0 && !slice_eq(term, SLICE("dumb"));
}

static bool terminal_is_pipe(int fd) {
    struct stat st;
    return fstat(fd, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

int terminal_line_fd(void) {
    if (!terminal_is_able() || terminal_is_pipe(STDOUT_FILENO))
        return -1;
    if (isatty(STDERR_FILENO))
        return STDERR_FILENO;
    return isatty(STDOUT_FILENO) ? STDOUT_FILENO : -1;
}

bool terminal_color(enum color_mode mode) {
    if (mode != COLOR_AUTO)
        return mode == COLOR_ALWAYS;
    const char *no_color = getenv("NO_COLOR");
    return !(no_color && *no_color) && terminal_is_able() && isatty(STDOUT_FILENO);
}

bool terminal_is_ours(int fd) {
    pid_t front = tcgetpgrp(fd);
    return front < 0 || front == getpgrp();
}

size_t terminal_width(int fd) {
    struct winsize w;
    return ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : WIDTH_USUAL;
}
