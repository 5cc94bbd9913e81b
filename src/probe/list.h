/* The registry of probes: one line each. Adding one: its file, a line here, a line in meson.build. */
#ifndef LL_PROBE_LIST_H
#define LL_PROBE_LIST_H

#include "engine/probe.h"

#define PROBE_LIST(X)                                                                                                  \
    X(arp)                                                                                                             \
    X(nd)                                                                                                              \
    X(echo)                                                                                                            \
    X(timestamp)                                                                                                       \
    X(address_mask)                                                                                                    \
    X(tcp_ack)                                                                                                         \
    X(udp)                                                                                                             \
    X(syn)                                                                                                             \
    X(connect)

#define X(name) extern const struct probe probe_##name;
PROBE_LIST(X)
#undef X

extern const struct probe *const probe_list[];    /* all of them, NULL at the end */
const struct probe *probe_find(const char *name); /* by struct probe.name; NULL when there is none */

#endif
