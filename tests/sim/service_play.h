/* What the scenarios of service detection share: a played scenario, and the results of its hosts. */
#ifndef SERVICE_PLAY_H
#define SERVICE_PLAY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "scenario.h"

#define S NS_PER_S
#define MS NS_PER_MS

#define PAGE "HTTP/1.1 200 OK\\r\\nServer: nginx/1.22.1\\r\\nContent-Length: 3\\r\\nConnection: close\\r\\n\\r\\nhi\\n"

#define KEPT 128
struct kept { /* a result, with its strings */
    struct service_result r;
    char name[32], product[64], version[64];
};

struct seen {
    struct kept v[KEPT];
    size_t n, hosts, timed_out, of_hosts, alike;
    unsigned udp_open;
    char trace[8192]; /* lines of --version-trace */
    size_t n_trace;
};

static inline void text(char *to, size_t room, struct slice s) {
    snprintf(to, room, SLICE_FMT, SLICE_ARG(s));
}

static inline void look(void *ctx, const struct event *ev, struct sim *sim) {
    struct seen *s = ctx;
    if (ev->kind == EVENT_TRACE && getenv("LL_SHOW"))
        printf("%7.3f " SLICE_FMT "\n", (double)sim_elapsed(sim) / NS_PER_S, SLICE_ARG(ev->text));
    if (ev->kind == EVENT_TRACE && s->n_trace + ev->text.n + 1 < sizeof s->trace) {
        memcpy(s->trace + s->n_trace, ev->text.p, ev->text.n);
        s->n_trace += ev->text.n;
        s->trace[s->n_trace++] = '\n';
    }
    if (ev->kind != EVENT_HOST)
        return;
    const struct host_result *h = ev->host;
    s->hosts++;
    s->timed_out += h->timed_out;
    s->of_hosts += h->n_services;
    s->alike += h->alike;
    for (size_t i = 0; i < h->n_ports; i++)
        s->udp_open += h->ports[i].proto == PROTO_UDP && h->ports[i].state == PORT_OPEN;
    for (size_t i = 0; i < h->n_services && s->n < KEPT; i++) {
        struct kept *k = &s->v[s->n++];
        k->r = h->services[i];
        text(k->name, sizeof k->name, k->r.name);
        text(k->product, sizeof k->product, k->r.product);
        text(k->version, sizeof k->version, k->r.version);
    }
}

static inline const struct kept *at(const struct seen *s, uint16_t port) {
    for (size_t i = 0; i < s->n; i++)
        if (s->v[i].r.port == port)
            return &s->v[i];
    fail_msg("no result for port %u", port);
    return NULL;
}

static inline struct scenario_result play(struct scenario s, struct seen *seen) {
    struct scenario_result r = {.on_event = look, .ctx = seen};
    *seen = (struct seen){0};
    s.seed = s.seed ? s.seed : 7;
    if (!scenario_run(&s, &r))
        fail_msg("%s", r.error.text);
    if (getenv("LL_SHOW")) {
        printf("%.3f s, %u hosts, %llu conversations, %llu at once, %zu results, %zu alike\n",
               (double)r.elapsed / NS_PER_S, r.hosts, (unsigned long long)r.count.conns,
               (unsigned long long)r.count.conns_most, seen->of_hosts, seen->alike);
        for (size_t i = 0; i < seen->n; i++)
            printf("  %u %s|%s|%s end %d conf %d print %zu hash %llx\n", seen->v[i].r.port, seen->v[i].name,
                   seen->v[i].product, seen->v[i].version, seen->v[i].r.end, seen->v[i].r.confidence,
                   seen->v[i].r.print.n, (unsigned long long)seen->v[i].r.evidence.hash);
    }
    if (r.unclean.code)
        fail_msg("%s", r.unclean.text);
    return r;
}

static inline struct scenario_result play_world(const char *world, const char *command, struct seen *seen) {
    struct scenario_result r = play((struct scenario){.world = world, .command = command}, seen);
    assert_int_equal(r.end, RUN_COMPLETE);
    return r;
}

#endif
