#include "proto/json_scan.h"

#define STEPS_MAX 4096

static void skip_blanks(struct slice *s) {
    while (s->n && (s->p[0] == ' ' || s->p[0] == '\t' || s->p[0] == '\r' || s->p[0] == '\n'))
        *s = slice_skip(*s, 1);
}

/* Behind the opening quote. */
static bool take_string(struct slice *s, struct slice *out) {
    size_t i = 0;
    while (i < s->n && s->p[i] != '"')
        i += s->p[i] == '\\' ? 2 : 1;
    if (i >= s->n)
        return false;
    *out = slice_sub(*s, 0, i);
    *s = slice_skip(*s, i + 1);
    return true;
}

static bool take_word(struct slice *s, struct slice *out) {
    size_t i = 0;
    while (i < s->n && ((s->p[i] >= '0' && s->p[i] <= '9') || (s->p[i] >= 'a' && s->p[i] <= 'z') || s->p[i] == '-' ||
                        s->p[i] == '+' || s->p[i] == '.' || s->p[i] == 'E'))
        i++;
    *out = slice_sub(*s, 0, i);
    *s = slice_skip(*s, i);
    return i > 0 && s->n > 0; /* a number at the end of the text may be cut */
}

/* In an object: the name and its colon. */
static bool take_key(struct json_scan *s) {
    struct slice *key = &s->key[s->depth - 1];
    s->rest = slice_skip(s->rest, 1);
    if (!take_string(&s->rest, key))
        return false;
    skip_blanks(&s->rest);
    if (s->rest.n == 0 || s->rest.p[0] != ':')
        return false;
    s->rest = slice_skip(s->rest, 1);
    skip_blanks(&s->rest);
    return true;
}

bool json_next(struct json_scan *s, struct slice *value) {
    bool named = false;
    while (s->steps++ < STEPS_MAX) {
        skip_blanks(&s->rest);
        if (s->rest.n == 0)
            return false;
        char c = s->rest.p[0];
        bool in_object = s->depth > 0 && !s->array[s->depth - 1];
        if (c == '{' || c == '[') {
            if (s->depth == JSON_DEPTH_MAX || (in_object && !named))
                return false;
            s->array[s->depth] = c == '[';
            s->key[s->depth++] = (struct slice){"", 0};
            s->rest = slice_skip(s->rest, 1);
            named = false;
        } else if (c == '}' || c == ']') {
            if (s->depth == 0 || named || s->array[s->depth - 1] != (c == ']'))
                return false;
            s->depth--;
            s->rest = slice_skip(s->rest, 1);
        } else if (s->depth == 0) {
            return false;
        } else if (c == ',') {
            s->rest = slice_skip(s->rest, 1);
        } else if (in_object && !named) {
            if (c != '"' || !take_key(s))
                return false;
            named = true;
        } else if (c == '"') {
            s->rest = slice_skip(s->rest, 1);
            return take_string(&s->rest, value);
        } else {
            return take_word(&s->rest, value);
        }
    }
    return false;
}

bool json_is_at(const struct json_scan *s, struct slice path) {
    struct slice name;
    for (size_t i = 0; i < s->depth; i++)
        if (s->array[i] || !slice_split(&path, '.', &name) || !slice_eq(name, s->key[i]))
            return false;
    return s->depth > 0 && path.p == NULL;
}
