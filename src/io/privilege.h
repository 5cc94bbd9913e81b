/* What the process may do, and giving it up. */
#ifndef LL_IO_PRIVILEGE_H
#define LL_IO_PRIVILEGE_H

#include "base/buf.h"
#include "base/err.h"

/* Gives up all capabilities of the calling thread for good (no new ones through exec either), but CAP_NET_RAW when
 * keep_net_raw is set and it was there: for links that open later. The user id stays. Call it when all report files and
 * sockets are open and before threads start; nothing to give up is fine. The result is checked: false when anything is
 * left that should be gone. */
bool privilege_drop(bool keep_net_raw, struct err *e);

/* Appends the way out for people whose `what` ("raw sockets") is refused: the exact setcap command for this program. */
bool privilege_missing_text(struct buf *out, const char *what);

#endif
