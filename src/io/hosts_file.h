/* The names that /etc/hosts gives to addresses, read once. */
#ifndef LL_IO_HOSTS_FILE_H
#define LL_IO_HOSTS_FILE_H

#include "base/arena.h"
#include "base/map.h"
#include "net/addr.h"

struct hosts_file {
    struct arena names;
    struct map by_addr; /* struct addr -> char * in `names` */
};

/* A file that is missing, unreadable or odd gives no names: it is not ours to complain about. */
void hosts_file_load(struct hosts_file *h, const char *path);
void hosts_file_finish(struct hosts_file *h);
/* The first name of the first line with that address; {NULL, 0} without one. */
struct slice hosts_file_find(const struct hosts_file *h, const struct addr *a);

#endif
