/* The public interface over a run. */
#include "leadline.h"

#include <stdatomic.h>
#include <time.h>

#include "io/privilege.h"
#include "model/option.h"
#include "scan/port_table.h"
#include "scan/run.h"
#include "scan/world.h"
#include "target/target.h"

#define STOP_POLL (100 * NS_PER_MS)
#define WAY_MAX 4096
#define EVENT_TEXT_MAX 600
#define EVENT_ARENA_MAX (8U << 20)

struct ll_scan {
    struct settings settings;
    struct services *services;
    struct err error;
    ll_event_fn fn;
    void *ctx;
    struct run *run;
    struct world world;
    struct log log;
    struct arena event;    /* strings of the event that is being told */
    atomic_int stop_asked; /* lock-free: a signal handler may set it */
    struct loop_timer stop_poll;
    bool ran, running;
};

const char *ll_version(void) {
    return LL_VERSION;
}

static void scan_log(void *ctx, enum log_level level, const char *text) {
    struct ll_scan *s = ctx;
    if (level > LOG_WARNING || !s->fn)
        return;
    struct ll_event ev = {.kind = LL_EVENT_MESSAGE, .text = text};
    s->fn(s->ctx, &ev);
}

struct ll_scan *ll_scan_create(void) {
    struct ll_scan *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->log = (struct log){.emit = scan_log, .ctx = s};
    arena_init(&s->event, "event", EVENT_ARENA_MAX);
    if (settings_init(&s->settings, &s->error))
        return s;
    free(s);
    return NULL;
}

/* Settings are const once the run has begun. */
static bool scan_may_change(struct ll_scan *s) {
    if (s->running)
        return false; /* called from the callback: the error of the run is not overwritten */
    err_clear(&s->error);
    return !s->ran || err_set(&s->error, ERR_USAGE, "this scan has run already: make a new one");
}

enum ll_status ll_scan_option(struct ll_scan *s, const char *name, const char *value) {
    if (!scan_may_change(s))
        return LL_ERROR;
    const struct option_row *row = option_find(slice_of(name), &s->error);
    if (!row)
        return LL_ERROR;
    struct slice v = slice_of(value);
    if (!option_is_setting(row)) {
        err_set(&s->error, ERR_USAGE, "option \"%s\" belongs to the command, not to the library", row->name);
        return LL_ERROR;
    }
    return option_apply(&s->settings, row, value ? &v : NULL, &s->error) ? LL_OK : LL_ERROR;
}

enum ll_status ll_scan_target(struct ll_scan *s, const char *expression) {
    struct target_expr parsed;
    if (!scan_may_change(s))
        return LL_ERROR;
    if (!target_parse(slice_of(expression), &parsed, &s->error))
        return LL_ERROR;
    if (text_list_add(&s->settings.targets, &s->settings.arena, slice_of(expression)))
        return LL_OK;
    err_set(&s->error, ERR_MEMORY, "no memory for another target");
    return LL_ERROR;
}

void ll_scan_on_event(struct ll_scan *s, ll_event_fn fn, void *ctx) {
    if (s->running)
        return;
    s->fn = fn;
    s->ctx = ctx;
}

/* ---- events */

static struct ll_port scan_port(struct ll_scan *s, const struct port_result *p) {
    struct slice known = services_name(s->services, (enum proto)p->proto, p->port);
    const char *name = known.n ? arena_string(&s->event, known) : NULL;
    return (struct ll_port){.number = p->port,
                            .protocol = proto_text((enum proto)p->proto),
                            .state = port_state_text((enum port_state)p->state),
                            .reason = reason_text((enum reason)p->reason),
                            .service = name ? name : "unknown",
                            .ttl = p->ttl};
}

static void scan_host(const struct host_result *h, char address[ADDR_TEXT_MAX], char name[EVENT_TEXT_MAX],
                      struct ll_host *out) {
    struct slice known = h->given.n ? h->given : h->ptr;
    snprintf(name, EVENT_TEXT_MAX, SLICE_FMT, SLICE_ARG(known));
    *out = (struct ll_host){.address = addr_format(&h->addr, address),
                            .name = name,
                            .state = host_state_text(h->state),
                            .reason = reason_text(h->reason),
                            .latency_s = h->timed ? (double)h->srtt_us / 1e6 : -1,
                            .partial = h->partial,
                            .miss_limit = h->complete.miss_limit};
}

static void scan_event(void *ctx, const struct event *ev) {
    struct ll_scan *s = ctx;
    if (!s->fn || (ev->kind != EVENT_PORT && ev->kind != EVENT_HOST))
        return;
    char address[ADDR_TEXT_MAX], name[EVENT_TEXT_MAX];
    struct ll_host host;
    arena_reset(&s->event);
    scan_host(ev->host, address, name, &host);
    struct ll_event out = {.kind = LL_EVENT_OPEN_PORT, .host = &host};
    if (ev->kind == EVENT_PORT) {
        struct ll_port port = scan_port(s, ev->port);
        out.port = &port;
        s->fn(s->ctx, &out);
        return;
    }
    size_t n = ev->host->n_ports;
    struct ll_port *ports = n ? calloc(n, sizeof *ports) : NULL;
    for (size_t i = 0; ports && i < n; i++)
        ports[i] = scan_port(s, &ev->host->ports[i]);
    host.ports = ports;
    host.n_ports = ports ? n : 0;
    out.kind = LL_EVENT_HOST;
    s->fn(s->ctx, &out);
    free(ports);
}

/* ---- run */

/* ll_scan_stop may come from a signal handler or another thread: it only sets a flag, which the loop looks at. */
static void scan_look_for_stop(void *ctx) {
    struct ll_scan *s = ctx;
    if (atomic_load(&s->stop_asked))
        run_stop(s->run);
    else
        loop_timer_at(s->world.door.loop, &s->stop_poll, loop_now(s->world.door.loop) + STOP_POLL);
}

/* Packets when they are allowed, connections otherwise; -sS and -sU insist on packets. */
static bool scan_raw(struct ll_scan *s, bool *raw) {
    const struct settings *settings = &s->settings;
    struct err why = {0};
    *raw = false;
    if (settings->list_only)
        return true;
    *raw = world_raw_allowed(&s->world, &why);
    if (*raw || (settings->scan != SCAN_SYN && !settings->scan_udp))
        return true;
    struct buf way;
    buf_init(&way, WAY_MAX);
    privilege_missing_text(&way, "raw sockets");
    err_set(&s->error, ERR_PRIVILEGE, "%s needs privileges. %s; %s; or %s", settings->scan_udp ? "-sU" : "-sS",
            why.text, buf_cstr(&way), settings->scan_udp ? "leave out -sU" : "use -sT");
    buf_finish(&way);
    return false;
}

static enum ll_status scan_status(struct ll_scan *s, enum run_end end, bool reports_ok) {
    if (end == RUN_FAILED)
        return LL_ERROR;
    if (end == RUN_OUT_OF_TIME || (end == RUN_INTERRUPTED && atomic_load(&s->stop_asked)))
        return LL_INTERRUPTED;
    if (end == RUN_COMPLETE && reports_ok)
        return LL_OK;
    err_set(&s->error, ERR_OUTPUT, "a report file could not be written in full");
    return LL_INCOMPLETE;
}

static enum ll_status scan_play(struct ll_scan *s) {
    bool raw;
    if (!scan_raw(s, &raw))
        return LL_ERROR;
    struct run_config c = {.settings = &s->settings,
                           .services = s->services,
                           .log = &s->log,
                           .args = SLICE("libleadline"),
                           .wall_start = time(NULL),
                           .raw = raw,
                           .on_event = s->fn ? scan_event : NULL,
                           .ctx = s};
    s->run = run_create(&c, &s->error);
    if (!s->run)
        return LL_ERROR;
    loop_timer_init(&s->stop_poll, scan_look_for_stop, s);
    loop_timer_at(s->world.door.loop, &s->stop_poll, loop_now(s->world.door.loop));
    bool reports_ok = true;
    enum run_end end = run_play(s->run, &s->world.door, &reports_ok, &s->error);
    loop_timer_off(s->world.door.loop, &s->stop_poll);
    run_destroy(s->run);
    s->run = NULL;
    return scan_status(s, end, reports_ok);
}

enum ll_status ll_scan_run(struct ll_scan *s) {
    if (!scan_may_change(s))
        return LL_ERROR;
    s->ran = s->running = true;
    enum ll_status status = LL_ERROR;
    s->services = port_table_load(&s->settings, &s->error);
    if (s->services && option_complete(&s->settings, s->services, &s->log, &s->error) &&
        world_open(&s->world, &s->settings, &s->log, &s->error)) {
        status = scan_play(s);
        world_close(&s->world);
    }
    s->running = false;
    return status;
}

void ll_scan_stop(struct ll_scan *s) {
    atomic_store(&s->stop_asked, 1);
}

const char *ll_scan_error(const struct ll_scan *s) {
    return s->error.text;
}

void ll_scan_destroy(struct ll_scan *s) {
    if (!s)
        return;
    services_destroy(s->services);
    settings_finish(&s->settings);
    arena_finish(&s->event);
    free(s);
}
