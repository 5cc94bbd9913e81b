/* Names: forward and reverse look-ups, many in flight. names_cares.c (c-ares), names_system.c (getnameinfo on worker
 * threads, for --system-dns) and the simulator implement it. */
#ifndef LL_IO_NAMES_H
#define LL_IO_NAMES_H

#include "base/err.h"
#include "base/slice.h"
#include "net/addr.h"

#define NAMES_ADDRS_MAX 64

struct name_answer {
    bool ok;
    const char *error;        /* when !ok: why, in words; static text */
    struct slice name;        /* reverse: the PTR name, without final dot; borrowed for the call */
    const struct addr *addrs; /* forward; borrowed for the call */
    size_t n_addrs;
};
typedef void (*names_fn)(void *ctx, const struct name_answer *a);

struct names;
struct names_ops {
    /* The callback comes from the loop, exactly once, unless `cancel_all` comes first; never from inside the call.
     * family: ADDR_V4, ADDR_V6 or ADDR_NONE for both. False: refused (limit, memory). */
    bool (*forward)(struct names *n, struct slice name, enum addr_family family, names_fn fn, void *ctx);
    bool (*reverse)(struct names *n, const struct addr *a, names_fn fn, void *ctx);
    void (*cancel_all)(struct names *n);
    void (*destroy)(struct names *n);
};
struct names {
    const struct names_ops *ops;
};

#endif
