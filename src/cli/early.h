/* The report of a run that never began. */
#ifndef LL_CLI_EARLY_H
#define LL_CLI_EARLY_H

#include "model/program.h"
#include "model/settings.h"

/* If the settings ask for XML on standard output: a whole document there that says what is wrong. */
void early_document(const struct settings *s, const struct program *as, struct slice args, const struct err *why);

#endif
