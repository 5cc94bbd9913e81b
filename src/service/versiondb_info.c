/* Fields of a match line: `$1` to `$9`, `$P(1)`, `$SUBST(1,"a","b")`, `$I(1,">")`. */
#include "service/template.h"
#include "service/versiondb_data.h"

enum { VALUE_MAX = 1024, NUMBER_BYTES_MAX = 8 };

enum piece_kind { PIECE_TEXT, PIECE_GROUP, PIECE_PRINTABLE, PIECE_REPLACED, PIECE_NUMBER };

struct piece {
    enum piece_kind kind;
    unsigned group;
    struct slice text;     /* of PIECE_TEXT */
    struct slice from, to; /* of PIECE_REPLACED */
    bool little;           /* of PIECE_NUMBER */
};

/* Takes `c` off the front, with the blanks around it. */
static bool take_char(struct slice *s, char c) {
    *s = slice_trim(*s);
    if (s->n == 0 || s->p[0] != c)
        return false;
    *s = slice_skip(*s, 1);
    return true;
}

static bool take_quoted(struct slice *s, struct slice *text) {
    if (!take_char(s, '"'))
        return false;
    size_t n = slice_find(*s, '"');
    if (n == s->n)
        return false;
    *text = slice_sub(*s, 0, n);
    *s = slice_skip(*s, n + 1);
    return true;
}

static bool take_digit(struct slice *s, unsigned *group) {
    if (s->n == 0 || s->p[0] < '1' || s->p[0] > '9')
        return false;
    *group = (unsigned)(s->p[0] - '0');
    *s = slice_skip(*s, 1);
    return true;
}

/* What stands between the parentheses of a function. */
static bool take_arguments(struct slice *s, struct piece *p) {
    struct slice order;
    if (!take_digit(s, &p->group))
        return false;
    if (p->kind == PIECE_REPLACED &&
        !(take_char(s, ',') && take_quoted(s, &p->from) && take_char(s, ',') && take_quoted(s, &p->to) && p->from.n))
        return false;
    if (p->kind == PIECE_NUMBER) {
        if (!take_char(s, ',') || !take_quoted(s, &order) || order.n != 1 || (order.p[0] != '<' && order.p[0] != '>'))
            return false;
        p->little = order.p[0] == '<';
    }
    /* Blanks behind the parenthesis belong to the text. */
    while (s->n && s->p[0] == ' ')
        *s = slice_skip(*s, 1);
    if (s->n == 0 || s->p[0] != ')')
        return false;
    *s = slice_skip(*s, 1);
    return true;
}

/* False: the end, or a fault (*rest is not empty). */
static bool next_piece(struct slice *rest, struct piece *p) {
    static const struct {
        struct slice name;
        enum piece_kind kind;
    } functions[] = {{{"$P(", 3}, PIECE_PRINTABLE}, {{"$SUBST(", 7}, PIECE_REPLACED}, {{"$I(", 3}, PIECE_NUMBER}};
    *p = (struct piece){0};
    if (rest->n == 0)
        return false;
    for (size_t i = 0; i < LL_COUNT(functions); i++)
        if (slice_starts(*rest, functions[i].name)) {
            struct slice inside = slice_skip(*rest, functions[i].name.n);
            p->kind = functions[i].kind;
            if (!take_arguments(&inside, p))
                return false;
            *rest = inside;
            return true;
        }
    struct slice behind = slice_skip(*rest, 1);
    if (rest->p[0] == '$' && take_digit(&behind, &p->group)) {
        p->kind = PIECE_GROUP;
        *rest = behind;
        return true;
    }
    size_t n = 1 + slice_find(behind, '$'); /* a dollar that begins nothing is one */
    p->text = slice_sub(*rest, 0, n);
    *rest = slice_skip(*rest, n);
    return true;
}

bool vdb_info_check(struct slice text, struct err *e) {
    struct piece p;
    while (next_piece(&text, &p))
        continue;
    return text.n == 0 || err_set(e, ERR_INPUT, "\"" SLICE_FMT "\" is not $P(1), $SUBST(1,\"a\",\"b\") or $I(1,\">\")",
                                  SLICE_ARG(slice_sub(text, 0, 40)));
}

static void put_printable(struct buf *b, struct slice s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= ' ' && s.p[i] <= '~')
            buf_put_char(b, s.p[i]);
}

static void put_replaced(struct buf *b, struct slice s, struct slice from, struct slice to) {
    while (s.n) {
        if (slice_starts(s, from)) {
            buf_put(b, to);
            s = slice_skip(s, from.n);
        } else {
            buf_put_char(b, s.p[0]);
            s = slice_skip(s, 1);
        }
    }
}

static bool put_number(struct buf *b, struct slice s, bool little) {
    uint64_t v = 0;
    if (s.n == 0 || s.n > NUMBER_BYTES_MAX)
        return false;
    for (size_t i = 0; i < s.n; i++)
        v = v << 8 | (uint8_t)s.p[little ? s.n - 1 - i : i];
    return buf_printf(b, "%llu", (unsigned long long)v);
}

/* The value of an insert; false: there is none, and the field is nothing without it. */
static bool put_value(struct buf *b, const struct piece *p, const struct slice groups[PATTERN_GROUPS]) {
    /* Longer ones would be cut in the field anyway. */
    struct slice value = slice_sub(groups[p->group], 0, VALUE_MAX);
    switch (p->kind) {
    case PIECE_PRINTABLE:
        put_printable(b, value);
        return true;
    case PIECE_REPLACED:
        put_replaced(b, value, p->from, p->to);
        return true;
    case PIECE_NUMBER:
        return put_number(b, groups[p->group], p->little);
    case PIECE_TEXT:
    case PIECE_GROUP:
        break;
    }
    buf_put(b, value);
    return true;
}

static bool fill(struct slice text, bool cpe, const struct slice groups[PATTERN_GROUPS], struct field *f) {
    struct piece p;
    struct buf value;
    bool ok = true;
    buf_init(&value, VALUE_MAX * NUMBER_BYTES_MAX);
    while (ok && next_piece(&text, &p)) {
        if (p.kind == PIECE_TEXT) {
            field_put(f, p.text);
            continue;
        }
        buf_clear(&value);
        ok = put_value(&value, &p, groups);
        if (cpe)
            field_put_cpe(f, buf_slice(&value));
        else
            field_put(f, buf_slice(&value));
    }
    buf_finish(&value);
    if (!ok)
        field_clear(f);
    return ok;
}

static bool fill_cpe(const struct vdb_pattern *p, const struct slice groups[PATTERN_GROUPS], struct arena *a,
                     struct service_result *r) {
    r->n_cpe = 0;
    for (size_t i = 0; i < p->n_cpe; i++) {
        struct field f;
        field_clear(&f);
        field_put(&f, SLICE("cpe:/"));
        if (!fill(p->cpe[i], true, groups, &f))
            continue;
        if (!field_finish_cpe(&f, a, &r->cpe[r->n_cpe++]))
            return false;
    }
    return true;
}

bool vdb_info_fill(const struct vdb_pattern *p, const struct slice groups[PATTERN_GROUPS], struct arena *a,
                   struct service_result *out) {
    struct service_result r = *out;
    struct slice *const fields[VDB_FIELDS] = {&r.product, &r.version, &r.extra, &r.hostname, &r.os, &r.device};
    for (size_t i = 0; i < VDB_FIELDS; i++) {
        struct field f;
        field_clear(&f);
        (void)fill(p->field[i], false, groups, &f);
        if (!field_finish(&f, SLICE(","), a, fields[i]))
            return false;
    }
    if (!fill_cpe(p, groups, a, &r))
        return false;
    struct slice service = p->service;
    /* "ssl/x" is x inside TLS. */
    if (slice_starts(service, SLICE("ssl/")) && service.n > 4) {
        service = slice_skip(service, 4);
        r.tunnel = TUNNEL_SSL;
    }
    char line[32];
    int n = snprintf(line, sizeof line, "versiondb:%u", p->line);
    struct field name;
    field_clear(&name);
    field_put(&name, service);
    r.evidence.signature = arena_copy(a, (struct slice){line, n > 0 ? (size_t)n : 0});
    r.evidence.documented = false;
    r.confidence = p->soft ? 8 : 10;
    if (!field_finish(&name, (struct slice){0}, a, &r.name) || !r.evidence.signature.p)
        return false;
    *out = r;
    return true;
}
