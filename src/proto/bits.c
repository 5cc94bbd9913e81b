#include "proto/bits.h"

enum parse bits_first_line(struct slice in, bool end, struct slice start, size_t max, struct slice *line) {
    struct slice rest = slice_sub(in, 0, max);
    if (!slice_starts(start, slice_sub(in, 0, start.n)))
        return PARSE_NOT;
    if (!line_take(&rest, line))
        return end || in.n >= max ? PARSE_NOT : PARSE_MORE;
    return slice_starts(*line, start) ? PARSE_DONE : PARSE_NOT;
}

bool bits_is_text(struct slice s, bool lines) {
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool line_end = c == '\r' || c == '\n';
        if (!((c >= ' ' && c <= '~') || c == '\t' || (lines && line_end)))
            return false;
    }
    return s.n > 0;
}

struct slice bits_between(struct slice s, struct slice from, struct slice to) {
    size_t at = slice_find_part(s, from);
    if (at == s.n)
        return (struct slice){0};
    struct slice rest = slice_skip(s, at + from.n);
    size_t n = slice_find_part(rest, to);
    return n < rest.n ? slice_sub(rest, 0, n) : (struct slice){0};
}

/* The end of a quoted text that begins at s (behind the quote), or s.n. */
static size_t quoted_end(struct slice s) {
    size_t i = 0;
    while (i < s.n && s.p[i] != '"')
        i += s.p[i] == '\\' ? 2 : 1;
    return ll_min_size(i, s.n);
}

struct slice bits_json(struct slice object, struct slice key) {
    struct slice rest = object;
    for (;;) {
        size_t at = slice_find(rest, '"');
        if (at == rest.n)
            return (struct slice){0};
        rest = slice_skip(rest, at + 1);
        size_t n = quoted_end(rest);
        struct slice name = slice_sub(rest, 0, n);
        rest = slice_skip(rest, n + 1);
        struct slice behind = slice_trim(rest);
        if (!slice_eq(name, key) || behind.n < 2 || behind.p[0] != ':')
            continue;
        struct slice value = slice_trim(slice_skip(behind, 1));
        if (value.n && value.p[0] == '"') {
            value = slice_skip(value, 1);
            n = quoted_end(value);
            return n < value.n ? slice_sub(value, 0, n) : (struct slice){0};
        }
        n = 0;
        while (n < value.n && value.p[n] != ',' && value.p[n] != '}' && value.p[n] != ']')
            n++;
        return slice_trim(slice_sub(value, 0, n));
    }
}
