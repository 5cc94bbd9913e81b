/* Errors are values: a function that can fail returns bool (or a pointer) and takes a caller-owned `struct err *`
 * as its last argument. On failure the callee describes what happened; each caller on the way up may put context in
 * front ("targets.txt:3: ..."). The text says what, where and what to do; it has no final newline. */
#ifndef LL_BASE_ERR_H
#define LL_BASE_ERR_H

#include "base/base.h"

enum err_code {
    ERR_NONE = 0,
    ERR_USAGE,     /* the command line or an API call is wrong */
    ERR_INPUT,     /* a file or an answer is malformed */
    ERR_LIMIT,     /* a named ceiling was reached */
    ERR_MEMORY,    /* an allocation failed */
    ERR_OS,        /* a system call failed; `os` holds errno */
    ERR_PRIVILEGE, /* not permitted to this process */
    ERR_RESOLVE,   /* a name has no address */
    ERR_NO_ROUTE,  /* no way to a destination */
    ERR_OUTPUT,    /* a report could not be written */
    ERR_STOPPED    /* ended on request */
};

struct err {
    enum err_code code;
    int os; /* errno, or 0 */
    char text[480];
};

/* Both always return false, so that `return err_set(...)` works. `e` may be NULL. */
bool err_set(struct err *e, enum err_code code, const char *fmt, ...) LL_PRINTF(3, 4);
/* Code ERR_OS (ERR_PRIVILEGE for EPERM and EACCES); appends ": " and the text of `os`. */
bool err_os(struct err *e, int os, const char *fmt, ...) LL_PRINTF(3, 4);
/* Puts "context: " in front of the text; keeps the code. Returns false. */
bool err_context(struct err *e, const char *fmt, ...) LL_PRINTF(2, 3);
void err_clear(struct err *e);

#endif
