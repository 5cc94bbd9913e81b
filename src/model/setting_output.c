/* Reports and what is said while a scan runs. */
#include <math.h>

#include "model/option_ids.h"
#include "model/setting.h"

enum { LEVEL_MAX = 10 };

static bool add_file(struct settings *s, enum log_format format, const struct option_row *row, struct slice value,
                     struct err *e) {
    if (value.n > 1 && value.p[0] == '-')
        return setting_bad(e, row, value, "a file name may not begin with \"-\" (write ./%s if you mean it)",
                           setting_show(value).text);
    if (s->n_files == OUTPUT_FILES_MAX)
        return err_set(e, ERR_LIMIT, "%s%s: more than %d report files in one run", option_dashes(row), row->name,
                       OUTPUT_FILES_MAX);
    struct output_file *f = &s->files[s->n_files];
    if (!setting_text(s, row, value, &f->path, e))
        return false;
    f->format = format;
    s->n_files++;
    return true;
}

static bool output_normal(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return add_file(s, LOG_FORMAT_NORMAL, row, value, e);
}

static bool output_xml(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return add_file(s, LOG_FORMAT_XML, row, value, e);
}

static bool output_json(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return add_file(s, LOG_FORMAT_JSON, row, value, e);
}

static bool output_grep(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return add_file(s, LOG_FORMAT_GREP, row, value, e);
}

static bool output_list(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return add_file(s, LOG_FORMAT_LIST, row, value, e);
}

/* The three formats of Nmap's; JSON is written when it is asked for. */
static bool output_all(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    static const struct {
        enum log_format format;
        const char *ending;
    } parts[] = {{LOG_FORMAT_NORMAL, ".nmap"}, {LOG_FORMAT_XML, ".xml"}, {LOG_FORMAT_GREP, ".gnmap"}};
    struct slice base;
    if (slice_eq(value, SLICE("-")))
        return setting_bad(e, row, value, "three reports cannot share standard output; give the start of file names");
    if (!setting_text(s, row, value, &base, e))
        return false;
    struct buf name;
    buf_init(&name, base.n + sizeof ".gnmap");
    bool ok = true;
    for (size_t i = 0; ok && i < LL_COUNT(parts); i++) {
        buf_clear(&name);
        ok = buf_put(&name, base) && buf_put_str(&name, parts[i].ending);
        ok = ok ? add_file(s, parts[i].format, row, buf_slice(&name), e) : err_set(e, ERR_MEMORY, "no memory");
    }
    buf_finish(&name);
    return ok;
}

static bool append_output(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->append = true;
    return true;
}

static bool stylesheet(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    return setting_text(s, row, value, &s->stylesheet, e);
}

static bool web_xml(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->stylesheet = SLICE("https://nmap.org/svn/docs/nmap.xsl");
    return true;
}

static bool no_stylesheet(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->stylesheet = SLICE("");
    return true;
}

/* "" raises by one, "vv" by one more for each letter, a number is the level itself. -1: neither. */
static int level_of(struct slice value, char letter, int now) {
    int level = now + 1;
    if (value.n > 0 && value.p[0] >= '0' && value.p[0] <= '9') {
        level = 0;
        for (size_t i = 0; i < value.n; i++) {
            if (value.p[i] < '0' || value.p[i] > '9' || level > LEVEL_MAX)
                return -1;
            level = level * 10 + (value.p[i] - '0');
        }
        return level > LEVEL_MAX ? -1 : level;
    }
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] != letter)
            return -1;
        level += level <= LEVEL_MAX;
    }
    return level > LEVEL_MAX ? LEVEL_MAX : level;
}

static bool is_number(struct slice value) {
    return value.n > 0 && value.p[0] >= '0' && value.p[0] <= '9';
}

static bool verbose(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    int level = level_of(value, 'v', s->verbose);
    if (level < 0)
        return setting_bad(e, row, value, "must be -v, -vv, ... or a level from -v0 to -v10");
    s->verbose = level;
    s->silent = level == 0;
    return true;
}

static bool debug(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    int level = level_of(value, 'd', s->debug);
    if (level < 0)
        return setting_bad(e, row, value, "must be -d, -dd, ... or a level from -d0 to -d10");
    int verbose_level = is_number(value) ? level : s->verbose + (level - s->debug);
    s->verbose = verbose_level > LEVEL_MAX ? LEVEL_MAX : verbose_level;
    s->debug = level;
    s->silent = false;
    if (level > 0)
        s->reason = true;
    return true;
}

static bool reason(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->reason = true;
    return true;
}

static bool open_only(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->open_only = true;
    return true;
}

static bool stats_every(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    int64_t t;
    if (!setting_time(row, value, HUGE_VAL, &t, e))
        return false;
    if (t < 100 * NS_PER_MS)
        return setting_bad(e, row, value, "is too short; the least is 100ms");
    s->stats_every = t;
    return true;
}

static bool color(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    static const char *const modes[] = {[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};
    for (size_t i = 0; i < LL_COUNT(modes); i++)
        if (slice_eq(value, slice_of(modes[i]))) {
            s->color = (enum color_mode)i;
            return true;
        }
    return setting_bad(e, row, value, "must be auto, always or never");
}

static bool packet_trace(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->packet_trace = true;
    return true;
}

static bool noninteractive(struct settings *s, const struct option_row *row, struct slice value, struct err *e) {
    (void)row, (void)value, (void)e;
    s->noninteractive = true;
    return true;
}

struct setting_group setting_output_group(void) {
    static const struct setting_handler v[] = {
        {OPT_OUTPUT_NORMAL, output_normal},
        {OPT_OUTPUT_XML, output_xml},
        {OPT_OUTPUT_JSON, output_json},
        {OPT_OUTPUT_GREPABLE, output_grep},
        {OPT_OUTPUT_LIST, output_list},
        {OPT_OUTPUT_ALL, output_all},
        {OPT_APPEND_OUTPUT, append_output},
        {OPT_STYLESHEET, stylesheet},
        {OPT_WEB_XML, web_xml},
        {OPT_NO_STYLESHEET, no_stylesheet},
        {OPT_VERBOSE, verbose},
        {OPT_DEBUG, debug},
        {OPT_REASON, reason},
        {OPT_OPEN, open_only},
        {OPT_STATS_EVERY, stats_every},
        {OPT_COLOR, color},
        {OPT_PACKET_TRACE, packet_trace},
        {OPT_NON_INTERACTIVE, noninteractive},
    };
    return (struct setting_group){v, LL_COUNT(v)};
}

bool setting_output_complete(struct settings *s, struct err *e) {
    for (size_t i = 0; i < s->n_files; i++)
        for (size_t k = 0; k < i; k++)
            if (slice_eq(s->files[i].path, s->files[k].path))
                return err_set(e, ERR_USAGE, "two reports would go to \"%s\"; give each a file of its own",
                               setting_show(s->files[i].path).text);
    return true;
}
