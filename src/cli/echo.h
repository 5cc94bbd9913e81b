/* --echo: the settings of a run as a command line. */
#ifndef LL_CLI_ECHO_H
#define LL_CLI_ECHO_H

#include "cli/args.h"

/* One line: options under their first names, in a fixed order, without those that are the default or are replaced by a
 * later one; then the targets. Given to the command again, it makes the same run. */
void echo_put(struct buf *b, const struct settings *s, const struct args_result *args);

#endif
