#include "cli/args.h"

#include <stdlib.h>

#include "base/text.h"
#include "model/option.h"
#include "model/option_ids.h"

#define SHOWN_MAX 80
#define COMMAND_LINE_MAX ((size_t)4 << 20)

struct walk {
    char **argv;
    int argc, at; /* `at`: the argument to look at next */
    struct settings *s;
    struct args_result *out;
};

struct shown_arg {
    char text[4 * SHOWN_MAX + 8];
};

/* A stranger's argument in a message: printable, and cut. */
static struct shown_arg show(struct slice arg) {
    struct shown_arg out = {""};
    struct buf b;
    buf_init(&b, sizeof out.text - 4);
    text_plain(&b, slice_sub(arg, 0, SHOWN_MAX));
    if (arg.n > SHOWN_MAX)
        buf_put_str(&b, "...");
    for (size_t i = 0; i < b.n; i++)
        out.text[i] = b.p[i];
    buf_finish(&b);
    return out;
}

static bool usage(struct walk *w) {
    w->out->exit_code = ARGS_EXIT_USAGE;
    return false;
}

/* Dashes that word processors and web pages put in place of "-": U+2010..U+2015 and U+2212 in UTF-8, and the bytes of
 * en and em dash in Windows code pages. Returns their name, or NULL. */
static const char *foreign_dash(struct slice arg) {
    static const struct {
        const char *bytes;
        const char *name;
    } dashes[] = {
        {"\xe2\x80\x90", "a Unicode hyphen (U+2010)"},      {"\xe2\x80\x91", "a Unicode non-breaking hyphen (U+2011)"},
        {"\xe2\x80\x92", "a Unicode figure dash (U+2012)"}, {"\xe2\x80\x93", "a Unicode en dash (U+2013)"},
        {"\xe2\x80\x94", "a Unicode em dash (U+2014)"},     {"\xe2\x80\x95", "a Unicode horizontal bar (U+2015)"},
        {"\xe2\x88\x92", "a Unicode minus sign (U+2212)"},  {"\x96", "an en dash of a Windows code page"},
        {"\x97", "an em dash of a Windows code page"},
    };
    for (size_t i = 0; i < LL_COUNT(dashes); i++)
        if (slice_starts(arg, slice_of(dashes[i].bytes)))
            return dashes[i].name;
    return NULL;
}

static bool take_target(struct walk *w, struct slice arg, struct err *e) {
    const char *dash = foreign_dash(arg);
    if (dash) {
        err_set(e, ERR_USAGE,
                "argument \"%s\" begins with %s, not with \"-\"; this comes from copying text out of a web "
                "page or document: type the dash by hand",
                show(arg).text, dash);
        return usage(w);
    }
    if (arg.n == 0)
        return err_set(e, ERR_USAGE, "an empty argument is not a target (argument %d)", w->at - 1);
    if (!text_list_add(&w->s->targets, &w->s->arena, arg))
        return err_set(e, ERR_MEMORY, "too many targets on the command line; put them into a file and use -iL");
    return true;
}

/* What the command itself does. True when the option was one of these. */
static bool command_option(struct walk *w, const struct option_row *row, struct slice value) {
    switch (row->id) {
    case OPT_HELP:
        w->out->wish = ARGS_HELP;
        return true;
    case OPT_VERSION:
        w->out->wish = ARGS_VERSION;
        return true;
    case OPT_IFLIST:
        w->out->wish = ARGS_IFLIST;
        return true;
    case OPT_CONFIG:
        w->out->config = value;
        w->out->no_config = false;
        return true;
    case OPT_NO_CONFIG:
        w->out->config = (struct slice){NULL, 0};
        w->out->no_config = true;
        return true;
    case OPT_ECHO:
        w->out->echo = true;
        return true;
    case OPT_PRIVILEGED:
        w->out->privilege = ARGS_PRIVILEGED;
        return true;
    case OPT_UNPRIVILEGED:
        w->out->privilege = ARGS_UNPRIVILEGED;
        return true;
    default:
        return false;
    }
}

static bool is_here(const struct option_row *row) {
    return row->standing == OPTION_WORKS || row->standing == OPTION_NO_EFFECT;
}

/* `value` has p == NULL when none was attached. */
static bool apply(struct walk *w, const struct option_row *row, struct slice value, struct err *e) {
    if (is_here(row) && row->arg == ARG_REQUIRED && !value.p) {
        if (w->at == w->argc) {
            err_set(e, ERR_USAGE, "%s%s needs a value: %s", option_dashes(row), row->name, row->placeholder);
            return usage(w);
        }
        value = slice_of(w->argv[w->at++]);
    }
    bool misuse = !is_here(row) || (row->arg == ARG_NONE && value.p);
    if (!misuse && command_option(w, row, value))
        return true;
    if (option_apply(w->s, row, value.p ? &value : NULL, e))
        return true;
    if (misuse)
        w->out->exit_code = ARGS_EXIT_USAGE;
    return false;
}

static const struct option_row *scan_letter(char letter) {
    const char name[] = {'s', letter};
    const struct option_row *row = option_find((struct slice){name, sizeof name}, NULL);
    return row && !row->is_long ? row : NULL;
}

/* "-sSU" is "-sS -sU", if every letter is a scan type. */
static bool is_scan_list(struct slice token) {
    if (token.n < 3 || token.n > 16 || token.p[0] != 's')
        return false;
    for (size_t i = 1; i < token.n; i++)
        if (!scan_letter(token.p[i]))
            return false;
    return true;
}

static bool take_option(struct walk *w, struct slice arg, struct err *e) {
    bool two = slice_starts(arg, SLICE("--"));
    struct slice token = slice_skip(arg, two ? 2 : 1), value = {NULL, 0};
    size_t equals = slice_find(token, '=');
    struct err why = {0};
    const struct option_row *row = option_find(slice_sub(arg, 0, arg.n - token.n + equals), &why);
    if (row && equals < token.n)
        value = slice_skip(token, equals + 1);
    if (!row && !two)
        row = option_attached(token, &value);
    if (row)
        return apply(w, row, value, e);
    if (!two && is_scan_list(token)) {
        for (size_t i = 1; i < token.n; i++)
            if (!apply(w, scan_letter(token.p[i]), (struct slice){NULL, 0}, e))
                return false;
        return true;
    }
    *e = why;
    return usage(w);
}

static bool take_all(struct walk *w, struct err *e) {
    bool only_targets = false;
    while (w->at < w->argc && w->out->wish == ARGS_SCAN) {
        struct slice arg = slice_of(w->argv[w->at++]);
        bool is_option = !only_targets && arg.n > 0 && arg.p[0] == '-';
        if (is_option && slice_eq(arg, SLICE("--")))
            only_targets = true;
        else if (is_option && arg.n == 1)
            return err_set(e, ERR_USAGE, "\"-\" is not a target; \"-iL -\" reads targets from standard input");
        else if (is_option ? !take_option(w, arg, e) : !take_target(w, arg, e))
            return false;
    }
    return true;
}

static bool needs_quotes(struct slice arg) {
    static const struct slice safe = {"%+,-./:=@_", 10};
    for (size_t i = 0; i < arg.n; i++) {
        char c = arg.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && slice_find(safe, c) == safe.n)
            return true;
    }
    return arg.n == 0;
}

void args_quote(struct buf *b, struct slice arg) {
    if (!needs_quotes(arg)) {
        buf_put(b, arg);
        return;
    }
    buf_put_char(b, '"');
    for (size_t i = 0; i < arg.n; i++) {
        if (arg.p[i] == '"' || arg.p[i] == '\\' || arg.p[i] == '$' || arg.p[i] == '`')
            buf_put_char(b, '\\');
        buf_put_char(b, arg.p[i]);
    }
    buf_put_char(b, '"');
}

static bool keep_command_line(const struct walk *w, struct err *e) {
    struct buf b;
    buf_init(&b, COMMAND_LINE_MAX);
    for (int i = 0; i < w->argc; i++) {
        if (i > 0)
            buf_put_char(&b, ' ');
        args_quote(&b, slice_of(w->argv[i]));
    }
    bool ok = !b.failed;
    if (ok) {
        w->out->command_line = arena_copy(&w->s->arena, buf_slice(&b));
        ok = w->out->command_line.p != NULL;
    }
    buf_finish(&b);
    return ok || err_set(e, ERR_LIMIT, "the command line is too long to be kept; put the targets into a file (-iL)");
}

bool args_parse(int argc, char **argv, struct settings *s, struct args_result *out, struct err *e) {
    *out = (struct args_result){.exit_code = ARGS_EXIT_VALUE};
    struct walk w = {.argv = argv, .argc = argc, .at = 1, .s = s, .out = out};
    if (!keep_command_line(&w, e))
        return false;
    if (argc <= 1) {
        out->wish = ARGS_HELP;
        out->exit_code = ARGS_EXIT_USAGE;
        return true;
    }
    if (!take_all(&w, e))
        return false;
    out->exit_code = ARGS_EXIT_OK;
    return true;
}

void args_environment(struct args_result *out) {
    if (out->privilege != ARGS_PRIVILEGE_DETECT)
        return;
    if (getenv("NMAP_UNPRIVILEGED") || getenv("LEADLINE_UNPRIVILEGED"))
        out->privilege = ARGS_UNPRIVILEGED;
    else if (getenv("NMAP_PRIVILEGED") || getenv("LEADLINE_PRIVILEGED"))
        out->privilege = ARGS_PRIVILEGED;
}
