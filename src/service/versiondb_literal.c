/* What every match of a pattern certainly has, read from the pattern's text: the literal bytes that it begins with, and
 * the longest run of them somewhere in it. An answer without them need not be tried. Where the text is not simple,
 * nothing is said, and the pattern is tried. */
#include "service/versiondb_data.h"

enum { PREFIX_MAX = 24 };

static int hex_of(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* The literal that an escape stands for: bytes that it takes, 0: it is no literal. */
static size_t escaped_literal(struct slice s, char *out) {
    static const char letters[] = "nrt", bytes[] = "\n\r\t";
    if (s.n < 2)
        return 0;
    for (size_t i = 0; i < 3; i++)
        if (s.p[1] == letters[i]) {
            *out = bytes[i];
            return 2;
        }
    if (s.p[1] == '0') { /* octal goes on */
        *out = 0;
        return s.n < 3 || !is_digit(s.p[2]) ? 2 : 0;
    }
    if (s.p[1] == 'x' && s.n >= 4 && hex_of(s.p[2]) >= 0 && hex_of(s.p[3]) >= 0) {
        *out = (char)(hex_of(s.p[2]) << 4 | hex_of(s.p[3]));
        return 4;
    }
    *out = s.p[1];
    return is_letter(s.p[1]) || is_digit(s.p[1]) || (s.p[1] & 0x80) ? 0 : 2;
}

static size_t literal(struct slice s, char *out) {
    static const struct slice special = {"^$.[|()?*+{}\\", 13};
    if (s.n == 0)
        return 0;
    if (s.p[0] == '\\')
        return escaped_literal(s, out);
    *out = s.p[0];
    return slice_find(special, s.p[0]) < special.n ? 0 : 1;
}

/* Past a character class that begins at `at`. */
static size_t behind_class(struct slice s, size_t at) {
    at++;
    if (at < s.n && s.p[at] == '^')
        at++;
    if (at < s.n && s.p[at] == ']')
        at++;
    while (at < s.n && s.p[at] != ']') {
        if (s.p[at] == '\\') {
            at++;
        } else if (s.p[at] == '[' && at + 1 < s.n && s.p[at + 1] == ':') {
            size_t end = at + 2;
            while (end < s.n && is_letter(s.p[end]))
                end++;
            if (end + 1 < s.n && s.p[end] == ':' && s.p[end + 1] == ']')
                at = end + 1;
        }
        at++;
    }
    return at + 1;
}

/* Constructs in which '|' and parentheses are not what they seem, or which change how the pattern is read. */
static bool is_odd(struct slice s) {
    if (slice_starts(s, SLICE("\\Q")) || slice_starts(s, SLICE("(?#")) || slice_starts(s, SLICE("(*")))
        return true; /* also where they are not meant: what follows is only slower */
    if (!slice_starts(s, SLICE("(?")))
        return false;
    for (size_t i = 2; i < s.n && (is_letter(s.p[i]) || s.p[i] == '-' || s.p[i] == '^'); i++)
        if (s.p[i] == 'x')
            return true;
    return false;
}

/* Is there certainly no alternative at the top? */
static bool has_one_branch(struct slice s) {
    size_t depth = 0;
    for (size_t i = 0; i < s.n; i++)
        if (is_odd(slice_skip(s, i)))
            return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '\\') {
            i++;
        } else if (c == '[') {
            i = behind_class(s, i) - 1;
        } else if (c == '(') {
            depth++;
        } else if (c == ')') {
            if (depth-- == 0)
                return false;
        } else if (c == '|' && depth == 0) {
            return false;
        }
    }
    return depth == 0;
}

struct slice vdb_prefix(struct slice text, struct arena *a) {
    char bytes[PREFIX_MAX];
    size_t n = 0;
    if (text.n < 2 || text.p[0] != '^' || !has_one_branch(text))
        return (struct slice){0};
    struct slice rest = slice_skip(text, 1);
    while (n < sizeof bytes) {
        size_t used = literal(rest, &bytes[n]);
        if (used == 0)
            break;
        rest = slice_skip(rest, used);
        /* What may be missing is no prefix. */
        if (rest.n && slice_find(SLICE("?*+{"), rest.p[0]) < 4)
            break;
        n++;
    }
    return n ? arena_copy(a, (struct slice){bytes, n}) : (struct slice){0};
}

/* The longest run of literals so far, and the one that is being read. */
struct runs {
    char best[VDB_LINE_MAX], now[VDB_LINE_MAX];
    size_t n_best, n_now;
};

static void end_run(struct runs *r) {
    if (r->n_now > r->n_best) {
        memcpy(r->best, r->now, r->n_now);
        r->n_best = r->n_now;
    }
    r->n_now = 0;
}

/* Past "{2,3}", or past '{' alone, which is a literal then. */
static size_t behind_brace(struct slice s) {
    size_t n = 1;
    while (n < s.n && (is_digit(s.p[n]) || s.p[n] == ',' || s.p[n] == ' '))
        n++;
    return n < s.n && s.p[n] == '}' ? n + 1 : 1;
}

/* Past the group or class that begins here. */
static size_t behind_group(struct slice s) {
    size_t depth = 0, i = 0;
    do {
        if (s.p[i] == '[') {
            i = behind_class(s, i);
            continue;
        }
        if (s.p[i] == '\\')
            i++;
        else if (s.p[i] == '(')
            depth++;
        else if (s.p[i] == ')')
            depth--;
        i++;
    } while (depth && i < s.n);
    return i;
}

/* Takes what is no literal off the front; 0: it is not understood. */
static size_t behind_other(struct slice s) {
    static const struct slice simple = {"aAbBdDefGhHKRsSvVwWXzZ", 22};
    if (s.p[0] == '(' || s.p[0] == '[')
        return behind_group(s);
    if (s.p[0] == '{')
        return behind_brace(s);
    if (s.p[0] != '\\')
        return 1;
    if (s.n < 2)
        return 0;
    if (is_digit(s.p[1])) /* a back-reference; not \12, which may be octal */
        return s.p[1] != '0' && (s.n < 3 || !is_digit(s.p[2])) ? 2 : 0;
    return slice_find(simple, s.p[1]) < simple.n ? 2 : 0;
}

static bool read_runs(struct slice rest, struct runs *r) {
    while (rest.n) {
        char c;
        size_t used = literal(rest, &c);
        if (used == 0) {
            end_run(r);
            used = behind_other(rest);
            if (used == 0)
                return false;
            rest = slice_skip(rest, used);
            continue;
        }
        rest = slice_skip(rest, used);
        char next = rest.n ? rest.p[0] : 'x';
        bool may_miss = next == '?' || next == '*' || next == '{';
        if (!may_miss)
            r->now[r->n_now++] = c;
        if (may_miss || next == '+')
            end_run(r);
    }
    end_run(r);
    return true;
}

size_t vdb_run(struct slice text, char out[VDB_LINE_MAX]) {
    struct runs r = {.n_best = 0};
    if (text.n > VDB_LINE_MAX || !has_one_branch(text) || !read_runs(text, &r))
        return 0;
    memcpy(out, r.best, r.n_best);
    return r.n_best;
}
