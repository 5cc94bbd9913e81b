/* What the process may do, and giving it up. */
#ifndef LL_IO_PRIVILEGE_H
#define LL_IO_PRIVILEGE_H

#include "base/buf.h"
#include "base/err.h"

enum { PRIVILEGE_NET_RAW = 1, PRIVILEGE_LOW_PORTS = 2 }; /* what may stay */

/* Gives up all capabilities of the calling thread for good (no new ones through exec either), but those named by
 * `keep`, if they were there: CAP_NET_RAW for links that open later, CAP_NET_BIND_SERVICE for connections from a port
 * below 1024. The user id stays. Call it when all report files and sockets are open and before threads start; nothing
 * to give up is fine. The result is checked: false when anything is left that should be gone. */
bool privilege_drop(unsigned keep, struct err *e);

/* Appends the way out for people whose `what` ("raw sockets") is refused: the exact setcap command for this program. */
bool privilege_missing_text(struct buf *out, const char *what);

#endif
