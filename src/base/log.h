/* Where messages for people go. The library never prints: it hands messages to the sink of its caller. */
#ifndef LL_BASE_LOG_H
#define LL_BASE_LOG_H

#include "base/base.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

struct log {
    void (*emit)(void *ctx, enum log_level level, const char *text); /* one line, no newline */
    void *ctx;
    int debug; /* 0..10: messages of LOG_DEBUG with a higher grade are dropped by log_debug */
};

void log_message(const struct log *l, enum log_level level, const char *fmt, ...) LL_PRINTF(3, 4);
void log_debug(const struct log *l, int grade, const char *fmt, ...) LL_PRINTF(3, 4);

#endif
