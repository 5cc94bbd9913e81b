#include "service/template.h"

static bool is_control(char c) {
    return (unsigned char)c < ' ' || c == 0x7f;
}

void field_clear(struct field *f) {
    f->n = 0;
    f->full = false;
}

void field_put(struct field *f, struct slice text) {
    for (size_t i = 0; i < text.n && !f->full; i++) {
        if (is_control(text.p[i]))
            continue;
        if (f->n == sizeof f->p)
            f->full = true;
        else
            f->p[f->n++] = text.p[i];
    }
}

/* Puts all of it or, without room, nothing: a cut never leaves half an escape. */
static void put_whole(struct field *f, const char *p, size_t n) {
    if (sizeof f->p - f->n < n)
        f->full = true;
    for (size_t i = 0; i < n && !f->full; i++)
        f->p[f->n++] = p[i];
}

void field_put_cpe(struct field *f, struct slice part) {
    static const char digits[] = "0123456789abcdef";
    part = slice_trim(part);
    for (size_t i = 0; i < part.n && !f->full; i++) {
        char c = part.p[i];
        if (is_control(c))
            continue;
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (c == ' ')
            c = '_';
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.') {
            put_whole(f, &c, 1);
        } else {
            char escape[3] = {'%', digits[(unsigned char)c >> 4], digits[(unsigned char)c & 15]};
            put_whole(f, escape, sizeof escape);
        }
    }
}

/* A cut may not leave the front of a UTF-8 character (RFC 3629 3). */
static size_t whole_characters(const struct field *f) {
    size_t n = f->n, tail = 0;
    if (!f->full)
        return n;
    while (tail < 3 && tail < n && ((unsigned char)f->p[n - 1 - tail] & 0xc0) == 0x80)
        tail++;
    if (tail == n)
        return n;
    unsigned char lead = (unsigned char)f->p[n - 1 - tail];
    size_t wanted = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;
    return wanted > tail ? n - 1 - tail : n;
}

static bool is_edge(char c, struct slice also) {
    return c == ' ' || slice_find(also, c) < also.n;
}

bool field_finish(struct field *f, struct slice also, struct arena *a, struct slice *out) {
    struct slice s = {f->p, whole_characters(f)};
    while (s.n && is_edge(s.p[s.n - 1], also))
        s.n--;
    while (s.n && is_edge(s.p[0], also))
        s = slice_skip(s, 1);
    *out = (struct slice){0};
    if (s.n == 0)
        return true;
    *out = arena_copy(a, s);
    return out->p != NULL;
}

bool field_finish_cpe(struct field *f, struct arena *a, struct slice *out) {
    while (f->n && f->p[f->n - 1] == ':')
        f->n--;
    return field_finish(f, (struct slice){0}, a, out);
}

enum piece_kind { PIECE_TEXT, PIECE_GROUP, PIECE_FACT };

struct piece {
    enum piece_kind kind;
    struct slice text; /* or the fact's key */
    unsigned group;
};

/* Takes the next piece off the front of *rest; false: the end, or (*rest not empty) a fault. */
static bool next_piece(struct slice *rest, struct piece *p) {
    *p = (struct piece){0};
    if (rest->n == 0)
        return false;
    size_t n = slice_find(*rest, '$');
    if (n > 0) {
        p->text = slice_sub(*rest, 0, n);
        *rest = slice_skip(*rest, n);
        return true;
    }
    if (rest->n < 2)
        return false;
    char c = rest->p[1];
    if (c == '$') {
        p->text = slice_sub(*rest, 1, 1);
        n = 2;
    } else if (c >= '1' && c <= '9') {
        p->kind = PIECE_GROUP;
        p->group = (unsigned)(c - '0');
        n = 2;
    } else if (c == '{') {
        n = slice_find(*rest, '}');
        if (n == rest->n || n == 2)
            return false;
        p->kind = PIECE_FACT;
        p->text = slice_sub(*rest, 2, n - 2);
        n++;
    } else {
        return false;
    }
    *rest = slice_skip(*rest, n);
    return true;
}

bool template_check(struct slice text, unsigned captures, struct err *e) {
    struct piece p;
    while (next_piece(&text, &p))
        if (p.kind == PIECE_GROUP && p.group > captures)
            return err_set(e, ERR_INPUT, "$%u, but the \"when\" lines have only %u capture(s)", p.group, captures);
    return text.n == 0 || err_set(e, ERR_INPUT, "behind a $ stands a digit from 1 to 9, {KEY} or a second $");
}

bool template_check_cpe(struct slice text, unsigned captures, struct err *e) {
    bool starts = slice_starts(text, SLICE("cpe:/a:")) || slice_starts(text, SLICE("cpe:/h:")) ||
                  slice_starts(text, SLICE("cpe:/o:"));
    if (!starts || text.n < 8)
        return err_set(e, ERR_INPUT, "a CPE begins with cpe:/a:, cpe:/h: or cpe:/o: and a vendor");
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] <= ' ' || text.p[i] > '~')
            return err_set(e, ERR_INPUT, "a CPE has printable ASCII without blanks only");
    return template_check(text, captures, e);
}

struct slice template_fact(const struct facts *f, struct slice key) {
    for (size_t i = 0; i < f->n; i++)
        if (slice_eq(slice_of(f->v[i].key), key))
            return f->v[i].value;
    return (struct slice){0};
}

static struct slice value_of(const struct piece *p, const struct template_values *v) {
    if (p->kind == PIECE_GROUP)
        return v->groups[p->group];
    return p->kind == PIECE_FACT ? template_fact(v->facts, p->text) : p->text;
}

bool template_fill(struct slice text, const struct template_values *v, struct arena *a, struct slice *out) {
    struct field f;
    struct piece p;
    field_clear(&f);
    while (next_piece(&text, &p))
        field_put(&f, value_of(&p, v));
    return field_finish(&f, (struct slice){0}, a, out);
}

/* Takes the part before the next "; " off *rest. */
static struct slice next_part(struct slice *rest) {
    for (size_t i = 0; i + 1 < rest->n; i++)
        if (rest->p[i] == ';' && rest->p[i + 1] == ' ') {
            struct slice part = slice_sub(*rest, 0, i);
            *rest = slice_skip(*rest, i + 2);
            return part;
        }
    struct slice part = *rest;
    *rest = (struct slice){0};
    return part;
}

bool template_fill_list(struct slice text, const struct template_values *v, struct arena *a, struct slice *out) {
    struct field f;
    field_clear(&f);
    while (text.n) {
        struct slice part = next_part(&text);
        size_t before = f.n;
        bool has_inserts = false, has_value = false;
        struct piece p;
        if (f.n)
            field_put(&f, SLICE("; "));
        while (next_piece(&part, &p)) {
            struct slice value = slice_trim(value_of(&p, v));
            has_inserts = has_inserts || p.kind != PIECE_TEXT;
            has_value = has_value || (p.kind != PIECE_TEXT && value.n);
            field_put(&f, p.kind == PIECE_TEXT ? p.text : value);
        }
        if (has_inserts && !has_value)
            f.n = before;
    }
    return field_finish(&f, SLICE(";"), a, out);
}

bool template_fill_cpe(struct slice text, const struct template_values *v, struct arena *a, struct slice *out) {
    struct field f;
    struct piece p;
    field_clear(&f);
    while (next_piece(&text, &p)) {
        if (p.kind == PIECE_TEXT)
            field_put(&f, p.text);
        else
            field_put_cpe(&f, value_of(&p, v));
    }
    return field_finish_cpe(&f, a, out);
}
