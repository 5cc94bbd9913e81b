/* The configuration file: options, one a line, that count before those of the command line. Format: leadline(1),
 * CONFIGURATION FILE. */
#ifndef LL_CLI_CONFIG_H
#define LL_CLI_CONFIG_H

#include "cli/args.h"

#define CONFIG_MAX ((size_t)1 << 20)

/* Applies the file's options to settings made by settings_init, without those that `given` (settings of the command
 * line) decides. `name` stands in messages. */
bool config_apply(struct settings *s, const struct settings *given, struct slice text, const char *name,
                  struct err *e) LL_MUST_USE;
/* Where the user's own file would be: $XDG_CONFIG_HOME/leadline/config or ~/.config/leadline/config. False: nowhere, or
 * in a folder that belongs to another user, who shall not choose our options. */
bool config_own_path(struct buf *path);

#endif
