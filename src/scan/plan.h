/* From settings to what the engine does: which probes, which ports in which order, and how that is described in the
 * heads of reports. */
#ifndef LL_SCAN_PLAN_H
#define LL_SCAN_PLAN_H

#include "base/rng.h"
#include "engine/engine.h"
#include "model/payloads.h"

struct plan_scan {
    uint16_t *ports;
    struct buf text; /* the port list for the heads of reports */
};

struct plan {
    struct plan_scan scans[ENGINE_SCANS_MAX];
    struct payloads *payloads; /* NULL without a UDP scan */
    struct run_info info;      /* without args and start time */
};

/* Fills in the probes and ports of *c. `raw`: packets may be sent; otherwise everything is dialled. */
bool plan_make(struct plan *p, const struct settings *s, const struct services *services, bool raw, uint64_t seed,
               struct engine_config *c, struct err *e) LL_MUST_USE;
void plan_finish(struct plan *p);
/* Says which of the options given do not do well without raw packets. */
void plan_warn(const struct settings *s, bool raw, const struct log *log);

#endif
