/* Messages to the person at the terminal, on standard error. */
#ifndef LL_CLI_CONSOLE_H
#define LL_CLI_CONSOLE_H

#include "base/log.h"

struct log console_log(int debug);
void console_error(const char *text); /* "leadline: text" */

#endif
