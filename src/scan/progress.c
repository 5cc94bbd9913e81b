#include "scan/progress.h"

#define AUTOMATIC_EVERY (30 * NS_PER_S)
#define AUTOMATIC_LEFT_MIN 30 /* seconds: nearly done needs no line */
#define FRACTION_MIN 0.003
#define REMAINING_MAX (10.0 * 86400)

struct progress progress_estimate(const struct progress_meter *m, const struct engine_totals *t) {
    double elapsed = (double)(loop_now(m->loop) - m->started) / 1e9;
    struct progress p = {.percent = t->fraction_done * 100, .remaining_s = -1};
    if (p.percent > 99.99)
        p.percent = 99.99;
    if (t->fraction_done < FRACTION_MIN)
        return p;
    double left = elapsed / t->fraction_done - elapsed;
    if (left > REMAINING_MAX)
        return p;
    p.remaining_s = left < 0 ? 0 : (int64_t)(left + 0.5);
    p.etc_wall = loop_wall_s(m->loop) + p.remaining_s;
    return p;
}

static void progress_tell(struct progress_meter *m, bool status, const struct engine_totals *t,
                          const struct progress *p) {
    struct event ev = {.kind = EVENT_STATUS,
                       .wall = loop_wall_s(m->loop),
                       .phase = t->phase,
                       .elapsed_s = (double)(loop_now(m->loop) - m->started) / 1e9,
                       .progress = *p,
                       .hosts_done = t->hosts_up + t->hosts_down,
                       .hosts_up = t->hosts_up,
                       .hosts_working = t->hosts_working};
    if (!status) /* a status has the progress in it */
        ev.kind = EVENT_PHASE_PROGRESS;
    if (status || t->phase != PHASE_NONE)
        m->tell(m->ctx, &ev);
}

void progress_now(struct progress_meter *m, bool status) {
    struct engine_totals t;
    engine_totals(m->engine, &t);
    struct progress p = progress_estimate(m, &t);
    progress_tell(m, status, &t, &p);
}

static void progress_due(void *ctx) {
    struct progress_meter *m = ctx;
    if (m->every) {
        progress_now(m, true);
        loop_timer_at(m->loop, &m->timer, loop_now(m->loop) + m->every);
        return;
    }
    struct engine_totals t;
    engine_totals(m->engine, &t);
    struct progress p = progress_estimate(m, &t);
    if (p.remaining_s < 0 || p.remaining_s >= AUTOMATIC_LEFT_MIN)
        progress_tell(m, false, &t, &p);
    loop_timer_at(m->loop, &m->timer, loop_now(m->loop) + AUTOMATIC_EVERY);
}

void progress_start(struct progress_meter *m, struct loop *loop, const struct engine *g, int64_t every,
                    bool automatic) {
    m->loop = loop;
    m->engine = g;
    m->started = loop_now(loop);
    m->every = every;
    loop_timer_init(&m->timer, progress_due, m);
    if (every || automatic)
        loop_timer_at(loop, &m->timer, m->started + (every ? every : AUTOMATIC_EVERY));
}

void progress_stop(struct progress_meter *m) {
    if (m->loop)
        loop_timer_off(m->loop, &m->timer);
}
