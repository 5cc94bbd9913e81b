/* Names through the C library's resolver (--system-dns): whatever nsswitch.conf says, a few at a time, on threads. */
#ifndef LL_IO_NAMES_SYSTEM_H
#define LL_IO_NAMES_SYSTEM_H

#include "io/loop.h"
#include "io/names.h"

/* The threads start with the first question, so privileges may be dropped until then. The loop must outlive the names.
 * `destroy` does not wait for look-ups that hang in the library. NULL: see *e. */
struct names *names_system_create(struct loop *loop, struct err *e);

#endif
