#include "scan/intake.h"

#include "scan/file_text.h"

#define SHOWN_MAX 120 /* of an expression in a message, whose reason must fit too */

struct intake_item {
    struct intake_item *next, *prev; /* prev: only of excluded names */
    struct intake *intake;
    struct target_expr expr;
    struct slice file; /* where it stands; empty: on the command line */
    size_t line;
    bool waiting; /* for a name */
    bool failed;
    struct addr *addrs; /* of the name: first those to scan, then the others */
    size_t n_chosen, n_others;
    size_t n_text;
    char text[]; /* the expression; expr.name points into it */
};

/* ---- families */

static bool intake_family_wanted(const struct intake *t, uint32_t family) {
    const struct settings *s = t->settings;
    if (s->only_v4 == s->only_v6)
        return true;
    return family == (s->only_v4 ? ADDR_V4 : ADDR_V6);
}

/* Is this address of a name to be scanned? The first one of the family asked for; without -4 and -6 an IPv4 address if
 * there is one; with both one of each. With --resolve-all every one that the families admit. */
static bool intake_chooses(const struct intake *t, const struct name_answer *a, size_t i) {
    const struct settings *s = t->settings;
    uint32_t family = a->addrs[i].family;
    if (!intake_family_wanted(t, family))
        return false;
    if (s->resolve_all)
        return true;
    for (size_t k = 0; k < a->n_addrs; k++) {
        bool earlier = k < i && a->addrs[k].family == family;
        bool better = !s->only_v4 && !s->only_v6 && family == ADDR_V6 && a->addrs[k].family == ADDR_V4;
        if (earlier || better)
            return false;
    }
    return true;
}

/* A link-local address means nothing without its link: the one of -e when the user names none. */
static void intake_put_zone(const struct intake *t, struct addr *a) {
    if (a->family == ADDR_V6 && addr_is_link_local(a) && !a->zone)
        a->zone = t->zone;
}

static bool intake_choose(struct intake_item *it, const struct name_answer *a) {
    it->addrs = calloc(a->n_addrs + 1, sizeof *it->addrs);
    if (!it->addrs)
        return false;
    for (int pass = 0; pass < 3; pass++) /* IPv4, IPv6, and those that are only named */
        for (size_t i = 0; i < a->n_addrs; i++) {
            bool chosen = intake_chooses(it->intake, a, i);
            int when = !chosen ? 2 : a->addrs[i].family == ADDR_V6;
            if (when != pass)
                continue;
            struct addr *to = &it->addrs[it->n_chosen + it->n_others];
            *to = a->addrs[i];
            intake_put_zone(it->intake, to);
            (*(chosen ? &it->n_chosen : &it->n_others))++;
        }
    return true;
}

/* ---- targets in order */

/* `why` without the expression, or an error that names it already. */
static void intake_bad(struct intake *t, struct slice file, size_t line, struct slice text, const char *why,
                       const struct err *error) {
    struct err e = {0};
    struct slice shown = slice_sub(text, 0, SHOWN_MAX);
    if (error)
        err_set(&e, ERR_INPUT, "%s; it is skipped", error->text);
    else
        err_set(&e, ERR_INPUT, "target '" SLICE_FMT "%s': %s; it is skipped", SLICE_ARG(shown),
                shown.n < text.n ? "..." : "", why);
    if (file.n)
        err_context(&e, SLICE_FMT ":%zu", SLICE_ARG(file), line);
    log_message(t->log, LOG_ERROR, "%s", e.text);
    if (t->on_bad)
        t->on_bad(t->ctx, text);
}

/* The expression that is being read now. */
static void intake_bad_here(struct intake *t, struct slice text, const char *why) {
    intake_bad(t, t->file, t->line, text, why, NULL);
}

static void intake_bad_item(const struct intake_item *it, const char *why) {
    intake_bad(it->intake, it->file, it->line, (struct slice){it->text, it->n_text}, why, NULL);
}

static void intake_item_free(struct intake_item *it) {
    free(it->addrs);
    free(it);
}

static void intake_add_random(struct intake *t) {
    struct err e = {0};
    if (!t->settings->random_targets)
        return;
    if (target_space_add_random(t->space, t->settings->random_count, &t->excludes, t->seed, &e))
        t->on_added(t->ctx);
    else
        intake_bad(t, (struct slice){0}, 0, SLICE("-iR"), e.text, NULL);
}

static void intake_settle(struct intake *t) {
    if (!t->walking || t->sealed || t->failed)
        return;
    bool added = false;
    while (t->first && !t->first->waiting) {
        struct intake_item *it = t->first;
        const struct addr *others = it->addrs ? it->addrs + it->n_chosen : NULL;
        struct err e = {0};
        if (!it->failed && !target_space_add(t->space, &it->expr, it->addrs, it->n_chosen, others, it->n_others, &e))
            intake_bad_item(it, e.text);
        added = added || !it->failed;
        t->first = it->next;
        if (!t->first)
            t->last = NULL;
        intake_item_free(it);
    }
    if (added)
        t->on_added(t->ctx);
    if (!t->first && !t->reading) {
        intake_add_random(t);
        t->sealed = true;
        t->on_sealed(t->ctx);
    }
}

static struct intake_item *intake_item_new(struct intake *t, struct slice text) {
    struct intake_item *it = calloc(1, sizeof *it + text.n + 1);
    if (!it)
        return NULL;
    it->intake = t;
    it->file = t->file;
    it->line = t->line;
    it->n_text = text.n;
    memcpy(it->text, text.p, text.n);
    struct err e;
    if (!target_parse((struct slice){it->text, text.n}, &it->expr, &e))
        it->failed = true;
    intake_put_zone(t, &it->expr.net);
    return it;
}

static void intake_queue(struct intake *t, struct intake_item *it) {
    if (t->last)
        t->last->next = it;
    else
        t->first = it;
    t->last = it;
}

static void intake_named(void *ctx, const struct name_answer *a) {
    struct intake_item *it = ctx;
    it->waiting = false;
    bool kept = !a->ok || intake_choose(it, a);
    if (!it->n_chosen) {
        it->failed = true;
        const char *why = !kept ? "no memory" : a->ok ? "it has no address of the wanted family" : a->error;
        char text[200];
        snprintf(text, sizeof text, "its name cannot be resolved (%s)", why ? why : "no answer");
        intake_bad_item(it, text);
    }
    intake_settle(it->intake);
}

static enum addr_family intake_ask_family(const struct settings *s) {
    if (s->only_v4 == s->only_v6)
        return ADDR_NONE;
    return s->only_v4 ? ADDR_V4 : ADDR_V6;
}

static void intake_target(struct intake *t, struct slice text) {
    struct target_expr x;
    struct err e = {0};
    t->given++;
    if (!target_parse(text, &x, &e)) {
        intake_bad(t, t->file, t->line, text, NULL, &e);
        return;
    }
    intake_put_zone(t, &x.net);
    if (x.kind == TARGET_PREFIX6 && addr_is_link_local(&x.net) && !x.net.zone) {
        intake_bad_here(t, text, "a link-local address needs its interface: add %NAME behind it, or -e NAME");
        return;
    }
    uint32_t family = x.kind == TARGET_PREFIX6 ? ADDR_V6 : ADDR_V4;
    if (x.kind != TARGET_NAME && !intake_family_wanted(t, family)) {
        intake_bad_here(t, text, family == ADDR_V6 ? "-4 asks for IPv4 only" : "-6 asks for IPv6 only");
        return;
    }
    if (x.kind != TARGET_NAME && !t->first) { /* nothing waits in front of it */
        if (!target_space_add(t->space, &x, NULL, 0, NULL, 0, &e))
            intake_bad_here(t, text, e.text);
        return;
    }
    struct intake_item *it = intake_item_new(t, text);
    if (!it) {
        intake_bad_here(t, text, "no memory");
        return;
    }
    intake_queue(t, it);
    if (x.kind != TARGET_NAME)
        return;
    it->waiting = true;
    if (t->names->ops->forward(t->names, it->expr.name, intake_ask_family(t->settings), intake_named, it))
        return;
    it->waiting = false;
    it->failed = true;
    intake_bad_here(t, text, "too many names are waiting to be resolved");
}

/* ---- files of expressions */

struct intake_file {
    struct intake *t;
    struct slice path;
    bool exclude;
    bool said; /* *e tells what is wrong, and where */
    struct err *e;
};

static bool intake_exclude(struct intake *t, struct slice text, struct err *e);

static bool intake_word(void *ctx, struct slice word, size_t line) {
    struct intake_file *f = ctx;
    f->t->line = line;
    if (!f->exclude) {
        intake_target(f->t, word);
        return true;
    }
    if (intake_exclude(f->t, word, f->e))
        return true;
    f->said = true;
    return err_context(f->e, SLICE_FMT ":%zu", SLICE_ARG(f->path), line);
}

static bool intake_read(struct intake *t, struct slice path, bool exclude, struct err *e) {
    struct buf text;
    if (!file_text_read(&text, path, e))
        return err_context(e, exclude ? "list of excluded addresses" : "target list");
    struct intake_file f = {.t = t, .path = path, .exclude = exclude, .e = e};
    t->file = path;
    bool ok = target_words(buf_slice(&text), intake_word, &f, e);
    t->file = (struct slice){0};
    if (!ok && !f.said)
        err_context(e, "%s \"" SLICE_FMT "\"", exclude ? "list of excluded addresses" : "target list", SLICE_ARG(path));
    buf_finish(&text);
    return ok;
}

static bool intake_begin_walk(struct intake *t, struct err *e) {
    rangeset_seal(&t->excludes);
    target_space_exclude(t->space, &t->excludes);
    t->walking = true;
    t->reading = true;
    t->on_ready(t->ctx);
    for (size_t i = 0; i < t->settings->targets.n; i++)
        intake_target(t, t->settings->targets.v[i]);
    for (size_t i = 0; i < t->settings->target_files.n; i++)
        if (!intake_read(t, t->settings->target_files.v[i], false, e))
            return false;
    t->reading = false;
    if (!t->given && !t->settings->random_targets)
        log_message(t->log, LOG_WARNING, "no targets were specified, so 0 hosts scanned");
    t->on_added(t->ctx);
    intake_settle(t);
    return true;
}

/* ---- excludes */

static void intake_excluded_add(struct intake *t, struct intake_item *it) {
    it->next = t->excluded;
    if (it->next)
        it->next->prev = it;
    t->excluded = it;
}

static void intake_excluded_free(struct intake_item *it) {
    if (it->prev)
        it->prev->next = it->next;
    else
        it->intake->excluded = it->next;
    if (it->next)
        it->next->prev = it->prev;
    intake_item_free(it);
}

static void intake_exclude_named(void *ctx, const struct name_answer *a) {
    struct intake_item *it = ctx;
    struct intake *t = it->intake;
    struct err e = {0};
    bool ok = a->ok && a->n_addrs;
    if (!ok)
        err_set(&e, ERR_RESOLVE, "excluded name \"" SLICE_FMT "\" cannot be resolved (%s): nothing is scanned",
                SLICE_ARG(it->expr.name), a->ok || !a->error ? "no address" : a->error);
    else
        ok = target_exclude_add(&t->excludes, &it->expr, a->addrs, a->n_addrs, &e);
    intake_excluded_free(it);
    if (ok && (t->excluded || t->failed || t->walking))
        return;
    if (ok)
        ok = intake_begin_walk(t, &e);
    if (!ok && !t->failed) {
        t->failed = true;
        t->on_fatal(t->ctx, &e);
    }
}

static bool intake_exclude(struct intake *t, struct slice text, struct err *e) {
    struct target_expr x;
    if (!target_parse(text, &x, e))
        return err_context(e, "excluded \"" SLICE_FMT "\"", SLICE_ARG(text));
    if (x.kind != TARGET_NAME)
        return target_exclude_add(&t->excludes, &x, NULL, 0, e);
    struct intake_item *it = intake_item_new(t, text);
    if (!it)
        return err_set(e, ERR_MEMORY, "no memory for the excluded names");
    if (!t->names->ops->forward(t->names, it->expr.name, ADDR_NONE, intake_exclude_named, it)) {
        intake_item_free(it);
        return err_set(e, ERR_LIMIT, "too many excluded names");
    }
    intake_excluded_add(t, it);
    return true;
}

bool intake_init(struct intake *t, struct err *e) {
    rangeset_init(&t->excludes);
    t->space = target_space_create();
    if (!t->space)
        return err_set(e, ERR_MEMORY, "no memory for the targets");
    return true;
}

bool intake_start(struct intake *t, struct err *e) {
    for (size_t i = 0; i < t->settings->excludes.n; i++)
        if (!intake_exclude(t, t->settings->excludes.v[i], e))
            return false;
    for (size_t i = 0; i < t->settings->exclude_files.n; i++)
        if (!intake_read(t, t->settings->exclude_files.v[i], true, e))
            return false;
    return t->excluded || intake_begin_walk(t, e);
}

void intake_finish(struct intake *t) {
    while (t->first) {
        struct intake_item *it = t->first;
        t->first = it->next;
        intake_item_free(it);
    }
    while (t->excluded) {
        struct intake_item *it = t->excluded;
        t->excluded = it->next;
        free(it);
    }
    target_space_destroy(t->space);
    rangeset_finish(&t->excludes);
}
