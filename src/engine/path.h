/* Ways out: what all hosts behind one next hop share. */
#ifndef LL_ENGINE_PATH_H
#define LL_ENGINE_PATH_H

#include "engine/probe.h"
#include "io/loop.h"
#include "link/link.h"

struct engine;

/* One way out: interface, source address, next hop. Shared by all hosts that use it. */
enum path_state { PATH_READY, PATH_ASKING, PATH_FAILED };
struct path {
    struct path *next;
    struct route route;
    struct link *link; /* NULL: dialled probes only */
    enum path_state state;
    uint8_t mac[MAC_LEN]; /* of the next hop; not for direct paths, whose hosts carry their own */
    unsigned asked;
    int64_t ask_next;
    struct loop_timer timer;
    struct engine *engine;
};

/* The way to dst, shared. NULL: none, said in *e. */
struct path *path_to(struct engine *g, const struct addr *dst, bool frames, struct err *e);
void path_neighbor_answer(struct engine *g, const struct verdict *v, const struct path *on);
void paths_destroy(struct engine *g);

#endif
