/* Sending with two hands: the loop thread fills bundles of 64 frames; full ones are sent by a thread of the link's own,
 * and by the loop thread itself when that one falls behind. Handing a packet to the kernel costs several times what
 * making one costs, and on virtual interfaces the receiver's work is part of it.
 *
 * The thread begins with the first full bundle (small scans have none) and where there are two processors. It touches
 * nothing but bundles that were handed over: counters and messages are the loop thread's. What the kernel cannot take
 * at the moment is offered again; when it takes nothing for a quarter of a second (no carrier), packets count as
 * refused, so that the scan goes on. */
#ifndef LL_LINK_TX_CREW_H
#define LL_LINK_TX_CREW_H

#include "base/log.h"
#include "io/loop.h"
#include "link/link.h"

struct tx_crew;

struct tx_crew_options {
    struct loop *loop;
    struct link *link; /* counters and name; must outlive the crew */
    struct log log;
    int fd;       /* a bound packet socket; not owned */
    bool threads; /* false: the loop thread does it all */
};

struct tx_crew *tx_crew_create(const struct tx_crew_options *o, struct err *e);
uint8_t *tx_crew_alloc(struct tx_crew *c); /* NULL: all bundles are full, and the kernel takes nothing now */
void tx_crew_commit(struct tx_crew *c, size_t n);
/* The rest goes out, and the counters of the link become true for what has been sent by now. */
void tx_crew_flush(struct tx_crew *c);
bool tx_crew_helped(const struct tx_crew *c); /* the thread has been started */
/* Full bundles are sent first, as far as the kernel takes them; c may be NULL. */
void tx_crew_destroy(struct tx_crew *c);

#endif
