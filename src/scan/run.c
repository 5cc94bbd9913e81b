#include "scan/run.h"

#include "scan/intake.h"
#include "scan/listing.h"
#include "scan/outputs.h"
#include "scan/plan.h"
#include "scan/progress.h"
#include "scan/rdns.h"
#include "scan/report_queue.h"
#include "scan/trace_text.h"
#include "scan/vendors.h"
#include "service/service.h"

/* With one target the names come before the ports, as its readers are used to; but no longer than this. */
#define SINGLE_PATIENCE (300 * NS_PER_MS)

#define TRACE_LINE_MAX 1024

struct run {
    struct run_config c;
    struct door *door;
    struct outputs outputs;
    struct plan plan;
    struct engine_config engine_config;
    struct engine *engine;
    struct intake intake;
    struct target_walk walk;
    struct rdns rdns;
    struct service_scan *services; /* NULL: without -sV */
    struct service_trace service_trace;
    struct listing listing;
    struct report_queue queue;
    struct progress_meter progress;
    struct vendors vendors;
    struct err fatal;
    uint64_t bad_targets;
    uint64_t open_ports;
    size_t asked_names; /* reverse names of down hosts that are out */
    int64_t started;
    struct loop_timer dead;     /* ends the run outside of the engine's calls, when no report takes anything any more */
    struct loop_timer deadline; /* --max-runtime */
    bool out_of_time;
    bool ready, stopped, ended, engine_done;
    bool closed; /* the documents have ended: nothing is told any more */
};

/* ---- events */

static void run_tell(void *ctx, struct event *ev) {
    struct run *r = ctx;
    if (r->closed)
        return;
    outputs_event(&r->outputs, ev);
    if (r->c.on_event)
        r->c.on_event(r->c.ctx, ev);
}

struct run_down_host {
    struct run *run;
    struct host_result r;
};

static void run_finish_if_done(struct run *r);

static void run_down_named(void *ctx, struct slice name) {
    struct run_down_host *d = ctx;
    d->r.ptr = name;
    report_queue_add(&d->run->queue, &d->r);
    d->run->asked_names--;
    run_finish_if_done(d->run);
    free(d);
}

/* -R wants the names of down hosts too; no stage sees those. */
static bool run_ask_down_name(struct run *r, const struct host_result *h) {
    if (r->c.settings->dns != DNS_ALWAYS || r->stopped)
        return false;
    struct run_down_host *d = malloc(sizeof *d);
    if (!d)
        return false;
    *d = (struct run_down_host){.run = r, .r = *h};
    if (!rdns_lookup(&r->rdns, &h->addr, run_down_named, d)) {
        free(d);
        return false;
    }
    r->asked_names++;
    return true;
}

static void run_host(struct run *r, const struct host_result *h) {
    if (h->state != HOST_UP && !r->plan.info.show_down && !r->outputs.live.show_down) {
        /* Nobody prints it; one lone target is told anyway, because its reader asks why nothing is there. */
        if (!r->intake.sealed || target_space_size(r->intake.space) != 1)
            return;
    }
    struct host_result copy = *h;
    if (copy.has_mac)
        copy.vendor = vendors_find(&r->vendors, copy.mac);
    if (copy.state != HOST_UP && run_ask_down_name(r, &copy))
        return;
    report_queue_add(&r->queue, &copy);
}

static void run_trace(void *ctx, const struct trace *t) {
    struct run *r = ctx;
    struct buf line;
    buf_init(&line, TRACE_LINE_MAX);
    trace_text(&line, t);
    struct event ev = {.kind = EVENT_TRACE, .wall = loop_wall_s(r->door->loop), .text = buf_slice(&line)};
    run_tell(r, &ev);
    buf_finish(&line);
}

static void run_service_line(void *ctx, struct slice line) {
    struct run *r = ctx;
    struct event ev = {.kind = EVENT_TRACE, .wall = loop_wall_s(r->door->loop), .text = line};
    run_tell(r, &ev);
}

void run_set_tracing(struct run *r, bool on) {
    if (r->engine)
        engine_set_tracing(r->engine, on);
}

static void run_engine_event(void *ctx, struct event *ev) {
    struct run *r = ctx;
    r->open_ports += ev->kind == EVENT_PORT;
    if (ev->kind == EVENT_HOST)
        run_host(r, ev->host);
    else
        run_tell(r, ev);
}

/* ---- end */

static void run_finish(struct run *r) {
    if (r->ended)
        return;
    r->ended = true;
    if (r->walk.forgets)
        log_message(r->c.log, LOG_WARNING,
                    "--unique: the targets lie in too many networks to remember them all; some may have come twice");
    progress_stop(&r->progress);
    report_queue_flush(&r->queue);
    r->door->loop->ops->stop(r->door->loop);
}

static void run_finish_if_done(struct run *r) {
    if (r->engine_done && r->asked_names == 0)
        run_finish(r);
}

static void run_engine_done(void *ctx) {
    struct run *r = ctx;
    r->engine_done = true;
    run_finish_if_done(r);
}

static void run_fail(void *ctx, const struct err *e) {
    struct run *r = ctx;
    r->fatal = *e;
    run_finish(r);
}

static void run_outputs_dead(void *ctx) {
    struct run *r = ctx;
    if (r->door && !r->ended)
        loop_timer_at(r->door->loop, &r->dead, loop_now(r->door->loop));
}

static void run_dead_due(void *ctx) {
    run_stop(ctx);
}

void run_stop(struct run *r) {
    if (r->ended || r->stopped)
        return;
    r->stopped = true;
    rdns_give_up(&r->rdns);
    if (r->engine)
        engine_stop(r->engine);
    else if (r->ready && r->c.settings->list_only)
        listing_stop(&r->listing);
    else
        run_finish(r);
}

static void run_deadline_due(void *ctx) {
    struct run *r = ctx;
    r->out_of_time = !r->stopped && !r->ended;
    run_stop(r);
}

void run_report_status(struct run *r) {
    if (r->engine && !r->ended)
        progress_now(&r->progress, true);
}

void run_set_verbosity(struct run *r, int verbose, int debug) {
    struct run_info *live = &r->outputs.live;
    live->verbose = verbose;
    live->debug = debug;
    live->show_down = verbose > 0 || r->c.settings->dns == DNS_ALWAYS;
}

bool run_totals(const struct run *r, struct run_totals *out) {
    if (!r->engine || r->ended)
        return false;
    struct engine_totals t;
    engine_totals(r->engine, &t);
    *out = (struct run_totals){.phase = t.phase,
                               .progress = progress_estimate(&r->progress, &t),
                               .hosts_done = t.hosts_up + t.hosts_down,
                               .hosts_up = t.hosts_up,
                               .open_ports = r->open_ports,
                               .probes = t.sent_packets + t.dialled};
    u128 all = target_space_size(r->intake.space);
    if (r->intake.sealed && all <= UINT64_MAX)
        out->hosts_total = (uint64_t)all;
    return true;
}

/* ---- intake */

static void run_targets_ready(void *ctx) {
    struct run *r = ctx;
    r->ready = true;
    const struct settings *s = r->c.settings;
    if (s->list_only) {
        listing_init(&r->listing, r->door->loop, &r->walk, s->dns == DNS_NEVER ? NULL : &r->rdns);
        r->listing.tell = run_tell;
        r->listing.done = run_engine_done;
        r->listing.ctx = r;
        return;
    }
    struct engine_config *c = &r->engine_config;
    c->space = r->intake.space;
    c->walk = &r->walk;
    r->engine = engine_create(c, &r->fatal);
    if (!r->engine) {
        run_finish(r);
        return;
    }
    progress_start(&r->progress, r->door->loop, r->engine, s->stats_every, s->verbose > 0);
    r->progress.tell = run_tell;
    r->progress.ctx = r;
    run_set_tracing(r, s->packet_trace);
    engine_start(r->engine);
}

static void run_targets_added(void *ctx) {
    struct run *r = ctx;
    if (r->engine)
        engine_targets_added(r->engine);
    else if (r->ready && r->c.settings->list_only)
        listing_go(&r->listing);
}

static void run_targets_sealed(void *ctx) {
    struct run *r = ctx;
    target_walk_seal(&r->walk);
    if (r->engine) {
        engine_targets_sealed(r->engine);
    } else if (r->ready && r->c.settings->list_only) {
        r->listing.sealed = true;
        listing_go(&r->listing);
    }
}

static void run_target_bad(void *ctx, struct slice text) {
    struct run *r = ctx;
    r->bad_targets++;
    struct event ev = {.kind = EVENT_TARGET_BAD, .text = text, .wall = loop_wall_s(r->door->loop)};
    run_tell(r, &ev);
}

/* ---- life */

static bool run_single_target(const struct settings *s) {
    return s->targets.n == 1 && s->target_files.n == 0 && !s->random_targets;
}

static void run_engine_setup(struct run *r, struct door *door) {
    struct engine_config *c = &r->engine_config;
    c->settings = r->c.settings;
    c->door = door;
    c->log = r->c.log;
    c->port_base = door->port_base;
    c->stages[0] = &rdns_stage;
    c->stage_ctx[0] = &r->rdns;
    c->n_stages = 1;
    c->stage_patience = run_single_target(r->c.settings) ? SINGLE_PATIENCE : 0;
    c->emit = run_engine_event;
    c->trace = run_trace;
    c->done = run_engine_done;
    c->ctx = r;
    r->rdns = (struct rdns){.names = door->names, .mode = r->c.settings->dns};
}

static bool run_services_setup(struct run *r, struct err *e) {
    const struct settings *s = r->c.settings;
    if (!s->service_scan)
        return true;
    r->service_trace = (struct service_trace){run_service_line, r};
    struct service_config c = {.settings = s,
                               .loop = r->door->loop,
                               .connector = r->door->connector,
                               .log = r->c.log,
                               .trace = s->version_trace ? &r->service_trace : NULL,
                               .wall = loop_wall_s(r->door->loop)};
    r->services = service_create(&c, e);
    if (!r->services)
        return false;
    struct engine_config *g = &r->engine_config;
    g->stages[g->n_stages] = &service_stage;
    g->stage_ctx[g->n_stages++] = r->services;
    return true;
}

static bool run_intake_setup(struct run *r, struct err *e) {
    struct intake *t = &r->intake;
    t->settings = r->c.settings;
    t->names = r->door->names;
    t->log = r->c.log;
    t->zone = r->door->zone;
    t->seed = r->door->seed;
    t->on_ready = run_targets_ready;
    t->on_added = run_targets_added;
    t->on_sealed = run_targets_sealed;
    t->on_bad = run_target_bad;
    t->on_fatal = run_fail;
    t->ctx = r;
    if (!intake_init(t, e))
        return false;
    const struct settings *s = r->c.settings;
    target_walk_init(&r->walk, t->space, s->randomize_hosts, s->unique, r->door->seed);
    return true;
}

struct run *run_create(const struct run_config *c, struct err *e) {
    struct run *r = calloc(1, sizeof *r);
    if (!r) {
        err_set(e, ERR_MEMORY, "no memory for a run");
        return NULL;
    }
    r->c = *c;
    vendors_init(&r->vendors);
    loop_timer_init(&r->dead, run_dead_due, r);
    loop_timer_init(&r->deadline, run_deadline_due, r);
    if (outputs_open(&r->outputs, c->settings, c->terminal, c->wall_start, c->log, e)) {
        r->outputs.on_dead = c->on_event ? NULL : run_outputs_dead;
        r->outputs.ctx = r;
        r->outputs.guard = c->guard;
        r->outputs.color = c->color;
        return r;
    }
    run_destroy(r);
    return NULL;
}

static void run_stats(struct run *r, struct run_stats *out) {
    struct engine_totals t = {0};
    if (r->engine)
        engine_totals(r->engine, &t);
    *out = (struct run_stats){.wall_end = loop_wall_s(r->door->loop),
                              .elapsed_s = (double)(loop_now(r->door->loop) - r->started) / 1e9,
                              .hosts_up = t.hosts_up,
                              .hosts_down = t.hosts_down,
                              .hosts_total = r->c.settings->list_only ? r->listing.told : t.hosts_up + t.hosts_down,
                              .raw = r->plan.info.raw,
                              .sent_packets = t.sent_packets,
                              .sent_bytes = t.sent_bytes,
                              .received_packets = t.received_packets,
                              .received_bytes = t.received_bytes,
                              .interrupted = r->stopped,
                              .out_of_time = r->out_of_time,
                              .error = slice_of(r->fatal.code ? r->fatal.text : "")};
}

enum run_end run_play(struct run *r, struct door *door, bool *reports_ok, struct err *e) {
    r->door = door;
    r->started = loop_now(door->loop);
    report_queue_init(&r->queue, door->loop, run_tell, r);
    plan_warn(r->c.settings, r->c.raw, r->c.log);
    if (!plan_make(&r->plan, r->c.settings, r->c.services, r->c.raw, door->seed, &r->engine_config, e))
        return RUN_FAILED;
    run_engine_setup(r, door);
    r->plan.info.args = r->c.args;
    r->plan.info.program = r->c.program;
    r->plan.info.wall_start = loop_wall_s(door->loop);
    if (!run_services_setup(r, e) || !run_intake_setup(r, e) ||
        !outputs_begin(&r->outputs, &r->plan.info, r->c.services, e))
        return RUN_FAILED;
    if (!intake_start(&r->intake, &r->fatal))
        r->ended = true;
    if (r->c.settings->max_runtime)
        loop_timer_at(door->loop, &r->deadline, r->started + r->c.settings->max_runtime);
    if (!r->ended)
        door->loop->ops->run(door->loop);
    loop_timer_off(door->loop, &r->deadline);
    if (!r->ended)
        run_finish(r);
    struct run_stats stats;
    run_stats(r, &stats);
    *reports_ok = outputs_end(&r->outputs, &stats);
    r->closed = true;
    if (r->fatal.code) {
        *e = r->fatal;
        return RUN_FAILED;
    }
    if (r->out_of_time)
        return RUN_OUT_OF_TIME;
    return r->stopped ? RUN_INTERRUPTED : RUN_COMPLETE;
}

void run_destroy(struct run *r) {
    if (!r)
        return;
    r->closed = true;
    if (r->door) {
        progress_stop(&r->progress);
        loop_timer_off(r->door->loop, &r->dead);
        loop_timer_off(r->door->loop, &r->deadline);
        rdns_give_up(&r->rdns);
        r->door->names->ops->cancel_all(r->door->names);
        engine_destroy(r->engine);
        rdns_finish(&r->rdns);
        service_destroy(r->services);
        if (r->listing.loop)
            listing_finish(&r->listing);
        report_queue_finish(&r->queue);
        intake_finish(&r->intake);
    }
    target_walk_finish(&r->walk);
    outputs_destroy(&r->outputs);
    plan_finish(&r->plan);
    vendors_finish(&r->vendors);
    free(r);
}
