/* A port that is left out has a state of its own while the host is scanned: it is neither asked nor settled. */
#include "engine/sample.h"

#include "engine/state.h"

#define SAMPLE_STEP 16 /* of the rest, one port in so many is asked */
#define SAMPLE_LEFT_OUT ((uint8_t)PORT_STATE_COUNT)

void sample_begin(struct engine *g, struct host *h) {
    const struct walk *w = &g->walks[h->scan];
    for (size_t position = 0; position < w->scan.n_ports; position++) {
        struct port_result *p = &h->r.ports[h->base + w->place_at[position]];
        if (p->state != PORT_UNKNOWN || p->tries > 0 || position % SAMPLE_STEP == 0)
            continue;
        p->state = SAMPLE_LEFT_OUT;
        h->answered++;
        h->r.not_asked++;
        ledger_answer(&h->ledger, position, 0, false);
    }
}

void sample_drop(struct host *h) {
    size_t kept = h->base;
    if (!h->r.not_asked)
        return;
    for (size_t i = h->base; i < h->r.n_ports; i++)
        if (h->r.ports[i].state != SAMPLE_LEFT_OUT)
            h->r.ports[kept++] = h->r.ports[i];
    h->r.n_ports = kept;
}
