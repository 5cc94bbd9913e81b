/* What -h and -V print. */
#ifndef LL_CLI_HELP_H
#define LL_CLI_HELP_H

#include <stdio.h>

#include "model/program.h"

bool help_print(FILE *to, const struct program *as) LL_MUST_USE;         /* false: the file took not all of it */
bool help_print_version(FILE *to, const struct program *as) LL_MUST_USE; /* the first line names program and version */

#endif
