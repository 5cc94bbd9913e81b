#include "proto/lines.h"

#define TEXT_LOOKED_AT 512

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_name_byte(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
}

static struct slice without_cr(struct slice line) {
    while (line.n && line.p[line.n - 1] == '\r')
        line.n--;
    return line;
}

bool line_take(struct slice *rest, struct slice *line) {
    size_t n = slice_find(*rest, '\n');
    if (n == rest->n)
        return false;
    *line = without_cr(slice_sub(*rest, 0, n));
    *rest = slice_skip(*rest, n + 1);
    return true;
}

bool line_last(struct slice *rest, struct slice *line) {
    if (rest->n == 0)
        return false;
    if (line_take(rest, line))
        return true;
    *line = without_cr(*rest);
    *rest = slice_skip(*rest, rest->n);
    return true;
}

static bool has_code(struct slice line, unsigned *code) {
    if (line.n < 3 || line.p[0] < '1' || line.p[0] > '6' || !is_digit(line.p[1]) || !is_digit(line.p[2]) ||
        (line.n > 3 && line.p[3] != ' ' && line.p[3] != '-'))
        return false;
    *code = (unsigned)(line.p[0] - '0') * 100 + (unsigned)(line.p[1] - '0') * 10 + (unsigned)(line.p[2] - '0');
    return true;
}

/* What there is of a first line can still become one. */
static bool may_begin(struct slice in) {
    for (size_t i = 0; i < in.n && i < 3; i++)
        if (!is_digit(in.p[i]))
            return false;
    return in.n < 4 || in.p[3] == ' ' || in.p[3] == '-' || in.p[3] == '\r' || in.p[3] == '\n';
}

enum reply_state reply_read(struct slice in, struct reply *out) {
    struct slice rest = slice_sub(in, 0, REPLY_LONGEST), line;
    unsigned code;
    *out = (struct reply){0};
    if (!line_take(&rest, &line))
        return may_begin(in) && in.n < LINE_LONGEST ? REPLY_MORE : REPLY_NOT;
    if (!has_code(line, &out->code))
        return REPLY_NOT;
    out->first = slice_skip(line, 4);
    bool more = line.n > 3 && line.p[3] == '-';
    while (more) {
        if (!line_take(&rest, &line))
            return in.n < REPLY_LONGEST ? REPLY_MORE : REPLY_NOT;
        more = !(has_code(line, &code) && code == out->code && (line.n == 3 || line.p[3] == ' '));
    }
    out->n = (size_t)(rest.p - in.p);
    out->lines = slice_sub(in, 0, out->n);
    return REPLY_WHOLE;
}

bool reply_text(struct reply *r, struct slice *text) {
    unsigned code;
    if (!line_take(&r->lines, text))
        return false;
    if (has_code(*text, &code) && code == r->code)
        *text = slice_skip(*text, 4);
    return true;
}

bool slice_has_word(struct slice s, struct slice word) {
    bool fresh = true;
    for (; s.n >= word.n && word.n; s = slice_skip(s, 1)) {
        if (fresh && slice_starts_nocase(s, word) && (s.n == word.n || !is_name_byte(s.p[word.n])))
            return true;
        fresh = !is_name_byte(s.p[0]);
    }
    return false;
}

bool is_host_name(struct slice s) {
    if (s.n < 3 || s.n > 253)
        return false;
    if (s.p[0] == '[')
        return s.p[s.n - 1] == ']';
    bool dot = false;
    for (size_t i = 0; i < s.n; i++) {
        if (!is_name_byte(s.p[i]))
            return false;
        dot = dot || (s.p[i] == '.' && i > 0 && i + 1 < s.n);
    }
    return dot && is_name_byte(s.p[0]) && s.p[0] != '.' && s.p[0] != '-';
}

bool is_text(struct slice s) {
    s = slice_sub(s, 0, TEXT_LOOKED_AT);
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = (uint8_t)s.p[i];
        if ((c < 0x20 && c != '\t' && c != '\r' && c != '\n' && c != 0x1b) || c == 0x7f)
            return false;
    }
    return true;
}

void facts_put_some(struct facts *f, const char *key, struct slice value) {
    value = slice_trim(value);
    if (value.n)
        facts_put(f, key, value);
}
