/* Stamping packets: headers, hop limits, cookies, and which own port stands for which try. */
#ifndef LL_ENGINE_WIRE_H
#define LL_ENGINE_WIRE_H

#include "engine/path.h"
#include "engine/probe.h"

struct engine;

#define WIRE_PORTS 4000       /* own ports of ordinary tries: one for each wire epoch */
#define WIRE_CANARY_PORTS 512 /* and of canaries */
#define WIRE_EPOCH_NS (50 * NS_PER_MS)
uint16_t wire_tag(const struct engine *g, int64_t now); /* own port of tries sent now */
uint64_t wire_cookie(const struct engine *g, const struct probe *p, const struct addr *peer, uint16_t port,
                     uint16_t tag);
/* Sends one question. False: the link takes no more for the moment. */
bool wire_ask(struct engine *g, struct path *path, const uint8_t mac[MAC_LEN], const struct probe *p,
              const struct addr *dst, uint16_t port, uint16_t tag);
/* Ends the half-open connection behind *v; `source` is our address in the packet that showed it. */
void wire_reset(struct engine *g, struct link *link, const struct addr *source, const uint8_t mac[MAC_LEN],
                const struct verdict *v);
void wire_flush(struct engine *g);
bool wire_is_canary_tag(const struct engine *g, uint16_t tag);

#endif
