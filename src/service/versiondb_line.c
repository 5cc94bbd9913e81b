/* match and softmatch lines of docs/formats/versiondb.md. */
#include "service/versiondb_data.h"

static struct slice shown(struct slice s) {
    return slice_sub(s, 0, 40);
}

static bool keep(struct versiondb *db, struct slice text, struct slice *to, struct err *e) {
    *to = arena_copy(&db->arena, text);
    return to->p || err_set(e, ERR_LIMIT, "no memory for the patterns");
}

/* Takes the text between two marks off the front of *rest, whose first byte is the mark. */
static bool take_marked(struct slice *rest, struct slice *text, struct err *e) {
    if (rest->n < 2 || rest->p[0] <= ' ')
        return err_set(e, ERR_INPUT, "a text stands between two marks, as in m/.../ or p|...|");
    char mark = rest->p[0];
    struct slice body = slice_skip(*rest, 1);
    size_t n = slice_find(body, mark);
    if (n == body.n)
        return err_set(e, ERR_INPUT, "the second '%c' is missing", mark <= '~' ? mark : '?');
    *text = slice_sub(body, 0, n);
    *rest = slice_skip(body, n + 1);
    return true;
}

static bool take_flags(struct slice *rest, unsigned *flags, struct err *e) {
    while (rest->n && rest->p[0] != ' ' && rest->p[0] != '\t') {
        char c = rest->p[0];
        if (c != 'i' && c != 's')
            return err_set(e, ERR_INPUT, "behind a pattern stand i, s, or a blank");
        *flags |= c == 'i' ? (unsigned)PATTERN_CASELESS : (unsigned)PATTERN_DOTALL;
        *rest = slice_skip(*rest, 1);
    }
    return true;
}

static bool take_cpe(struct versiondb *db, struct vdb_pattern *p, struct slice *rest, struct err *e) {
    struct slice text;
    *rest = slice_skip(*rest, 4);
    if (!take_marked(rest, &text, e))
        return false;
    if (text.n < 3 || slice_find(SLICE("aho"), text.p[0]) == 3 || text.p[1] != ':')
        return err_set(e, ERR_INPUT, "a CPE begins with cpe:/a:, cpe:/h: or cpe:/o:");
    if (p->n_cpe == SERVICE_CPE_MAX)
        return err_set(e, ERR_LIMIT, "more than %d CPEs", SERVICE_CPE_MAX);
    if (rest->n && rest->p[0] == 'a')
        *rest = slice_skip(*rest, 1);
    return keep(db, text, &p->cpe[p->n_cpe++], e) && vdb_info_check(text, e);
}

static bool take_info(struct versiondb *db, struct vdb_pattern *p, struct slice *rest, struct err *e) {
    static const struct slice letters = {"pvihod", VDB_FIELDS};
    if (slice_starts(*rest, SLICE("cpe:/")))
        return take_cpe(db, p, rest, e);
    size_t which = slice_find(letters, rest->p[0]);
    if (which == letters.n)
        return err_set(e, ERR_INPUT, "\"" SLICE_FMT "\": expected p, v, i, h, o, d or cpe:/", SLICE_ARG(shown(*rest)));
    struct slice text;
    char letter = rest->p[0];
    *rest = slice_skip(*rest, 1);
    if (!take_marked(rest, &text, e))
        return err_context(e, "%c", letter);
    if (p->field[which].p)
        return err_set(e, ERR_INPUT, "%c is there twice", letter);
    return (keep(db, text, &p->field[which], e) && vdb_info_check(text, e)) || err_context(e, "%c", letter);
}

static bool compile(struct versiondb *db, struct vdb_pattern *p, struct err *e) {
    p->pattern = pattern_compile(p->text, p->flags, e);
    if (!p->pattern)
        return false;
    if (pattern_takes_empty(p->pattern, db->room))
        return err_set(e, ERR_INPUT, "the pattern matches an empty answer, so it says nothing");
    p->prefix = vdb_prefix(p->text, &db->arena);
    return true;
}

bool vdb_read_pattern(struct versiondb *db, struct slice rest, struct vdb_pattern *p, struct err *e) {
    struct slice service, text;
    if (!slice_word(&rest, &service))
        return err_set(e, ERR_INPUT, "expected: match SERVICE m/PATTERN/");
    rest = slice_trim(rest);
    if (rest.n == 0 || rest.p[0] != 'm')
        return err_set(e, ERR_INPUT, "\"" SLICE_FMT "\": expected a pattern, m/.../", SLICE_ARG(shown(rest)));
    rest = slice_skip(rest, 1);
    if (!take_marked(&rest, &text, e) || !take_flags(&rest, &p->flags, e))
        return false;
    if (!keep(db, service, &p->service, e) || !keep(db, text, &p->text, e) || !compile(db, p, e))
        return false;
    for (rest = slice_trim(rest); rest.n; rest = slice_trim(rest)) {
        if (!take_info(db, p, &rest, e))
            return false;
        if (rest.n && rest.p[0] != ' ' && rest.p[0] != '\t')
            return err_set(e, ERR_INPUT, "\"" SLICE_FMT "\": expected a blank", SLICE_ARG(shown(rest)));
    }
    return true;
}
