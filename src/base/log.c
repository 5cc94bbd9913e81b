/* Messages to the caller's sink; see log.h. */
#include "base/log.h"

#include <stdarg.h>

enum { LOG_LINE_MAX = 1024 };

static void emit(const struct log *l, enum log_level level, const char *fmt, va_list args) {
    char line[LOG_LINE_MAX];
    if (vsnprintf(line, sizeof line, fmt, args) < 0)
        return;
    l->emit(l->ctx, level, line);
}

void log_message(const struct log *l, enum log_level level, const char *fmt, ...) {
    if (!l || !l->emit)
        return;
    va_list args;
    va_start(args, fmt);
    emit(l, level, fmt, args);
    va_end(args);
}

void log_debug(const struct log *l, int grade, const char *fmt, ...) {
    if (!l || !l->emit || grade > l->debug)
        return;
    va_list args;
    va_start(args, fmt);
    emit(l, LOG_DEBUG, fmt, args);
    va_end(args);
}
