/* What the terminal is and takes: which descriptor, how wide, in colour or not. */
#ifndef LL_CLI_TERMINAL_H
#define LL_CLI_TERMINAL_H

#include "model/settings.h"

/* Where a line that is redrawn in place may go: standard error, else standard output; -1 when neither is a terminal
 * that can do it, or when standard output is a pipe, because its reader most likely writes to the same terminal. */
int terminal_line_fd(void);
/* May the report on standard output have colours? auto: a terminal that can, and no NO_COLOR (https://no-color.org). */
bool terminal_color(enum color_mode mode);
/* False: another job of the shell is in the foreground there. True also when the terminal knows no jobs. */
bool terminal_is_ours(int fd);
size_t terminal_width(int fd); /* columns; 80 when the terminal does not say */

#endif
