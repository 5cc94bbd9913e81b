/* --iflist: interfaces and routes as the kernel has them. */
#ifndef LL_CLI_IFLIST_H
#define LL_CLI_IFLIST_H

#include "base/buf.h"
#include "link/netlink.h"

enum { IFLIST_COLUMNS = 7, IFLIST_CELL = 64 };

struct iflist_row {
    char cell[IFLIST_COLUMNS][IFLIST_CELL];
};
struct iflist_table {
    struct iflist_row *rows; /* the first one holds the titles */
    size_t n, cap;
    bool failed;
};

/* Both tables, as text. */
bool iflist_text(struct buf *b, struct err *e) LL_MUST_USE;
/* Each column is as wide as its longest cell and one blank; lines have no blanks at their ends. */
void iflist_put(struct buf *b, const char *title, const struct iflist_table *t);

#endif
