#include "model/option.h"

#include "model/setting.h"

enum { NAME_LIMIT = 40 }; /* longer than any name; also bounds the edit distance */

static struct slice without_dashes(struct slice name) {
    for (int i = 0; i < 2 && name.n > 0 && name.p[0] == '-'; i++)
        name = slice_skip(name, 1);
    return name;
}

static const struct option_row *find_exact(struct slice name) {
    for (const struct option_row *r = option_rows; r->name; r++)
        if (slice_eq(slice_of(r->name), name))
            return r;
    return NULL;
}

static bool begins_long(struct slice name, const struct option_row *row) {
    return name.n > 0 && row->is_long && slice_starts(slice_of(row->name), name);
}

/* Levenshtein distance, letters of either case being equal. Both at most NAME_LIMIT bytes. */
static size_t distance(struct slice a, struct slice b) {
    size_t row[NAME_LIMIT + 1];
    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            bool same = slice_eq_nocase(slice_sub(a, i - 1, 1), slice_sub(b, j - 1, 1));
            size_t change = diagonal + (same ? 0 : 1);
            diagonal = row[j];
            row[j] = ll_min_size(change, 1 + ll_min_size(row[j], row[j - 1]));
        }
    }
    return row[b.n];
}

/* The nearest name that can be used, or NULL when none is near: a third of the letters may differ. */
static const struct option_row *nearest(struct slice name) {
    const struct option_row *best = NULL;
    size_t best_distance = name.n / 3 + 1;
    if (name.n == 0 || name.n > NAME_LIMIT)
        return NULL;
    for (const struct option_row *r = option_rows; r->name; r++) {
        struct slice known = slice_of(r->name);
        if (r->standing == OPTION_LATER || r->standing == OPTION_REFUSED || known.n > NAME_LIMIT || known.n < 2)
            continue;
        size_t d = distance(name, known);
        if (d < best_distance) {
            best = r;
            best_distance = d;
        }
    }
    return best;
}

static bool say_unknown(struct slice given, struct err *e) {
    struct slice bare = without_dashes(given);
    const char *dashes = bare.n == given.n ? "--" : "";
    const struct option_row *near = nearest(bare);
    if (near)
        return err_set(e, ERR_USAGE, "unknown option \"%s%s\"; did you mean \"%s%s\"? Try \"leadline -h\"", dashes,
                       setting_show(given).text, option_dashes(near), near->name);
    return err_set(e, ERR_USAGE, "unknown option \"%s%s\"; try \"leadline -h\"", dashes, setting_show(given).text);
}

static bool say_ambiguous(struct slice given, struct slice bare, struct err *e) {
    struct buf names;
    buf_init(&names, 320);
    for (const struct option_row *r = option_rows; r->name; r++)
        if (begins_long(bare, r) && !buf_printf(&names, "%s--%s", names.n ? ", " : "", r->name)) {
            names.failed = false;
            names.n = ll_min_size(names.n, names.ceiling - sizeof ", ...");
            buf_put_str(&names, ", ...");
            break;
        }
    err_set(e, ERR_USAGE, "option \"%s\" is ambiguous: it may be %s", setting_show(given).text, buf_cstr(&names));
    buf_finish(&names);
    return false;
}

const struct option_row *option_find(struct slice name, struct err *e) {
    struct slice bare = without_dashes(name);
    const struct option_row *found = find_exact(bare);
    if (found)
        return found;
    for (const struct option_row *r = option_rows; r->name; r++) {
        if (!begins_long(bare, r))
            continue;
        if (found && found->id != r->id) {
            say_ambiguous(name, bare, e);
            return NULL;
        }
        found = found ? found : r;
    }
    if (!found)
        say_unknown(name, e);
    return found;
}

const struct option_row *option_attached(struct slice token, struct slice *value) {
    struct slice bare = without_dashes(token);
    const struct option_row *best = NULL;
    size_t best_n = 0;
    for (const struct option_row *r = option_rows; r->name; r++) {
        struct slice name = slice_of(r->name);
        if (begins_long(bare, r))
            return NULL;
        if (!r->is_long && r->arg != ARG_NONE && name.n > best_n && name.n < bare.n && slice_starts(bare, name)) {
            best = r;
            best_n = name.n;
        }
    }
    if (best)
        *value = slice_skip(bare, best_n);
    return best;
}

static const struct setting_handler *handler_of(int id) {
    const struct setting_group groups[] = {setting_target_group(), setting_scan_group(),   setting_ping_group(),
                                           setting_ports_group(),  setting_timing_group(), setting_output_group(),
                                           setting_service_group()};
    for (size_t g = 0; g < LL_COUNT(groups); g++)
        for (size_t i = 0; i < groups[g].n; i++)
            if (groups[g].v[i].id == id)
                return &groups[g].v[i];
    return NULL;
}

bool option_is_setting(const struct option_row *row) {
    return handler_of(row->id) != NULL;
}

static bool option_keep(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    if (s->n_given == s->given_cap) {
        size_t cap = s->given_cap ? 2 * s->given_cap : 16;
        struct given_option *v = arena_array(&s->arena, cap, sizeof *v);
        if (!v)
            return err_set(e, ERR_MEMORY, "no memory for the settings");
        if (s->n_given)
            memcpy(v, s->given, s->n_given * sizeof *v);
        s->given = v; /* the old array stays in the arena: at most as much again */
        s->given_cap = cap;
    }
    struct slice copy = value.p ? arena_copy(&s->arena, value) : value;
    if (value.p && !copy.p)
        return err_set(e, ERR_MEMORY, "no memory for the settings");
    s->given[s->n_given++] = (struct given_option){.id = row->id, .value = copy};
    return true;
}

bool option_apply(struct settings *s, const struct option_row *row, const struct slice *value, struct err *e) {
    const char *dashes = option_dashes(row);
    if (row->standing == OPTION_LATER)
        return err_set(e, ERR_USAGE, "%s%s: Leadline does not have this option of Nmap's yet", dashes, row->name);
    if (row->standing == OPTION_REFUSED)
        return err_set(e, ERR_USAGE, "%s%s: %s", dashes, row->name, row->summary);
    if (row->arg == ARG_REQUIRED && !(value && value->p))
        return err_set(e, ERR_USAGE, "%s%s needs a value: %s", dashes, row->name, row->placeholder);
    if (row->arg == ARG_NONE && value && value->p)
        return err_set(e, ERR_USAGE, "%s%s takes no value, but was given \"%s\"", dashes, row->name,
                       setting_show(*value).text);
    const struct setting_handler *h = handler_of(row->id);
    struct slice given = value ? *value : (struct slice){NULL, 0};
    if (h)
        return h->apply(s, row, given, e) && option_keep(s, row, given, e);
    if (row->standing == OPTION_NO_EFFECT)
        return true;
    return err_set(e, ERR_USAGE, "%s%s: this option belongs to the command line, not to the settings", dashes,
                   row->name);
}

bool option_complete(struct settings *s, const struct services *services, const struct log *warn, struct err *e) {
    return setting_scan_complete(s, warn, e) && setting_ports_complete(s, services, warn, e) &&
           setting_ping_complete(s, services, warn, e) && setting_timing_complete(s, warn, e) &&
           setting_service_complete(s, warn, e) && setting_output_complete(s, e);
}
