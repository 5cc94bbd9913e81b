#include "service/extra.h"

#include "service/state.h"

static bool speaks_tls(const struct extra_request *r) {
    return !r->peer->udp && (r->result->tunnel == TUNNEL_SSL || slice_eq(r->result->evidence.parser, SLICE("tls")));
}

bool extra_begin(struct extra *x, const struct extra_request *r) {
    unsigned intensity = r->scan->c.settings->version_intensity;
    *x = (struct extra){0};
    if (speaks_tls(r)) {
        x->jarm = intensity >= INTENSITY_JARM ? jarm_begin(r) : NULL;
        return x->jarm != NULL;
    }
    if (!r->peer->udp && r->told->upgrade && intensity >= INTENSITY_STARTTLS)
        x->upgrade = starttls_begin(r);
    return x->upgrade != NULL;
}

void extra_cancel(struct extra *x) {
    if (x->jarm)
        jarm_cancel(x->jarm);
    if (x->upgrade)
        starttls_cancel(x->upgrade);
    *x = (struct extra){0};
}
