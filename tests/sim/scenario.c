#include "scenario.h"

#include <stdio.h>
#include <time.h>

#include "base/num.h"
#include "model/option.h"

struct player {
    const struct scenario *s;
    struct scenario_result *r;
    struct sim *sim;
    struct settings settings;
    struct services *services;
    struct log log;
    struct run *run;
    struct loop_timer stop;
};

static void player_log(void *ctx, enum log_level level, const char *text) {
    struct player *p = ctx;
    if (level > LOG_WARNING)
        return;
    if (!p->r->messages++)
        snprintf(p->r->first_message, sizeof p->r->first_message, "%s", text);
}

static bool player_option(struct player *p, struct slice word, struct slice *rest) {
    struct slice value = {0}, name = word;
    struct err *e = &p->r->error;
    const struct option_row *row = option_find(name, e);
    if (!row)
        row = option_attached(word, &value);
    if (!row)
        return false;
    if (!value.p && row->arg == ARG_REQUIRED && !slice_word(rest, &value))
        return err_set(e, ERR_USAGE, "value missing");
    return option_apply(&p->settings, row, value.p ? &value : NULL, e);
}

static bool player_command(struct player *p) {
    struct slice rest = slice_of(p->s->command), word;
    err_clear(&p->r->error);
    while (slice_word(&rest, &word)) {
        if (word.p[0] != '-') {
            if (!text_list_add(&p->settings.targets, &p->settings.arena, word))
                return false;
        } else if (!player_option(p, word, &rest)) {
            return false;
        }
    }
    return option_complete(&p->settings, p->services, &p->log, &p->r->error);
}

static void player_port(struct player *p, const struct host_result *h, const struct port_result *port) {
    struct scenario_result *r = p->r;
    enum port_state truth = port->proto == PROTO_UDP ? sim_truth_udp(p->sim, &h->addr, port->port)
                                                     : sim_truth_port(p->sim, &h->addr, port->port);
    r->ports++;
    if (truth == PORT_OPEN)
        r->open_true++;
    if (truth == PORT_OPEN && port->state != PORT_OPEN)
        r->open_missed++;
    if (truth != PORT_OPEN && port->state == PORT_OPEN)
        r->open_false++;
    if ((enum port_state)port->state != truth)
        r->wrong++;
}

static void player_host(struct player *p, const struct host_result *h) {
    struct scenario_result *r = p->r;
    bool up = h->state == HOST_UP, truth = sim_host_up(p->sim, &h->addr);
    r->hosts++;
    r->up += up;
    r->down += h->state == HOST_DOWN;
    r->hosts_missed += truth && !up;
    r->hosts_false += !truth && up && h->reason != REASON_USER_SET;
    for (size_t i = 0; i < h->n_ports; i++)
        player_port(p, h, &h->ports[i]);
    r->capped += h->complete.capped;
    r->silent += h->complete.silent;
    r->loss = h->complete.loss;
    r->miss_limit = h->complete.miss_limit;
}

static void player_event(void *ctx, const struct event *ev) {
    struct player *p = ctx;
    if (ev->kind == EVENT_HOST)
        player_host(p, ev->host);
    if (p->r->on_event)
        p->r->on_event(p->r->ctx, ev, p->sim);
}

static void player_stop(void *ctx) {
    struct player *p = ctx;
    run_stop(p->run);
}

/* What the real world finds by the name of -e. */
static uint32_t player_zone(const struct player *p, struct door *door) {
    struct addr near = addr_v4(0xc0000203); /* on sim0's link */
    struct route r;
    struct err e;
    if (!p->settings.interface.n || !door->network->ops->route(door->network, &near, &r, &e))
        return 0;
    return (uint32_t)r.ifindex;
}

static bool player_play(struct player *p) {
    struct scenario_result *r = p->r;
    struct door *door = sim_door(p->sim);
    door->seed = p->s->seed;
    door->zone = player_zone(p, door);
    struct run_config c = {.settings = &p->settings,
                           .services = p->services,
                           .log = &p->log,
                           .args = slice_of(p->s->command),
                           .raw = !p->s->connect,
                           .on_event = player_event,
                           .ctx = p};
    p->run = run_create(&c, &r->error);
    if (!p->run)
        return false;
    loop_timer_init(&p->stop, player_stop, p);
    if (p->s->stop_at)
        loop_timer_at(door->loop, &p->stop, loop_now(door->loop) + p->s->stop_at);
    r->end = run_play(p->run, door, &r->reports_ok, &r->error);
    loop_timer_off(door->loop, &p->stop);
    r->elapsed = sim_elapsed(p->sim);
    run_destroy(p->run);
    r->count = *sim_count(p->sim);
    struct addr first;
    if (p->settings.targets.n && addr_parse(p->settings.targets.v[0], &first))
        r->host_max_100ms = sim_count_host(p->sim, &first).max_100ms;
    sim_clean(p->sim, &r->unclean);
    return true;
}

bool scenario_run(const struct scenario *s, struct scenario_result *r) {
    struct player p = {.s = s, .r = r};
    p.log = (struct log){.emit = player_log, .ctx = &p};
    p.sim = sim_create(s->world, s->seed, &r->error);
    if (!p.sim)
        return false;
    bool ok = settings_init(&p.settings, &r->error);
    p.settings.verbose = 1; /* down hosts are told too */
    p.settings.has_seed = true;
    p.settings.seed = s->seed;
    p.services = ok ? services_builtin(&r->error) : NULL;
    ok = ok && p.services && player_command(&p) && player_play(&p);
    services_destroy(p.services);
    settings_finish(&p.settings);
    sim_destroy(p.sim);
    return ok;
}

uint64_t scenario_seed(void) {
    uint64_t seed;
    const char *given = getenv("LL_SEED");
    return given && num_u64(slice_of(given), &seed) ? seed : (uint64_t)time(NULL);
}
