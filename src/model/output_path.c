#include "model/output_path.h"

static const char *format_of(char letter) {
    switch (letter) {
    case 'H':
        return "%H";
    case 'M':
        return "%M";
    case 'S':
        return "%S";
    case 'm':
        return "%m";
    case 'd':
        return "%d";
    case 'y':
        return "%y";
    case 'Y':
        return "%Y";
    case 'T':
        return "%H%M%S";
    case 'R':
        return "%H%M";
    case 'D':
        return "%m%d%y";
    case 'F':
        return "%Y-%m-%d";
    case '%':
        return "%%";
    default:
        return NULL;
    }
}

bool output_path_expand(struct slice pattern, const struct tm *start, struct buf *out) {
    for (size_t i = 0; i < pattern.n; i++) {
        const char *format = pattern.p[i] == '%' && i + 1 < pattern.n ? format_of(pattern.p[i + 1]) : NULL;
        if (!format) {
            buf_put_char(out, pattern.p[i]);
            continue;
        }
        char part[32];
        size_t n = strftime(part, sizeof part, format, start);
        buf_put(out, (struct slice){part, n});
        i++;
    }
    return !out->failed;
}
