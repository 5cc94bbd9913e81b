/* The whole engine, without a network: a fixed scan of about a million probes inside the simulator, all on one thread
 * and without waiting, so that time, and instructions under `perf stat` or valgrind, are those of engine, probes and
 * simulator. Ten hosts answer every probe, three drop most of them and are asked again. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "model/option.h"
#include "scan/run.h"
#include "sim.h"

#define SECONDS_MAX 5.0 /* for a million probes: the program fails above it */

static const char world[] = "host 10.1.0.1 10.1.0.2 10.1.0.3 10.1.0.4 10.1.0.5 10.1.0.6 10.1.0.7 10.1.0.8 10.1.0.9 "
                            "10.1.0.10; open 22,80,443,8000-8100; latency 10ms jitter 2ms\n"
                            "host 10.1.1.1 10.1.1.2 10.1.1.3; open 22,443; closed 80; filtered; latency 10ms\n";
static const char *const targets[] = {"10.1.0.1-10", "10.1.1.1-3"};

struct tally {
    uint64_t hosts, ports, open;
};

static void tally_event(void *ctx, const struct event *ev) {
    struct tally *t = ctx;
    if (ev->kind == EVENT_PORT)
        t->open++;
    if (ev->kind == EVENT_HOST) {
        t->hosts++;
        t->ports += ev->host->n_ports;
    }
}

static bool set(struct settings *s, const char *option, const char *value, struct err *e) {
    const struct option_row *row = option_find(slice_of(option), e);
    struct slice v = slice_of(value ? value : "");
    return row && option_apply(s, row, value ? &v : NULL, e);
}

static bool settle(struct settings *s, const struct services *services, const struct log *log, struct err *e) {
    s->has_seed = true;
    s->seed = 1;
    for (size_t i = 0; i < LL_COUNT(targets); i++)
        if (!text_list_add(&s->targets, &s->arena, slice_of(targets[i])))
            return err_set(e, ERR_MEMORY, "no memory for targets");
    return set(s, "-p", "-", e) && set(s, "-n", NULL, e) && option_complete(s, services, log, e);
}

static void silent(void *ctx, enum log_level level, const char *text) {
    (void)ctx;
    (void)level;
    (void)text;
}

static bool play(struct settings *s, struct services *services, struct sim *sim, struct tally *t, struct err *e) {
    struct log log = {.emit = silent};
    struct run_config c = {
        .settings = s, .services = services, .log = &log, .raw = true, .on_event = tally_event, .ctx = t};
    bool reports_ok;
    if (!settle(s, services, &log, e))
        return false;
    struct run *run = run_create(&c, e);
    if (!run)
        return false;
    sim_door(sim)->seed = 1;
    bool ok = run_play(run, sim_door(sim), &reports_ok, e) == RUN_COMPLETE && sim_clean(sim, e);
    run_destroy(run);
    return ok;
}

int main(void) {
    struct err e = {0};
    struct settings s;
    struct tally t = {0};
    struct services *services = services_builtin(&e);
    struct sim *sim = sim_create(world, 1, &e);
    if (!services || !sim || !settings_init(&s, &e)) {
        fprintf(stderr, "%s\n", e.text);
        return 1;
    }
    clock_t began = clock();
    bool ok = play(&s, services, sim, &t, &e);
    double seconds = (double)(clock() - began) / CLOCKS_PER_SEC;
    double probes = (double)sim_count(sim)->frames, million = seconds / probes * 1e6;
    if (ok)
        printf("%.0f probes to %" PRIu64 " hosts (%" PRIu64 " ports, %" PRIu64
               " open) in %.2f s: %.0f probes a second, "
               "%.2f s a million\n",
               probes, t.hosts, t.ports, t.open, seconds, probes / seconds, million);
    else
        fprintf(stderr, "%s\n", e.text);
    settings_finish(&s);
    sim_destroy(sim);
    services_destroy(services);
    return ok && million < SECONDS_MAX ? 0 : 1;
}
