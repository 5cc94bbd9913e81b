/* Borrowed runs of bytes; see slice.h. */
#include "base/slice.h"

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice slice_of(const char *text) {
    return (struct slice){text, text ? strlen(text) : 0};
}

bool slice_eq(struct slice a, struct slice b) {
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool slice_eq_nocase(struct slice a, struct slice b) {
    return a.n == b.n && slice_starts_nocase(a, b);
}

bool slice_starts(struct slice s, struct slice prefix) {
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool slice_starts_nocase(struct slice s, struct slice prefix) {
    if (s.n < prefix.n)
        return false;
    for (size_t i = 0; i < prefix.n; i++)
        if (lower(s.p[i]) != lower(prefix.p[i]))
            return false;
    return true;
}

int slice_cmp(struct slice a, struct slice b) {
    size_t n = ll_min_size(a.n, b.n);
    int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

struct slice slice_sub(struct slice s, size_t from, size_t n) {
    s = slice_skip(s, from);
    s.n = ll_min_size(s.n, n);
    return s;
}

struct slice slice_skip(struct slice s, size_t n) {
    n = ll_min_size(n, s.n);
    if (n == 0)
        return s;
    return (struct slice){s.p + n, s.n - n};
}

struct slice slice_trim(struct slice s) {
    while (s.n > 0 && is_blank(s.p[0]))
        s = slice_skip(s, 1);
    while (s.n > 0 && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

size_t slice_find(struct slice s, char c) {
    const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
    return at ? (size_t)(at - s.p) : s.n;
}

size_t slice_find_part(struct slice s, struct slice part) {
    const char *at = s.n && part.n ? memmem(s.p, s.n, part.p, part.n) : NULL;
    return at ? (size_t)(at - s.p) : s.n;
}

bool slice_has_exact(struct slice s, struct slice part) {
    return slice_find_part(s, part) < s.n;
}

bool slice_has(struct slice s, struct slice part) {
    for (; s.n >= part.n && part.n; s = slice_skip(s, 1))
        if (slice_starts_nocase(s, part))
            return true;
    return false;
}

bool slice_split(struct slice *rest, char sep, struct slice *part) {
    if (!rest->p)
        return false;
    size_t n = slice_find(*rest, sep);
    *part = slice_sub(*rest, 0, n);
    *rest = n < rest->n ? slice_skip(*rest, n + 1) : (struct slice){NULL, 0};
    return true;
}

bool slice_word(struct slice *rest, struct slice *word) {
    while (rest->n > 0 && is_blank(rest->p[0]))
        *rest = slice_skip(*rest, 1);
    size_t n = 0;
    while (n < rest->n && !is_blank(rest->p[n]))
        n++;
    *word = slice_sub(*rest, 0, n);
    *rest = slice_skip(*rest, n);
    return n > 0;
}

bool slice_statement(struct slice line, struct slice *word, struct slice *rest) {
    line = slice_trim(line);
    if (line.n == 0 || line.p[0] == '#')
        return false;
    (void)slice_word(&line, word);
    *rest = slice_trim(line);
    return true;
}

/* Only the last star seen needs a second try: an earlier one could not match anything that this one cannot. */
bool slice_match(struct slice pattern, struct slice text) {
    size_t i = 0, j = 0;
    bool star = false;
    size_t star_i = 0, star_j = 0;
    while (j < text.n) {
        if (i < pattern.n && pattern.p[i] == '*') {
            star = true;
            star_i = ++i;
            star_j = j;
        } else if (i < pattern.n && (pattern.p[i] == '?' || lower(pattern.p[i]) == lower(text.p[j]))) {
            i++;
            j++;
        } else if (star) {
            i = star_i;
            j = ++star_j;
        } else {
            return false;
        }
    }
    while (i < pattern.n && pattern.p[i] == '*')
        i++;
    return i == pattern.n;
}
