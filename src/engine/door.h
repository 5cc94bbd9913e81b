/* The door: everything nondeterministic that a run meets comes through these pointers (time and timers, packets and
 * routes, dialled connections, names, randomness). The real world is assembled in scan/world.c, the simulated one in
 * tests/sim. */
#ifndef LL_ENGINE_DOOR_H
#define LL_ENGINE_DOOR_H

#include "base/log.h"
#include "io/conn.h"
#include "io/dial.h"
#include "io/loop.h"
#include "io/names.h"
#include "link/link.h"

struct door {
    struct loop *loop;
    struct network *network;
    struct dialer *dialer;
    struct connector *connector;
    struct names *names;
    uint64_t secret[2]; /* keys cookies and hash tables: never repeated, never told */
    uint64_t seed;      /* order, identification numbers and hop limits come from it */
    uint32_t zone;      /* of the interface that -e names: for link-local targets; 0 = none */
    uint16_t port_base; /* first of a block of own source ports outside the system's ephemeral range */
};

#endif
