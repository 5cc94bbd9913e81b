#include "cli/config.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/option.h"
#include "model/option_ids.h"

/* Options of which the command line's replace all of the file's, whichever they are. */
enum config_family { FAMILY_NONE, FAMILY_SCAN, FAMILY_PORTS, FAMILY_NAMES, FAMILY_ADDRESSES };

static enum config_family config_family(int id) {
    switch (id) {
    case OPT_SYN_SCAN:
    case OPT_CONNECT_SCAN:
    case OPT_ACK_SCAN:
    case OPT_WINDOW_SCAN:
    case OPT_MAIMON_SCAN:
    case OPT_NULL_SCAN:
    case OPT_FIN_SCAN:
    case OPT_XMAS_SCAN:
    case OPT_UDP_SCAN:
    case OPT_PING_SCAN:
    case OPT_LIST_SCAN:
        return FAMILY_SCAN;
    case OPT_PORTS:
    case OPT_FAST_PORTS:
    case OPT_TOP_PORTS:
        return FAMILY_PORTS;
    case OPT_NO_RESOLVE:
    case OPT_RESOLVE_ALWAYS:
        return FAMILY_NAMES;
    case OPT_IPV4:
    case OPT_IPV6:
        return FAMILY_ADDRESSES;
    default:
        return FAMILY_NONE;
    }
}

static bool config_decided(const struct settings *given, int id) {
    enum config_family family = config_family(id);
    for (size_t i = 0; i < given->n_given; i++)
        if (given->given[i].id == id || (family && config_family(given->given[i].id) == family))
            return true;
    return false;
}

/* A comment begins at the start of the line or behind a blank. */
static struct slice config_uncomment(struct slice line) {
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] == '#' && (i == 0 || line.p[i - 1] == ' ' || line.p[i - 1] == '\t'))
            return slice_sub(line, 0, i);
    return line;
}

static struct slice config_unquote(struct slice value) {
    bool quoted = value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"';
    return quoted ? slice_sub(value, 1, value.n - 2) : value;
}

/* "max-rate 100", "--max-rate=100", "T4", "open" */
static bool config_line(struct settings *s, const struct settings *given, struct slice line, struct err *e) {
    size_t end = 0;
    while (end < line.n && line.p[end] != ' ' && line.p[end] != '\t' && line.p[end] != '=')
        end++;
    struct slice name = slice_sub(line, 0, end), value = slice_trim(slice_skip(line, end));
    if (value.n && value.p[0] == '=')
        value = slice_trim(slice_skip(value, 1));
    value = config_unquote(value);
    bool has_value = end < line.n;
    struct slice attached, bare = slice_skip(name, slice_starts(name, SLICE("-")));
    const struct option_row *row = option_find(name, e);
    if (!row && !has_value && (row = option_attached(bare, &attached)) != NULL) {
        value = attached;
        has_value = true;
    }
    if (!row)
        return false;
    err_clear(e);
    if (row->id == OPT_CONFIG || row->id == OPT_NO_CONFIG)
        return err_set(e, ERR_USAGE, "a configuration file cannot name another one");
    return config_decided(given, row->id) || option_apply(s, row, has_value ? &value : NULL, e);
}

bool config_apply(struct settings *s, const struct settings *given, struct slice text, const char *name,
                  struct err *e) {
    struct slice line;
    for (size_t n = 1; slice_split(&text, '\n', &line); n++) {
        line = slice_trim(config_uncomment(line));
        if (line.n && !config_line(s, given, line, e))
            return err_context(e, "%s:%zu", name, n);
    }
    return true;
}

static bool config_is_trusted(const char *folder) {
    struct stat st;
    return stat(folder, &st) == 0 && (st.st_uid == 0 || st.st_uid == geteuid()) && !(st.st_mode & S_IWOTH);
}

bool config_own_path(struct buf *path) {
    const char *xdg = secure_getenv("XDG_CONFIG_HOME"), *home = secure_getenv("HOME");
    bool has_xdg = xdg && xdg[0] == '/'; /* others are to be ignored, says the XDG specification */
    const char *base = has_xdg ? xdg : home;
    if (!base || base[0] != '/' || !config_is_trusted(base))
        return false;
    buf_put_str(path, base);
    buf_put_str(path, has_xdg ? "/leadline/config" : "/.config/leadline/config");
    return !path->failed && access(buf_cstr(path), F_OK) == 0;
}
