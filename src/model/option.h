/* The option schema: one row an option, made from docs/options/ at build time (tools/options), and the function that
 * puts an option's value into the settings. The command line, the library and later the configuration file use both. */
#ifndef LL_MODEL_OPTION_H
#define LL_MODEL_OPTION_H

#include "base/log.h"
#include "model/settings.h"

enum option_standing {
    OPTION_WORKS,
    OPTION_NO_EFFECT, /* accepted, changes nothing, said in the manual */
    OPTION_LATER,     /* one of Nmap's that is not here yet: refused in one line, not advertised */
    OPTION_REFUSED    /* will not come; the page says why */
};

enum option_arg {
    ARG_NONE,
    ARG_REQUIRED, /* --opt value, --opt=value, -ovalue, -o value */
    ARG_ATTACHED  /* only directly behind the name: -T4, -PS80, -v3; may be missing */
};

struct option_row {
    int id;           /* enum option_id of the generated option_ids.h */
    const char *name; /* long name or short name without dashes: "exclude", "sS", "p" */
    bool is_long;     /* written with two dashes in messages; may be shortened while it stays unique */
    enum option_arg arg;
    const char *placeholder; /* name of the value in messages: "FILE"; NULL without a value */
    enum option_standing standing;
    const char *summary; /* one line for help and error messages */
};

extern const struct option_row option_rows[]; /* generated, ends with name == NULL; aliases are rows with the same id */

static inline const char *option_dashes(const struct option_row *row) {
    return row->is_long ? "--" : "-";
}

/* Finds by exact name, or by unique prefix among long names; leading dashes of `name` do not matter. NULL: unknown or
 * ambiguous, said in *e. */
const struct option_row *option_find(struct slice name, struct err *e);
/* A short option with its value right behind it ("p22", "oXfile", "v3"; dashes as above); the longest name that fits.
 * NULL when there is none, or when the token begins a long name. */
const struct option_row *option_attached(struct slice token, struct slice *value);
/* Is this option put into the settings by option_apply? (The others are the command's: help, version, privileges.) */
bool option_is_setting(const struct option_row *row);
/* Applies one option. `value` is NULL for options without one. Later options do not undo earlier ones where Nmap stores
 * values and applies them after the timing template. */
bool option_apply(struct settings *s, const struct option_row *row, const struct slice *value, struct err *e);
/* After the last option: combination rules, timing templates with their overrides, port sets. `warn` gets one line
 * each. */
bool option_complete(struct settings *s, const struct services *services, const struct log *warn, struct err *e);

#endif
