/* Closing together: the kernel waits for a grace period of some 15 ms at the end of each packet socket and each program
 * at an interface. Closed at the same time they wait as long as one. */
#ifndef LL_LINK_CLOSER_H
#define LL_LINK_CLOSER_H

#include "base/base.h"

#define CLOSER_MAX 64

struct closer { /* zeroed before use */
    int fd[CLOSER_MAX];
    unsigned n;
};

/* Takes a descriptor over; -1: nothing. When the list is full it is closed at once. */
void closer_add(struct closer *c, int fd);
/* Closes all of them and returns when that is done. */
void closer_finish(struct closer *c);

#endif
