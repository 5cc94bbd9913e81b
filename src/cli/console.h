/* Messages to the person at the terminal, on standard error. */
#ifndef LL_CLI_CONSOLE_H
#define LL_CLI_CONSOLE_H

#include "base/log.h"
#include "model/program.h"
#include "scan/sink_file.h"

/* Standard input, output and error that are closed become /dev/null opened the wrong way, so that no socket takes their
 * place and a write to them still fails. Before anything is opened. */
void console_hold_descriptors(void);
/* Lines begin with "leadline: "; under the name `nmap` they look as callers of Nmap's expect them, and notes are left
 * out. `guard` is borrowed; called around each line. */
struct log console_log(const struct program *as, int debug, struct sink_guard *guard);
void console_error(const struct program *as, const char *text);

#endif
