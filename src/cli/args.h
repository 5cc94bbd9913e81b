/* The command line: options and targets in any order, one or two dashes, "--opt value" and "--opt=value", short
 * options with their value behind ("-p22", "-oXfile", "-T4"), "--" before targets that begin with a dash. Which options
 * exist is told by the rows of model/option.h. */
#ifndef LL_CLI_ARGS_H
#define LL_CLI_ARGS_H

#include "base/buf.h"
#include "model/settings.h"

enum args_wish { ARGS_SCAN, ARGS_HELP, ARGS_VERSION, ARGS_IFLIST };
enum args_privilege { ARGS_PRIVILEGE_DETECT, ARGS_PRIVILEGED, ARGS_UNPRIVILEGED };

/* Exit codes, as tools around Nmap know them: misuse of options 255, a bad value 1. */
enum { ARGS_EXIT_OK = 0, ARGS_EXIT_VALUE = 1, ARGS_EXIT_USAGE = 255 };

struct args_result {
    enum args_wish wish;
    enum args_privilege privilege;
    bool echo;                 /* --echo: show, do not scan */
    bool no_config;            /* --no-config */
    struct slice config;       /* --config; empty: the user's own file, if there is one. Borrowed from argv */
    int exit_code;             /* for help and version, and after an error */
    struct slice command_line; /* as one line, quoted where a shell would need it; in the settings' memory */
};

/* Fills settings made by settings_init; option_complete comes afterwards. Help and version end the walk. On false *e
 * says what is wrong, and out->exit_code is the status to exit with. */
bool args_parse(int argc, char **argv, struct settings *s, struct args_result *out, struct err *e) LL_MUST_USE;

/* An argument as a shell takes it. */
void args_quote(struct buf *b, struct slice arg);
/* NMAP_PRIVILEGED, NMAP_UNPRIVILEGED and their names of our own decide what no option has decided. */
void args_environment(struct args_result *out);

#endif
