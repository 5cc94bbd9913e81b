/* What a report hides of a host, and the summary of it. Every format shows the same rows, so the rule is here once. */
#include "model/result.h"

#include <string.h>

#define SHOWN_MOST 25u    /* ports of one state that are still listed, at verbosity 0 */
#define DEBUG_WEIGHT 20u  /* a debug level counts like so many levels of verbosity */
#define DEBUG_SHOWS_ALL 3 /* from this debug level on nothing is hidden */
#define VERBOSE_OPEN_FILTERED 3

struct tally {
    uint32_t total[PORT_STATE_COUNT];
    uint32_t by_reason[PORT_STATE_COUNT][REASON_COUNT][PROTO_COUNT];
};

static bool is_openish(enum port_state s) {
    return s == PORT_OPEN || s == PORT_OPEN_FILTERED || s == PORT_UNFILTERED;
}

static bool is_hidden(enum port_state s, uint32_t count, const struct shown_rules *rules) {
    if (count == 0 || s == PORT_OPEN) {
        return false;
    }
    if (s == PORT_UNKNOWN) { /* only after a time-out: nothing is known, so there is no row to show */
        return true;
    }
    if (rules->open_only && !is_openish(s)) {
        return true;
    }
    if (rules->debug >= DEBUG_SHOWS_ALL || (rules->verbose >= VERBOSE_OPEN_FILTERED && s == PORT_OPEN_FILTERED)) {
        return false;
    }
    unsigned verbose = rules->verbose > 0 ? (unsigned)rules->verbose : 0;
    unsigned debug = rules->debug > 0 ? (unsigned)rules->debug : 0;
    return count > SHOWN_MOST * (verbose + 1 + DEBUG_WEIGHT * debug);
}

static void count_ports(const struct host_result *h, struct tally *t) {
    memset(t, 0, sizeof *t);
    for (size_t i = 0; i < h->n_ports; i++) {
        const struct port_result *p = &h->ports[i];
        if (p->state >= PORT_STATE_COUNT || p->reason >= REASON_COUNT || p->proto >= PROTO_COUNT) {
            continue;
        }
        t->total[p->state]++;
        t->by_reason[p->state][p->reason][p->proto]++;
    }
}

/* Inserts in descending order of count; equal counts keep the order of arrival. A full list drops its rarest entry. */
static void add_reason(struct extra_ports *x, struct extra_reason r) {
    size_t at = x->n_reasons;
    while (at > 0 && x->reasons[at - 1].count < r.count) {
        at--;
    }
    if (at >= EXTRA_REASONS_MAX) {
        return;
    }
    size_t last = x->n_reasons < EXTRA_REASONS_MAX ? x->n_reasons : EXTRA_REASONS_MAX - 1;
    memmove(&x->reasons[at + 1], &x->reasons[at], (last - at) * sizeof x->reasons[0]);
    x->reasons[at] = r;
    x->n_reasons = last + 1;
}

static void fill_extra(struct extra_ports *x, enum port_state s, const struct tally *t) {
    x->state = s;
    x->count = t->total[s];
    x->n_reasons = 0;
    for (int p = 0; p < PROTO_COUNT; p++) {
        for (int r = 0; r < REASON_COUNT; r++) {
            uint32_t count = t->by_reason[s][r][p];
            if (count > 0) {
                add_reason(x, (struct extra_reason){.reason = (enum reason)r, .proto = (enum proto)p, .count = count});
            }
        }
    }
}

void result_ignored(const struct host_result *h, const struct shown_rules *rules, struct ignored *out) {
    struct tally t;
    count_ports(h, &t);
    out->n = 0;
    for (int s = 0; s < PORT_STATE_COUNT; s++) {
        out->hidden[s] = is_hidden((enum port_state)s, t.total[s], rules);
        if (!out->hidden[s]) {
            continue;
        }
        size_t at = out->n++;
        while (at > 0 && out->v[at - 1].count < t.total[s]) {
            out->v[at] = out->v[at - 1];
            at--;
        }
        fill_extra(&out->v[at], (enum port_state)s, &t);
    }
}

struct port_result *result_port(const struct host_result *h, enum proto proto, uint16_t port) {
    size_t low = 0, high = h->n_ports;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct port_result *p = &h->ports[middle];
        if (p->proto == proto && p->port == port)
            return p;
        if (p->proto < (uint8_t)proto || (p->proto == proto && p->port < port))
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct service_result *result_service(const struct host_result *h, const struct port_result *p) {
    size_t low = 0, high = h->n_services;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct service_result *s = &h->services[middle];
        if (s->proto == p->proto && s->port == p->port)
            return s;
        if (s->proto < p->proto || (s->proto == p->proto && s->port < p->port))
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

bool result_has_open(const struct host_result *h) {
    for (size_t i = 0; i < h->n_ports; i++) {
        if (is_openish((enum port_state)h->ports[i].state)) {
            return true;
        }
    }
    return false;
}
